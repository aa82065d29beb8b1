//! Writes a result to a file.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::platform::temporary_file;

/// Writes `bytes` to `path`, which has either all of them or what it had before.
///
/// The bytes go to a temporary file in the same directory, which is then renamed. What is no regular
/// file, such as a device, is written to directly.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays a link: the file it leads to is replaced.
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let existing = fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return fs::write(&target, bytes);
    }
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut temporary = temporary_file().tempfile_in(directory.unwrap_or(Path::new(".")))?;
    temporary.write_all(bytes)?;
    if let Some(existing) = existing {
        temporary.as_file().set_permissions(existing.permissions())?;
    }
    temporary.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
