//! Answers as a table for people, and as JSON lines or CSV for programs.

use std::io::{self, BufWriter, Stdout, Write};

use clap::ValueEnum;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::arrow::json::writer::{LineDelimited, WriterBuilder};
use datafusion::arrow::util::pretty::pretty_format_batches_with_schema;
use datafusion::physical_plan::SendableRecordBatchStream;
use futures::TryStreamExt;

use crate::Error;

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Table,
    /// One object a line
    Json,
    Csv,
}

/// Writes an answer batch by batch; a table, whose widths depend on every row, at once.
pub async fn write(
    mut answer: SendableRecordBatchStream,
    format: Format,
    mut to: Output,
) -> Result<(), Error> {
    let schema = answer.schema();
    match format {
        Format::Table => {
            let batches: Vec<_> = answer.try_collect().await?;
            writeln!(to, "{}", pretty_format_batches_with_schema(schema, &batches)?)?;
        }
        Format::Json => {
            let builder = WriterBuilder::new().with_explicit_nulls(true);
            let mut writer: LineDelimitedWriter<_> = builder.build::<_, LineDelimited>(&mut to);
            while let Some(batch) = answer.try_next().await? {
                writer.write(&batch)?;
            }
            writer.finish()?;
        }
        Format::Csv => {
            // The header comes with the first batch, and is due even if there is none, but not before an error.
            let first = answer.try_next().await?;
            let mut writer = csv::Writer::new(&mut to);
            writer.write(&first.unwrap_or_else(|| RecordBatch::new_empty(schema)))?;
            while let Some(batch) = answer.try_next().await? {
                writer.write(&batch)?;
            }
        }
    }
    to.flush()?;
    Ok(())
}

/// Standard output, which ends the command when its reader has gone: that is the reader's right and
/// no error of ours. The writers of the formats would turn it into a message of their own.
pub struct Output(BufWriter<Stdout>);

impl Output {
    pub fn new() -> Self {
        Self(BufWriter::new(io::stdout()))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).inspect_err(leave_quietly)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().inspect_err(leave_quietly)
    }
}

fn leave_quietly(error: &io::Error) {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
}
