//! The records of many inputs, read on every core: the one way in which every command reads records.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use event_log_codes_records::{
    self as records, Code, Format, Options, Reader, Record, Splitter, recognise, stays_lines,
};
use jiff::Timestamp;
use memchr::{memchr, memchr_iter};

use super::Source;
use super::buffer::{Buffer, Window};
use super::pool::{self, BUFFER, Cut, PIECE, Piece, Schedule, Share, Stop, Worker, lock};
use crate::console::Messages;

/// The longest record that is read, in bytes.
pub const MAX_RECORD: usize = 16 << 20;

/// Room for the last record of a piece, which may end behind it, in bytes.
const RECORD: usize = 4 << 10;

/// Bytes that the threads have together to read pieces into, as long as each has enough: with many threads, each
/// reads a piece in parts.
const BUFFERS: usize = 16 << 20;

/// What is done with the records. Each thread has one.
pub trait Consumer: Send + 'static {
    /// Takes a record. Its line is counted from the start of the share, from 1 on, if `share` is a
    /// piece, else from the start of the input.
    fn record(&mut self, share: Share, record: &Record<'_>) -> io::Result<()>;

    /// What it would rather take than records.
    fn wants(&self) -> Wants {
        Wants::Records
    }

    /// Takes a code, for a consumer that wants [codes](Wants::Codes).
    fn code(&mut self, share: Share, code: Code<'_>) -> io::Result<()> {
        let _ = (share, code);
        Ok(())
    }

    /// Takes whole lines, of which `line` is the number of the first, for a consumer that wants
    /// [lines](Wants::Lines). False if it has to see the records in them.
    fn lines(&mut self, share: Share, line: u64, bytes: &[u8]) -> io::Result<bool> {
        let _ = (share, line, bytes);
        Ok(false)
    }

    /// Takes note that a share is over. If it was a piece, it has `lines` lines; else `lines` is 0.
    fn end_of_share(&mut self, share: Share, lines: u64) -> io::Result<()> {
        let _ = (share, lines);
        Ok(())
    }

    /// Takes note that an input is over.
    fn end_of_input(&mut self, share: Share) -> io::Result<()> {
        let _ = share;
        Ok(())
    }
}

/// What a consumer wants where it is as good as records, which take longer to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    Records,
    /// The codes, where the records hold no others than a search finds.
    Codes,
    /// Lines, where each record is one, and is not too long.
    Lines,
}

/// Bytes of lines that a consumer is given at once, at least: if it has to see the records of some, the
/// others are not read for that.
const LINES: usize = 16 << 10;

/// Reads the records of all of `sources`, with a thread for each consumer. Returns the signal that cut
/// it short, if one did.
///
/// `stop` is set when the run ends early.
pub fn read<C: Consumer>(
    sources: Vec<Source>,
    options: &Options,
    schedule: Schedule,
    consumers: &[Arc<Mutex<C>>],
    stop: Arc<Stop>,
    messages: &Arc<Messages>,
) -> io::Result<Option<i32>> {
    let modified = sources.iter().map(|source| source.modified).collect();
    let inputs = Arc::new(Inputs { options: options.clone(), modified });
    let buffer_len = (BUFFERS / consumers.len().max(1)).clamp(BUFFER, PIECE + RECORD);
    let workers: Vec<_> = consumers
        .iter()
        .map(|consumer| {
            let (inputs, consumer) = (inputs.clone(), consumer.clone());
            let window = Window::new(Buffer::new(buffer_len));
            RecordWorker { inputs, reader: Reader::new(), window, consumer }
        })
        .collect();
    pool::run(sources, RecordCut(inputs), schedule, workers, stop, messages)
}

/// How the inputs are read.
struct Inputs {
    options: Options,
    /// The times at which files were last written, in microseconds since 1970.
    modified: Vec<Option<i64>>,
}

impl Inputs {
    fn options(&self, source: usize) -> Options {
        let mut options = self.options.clone();
        let reference = self.modified[source].unwrap_or_else(|| Timestamp::now().as_microsecond());
        options.max_record = MAX_RECORD;
        options.times = options.times.with_reference(reference);
        options
    }
}

/// Cuts streams into batches of whole records, and plain files of lines anywhere.
struct RecordCut(Arc<Inputs>);

impl Cut for RecordCut {
    type State = Splitter;
    /// Also whether every record is a line.
    type Batch = (records::Batch, bool);
    type Kind = Format;
    const HEAD: usize = 80 << 10;

    fn kind(&self, head: &[u8], complete: bool) -> Option<Format> {
        let Options { format, names, .. } = &self.0.options;
        let recognised = || recognise(head, complete, names).filter(|_| stays_lines(head, complete, names));
        format.or_else(recognised).filter(|format| format.is_lines())
    }

    fn start(&self, source: usize) -> Splitter {
        Splitter::new(&self.0.options(source))
    }

    fn cut(
        &self,
        splitter: &mut Splitter,
        bytes: &[u8],
        last: bool,
    ) -> Option<(usize, (records::Batch, bool))> {
        let batch = splitter.split(bytes, last)?;
        Some((batch.len(), (batch, splitter.format().is_some_and(Format::is_lines))))
    }
}

struct RecordWorker<C> {
    inputs: Arc<Inputs>,
    reader: Reader,
    window: Window,
    consumer: Arc<Mutex<C>>,
}

impl<C: Consumer> Worker for RecordWorker<C> {
    type Cut = RecordCut;

    fn piece(&mut self, share: Share, piece: &Piece<Format>) -> io::Result<()> {
        let range = line_starts(piece);
        let mut options = self.inputs.options(share.source);
        // They are numbered by the records that are read: counting them takes time.
        let number_lines = std::mem::take(&mut options.number_lines);
        let mut splitter = Splitter::in_lines(&options, *piece.kind());
        let mut position = range.start;
        let mut line = 1;
        self.window.clear();
        while position < range.end {
            let room = self.window.room();
            let wanted = room.len().min((range.end - position) as usize);
            let len = piece.read_at(&mut room[..wanted], position);
            self.window.add(len);
            position += len as u64;
            let last = position == range.end || len < wanted;
            while let Some(batch) = splitter.split(self.window.filled(), last) {
                let bytes = &self.window.filled()[..batch.len()];
                let batch = batch.of_lines(line, batch.len());
                let next =
                    read_batch(&mut self.reader, &mut *lock(&self.consumer), share, bytes, &batch, true)?;
                if number_lines {
                    line = next.unwrap_or_else(|| line + count_lines(bytes));
                }
                self.window.consume(batch.len());
            }
            self.window.compact();
            if last {
                break;
            }
        }
        lock(&self.consumer).end_of_share(share, line - 1)
    }

    fn batches(
        &mut self,
        share: Share,
        bytes: &[u8],
        batches: &[(usize, (records::Batch, bool))],
    ) -> io::Result<()> {
        let mut consumer = lock(&self.consumer);
        for (start, (batch, is_lines)) in batches {
            read_batch(&mut self.reader, &mut *consumer, share, &bytes[*start..], batch, *is_lines)?;
        }
        consumer.end_of_share(share, 0)
    }

    fn end(&mut self, share: Share) -> io::Result<()> {
        lock(&self.consumer).end_of_input(share)
    }
}

/// Returns the number of the line behind the batch, if its records are read and every one is a line.
fn read_batch<C: Consumer>(
    reader: &mut Reader,
    consumer: &mut C,
    share: Share,
    bytes: &[u8],
    batch: &records::Batch,
    is_lines: bool,
) -> io::Result<Option<u64>> {
    let bytes = &bytes[..batch.len()];
    match consumer.wants() {
        Wants::Codes => {
            let mut result = Ok(());
            let found = reader.codes(batch, bytes, |code| {
                if result.is_ok() {
                    result = consumer.code(share, code);
                }
            });
            if found {
                return result.map(|()| None);
            }
        }
        Wants::Lines if is_lines && !batch.is_part() && bytes.len() <= MAX_RECORD => {
            return read_lines(reader, consumer, share, bytes, batch).map(|()| None);
        }
        Wants::Lines | Wants::Records => {}
    }
    read_records(reader, consumer, share, bytes, batch).map(Some)
}

/// Returns the number of the line behind the batch, if every record is a line.
fn read_records<C: Consumer>(
    reader: &mut Reader,
    consumer: &mut C,
    share: Share,
    bytes: &[u8],
    batch: &records::Batch,
) -> io::Result<u64> {
    let (mut result, mut next) = (Ok(()), batch.line());
    reader.read(batch, bytes, |record| {
        if result.is_ok() {
            result = consumer.record(share, &record);
        }
        next = record.line() + u64::from(record.bytes().ends_with(b"\n"));
    });
    result.map(|()| next)
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

fn read_lines<C: Consumer>(
    reader: &mut Reader,
    consumer: &mut C,
    share: Share,
    bytes: &[u8],
    batch: &records::Batch,
) -> io::Result<()> {
    let (mut rest, mut line) = (bytes, batch.line());
    while !rest.is_empty() {
        let end = rest.get(LINES..).and_then(|behind| memchr(b'\n', behind));
        let (lines, behind) = rest.split_at(end.map_or(rest.len(), |end| LINES + end + 1));
        if !consumer.lines(share, line, lines)? {
            read_records(reader, consumer, share, lines, &batch.of_lines(line, lines.len()))?;
        }
        if !behind.is_empty() {
            line += count_lines(lines);
        }
        rest = behind;
    }
    Ok(())
}

/// The part of a file from the first line that begins in a piece to the first that begins behind it.
fn line_starts<K>(piece: &Piece<K>) -> Range<u64> {
    let Range { start, end } = piece.range();
    let start = if start == 0 { 0 } else { after_line_feed(piece, start - 1, end) };
    if start >= end {
        return start..start;
    }
    let end = if end == piece.file_size() { end } else { after_line_feed(piece, end - 1, piece.file_size()) };
    start..end
}

/// The position behind the first line feed from `start` on, or else `limit`, or what is behind it.
fn after_line_feed<K>(piece: &Piece<K>, start: u64, limit: u64) -> u64 {
    let mut buffer = vec![0; 4096];
    let mut position = start;
    while position < limit {
        let len = piece.read_at(&mut buffer, position);
        if let Some(found) = memchr(b'\n', &buffer[..len]) {
            return position + found as u64 + 1;
        }
        if len == 0 {
            break;
        }
        position += len as u64;
        // A long line.
        buffer.resize(BUFFER, 0);
    }
    position
}
