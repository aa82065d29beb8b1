//! Reads many inputs, and one large input, on every core.
//!
//! One thread opens the inputs in order and hands out what to read: a whole stream, or a piece of a
//! plain file. The others read. What they find is shared with the main thread, which waits for their
//! end or for a signal, whichever comes first: then what was found so far is still there.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::Source;
use super::buffer::Buffer;
use super::open::{self, Advance, Opened};
use super::read_at::read_at;
use super::signals;
use crate::console::Messages;

/// What is read at once: a buffer stays in the second-level cache while it is searched.
const BUFFER: usize = 256 << 10;
/// What is read beyond the end of a piece, at a time, for a word or record that crosses it.
const OVERLAP: usize = 4 << 10;
/// What one thread takes of a plain file at a time.
const PIECE: u64 = 4 << 20;
/// Inputs and pieces that are handed out ahead of the readers; so few are open at the same time.
const AHEAD: usize = 64;

/// What becomes of the bytes. Each thread has its own.
pub trait Worker: Send + Sync + 'static {
    /// What must be known of a plain file to start in its middle.
    type Kind: Copy + Send + Sync + 'static;
    /// How far an input is read and what is pending there.
    type Cursor;

    /// Bytes of a plain file that `kind` wants to see.
    const HEAD: usize;

    /// What a plain file that starts with `head` is, if it can be cut into pieces at all.
    fn kind(&self, head: &[u8]) -> Option<Self::Kind>;
    /// Starts a stream.
    fn start(&self, source: usize) -> Self::Cursor;
    /// Starts a piece of a plain file, which `before` precedes.
    fn start_piece(&self, source: usize, piece: usize, kind: Self::Kind, before: Option<u8>) -> Self::Cursor;
    /// Takes the next bytes.
    fn feed(&self, cursor: &mut Self::Cursor, bytes: &[u8]);
    /// Takes from the bytes after a piece only what belongs to the last thing that began in it;
    /// whether that has ended.
    fn feed_open(&self, cursor: &mut Self::Cursor, bytes: &[u8]) -> bool;
    /// The input, or the piece, is over.
    fn end(&self, cursor: Self::Cursor);
}

struct PlainFile<K> {
    file: File,
    kind: K,
    source: usize,
    size: u64,
    /// Whether something went wrong that has been reported already.
    failed: AtomicBool,
}

enum Task<K> {
    Stream { source: usize, reader: Box<dyn Read + Send> },
    Piece { file: Arc<PlainFile<K>>, index: usize, range: Range<u64> },
}

enum Event {
    ReaderEnded,
    Signal(i32),
}

/// What all threads share.
struct Run {
    sources: Vec<Source>,
    stop: AtomicBool,
    messages: Arc<Messages>,
}

/// Threads that are worth having.
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Reads all of `sources`, one thread for each worker. The signal that cut it short, if one did.
pub fn run<W: Worker>(
    sources: Vec<Source>,
    workers: &[Arc<W>],
    messages: &Arc<Messages>,
) -> io::Result<Option<i32>> {
    let run = Arc::new(Run { sources, stop: AtomicBool::new(false), messages: messages.clone() });
    let (events, happened) = mpsc::channel();
    let to_main = events.clone();
    signals::watch(move |signal| to_main.send(Event::Signal(signal)).is_ok())?;

    let (hand_out, tasks) = mpsc::sync_channel(AHEAD);
    let tasks = Arc::new(Mutex::new(tasks));
    let opener = thread::spawn({
        let (run, worker) = (run.clone(), workers[0].clone());
        move || open_all(&run, &*worker, |task| hand_out.send(task).is_ok())
    });
    let mut threads = vec![opener];
    for worker in workers {
        let (run, worker, tasks) = (run.clone(), worker.clone(), tasks.clone());
        let ended = Ended(events.clone());
        threads.push(thread::spawn(move || {
            let _ended = ended;
            read_all(&run, &*worker, &tasks);
        }));
    }
    let signal = wait(&happened, workers.len());
    run.stop.store(true, Ordering::Relaxed);
    if signal.is_none() {
        join(threads);
    }
    Ok(signal)
}

/// Tells the main thread that a reader is gone, even if it panicked.
struct Ended(Sender<Event>);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.send(Event::ReaderEnded);
    }
}

fn wait(happened: &Receiver<Event>, mut readers: usize) -> Option<i32> {
    while readers > 0 {
        match happened.recv() {
            Ok(Event::ReaderEnded) => readers -= 1,
            Ok(Event::Signal(signal)) => return Some(signal),
            Err(_) => return None,
        }
    }
    None
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

fn open_all<W: Worker>(run: &Run, worker: &W, mut hand_out: impl FnMut(Task<W::Kind>) -> bool) {
    for (source, input) in run.sources.iter().enumerate() {
        let opened = open(run, worker, source);
        let handed_out = match opened {
            Ok(Opening::Stream(reader)) => hand_out(Task::Stream { source, reader }),
            Ok(Opening::Plain(file, size)) => {
                let file = Arc::new(file);
                (0..size.div_ceil(PIECE)).all(|index| {
                    let range = index * PIECE..size.min((index + 1) * PIECE);
                    hand_out(Task::Piece { file: file.clone(), index: index as usize, range })
                })
            }
            Err(error) => {
                run.messages.report(&input.name(), &error);
                true
            }
        };
        if !handed_out {
            return;
        }
    }
}

enum Opening<K> {
    Stream(Box<dyn Read + Send>),
    Plain(PlainFile<K>, u64),
}

fn open<W: Worker>(run: &Run, worker: &W, source: usize) -> io::Result<Opening<W::Kind>> {
    let messages = run.messages.clone();
    let advance: Advance = Arc::new(move |len| messages.advance(len));
    let (file, size) = match open::open(&run.sources[source], advance.clone())? {
        Opened::Stream(reader) => return Ok(Opening::Stream(reader)),
        Opened::Plain { file, size } => (file, size),
    };
    let mut head = vec![0; W::HEAD.min(size as usize)];
    let len = read_at(&file, &mut head, 0)?;
    Ok(match worker.kind(&head[..len]) {
        Some(kind) => {
            Opening::Plain(PlainFile { file, kind, source, size, failed: AtomicBool::new(false) }, size)
        }
        None => Opening::Stream(open::plain_stream(file, size, advance)),
    })
}

fn read_all<W: Worker>(run: &Run, worker: &W, tasks: &Mutex<Receiver<Task<W::Kind>>>) {
    let mut buffer = Buffer::new(BUFFER);
    loop {
        let task = match tasks.lock() {
            Ok(tasks) => tasks.recv(),
            Err(_) => return,
        };
        if run.stop.load(Ordering::Relaxed) {
            return;
        }
        match task {
            Ok(Task::Stream { source, mut reader }) => {
                if let Err(error) = read_stream(run, worker, source, &mut *reader, &mut buffer) {
                    run.messages.report(&run.sources[source].name(), &error);
                }
            }
            Ok(Task::Piece { file, index, range }) => {
                if let Err(error) = read_piece(run, worker, &file, index, range, &mut buffer)
                    && !file.failed.swap(true, Ordering::Relaxed)
                {
                    run.messages.report(&run.sources[file.source].name(), &error);
                }
            }
            Err(_) => return,
        }
    }
}

fn read_stream<W: Worker>(
    run: &Run,
    worker: &W,
    source: usize,
    reader: &mut dyn Read,
    buffer: &mut [u8],
) -> io::Result<()> {
    let mut cursor = worker.start(source);
    let result = loop {
        match reader.read(buffer) {
            Ok(0) => break Ok(()),
            Ok(len) => worker.feed(&mut cursor, &buffer[..len]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
        if run.stop.load(Ordering::Relaxed) {
            break Ok(());
        }
    };
    worker.end(cursor);
    result
}

fn read_piece<W: Worker>(
    run: &Run,
    worker: &W,
    file: &PlainFile<W::Kind>,
    index: usize,
    range: Range<u64>,
    buffer: &mut [u8],
) -> io::Result<()> {
    let before = if range.start == 0 {
        None
    } else {
        let mut byte = [0];
        read_at(&file.file, &mut byte, range.start - 1)?;
        Some(byte[0])
    };
    let mut cursor = worker.start_piece(file.source, index, file.kind, before);
    let mut position = range.start;
    let result = loop {
        if position == range.end || run.stop.load(Ordering::Relaxed) {
            break Ok(());
        }
        let wanted = buffer.len().min((range.end - position) as usize);
        match read_at(&file.file, &mut buffer[..wanted], position) {
            Ok(len) => {
                worker.feed(&mut cursor, &buffer[..len]);
                run.messages.advance(len as u64);
                position += len as u64;
                if len < wanted {
                    break Err(open::cut());
                }
            }
            Err(error) => break Err(error),
        }
    };
    let result = result.and_then(|()| {
        loop {
            let wanted = OVERLAP.min((file.size - position) as usize);
            let len = read_at(&file.file, &mut buffer[..wanted], position)?;
            position += len as u64;
            if len == 0 || worker.feed_open(&mut cursor, &buffer[..len]) {
                break Ok(());
            }
        }
    });
    worker.end(cursor);
    result
}
