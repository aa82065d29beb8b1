//! The inputs that paths name.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::console::Messages;

/// One input, not yet opened.
#[derive(Clone, Debug)]
pub struct Source {
    /// `None` is standard input.
    pub(super) path: Option<PathBuf>,
    /// Bytes of a regular file when it was listed; none where that says nothing of what can be read.
    pub size: u64,
}

impl Source {
    pub fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => "standard input".to_owned(),
        }
    }

    fn file(path: &Path, metadata: &std::fs::Metadata) -> Self {
        let size = if metadata.is_file() { metadata.len() } else { 0 };
        Source { path: Some(path.to_owned()), size }
    }
}

/// The inputs that `paths` name: directories stand for the regular files under them, `-` and no path
/// at all for standard input. What cannot be listed is reported and left out.
///
/// Symbolic links inside directories are not followed, so that no file is read twice.
pub fn list(paths: &[PathBuf], messages: &Messages) -> Vec<Source> {
    let standard_input = Source { path: None, size: 0 };
    if paths.is_empty() {
        return vec![standard_input];
    }
    let mut sources = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            sources.push(standard_input.clone());
            continue;
        }
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => list_directory(path, &mut sources, messages),
            Ok(metadata) => sources.push(Source::file(path, &metadata)),
            Err(error) => messages.report(&path.display().to_string(), &error),
        }
    }
    sources
}

fn list_directory(directory: &Path, sources: &mut Vec<Source>, messages: &Messages) {
    for entry in WalkDir::new(directory).sort_by_file_name() {
        let listed = entry.and_then(|entry| {
            let metadata = entry.file_type().is_file().then(|| entry.metadata()).transpose()?;
            Ok((entry, metadata))
        });
        match listed {
            Ok((entry, Some(metadata))) => sources.push(Source::file(entry.path(), &metadata)),
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(directory).display().to_string();
                messages.report(&path, &io::Error::from(error));
            }
        }
    }
}
