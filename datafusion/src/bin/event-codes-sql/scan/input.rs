//! The bytes of a file or of a part of it, from wherever it is, decompressed and in UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use event_log_codes_records::content::{Content, HEAD, needs_more};
use event_log_codes_records::decode;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use memchr::{memchr, memchr_iter};
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task;

/// How much of a local file, or of what a decoder gives, is read at once.
const BUFFER: usize = 128 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The whole lines that start in a part of a file, or all of its bytes.
pub struct Input {
    chunks: Chunks,
    /// Where in the file the next chunk starts.
    position: u64,
    /// Whether the rest of a line that started before the part has still to be left out.
    in_line: bool,
    /// The last line of the part is the one that this position is in, or just behind.
    end: u64,
    ended: bool,
}

impl Input {
    /// Opens a file. Of a part the lines are read that start in it. Data that has to be decoded has no parts: the
    /// first one has all of it.
    pub async fn open(
        store: &Arc<dyn ObjectStore>,
        file: &ObjectMeta,
        part: Option<Range<u64>>,
    ) -> io::Result<Self> {
        let part = part.unwrap_or(0..u64::MAX);
        let from = part.start.saturating_sub(1);
        let mut chunks = Chunks::open(store, file, from).await?;
        let (mut position, mut end) = (from, part.end);
        let mut ended = part.end <= part.start;
        if part.start > 0 {
            let head = store.get_range(&file.location, 0..file.size.min(HEAD as u64)).await?;
            ended |= Content::of(&head) != Content::Text;
        } else {
            let mut head = BytesMut::new();
            while needs_more(&head)
                && let Some(chunk) = chunks.next().await?
            {
                head.extend_from_slice(&chunk);
            }
            let mut head = head.freeze();
            chunks = match Content::of(&head) {
                Content::Text => {
                    if head.starts_with(BYTE_ORDER_MARK) {
                        position += head.split_to(BYTE_ORDER_MARK.len()).len() as u64;
                    }
                    Chunks::After(head, Box::new(chunks))
                }
                Content::Unsupported(what) => return Err(decode::unsupported(what)),
                Content::Compressed(_) | Content::Utf16(_) => {
                    end = u64::MAX;
                    Chunks::After(head, Box::new(chunks)).decode()
                }
            };
        }
        Ok(Self { chunks, position, in_line: part.start > 0, end, ended })
    }

    /// The next bytes, never none; `None` at the end.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while !self.ended {
            let Some(mut chunk) = self.chunks.next().await? else { break };
            if self.in_line {
                let skipped = memchr(b'\n', &chunk).map_or(chunk.len(), |newline| newline + 1);
                self.in_line = !chunk[..skipped].ends_with(b"\n");
                chunk = chunk.slice(skipped..);
                self.position += skipped as u64;
                if self.position >= self.end {
                    break;
                }
            }
            // The line that the last byte of the part is in ends the part.
            let last = (self.end - 1).saturating_sub(self.position).min(chunk.len() as u64) as usize;
            if let Some(newline) = memchr(b'\n', &chunk[last..]) {
                self.ended = true;
                chunk.truncate(last + newline + 1);
            }
            self.position += chunk.len() as u64;
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
        self.ended = true;
        self.chunks = Chunks::Ended;
        Ok(None)
    }
}

/// The lines of an input.
pub struct Lines {
    input: Input,
    chunk: Bytes,
}

impl Lines {
    pub fn new(input: Input) -> Self {
        Self { input, chunk: Bytes::new() }
    }

    /// Appends the next line with its end, or the next piece of one that is longer than `longest`. Nothing at the
    /// end of the input.
    pub async fn read(&mut self, line: &mut Vec<u8>, longest: usize) -> io::Result<()> {
        let start = line.len();
        while line.len() - start < longest {
            if self.chunk.is_empty() {
                let Some(chunk) = self.input.next().await? else { break };
                self.chunk = chunk;
            }
            let end = memchr(b'\n', &self.chunk).map_or(self.chunk.len(), |newline| newline + 1);
            line.extend_from_slice(&self.chunk.split_to(end));
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        Ok(())
    }
}

/// How many lines of a file start before its part that begins at `start`.
pub async fn lines_before(store: &Arc<dyn ObjectStore>, file: &ObjectMeta, start: u64) -> io::Result<u64> {
    if start == 0 {
        return Ok(0);
    }
    let mut input = Input::open(store, file, Some(0..start)).await?;
    let mut lines = 0;
    while let Some(chunk) = input.next().await? {
        lines += memchr_iter(b'\n', &chunk).count() as u64;
    }
    Ok(lines)
}

enum Chunks {
    Local(File),
    Remote(BoxStream<'static, object_store::Result<Bytes>>),
    /// The last chunk is empty.
    Decoded(mpsc::Receiver<io::Result<Bytes>>),
    After(Bytes, Box<Self>),
    Ended,
}

impl Chunks {
    async fn open(store: &Arc<dyn ObjectStore>, file: &ObjectMeta, from: u64) -> io::Result<Self> {
        let options =
            GetOptions { range: (from > 0).then_some(GetRange::Offset(from)), ..GetOptions::default() };
        let object = store.get_opts(&file.location, options).await?;
        Ok(match object.payload {
            GetResultPayload::File(mut file, _) => {
                file.seek(SeekFrom::Start(from))?;
                Self::Local(file)
            }
            GetResultPayload::Stream(stream) => Self::Remote(stream),
        })
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            match self {
                Self::Local(file) => return read(file),
                Self::Remote(stream) => return Ok(stream.next().await.transpose()?),
                Self::Decoded(receiver) => match receiver.recv().await {
                    Some(Ok(chunk)) if chunk.is_empty() => *self = Self::Ended,
                    Some(result) => return result.map(Some),
                    None => return Err(io::Error::other("the decoder has stopped")),
                },
                Self::After(head, _) if !head.is_empty() => return Ok(Some(std::mem::take(head))),
                Self::After(_, rest) => *self = std::mem::replace(rest, Self::Ended),
                Self::Ended => return Ok(None),
            }
        }
    }

    /// Decodes on a thread that may wait.
    fn decode(self) -> Self {
        let (sender, receiver) = mpsc::channel(2);
        let handle = Handle::current();
        task::spawn_blocking(move || {
            let mut reader =
                match decode::text(Box::new(Blocking { handle, chunks: self, chunk: Bytes::new() })) {
                    Ok(reader) => reader,
                    Err(error) => {
                        // Without a receiver nobody wants to know.
                        let _ = sender.blocking_send(Err(error));
                        return;
                    }
                };
            loop {
                let (chunk, error) = read_some(&mut reader);
                let is_last = chunk.is_empty() || error.is_some();
                let chunk = (error.is_none() || !chunk.is_empty()).then_some(Ok(chunk));
                let mut results = chunk.into_iter().chain(error.map(Err));
                if results.any(|result| sender.blocking_send(result).is_err()) || is_last {
                    break;
                }
            }
        });
        Self::Decoded(receiver)
    }
}

fn read(reader: &mut impl Read) -> io::Result<Option<Bytes>> {
    match read_some(reader) {
        (chunk, None) => Ok(Some(chunk).filter(|chunk| !chunk.is_empty())),
        (_, Some(error)) => Err(error),
    }
}

/// The next bytes, and what kept it from reading more, if anything did.
fn read_some(reader: &mut impl Read) -> (Bytes, Option<io::Error>) {
    let mut chunk = Vec::with_capacity(BUFFER);
    let error = reader.take(BUFFER as u64).read_to_end(&mut chunk).err();
    (chunk.into(), error)
}

/// Reads from chunks on a thread that may wait for them.
struct Blocking {
    handle: Handle,
    chunks: Chunks,
    chunk: Bytes,
}

impl Read for Blocking {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.handle.block_on(self.chunks.next().boxed())? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let len = into.len().min(self.chunk.len());
        into[..len].copy_from_slice(&self.chunk.split_to(len));
        Ok(len)
    }
}
