//! Opens an input, decompressed and decoded.

use std::fs::File;
use std::io::{self, Read, Seek, Take};
use std::sync::Arc;

use event_log_codes_records::content::{self, Content};
use event_log_codes_records::decode;
pub use event_log_codes_records::decode::Stream;

use super::Source;
use super::read_at::read_at;

/// An input ready to read.
pub enum Opened {
    /// A regular file as it is, so that any part of it can be read at any time. Its bytes are those
    /// it had when it was opened: what a writer appends later is not read.
    Plain { file: File, size: u64 },
    /// Bytes in order.
    Stream(Stream),
}

/// Called with the number of bytes that have been read of the input itself, before decompression.
pub type Advance = Arc<dyn Fn(u64) + Send + Sync>;

pub fn open(source: &Source, advance: Advance) -> io::Result<Opened> {
    let stream = |reader: Stream| Ok(Opened::Stream(decode::text(Box::new(Counted { reader, advance }))?));
    let Some(path) = &source.path else {
        return stream(Box::new(io::stdin()));
    };
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let size = metadata.len();
    // Files of the kernel claim to be empty and are not.
    if !metadata.is_file() || size == 0 {
        return stream(Box::new(file));
    }
    let mut head = [0; content::HEAD];
    let len = read_at(&file, &mut head, 0)?;
    file.rewind()?;
    match Content::of(&head[..len]) {
        Content::Text => Ok(Opened::Plain { file, size }),
        Content::Unsupported(what) => Err(decode::unsupported(what)),
        Content::Compressed(_) | Content::Utf16(_) => stream(Box::new(Plain(file.take(size)))),
    }
}

/// The bytes of a plain file in order: as many as it had when it was opened, or an error.
pub fn plain_stream(mut file: File, size: u64, advance: Advance) -> io::Result<Stream> {
    // On Windows, reading at a position also moves to it.
    file.rewind()?;
    Ok(Box::new(Counted { reader: Box::new(Plain(file.take(size))), advance }))
}

/// The error for a file that ends before the size it had when it was opened.
pub fn truncated() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the file was truncated while it was read; what was left of it is read",
    )
}

struct Plain(Take<File>);

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.0.read(buffer)?;
        if len == 0 && self.0.limit() > 0 && !buffer.is_empty() { Err(truncated()) } else { Ok(len) }
    }
}

struct Counted {
    reader: Stream,
    advance: Advance,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.reader.read(buffer)?;
        (self.advance)(len as u64);
        Ok(len)
    }
}
