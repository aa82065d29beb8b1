//! Reads many inputs, and one large input, on every core.
//!
//! Each thread takes work where there is some: it opens the next input, or takes a share of one that
//! is open. A share is a piece of a plain file, of which any part can be read at any time, or the next
//! bytes of a stream. Only taking a share is done by one thread at a time; what is done with it is not.
//! So a pipe or a compressed file keeps every core busy, and no more is in memory than the shares
//! that the threads work on.
//!
//! The main thread waits for the end or for a signal, whichever comes first: what was found until then
//! is still there.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::Source;
use super::buffer::{Buffer, Window};
use super::open::{self, Advance, Opened, Stream};
use super::read_at::read_at;
use super::signals;
use crate::console::Messages;

/// Bytes of a stream that are read at once: a buffer stays in the second-level cache while it is searched.
pub const BUFFER: usize = 256 << 10;
/// Bytes of a plain file that one thread takes at a time. The kernel copies them faster at once than in
/// parts.
pub const PIECE: usize = 1 << 20;

/// How inputs are cut into shares.
pub trait Cut: Send + Sync + 'static {
    /// What is known of a stream so far.
    type State: Send;
    /// What must be known of some bytes of a stream to work on them.
    type Batch: Send;
    /// What must be known of a plain file to work on a piece of it.
    type Kind: Clone + Send + Sync + 'static;

    /// The bytes at the start of a plain file that [`kind`](Self::kind) wants to see.
    const HEAD: usize;

    /// What a plain file that begins with `head` is, if its pieces can be worked on in any order.
    fn kind(&self, head: &[u8], complete: bool) -> Option<Self::Kind>;

    /// The state at the start of a stream.
    fn start(&self, source: usize) -> Self::State;

    /// The first batch in `bytes`, the next ones of a stream, and how many of the bytes to go on
    /// behind. None if there is none in them; with `last`, then the stream has ended.
    fn cut(&self, state: &mut Self::State, bytes: &[u8], last: bool) -> Option<(usize, Self::Batch)>;
}

/// What is done with the shares. Each thread has one. An error, of the output, ends the run.
pub trait Worker: Send + 'static {
    type Cut: Cut;

    /// Works on a piece of a plain file.
    fn piece(&mut self, share: Share, piece: &Piece<Kind<Self>>) -> io::Result<()>;

    /// Works on batches of a stream: each begins at an offset in `bytes`.
    fn batches(&mut self, share: Share, bytes: &[u8], batches: &[(usize, Batch<Self>)]) -> io::Result<()>;

    /// Takes note that the share before this one was the last of its input.
    fn end(&mut self, share: Share) -> io::Result<()>;
}

pub type Kind<W> = <<W as Worker>::Cut as Cut>::Kind;
pub type Batch<W> = <<W as Worker>::Cut as Cut>::Batch;

/// The place of a share.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// The number of the input.
    pub source: usize,
    /// The number of the share in its input.
    pub index: usize,
    /// The number of the share in the run.
    pub sequence: u64,
    /// Whether the next bytes may be long in coming, so that output should be written now.
    pub flush: bool,
}

/// What of a run is not wanted any more. Workers may wait for each other, and for input, until it is set.
#[derive(Default)]
pub struct Stop {
    run: AtomicBool,
    inputs: AtomicUsize,
}

impl Stop {
    /// Ends the run.
    pub fn end_run(&self) {
        self.run.store(true, Ordering::Relaxed);
    }

    pub fn is_run_over(&self) -> bool {
        self.run.load(Ordering::Relaxed)
    }

    /// Ends an input, and those before it: what is left of them is not read. Shares of it that are read
    /// already are still worked on, even behind those of the next input.
    pub fn end_input(&self, source: usize) {
        self.inputs.fetch_max(source + 1, Ordering::Relaxed);
    }

    fn is_input_over(&self, source: usize) -> bool {
        source < self.inputs.load(Ordering::Relaxed)
    }
}

/// Who gets the next share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// As many inputs as there are threads are read at the same time.
    AnyOrder,
    /// One input is read after the other, so that output in order need not wait.
    InOrder,
}

/// A piece of a plain file.
pub struct Piece<K> {
    file: Arc<PlainFile<K>>,
    messages: Arc<Messages>,
    range: Range<u64>,
}

struct PlainFile<K> {
    file: File,
    name: String,
    kind: K,
    /// As long as the file was when it was opened.
    size: u64,
    /// Whether something went wrong that has been reported already.
    failed: AtomicBool,
}

impl<K> Piece<K> {
    pub fn kind(&self) -> &K {
        &self.file.kind
    }

    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// The length of the whole file.
    pub fn file_size(&self) -> u64 {
        self.file.size
    }

    /// Fills `buffer` with the bytes of the file from `offset` on; with fewer if the file ends, or
    /// cannot be read, which is reported.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> usize {
        let len = buffer.len().min(self.file.size.saturating_sub(offset) as usize);
        let read = read_at(&self.file.file, &mut buffer[..len], offset);
        let failure = match &read {
            Ok(read) if *read < len => Some(open::truncated()),
            Ok(_) => None,
            Err(_) => read.as_ref().err().map(|error| io::Error::new(error.kind(), error.to_string())),
        };
        if let Some(error) = failure
            && !self.file.failed.swap(true, Ordering::Relaxed)
        {
            self.messages.report(&self.file.name, &error);
        }
        let read = read.unwrap_or(0);
        self.messages.advance(read as u64);
        read
    }
}

/// The next share of an input.
enum Task<C: Cut> {
    Piece(Share, Piece<C::Kind>),
    Batches(Share, Bytes, Vec<(usize, C::Batch)>),
    End(Share),
}

/// An input, from its opening to its end.
struct Input<C: Cut> {
    source: usize,
    feed: Mutex<Feed<C>>,
}

enum Feed<C: Cut> {
    Unopened,
    Plain { file: Arc<PlainFile<C::Kind>>, next: u64, index: usize },
    Stream(Box<StreamFeed<C>>),
    Ended,
}

struct StreamFeed<C: Cut> {
    reader: Stream,
    state: C::State,
    window: Window,
    ended: bool,
    /// Whether the bytes may arrive slowly and should be worked on as they come.
    is_live: bool,
    index: usize,
}

/// Bytes of a stream that were cut off for one thread.
struct Bytes {
    buffer: Buffer,
    range: Range<usize>,
}

impl Bytes {
    fn filled(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }
}

/// What all threads share.
struct Run<C: Cut> {
    sources: Vec<Source>,
    cut: C,
    schedule: Schedule,
    queue: Mutex<Queue<C>>,
    sequence: AtomicU64,
    spare: Mutex<Vec<Buffer>>,
    stop: Arc<Stop>,
    messages: Arc<Messages>,
}

struct Queue<C: Cut> {
    next: usize,
    open: Vec<Arc<Input<C>>>,
}

enum Event {
    Ended,
    Failed(io::Error),
    Signal(i32),
}

/// The number of threads that are worth having.
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Reads all of `sources`, with a thread for each worker. Returns the signal that cut it short, if one
/// did; then threads may still be at work. The results of the workers are where they share them.
///
/// `stop` is set when the run ends early.
pub fn run<W: Worker>(
    sources: Vec<Source>,
    cut: W::Cut,
    schedule: Schedule,
    workers: Vec<W>,
    stop: Arc<Stop>,
    messages: &Arc<Messages>,
) -> io::Result<Option<i32>> {
    let run = Arc::new(Run {
        sources,
        cut,
        schedule,
        queue: Mutex::new(Queue { next: 0, open: Vec::new() }),
        sequence: AtomicU64::new(0),
        spare: Mutex::default(),
        stop,
        messages: messages.clone(),
    });
    let (events, happened) = mpsc::channel();
    let to_main = events.clone();
    signals::watch(move |signal| to_main.send(Event::Signal(signal)).is_ok())?;
    let mut threads = Vec::new();
    let count = workers.len();
    for mut worker in workers {
        let run = run.clone();
        let ended = Ended { events: events.clone(), stop: run.stop.clone() };
        threads.push(thread::spawn(move || {
            if let Err(error) = work(&run, &mut worker) {
                run.stop.end_run();
                let _ = ended.events.send(Event::Failed(error));
            }
        }));
    }
    let signal = wait(&happened, count);
    run.stop.end_run();
    if let Ok(None) = signal {
        join(threads);
    }
    signal
}

/// Tells the main thread that a worker has ended, and the other workers if it panicked.
struct Ended {
    events: Sender<Event>,
    stop: Arc<Stop>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        if thread::panicking() {
            self.stop.end_run();
        }
        let _ = self.events.send(Event::Ended);
    }
}

/// Waits for the end of all threads, or for what ends the run early: a signal, or an error of the
/// output. Another thread may wait for the next bytes of its input then, for ever.
fn wait(happened: &Receiver<Event>, mut threads: usize) -> io::Result<Option<i32>> {
    while threads > 0 {
        match happened.recv() {
            Ok(Event::Ended) => threads -= 1,
            Ok(Event::Failed(error)) => return Err(error),
            Ok(Event::Signal(signal)) => return Ok(Some(signal)),
            Err(_) => break,
        }
    }
    Ok(None)
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// Locks a mutex, poisoned or not: a panic of another thread is reported when that thread is joined.
pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work<W: Worker>(run: &Run<W::Cut>, worker: &mut W) -> io::Result<()> {
    while let Some(input) = run.next_input() {
        loop {
            if run.stop.is_run_over() {
                return Ok(());
            }
            // Another thread may hold it, and wait for its next bytes for ever.
            if run.stop.is_input_over(input.source) {
                break;
            }
            let task = lock(&input.feed).next(run, input.source);
            match task {
                Some(Task::Piece(share, piece)) => worker.piece(share, &piece)?,
                Some(Task::Batches(share, bytes, batches)) => {
                    worker.batches(share, bytes.filled(), &batches)?;
                    run.recycle(bytes.buffer);
                }
                Some(Task::End(share)) => worker.end(share)?,
                None => break,
            }
        }
        run.close(&input);
    }
    Ok(())
}

impl<C: Cut> Run<C> {
    /// The next input, or one that is open and may have a share left.
    fn next_input(&self) -> Option<Arc<Input<C>>> {
        let mut queue = lock(&self.queue);
        if queue.next < self.sources.len() && (self.schedule == Schedule::AnyOrder || queue.open.is_empty()) {
            let input = Arc::new(Input { source: queue.next, feed: Mutex::new(Feed::Unopened) });
            queue.next += 1;
            queue.open.push(input.clone());
            return Some(input);
        }
        // Rather one that nobody waits for the next bytes of.
        let idle = queue.open.iter().find(|input| input.feed.try_lock().is_ok());
        idle.or(queue.open.first()).cloned()
    }

    fn close(&self, input: &Arc<Input<C>>) {
        lock(&self.queue).open.retain(|open| !Arc::ptr_eq(open, input));
    }

    fn share(&self, source: usize, index: usize, flush: bool) -> Share {
        Share { source, index, sequence: self.sequence.fetch_add(1, Ordering::Relaxed), flush }
    }

    /// A buffer of at least `len` bytes.
    fn buffer(&self, len: usize) -> Buffer {
        let spare = lock(&self.spare).pop().filter(|buffer| buffer.len() >= len);
        spare.unwrap_or_else(|| Buffer::new(len))
    }

    fn recycle(&self, buffer: Buffer) {
        if buffer.len() <= 4 * BUFFER {
            lock(&self.spare).push(buffer);
        }
    }
}

impl<C: Cut> Feed<C> {
    fn next(&mut self, run: &Run<C>, source: usize) -> Option<Task<C>> {
        if matches!(self, Feed::Unopened) {
            *self = open(run, source).unwrap_or_else(|error| {
                run.messages.report(&run.sources[source].name(), &error);
                Feed::Ended
            });
        }
        let task = match self {
            Feed::Plain { file, next, index } if *next < file.size => {
                let range = *next..file.size.min(*next + PIECE as u64);
                let share = run.share(source, *index, false);
                (*next, *index) = (range.end, *index + 1);
                return Some(Task::Piece(
                    share,
                    Piece { file: file.clone(), messages: run.messages.clone(), range },
                ));
            }
            Feed::Plain { index, .. } => Some(Task::End(run.share(source, *index, true))),
            Feed::Stream(stream) => match stream.next(run, source) {
                Some(task) => return Some(task),
                None => Some(Task::End(run.share(source, stream.index, true))),
            },
            Feed::Unopened | Feed::Ended => None,
        };
        *self = Feed::Ended;
        task
    }
}

impl<C: Cut> StreamFeed<C> {
    fn next(&mut self, run: &Run<C>, source: usize) -> Option<Task<C>> {
        let mut flush = false;
        loop {
            let mut batches = Vec::new();
            let mut at = 0;
            let filled = self.window.filled();
            while let Some((len, batch)) = run.cut.cut(&mut self.state, &filled[at..], self.ended) {
                batches.push((at, batch));
                at += len;
            }
            if !batches.is_empty() {
                let share = run.share(source, self.index, flush);
                self.index += 1;
                let whole = self.window.range();
                self.window.consume(at);
                let buffer = run.buffer(self.window.len_with(BUFFER));
                let bytes = Bytes { buffer: self.window.move_to(buffer), range: whole };
                return Some(Task::Batches(share, bytes, batches));
            }
            if self.ended || run.stop.is_run_over() || run.stop.is_input_over(source) {
                return None;
            }
            flush = self.read(run, source);
        }
    }

    /// Reads the next bytes; whether more may be long in coming.
    fn read(&mut self, run: &Run<C>, source: usize) -> bool {
        let before = self.window.filled().len();
        loop {
            let room = self.window.room();
            let room_len = room.len();
            match self.reader.read(room) {
                Ok(0) => self.ended = true,
                Ok(len) => {
                    self.window.add(len);
                    if self.is_live {
                        return len < room_len;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    run.messages.report(&run.sources[source].name(), &error);
                    self.ended = true;
                }
            }
            // Decoders return few bytes at a time.
            if self.ended || self.window.filled().len() >= before + BUFFER / 2 {
                return false;
            }
        }
    }
}

fn open<C: Cut>(run: &Run<C>, source: usize) -> io::Result<Feed<C>> {
    let messages = run.messages.clone();
    let advance: Advance = Arc::new(move |len| messages.advance(len));
    let reader = match open::open(&run.sources[source], advance.clone())? {
        Opened::Stream(reader) => reader,
        Opened::Plain { file, size } => {
            let mut head = vec![0; C::HEAD.min(size as usize)];
            let len = read_at(&file, &mut head, 0)?;
            match run.cut.kind(&head[..len], len as u64 == size) {
                Some(kind) => {
                    let name = run.sources[source].name();
                    let file = PlainFile { file, name, kind, size, failed: AtomicBool::new(false) };
                    return Ok(Feed::Plain { file: Arc::new(file), next: 0, index: 0 });
                }
                None => open::plain_stream(file, size, advance)?,
            }
        }
    };
    let (state, window) = (run.cut.start(source), Window::new(run.buffer(BUFFER)));
    let is_live = run.sources[source].size == 0;
    Ok(Feed::Stream(Box::new(StreamFeed { reader, state, window, ended: false, is_live, index: 0 })))
}
