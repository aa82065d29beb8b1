//! Which file a path leads to, whatever it is called.

use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use crate::platform::{FileNumber, file_number};

/// The identity of a file. It stays the same when the file is renamed.
///
/// Numbers of files are used again, so the time of creation, where the system has one, belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    number: FileNumber,
    created: Option<SystemTime>,
}

impl Identity {
    /// The identity of the file that `path` leads to, which has `metadata`.
    pub fn new(path: &Path, metadata: &Metadata) -> io::Result<Self> {
        Ok(Identity { number: file_number(path, metadata)?, created: metadata.created().ok() })
    }
}
