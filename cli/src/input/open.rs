//! Opens an input and undoes its compression, which its first bytes tell.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read, Take};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::Source;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// What a decoder reads at once.
const COMPRESSED_BUFFER: usize = 128 << 10;

/// An input ready to read.
pub enum Opened {
    /// A regular file as it is, so that any part of it can be read at any time. Its bytes are those
    /// it had when it was opened: what a writer appends later is not read.
    Plain { file: File, size: u64 },
    /// Bytes in order.
    Stream(Box<dyn Read + Send>),
}

/// Told how many bytes of the input itself, compressed or not, have been read.
pub type Advance = Arc<dyn Fn(u64) + Send + Sync>;

pub fn open(source: &Source, advance: Advance) -> io::Result<Opened> {
    let Some(path) = &source.path else {
        return Ok(Opened::Stream(stream(io::stdin(), advance)?));
    };
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // Files of the kernel say that they have no bytes and have some.
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(Opened::Stream(stream(file, advance)?));
    }
    let mut magic = [0; ZSTD.len()];
    let len = file.read_at(&mut magic, 0)?;
    if is_compressed(&magic[..len]) {
        return Ok(Opened::Stream(stream(file, advance)?));
    }
    Ok(Opened::Plain { size: metadata.len(), file })
}

/// Opens an input to be read from its start to its end.
pub fn open_stream(source: &Source, advance: Advance) -> io::Result<Box<dyn Read + Send>> {
    Ok(match open(source, advance.clone())? {
        Opened::Plain { file, size } => plain_stream(file, size, advance),
        Opened::Stream(reader) => reader,
    })
}

/// The bytes of a plain file in order: as many as it had when it was opened, or an error.
pub fn plain_stream(file: File, size: u64, advance: Advance) -> Box<dyn Read + Send> {
    Box::new(Counted { reader: Plain(file.take(size)), advance })
}

/// What is said of a file that ends before the size it had when it was opened.
pub fn cut() -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        "the file was cut while it was read; what was left of it is read",
    )
}

fn is_compressed(head: &[u8]) -> bool {
    head.starts_with(GZIP) || head.starts_with(ZSTD)
}

fn stream(reader: impl Read + Send + 'static, advance: Advance) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = Counted { reader, advance };
    let head = read_magic(&mut reader)?;
    let compressed = |whole| BufReader::with_capacity(COMPRESSED_BUFFER, whole);
    Ok(if head.starts_with(GZIP) {
        Box::new(MultiGzDecoder::new(compressed(whole(head, reader))))
    } else if head.starts_with(ZSTD) {
        Box::new(zstd::stream::read::Decoder::with_buffer(compressed(whole(head, reader)))?)
    } else {
        Box::new(whole(head, reader))
    })
}

/// The first bytes, no more than it takes to tell: a live input must not be kept waiting.
fn read_magic(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(ZSTD.len());
    while !is_compressed(&head) && (GZIP.starts_with(&head) || ZSTD.starts_with(&head)) {
        let mut byte = [0];
        match reader.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => head.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}

fn whole<R: Read>(head: Vec<u8>, rest: R) -> Chain<Cursor<Vec<u8>>, R> {
    Cursor::new(head).chain(rest)
}

struct Plain(Take<File>);

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.0.read(buffer)?;
        if len == 0 && self.0.limit() > 0 && !buffer.is_empty() { Err(cut()) } else { Ok(len) }
    }
}

struct Counted<R> {
    reader: R,
    advance: Advance,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.reader.read(buffer)?;
        (self.advance)(len as u64);
        Ok(len)
    }
}
