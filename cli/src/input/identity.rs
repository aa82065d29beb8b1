//! Which file a path leads to, whatever it is called.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// The identity of a file. It stays the same when the file is renamed.
///
/// Numbers of files are used again, so the time of creation, where the system has one, belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    number: Number,
    created: Option<SystemTime>,
}

#[cfg(unix)]
type Number = (u64, u64);
/// Elsewhere the file stays open, which keeps its number from being used again.
#[cfg(not(unix))]
type Number = std::sync::Arc<same_file::Handle>;

impl Identity {
    /// The identity of the file that `path` leads to, which has `metadata`.
    pub fn new(path: &Path, metadata: &Metadata) -> io::Result<Self> {
        Ok(Identity { number: number(path, metadata)?, created: metadata.created().ok() })
    }
}

#[cfg(unix)]
fn number(_path: &Path, metadata: &Metadata) -> io::Result<Number> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn number(path: &Path, _metadata: &Metadata) -> io::Result<Number> {
    Ok(std::sync::Arc::new(same_file::Handle::from_path(path)?))
}
