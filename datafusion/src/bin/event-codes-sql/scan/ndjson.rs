//! NDJSON of which only the fields that a query asks for are decoded.
//!
//! DataFusion's own reader takes every field of every line apart, and that is most of what a query
//! over events costs. Here a line first loses the fields that nobody asks for, and then goes to
//! the same decoder: types, nulls and mistakes are Arrow's. A mistake also names its file and line.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::json::reader::Decoder;
use datafusion::error::Result;

use super::input::{Input, Lines};
use super::members::Wanted;
use super::problems::{PartProblems, Problem};
use super::rescue::{Start, first_bad, rescue};

/// A line is looked at in pieces of this size, so that a file that is one line is not held in memory.
const LONGEST_PIECE: usize = 1 << 20;
/// The longest record, however many lines it goes over. The bounds of the decoder are far beyond.
const LONGEST_RECORD: usize = 256 << 20;

/// How NDJSON is read.
#[derive(Clone)]
pub struct Ndjson {
    /// The columns that are wanted.
    pub schema: SchemaRef,
    /// The members that are left in a line for the decoder; `None`: all.
    pub wanted: Option<Arc<Wanted>>,
    pub batch_size: usize,
    /// Whether a line that cannot be read is counted and left out. Then no record goes over lines.
    pub skip_bad_lines: bool,
}

impl Ndjson {
    fn decoder(&self) -> Result<Decoder, ArrowError> {
        // Numbers where there was text before are text.
        let builder = ReaderBuilder::new(self.schema.clone()).with_coerce_primitive(true);
        builder.with_batch_size(self.batch_size).build_decoder()
    }

    /// Decodes whole records.
    fn decode(&self, mut text: &[u8]) -> Result<Vec<RecordBatch>, ArrowError> {
        let mut decoder = self.decoder()?;
        let mut batches = Vec::new();
        loop {
            text = &text[decoder.decode(text)?..];
            if text.is_empty() && decoder.has_partial_record() {
                return Err(ArrowError::JsonError("a record has no end".to_owned()));
            }
            batches.extend(decoder.flush()?);
            if text.is_empty() {
                return Ok(batches);
            }
        }
    }
}

/// The records of the lines of an input.
pub struct Records {
    ndjson: Ndjson,
    input: Lines,
    problems: PartProblems,
    decoder: Decoder,
    line: Vec<u8>,
    /// How many lines have begun.
    lines: u64,
    /// Whether the line that has begun last goes on.
    in_line: bool,
    /// What the decoder gets for a batch: the lines, or what was picked of them.
    text: Vec<u8>,
    /// Where in it the lines start that start a record, with their numbers.
    starts: Vec<Start>,
    /// How much of it the decoder has taken.
    taken: usize,
    /// Batches of lines some of which could not be read.
    rescued: VecDeque<RecordBatch>,
}

impl Records {
    pub fn new(ndjson: Ndjson, input: Input, problems: PartProblems) -> Result<Self> {
        let decoder = ndjson.decoder()?;
        Ok(Self {
            ndjson,
            input: Lines::new(input),
            problems,
            decoder,
            line: Vec::new(),
            lines: 0,
            in_line: false,
            text: Vec::new(),
            starts: Vec::new(),
            taken: 0,
            rescued: VecDeque::new(),
        })
    }

    pub async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.rescued.pop_front() {
                return Ok(Some(batch));
            }
            let is_full = match self.fill().await? {
                Ok(is_full) => is_full,
                Err(error) => {
                    self.rescue(error).await?;
                    continue;
                }
            };
            match self.decoder.flush() {
                Ok(batch) => {
                    self.forget_taken();
                    if batch.is_some() || !is_full {
                        return Ok(batch);
                    }
                }
                Err(error) => self.rescue(error).await?,
            }
        }
    }

    /// Gives the decoder lines until it has all the records that a batch may have. False: the input ended before.
    async fn fill(&mut self) -> Result<Result<bool, ArrowError>> {
        loop {
            match self.decoder.decode(&self.text[self.taken..]) {
                Ok(taken) => self.taken += taken,
                Err(error) => return Ok(Err(error)),
            }
            if self.taken < self.text.len() {
                return Ok(Ok(true));
            }
            let is_partial = self.decoder.has_partial_record();
            if is_partial && self.ndjson.skip_bad_lines && !self.in_line {
                return Ok(Err(ArrowError::JsonError("the line ends inside of a record".to_owned())));
            }
            if is_partial
                && let Some(last) = self.starts.last()
                && self.text.len() - last.0 > LONGEST_RECORD
            {
                return Err(self.problems.part().blame("in", last.1, &"the record is too long").await);
            }
            if !self.next_line(is_partial).await? {
                return Ok(Ok(false));
            }
        }
    }

    /// Adds a line to the text, or says that there is none.
    async fn next_line(&mut self, is_partial: bool) -> Result<bool> {
        let is_start = !self.in_line;
        self.read_line().await?;
        if self.line.is_empty() {
            return Ok(false);
        }
        // What goes on with a line or a record is as bad or as good as its start.
        if !is_partial && (is_start || !self.ndjson.skip_bad_lines) {
            self.starts.push((self.text.len(), self.lines));
        }
        // Between two records an object is the next record. Inside of a record that goes over lines
        // it may be anything.
        let wanted = self.ndjson.wanted.as_ref().filter(|_| !is_partial);
        if !wanted.is_some_and(|wanted| wanted.pick(&self.line, &mut self.text)) {
            self.text.append(&mut self.line);
        }
        Ok(true)
    }

    /// Reads a line, or the next piece of a very long one.
    async fn read_line(&mut self) -> Result<()> {
        self.line.clear();
        if let Err(error) = self.input.read(&mut self.line, LONGEST_PIECE).await {
            return Err(self.problems.part().blame("after", self.lines, &error).await);
        }
        self.lines += u64::from(!self.in_line && !self.line.is_empty());
        self.in_line = !self.line.is_empty() && self.line.last() != Some(&b'\n');
        Ok(())
    }

    /// Forgets what the decoder has made a batch of.
    fn forget_taken(&mut self) {
        let line = self.starts.last().map(|&(_, line)| line);
        self.text.drain(..self.taken);
        self.taken = 0;
        self.starts.clear();
        // The rest of a line with several records.
        if let Some(line) = line.filter(|_| !self.text.is_empty()) {
            self.starts.push((0, line));
        }
    }

    /// Reads what can be read of the text after a mistake in it, line by line if need be.
    async fn rescue(&mut self, mistake: ArrowError) -> Result<()> {
        if !self.ndjson.skip_bad_lines {
            let bad = first_bad(&self.text, &self.starts, |text| self.ndjson.decode(text));
            let (line, error) = bad.unwrap_or((self.lines, mistake));
            return Err(self.problems.part().blame("in", line, &error).await);
        }
        // Lines that are not over yet are as bad as their start.
        while self.in_line {
            self.read_line().await?;
        }
        let decode = |text: &[u8]| self.ndjson.decode(text);
        let problems = &mut self.problems;
        let bad = |line, error: ArrowError| problems.add(Problem::BadLine, 1, line, || error.to_string());
        self.rescued.extend(rescue(&self.text, &self.starts, decode, bad));
        self.text.clear();
        self.starts.clear();
        self.taken = 0;
        self.decoder = self.ndjson.decoder()?;
        Ok(())
    }
}
