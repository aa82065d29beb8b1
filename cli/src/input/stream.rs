//! Reads one input from its start to its end, for commands that write as they read.

use std::io::{self, Read};
use std::sync::Arc;

use super::buffer::Buffer;
use super::{Source, open};
use crate::console::Messages;

const BUFFER: usize = 256 << 10;

/// Hands over the bytes of `source` as they arrive, and whether more may be long in coming, so that
/// what was written of them had better be seen. Fails only with `take`; what is wrong with the input
/// is reported.
pub fn read(
    source: &Source,
    messages: &Messages,
    mut take: impl FnMut(&[u8], bool) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = match open::open_stream(source, Arc::new(|_| ())) {
        Ok(reader) => reader,
        Err(error) => {
            messages.report(&source.name(), &error);
            return Ok(());
        }
    };
    let mut buffer = Buffer::new(BUFFER);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(len) => take(&buffer[..len], len < BUFFER)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                messages.report(&source.name(), &error);
                return Ok(());
            }
        }
    }
}
