//! Decompresses and decodes streams, by what they hold.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use encoding_rs::{UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::bufread::GzDecoder;
use lz4_flex::frame::FrameDecoder;
use lzma_rust2::XzReader;

use crate::content::{self, Compression, Content, Endian};

/// Bytes that are read ahead of a decoder at once.
const AHEAD: usize = 128 << 10;
/// Memory that an xz stream may ask for, in KiB: what `xz -9` makes needs 65 MiB.
const XZ_MEMORY: u32 = 80 << 10;

/// Bytes in order, read on any thread.
pub type Stream = Box<dyn Read + Send>;

/// Returns the text that `reader` holds: decompressed, and in UTF-8 if it was in UTF-16.
///
/// # Errors
///
/// What `reader` fails with. [`io::ErrorKind::Unsupported`] if it holds no text, or data compressed twice.
pub fn text(reader: Stream) -> io::Result<Stream> {
    let mut ahead = ReadAhead::new(reader);
    match ahead.content()? {
        Content::Compressed(_) => decompressed(Members::new(ahead)),
        content => decoded(ahead, content),
    }
}

fn decompressed(members: Members) -> io::Result<Stream> {
    let mut ahead = ReadAhead::new(Box::new(members));
    match ahead.content()? {
        Content::Compressed(_) => Err(unsupported("compressed twice: decompress it once first")),
        content => decoded(ahead, content),
    }
}

fn decoded(ahead: ReadAhead, content: Content) -> io::Result<Stream> {
    let encoding = match content {
        Content::Text | Content::Compressed(_) => return Ok(Box::new(ahead)),
        Content::Unsupported(what) => return Err(unsupported(what)),
        Content::Utf16(Endian::Little) => UTF_16LE,
        Content::Utf16(Endian::Big) => UTF_16BE,
    };
    let mut decoder = DecodeReaderBytesBuilder::new();
    decoder.encoding(Some(encoding)).strip_bom(true);
    Ok(Box::new(decoder.build_with_buffer(ahead, vec![0; AHEAD])?))
}

/// Returns the error for an input that holds no text.
#[must_use]
pub fn unsupported(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, format!("not read: it is {what}"))
}

/// A reader whose next bytes can be looked at.
struct ReadAhead {
    reader: Stream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Whether something asked for more bytes than there are.
    ended: bool,
}

impl ReadAhead {
    fn new(reader: Stream) -> Self {
        ReadAhead { reader, buffer: vec![0; AHEAD], start: 0, end: 0, ended: false }
    }

    fn content(&mut self) -> io::Result<Content> {
        self.peek(content::needs_more).map(Content::of)
    }

    /// The next bytes, as many as `needs_more` asks for if there are so many.
    fn peek(&mut self, needs_more: impl Fn(&[u8]) -> bool) -> io::Result<&[u8]> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        while self.end < self.buffer.len() && needs_more(&self.buffer[..self.end]) {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(len) => self.end += len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[..self.end])
    }
}

impl Read for ReadAhead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = if self.start == self.end && into.len() >= self.buffer.len() {
            self.reader.read(into)?
        } else {
            let len = self.fill_buf()?.read(into)?;
            self.consume(len);
            len
        };
        self.ended |= len == 0;
        Ok(len)
    }
}

impl BufRead for ReadAhead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, self.reader.read(&mut self.buffer)?);
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, len: usize) {
        self.start += len;
    }
}

/// The bytes of compressed data: of one member, or of several one after another.
struct Members {
    state: State,
    first: bool,
}

enum State {
    Between(ReadAhead),
    Gzip(GzDecoder<ReadAhead>),
    Zstd(zstd::stream::read::Decoder<'static, ReadAhead>),
    Bzip2(BzDecoder<ReadAhead>),
    Xz(Box<XzReader<ReadAhead>>),
    Lz4(FrameDecoder<ReadAhead>),
    Ended,
}

impl Members {
    fn new(ahead: ReadAhead) -> Self {
        Members { state: State::Between(ahead), first: true }
    }

    /// Starts to decode the member that `ahead` is at; tools pad the last one with zeros.
    fn next(&mut self, mut ahead: ReadAhead) -> io::Result<State> {
        const MARK: usize = 6;
        if !self.first {
            skip_zeros(&mut ahead)?;
        }
        let head = ahead.peek(|head| head.len() < MARK)?;
        let compression = Compression::of(head);
        if head.is_empty() {
            return Ok(State::Ended);
        }
        self.first = false;
        Ok(match compression {
            Some(Compression::Gzip) => State::Gzip(GzDecoder::new(ahead)),
            Some(Compression::Zstd) => {
                State::Zstd(zstd::stream::read::Decoder::with_buffer(ahead)?.single_frame())
            }
            Some(Compression::Bzip2) => State::Bzip2(BzDecoder::new(ahead)),
            Some(Compression::Xz) => State::Xz(Box::new(XzReader::new_mem_limit(ahead, false, XZ_MEMORY))),
            Some(Compression::Lz4) => State::Lz4(FrameDecoder::new(ahead)),
            Some(Compression::Skippable) => {
                skip_frame(&mut ahead)?;
                State::Between(ahead)
            }
            None => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the compressed data is followed by other bytes, which are not read",
                ));
            }
        })
    }
}

impl Read for Members {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let len = match &mut self.state {
                State::Between(_) => Ok(0),
                State::Gzip(decoder) => decoder.read(into),
                State::Zstd(decoder) => decoder.read(into),
                State::Bzip2(decoder) => decoder.read(into),
                State::Xz(decoder) => decoder.read(into),
                State::Lz4(decoder) => decoder.read(into),
                State::Ended => return Ok(0),
            };
            match len {
                Ok(0) => {}
                Ok(len) => return Ok(len),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(truncated()),
                Err(error) => return Err(error),
            }
            let ahead = match std::mem::replace(&mut self.state, State::Ended) {
                State::Between(ahead) => ahead,
                State::Gzip(decoder) => decoder.into_inner(),
                State::Zstd(decoder) => decoder.finish(),
                State::Bzip2(decoder) => decoder.into_inner(),
                State::Xz(decoder) => decoder.into_inner(),
                // The decoder takes the end of the input for the end of the frame.
                State::Lz4(decoder) if decoder.get_ref().ended => return Err(truncated()),
                State::Lz4(decoder) => decoder.into_inner(),
                State::Ended => return Ok(0),
            };
            self.state = self.next(ahead)?;
        }
    }
}

/// The error for compressed data that ends too early.
fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "truncated: the compressed data ends early")
}

fn skip_zeros(ahead: &mut ReadAhead) -> io::Result<()> {
    loop {
        let bytes = ahead.fill_buf()?;
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        let done = zeros < bytes.len() || bytes.is_empty();
        ahead.consume(zeros);
        if done {
            return Ok(());
        }
    }
}

/// Skips a frame of which the second four bytes give the length of the rest.
fn skip_frame(ahead: &mut ReadAhead) -> io::Result<()> {
    let mut header = [0; 8];
    ahead.read_exact(&mut header)?;
    let [.., a, b, c, d] = header;
    let len = u64::from(u32::from_le_bytes([a, b, c, d]));
    let skipped = io::copy(&mut ahead.take(len), &mut io::sink())?;
    if skipped < len { Err(truncated()) } else { Ok(()) }
}
