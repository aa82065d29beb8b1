//! What systems have calls of their own for. No code outside of this file is for some systems only.

pub use system::{FileNumber, file_number, read_at, signals, temporary_file};

#[cfg(unix)]
mod system {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
    use std::path::Path;

    use signal_hook::iterator::Signals;

    /// Tells a file from every other that exists at the same time.
    pub type FileNumber = (u64, u64);

    /// The number of the file that `path` leads to, which has `metadata`.
    pub fn file_number(_path: &Path, metadata: &Metadata) -> io::Result<FileNumber> {
        Ok((metadata.dev(), metadata.ino()))
    }

    /// Reads at a position, once.
    pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        file.read_at(buffer, offset)
    }

    /// The signals that come from now on.
    pub fn signals(wanted: [i32; 2]) -> io::Result<impl Iterator<Item = i32>> {
        let mut signals = Signals::new(wanted)?;
        Ok(std::iter::from_fn(move || signals.forever().next()))
    }

    /// A maker of temporary files with the permissions of other new files.
    pub fn temporary_file() -> tempfile::Builder<'static, 'static> {
        let mut builder = tempfile::Builder::new();
        builder.permissions(Permissions::from_mode(0o666));
        builder
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, Metadata};
    use std::io;
    use std::os::windows::fs::FileExt;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    /// Tells a file from every other. The file stays open, which keeps its number from being used again.
    pub type FileNumber = Arc<same_file::Handle>;

    /// The number of the file that `path` leads to.
    pub fn file_number(path: &Path, _metadata: &Metadata) -> io::Result<FileNumber> {
        Ok(Arc::new(same_file::Handle::from_path(path)?))
    }

    /// Reads at a position, once.
    pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        file.seek_read(buffer, offset)
    }

    /// The signals that come from now on. Nothing wakes a thread up for them, so it looks from time to time.
    pub fn signals(wanted: [i32; 2]) -> io::Result<impl Iterator<Item = i32>> {
        let last = Arc::new(AtomicUsize::new(0));
        for signal in wanted {
            signal_hook::flag::register_usize(signal, Arc::clone(&last), signal as usize)?;
        }
        Ok(std::iter::from_fn(move || {
            loop {
                match last.swap(0, Ordering::SeqCst) {
                    0 => thread::sleep(Duration::from_millis(20)),
                    signal => return Some(signal as i32),
                }
            }
        }))
    }

    /// A maker of temporary files.
    pub fn temporary_file() -> tempfile::Builder<'static, 'static> {
        tempfile::Builder::new()
    }
}
