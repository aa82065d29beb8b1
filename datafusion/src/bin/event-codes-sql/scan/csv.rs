//! CSV whose columns are found by their names in the header of each file.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::csv::ReaderBuilder;
use datafusion::arrow::csv::reader::Decoder;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::common::exec_err;
use datafusion::error::Result;
use event_log_codes_records::{FieldNames, Preamble};
use memchr::{memchr, memchr_iter};

use super::input::Input;
use super::problems::{PartProblems, Problem};
use super::rescue::{Start, first_bad, rescue};

const DELIMITERS: [u8; 4] = *b",;\t|";
/// The longest header, and the longest row.
const LONGEST_ROW: usize = 64 << 20;
/// The longest text of a batch: more is a quote that nothing closes.
const LONGEST_BATCH: usize = 1 << 30;

/// The first row of a file, but for comments, and the line `sep=;` that tells Excel the delimiter.
pub struct Header {
    pub names: Vec<String>,
    delimiter: u8,
    /// How many bytes and lines it has, with all that stands above it.
    len: usize,
    lines: u64,
    comments: u64,
    first_comment: u64,
}

impl Header {
    /// Reads the header at the start of a file; `None` if more of the file is needed.
    pub fn read(text: &[u8], is_all: bool) -> Result<Option<Self>, csv::Error> {
        let preamble = Preamble::of(text, &FieldNames::default());
        let (above, below) = text.split_at(preamble.len);
        let line = &below[..memchr(b'\n', below).unwrap_or(below.len())];
        // Of as many the first.
        let most = DELIMITERS.into_iter().rev().max_by_key(|&byte| memchr_iter(byte, line).count());
        let delimiter = preamble.delimiter.or(most).unwrap_or(b',');
        let mut reader = rows(below, delimiter);
        let mut row = csv::StringRecord::new();
        reader.read_record(&mut row)?;
        let len = above.len() + reader.position().byte() as usize;
        // A row that ends with the text may go on.
        if !is_all && len == text.len() {
            return Ok(None);
        }
        let names = row.iter().map(str::to_owned).collect();
        let lines = memchr_iter(b'\n', &text[..len]).count() as u64;
        let is_comment = |line: &[u8]| line.trim_ascii_start().starts_with(b"#");
        let first_comment = above.split(|byte| *byte == b'\n').position(is_comment).unwrap_or(0) as u64 + 1;
        Ok(Some(Self { names, delimiter, len, lines, comments: preamble.comments, first_comment }))
    }
}

fn rows(text: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text)
}

/// How CSV is read.
#[derive(Clone)]
pub struct Csv {
    /// The columns that are wanted. One that a file does not have is null.
    pub schema: SchemaRef,
    pub batch_size: usize,
    /// Whether a row that cannot be read is counted and left out.
    pub skip_bad_lines: bool,
}

/// How a file with a certain header is read.
struct Columns {
    csv: Csv,
    delimiter: u8,
    in_file: SchemaRef,
    /// Which columns of the file are read, and where each that is wanted is among them.
    read: Vec<usize>,
    wanted: Vec<Option<usize>>,
}

impl Columns {
    fn new(csv: Csv, header: &Header) -> Self {
        let mut read = Vec::new();
        let mut wanted = Vec::new();
        let mut fields: Vec<_> =
            header.names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        for field in csv.schema.fields() {
            let found = header.names.iter().position(|name| name == field.name());
            wanted.push(found.map(|_| read.len()));
            if let Some(found) = found {
                fields[found] = field.as_ref().clone();
                read.push(found);
            }
        }
        Self { csv, delimiter: header.delimiter, in_file: Arc::new(Schema::new(fields)), read, wanted }
    }

    fn decoder(&self) -> Decoder {
        ReaderBuilder::new(self.in_file.clone())
            .with_delimiter(self.delimiter)
            .with_batch_size(self.csv.batch_size)
            .with_projection(self.read.clone())
            .build_decoder()
    }

    /// Decodes whole rows.
    fn decode(&self, mut text: &[u8]) -> Result<Vec<RecordBatch>, ArrowError> {
        let mut decoder = self.decoder();
        let mut batches = Vec::new();
        loop {
            // Without bytes the last row ends that has no line end.
            let is_last = text.is_empty();
            text = &text[decoder.decode(text)?..];
            if is_last || decoder.capacity() == 0 {
                let batch = decoder.flush()?;
                batches.extend(batch.map(|batch| self.complete(&batch)).transpose()?);
            }
            if is_last {
                return Ok(batches);
            }
        }
    }

    /// Puts the columns in their order, those of other files too.
    fn complete(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let rows = batch.num_rows();
        let column = |(field, at): (&Arc<Field>, &Option<usize>)| -> ArrayRef {
            at.map_or_else(|| new_null_array(field.data_type(), rows), |at| batch.column(at).clone())
        };
        let columns = self.csv.schema.fields().iter().zip(&self.wanted).map(column).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.csv.schema.clone(), columns, &options)
    }

    /// Where rows start in a text of which the first one starts in `line`.
    fn starts(&self, text: &[u8], line: u64) -> Vec<Start> {
        let mut reader = rows(text, self.delimiter);
        let mut row = csv::ByteRecord::new();
        let mut starts = Vec::new();
        while let Ok(true) = reader.read_byte_record(&mut row) {
            let place = row.position().map_or((0, 1), |place| (place.byte() as usize, place.line()));
            starts.push((place.0, line + place.1 - 1));
        }
        starts
    }
}

/// The rows of an input.
pub struct Rows {
    input: Input,
    ended: bool,
    problems: PartProblems,
    columns: Columns,
    decoder: Decoder,
    /// What the decoder gets for a batch, and some behind it.
    text: Vec<u8>,
    /// How much of it the decoder has taken.
    taken: usize,
    /// The line that the text starts in.
    line: u64,
    rescued: VecDeque<RecordBatch>,
}

impl Rows {
    pub async fn new(csv: Csv, mut input: Input, mut problems: PartProblems) -> Result<Self> {
        let mut text = Vec::new();
        let mut ended = false;
        let header = loop {
            match Header::read(&text, ended) {
                Ok(Some(header)) => break header,
                Ok(None) if text.len() > LONGEST_ROW => {
                    return exec_err!("{}: in line 1: the row is too long", problems.part().name());
                }
                Ok(None) => {}
                Err(error) => return exec_err!("{}: in line 1: {error}", problems.part().name()),
            }
            match input.next().await? {
                Some(chunk) => text.extend_from_slice(&chunk),
                None => ended = true,
            }
        };
        problems.add(Problem::Comment, header.comments, header.first_comment, String::new);
        text.drain(..header.len);
        let line = 1 + header.lines;
        let columns = Columns::new(csv, &header);
        let decoder = columns.decoder();
        Ok(Self { input, ended, problems, columns, decoder, text, taken: 0, line, rescued: VecDeque::new() })
    }

    pub async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.rescued.pop_front() {
                return Ok(Some(batch));
            }
            let batch = match self.fill().await? {
                Ok(()) => self.decoder.flush(),
                Err(error) => Err(error),
            };
            match batch {
                Ok(batch) => {
                    let taken = self.text.drain(..self.taken);
                    self.line += memchr_iter(b'\n', taken.as_slice()).count() as u64;
                    drop(taken);
                    self.taken = 0;
                    return Ok(batch.map(|batch| self.columns.complete(&batch)).transpose()?);
                }
                Err(error) => self.rescue(error).await?,
            }
        }
    }

    /// Gives the decoder rows until it has all that a batch may have, or the input ends.
    async fn fill(&mut self) -> Result<Result<(), ArrowError>> {
        loop {
            if self.taken == self.text.len() && !self.ended {
                self.read_chunk().await?;
            }
            if self.text.len() > LONGEST_BATCH {
                return Ok(Err(ArrowError::CsvError("a row is too long".to_owned())));
            }
            match self.decoder.decode(&self.text[self.taken..]) {
                // No bytes end the last row.
                Ok(_) if self.taken == self.text.len() => return Ok(Ok(())),
                Ok(taken) => self.taken += taken,
                Err(error) => return Ok(Err(error)),
            }
            if self.decoder.capacity() == 0 {
                return Ok(Ok(()));
            }
        }
    }

    async fn read_chunk(&mut self) -> Result<()> {
        match self.input.next().await {
            Ok(Some(chunk)) => self.text.extend_from_slice(&chunk),
            Ok(None) => self.ended = true,
            Err(error) => {
                let lines = memchr_iter(b'\n', &self.text).count() as u64;
                return Err(self.problems.part().blame("after", self.line + lines, &error).await);
            }
        }
        Ok(())
    }

    /// Finds out which row cannot be read, and reads the others if it is to be skipped.
    async fn rescue(&mut self, mistake: ArrowError) -> Result<()> {
        let mut starts = self.columns.starts(&self.text, self.line);
        // The last row may go on.
        while !self.ended && starts.len() < 2 {
            self.read_chunk().await?;
            if self.text.len() > LONGEST_ROW {
                return Err(self.problems.part().blame("in", self.line, &"the row is too long").await);
            }
            starts = self.columns.starts(&self.text, self.line);
        }
        let last = if self.ended { None } else { starts.pop() };
        let end = last.map_or(self.text.len(), |last| last.0);
        let text = &self.text[..end];
        let decode = |text: &[u8]| self.columns.decode(text);
        if !self.columns.csv.skip_bad_lines {
            let bad = first_bad(text, &starts, decode);
            // Otherwise it is the last row, which may go on.
            if bad.is_some() || last.is_none() {
                let (line, error) = bad.unwrap_or((self.line, mistake));
                return Err(self.problems.part().blame("in", line, &cause(&error)).await);
            }
        }
        let problems = &mut self.problems;
        let bad = |line, error: ArrowError| problems.add(Problem::BadLine, 1, line, || cause(&error));
        self.rescued.extend(rescue(text, &starts, decode, bad));
        self.line = last.map_or(self.line, |last| last.1);
        self.text.drain(..end);
        self.taken = 0;
        self.decoder = self.columns.decoder();
        Ok(())
    }
}

/// Arrow counts the lines of what it was given: one row.
fn cause(error: &ArrowError) -> String {
    error.to_string().replace(" for line 1,", ",").replace(" at line 1", "")
}
