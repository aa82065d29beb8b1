//! The inputs that paths name.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use same_file::Handle;
use walkdir::WalkDir;

use crate::console::Messages;

/// One input, not yet opened.
#[derive(Clone, Debug)]
pub struct Source {
    /// `None` is standard input.
    pub(super) path: Option<PathBuf>,
    /// Bytes of a regular file when it was listed; none where that says nothing of what can be read.
    pub size: u64,
    /// When the file was last written, in microseconds since 1970.
    pub(super) modified: Option<i64>,
}

impl Source {
    /// Whether a second reading gives the same as the first.
    pub fn can_be_read_again(&self) -> bool {
        // Regular files alone have such a time.
        self.modified.is_some()
    }

    pub fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => "standard input".to_owned(),
        }
    }
}

/// The inputs that `paths` name: directories stand for the regular files under them, `-` and no path
/// at all for standard input. What cannot be listed is reported and left out.
///
/// Symbolic links inside directories are not followed, so that no file is read twice. The file that
/// the result goes to, `output` or standard output, is not read.
pub fn list(paths: &[PathBuf], output: Option<&Path>, messages: &Messages) -> Vec<Source> {
    let mut list = List { sources: Vec::new(), outputs: Outputs::new(output), messages };
    if paths.is_empty() {
        list.add_standard_input();
    }
    for path in paths {
        if path.as_os_str() == "-" {
            list.add_standard_input();
            continue;
        }
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => list.add_directory(path),
            Ok(metadata) => list.add_file(path, &metadata),
            Err(error) => messages.report(&path.display().to_string(), &error),
        }
    }
    list.sources
}

struct List<'a> {
    sources: Vec<Source>,
    outputs: Outputs,
    messages: &'a Messages,
}

impl List<'_> {
    /// Adds standard input once: after its end there is nothing to read a second time.
    fn add_standard_input(&mut self) {
        if self.sources.iter().all(|source| source.path.is_some()) {
            self.sources.push(Source { path: None, size: 0, modified: None });
        }
    }

    fn add_directory(&mut self, directory: &Path) {
        for entry in WalkDir::new(directory).sort_by_file_name() {
            let listed = entry.and_then(|entry| {
                let metadata = entry.file_type().is_file().then(|| entry.metadata()).transpose()?;
                Ok((entry, metadata))
            });
            match listed {
                Ok((entry, Some(metadata))) => self.add_file(entry.path(), &metadata),
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(directory).display().to_string();
                    self.messages.report(&path, &io::Error::from(error));
                }
            }
        }
    }

    fn add_file(&mut self, path: &Path, metadata: &Metadata) {
        if metadata.is_file() && self.outputs.contain(path) {
            self.messages.say(&format!("{}: not read: it is the output", path.display()));
            return;
        }
        let size = if metadata.is_file() { metadata.len() } else { 0 };
        let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
        let modified = modified.map(Timestamp::as_microsecond).filter(|_| metadata.is_file());
        self.sources.push(Source { path: Some(path.to_owned()), size, modified });
    }
}

/// The regular files that results are written to.
struct Outputs(Vec<Handle>);

impl Outputs {
    fn new(output: Option<&Path>) -> Self {
        let outputs = [output.and_then(|path| Handle::from_path(path).ok()), Handle::stdout().ok()];
        let is_file = |handle: &Handle| handle.as_file().metadata().is_ok_and(|metadata| metadata.is_file());
        Outputs(outputs.into_iter().flatten().filter(is_file).collect())
    }

    fn contain(&self, path: &Path) -> bool {
        !self.0.is_empty() && Handle::from_path(path).is_ok_and(|handle| self.0.contains(&handle))
    }
}
