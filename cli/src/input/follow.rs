//! Follows files as they grow, as `tail -F` does: through rotation and truncation, and with the files
//! that appear in directories.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use same_file::Handle;
use walkdir::WalkDir;

use super::buffer::Buffer;
use super::content::{Content, HEAD};
use crate::console::Messages;

/// What is read at once.
const BUFFER: usize = 256 << 10;
/// A file that no path leads to any more is read for so long, as its writer may not know yet.
const GRACE: Duration = Duration::from_secs(10);
/// How far back the start of an unfinished line is looked for.
const MAX_LINE: u64 = 64 << 10;

/// What happens to a followed file.
pub enum Change<'a> {
    /// Its next bytes.
    Bytes(&'a [u8]),
    /// It starts anew: what was pending is over.
    Truncated,
    /// It will not be read any more.
    Gone,
}

/// The files under some paths, by identity: a renamed file stays the same.
pub struct Follower {
    paths: Vec<PathBuf>,
    files: HashMap<Handle, Followed>,
    /// Files that hold no text to follow, such as rotated files that were compressed.
    ignored: Vec<Handle>,
    buffer: Buffer,
    /// Whether the files that are found now are read from their start.
    from_start: bool,
    next_number: usize,
    reported: Vec<PathBuf>,
}

struct Followed {
    number: usize,
    path: PathBuf,
    file: File,
    position: u64,
    /// When the file was last listed, or had new bytes.
    last_use: Instant,
}

impl Follower {
    /// Follows the files that `paths` name, and those in the directories that they name. Files that
    /// are there already are read from their end unless `from_start`, later ones from their start.
    pub fn new(paths: Vec<PathBuf>, from_start: bool) -> Self {
        Follower {
            paths,
            files: HashMap::new(),
            ignored: Vec::new(),
            buffer: Buffer::new(BUFFER),
            from_start,
            next_number: 0,
            reported: Vec::new(),
        }
    }

    /// Takes note of new files, and hands over what happened since the last call: the number of a file,
    /// its path and a change.
    pub fn poll(
        &mut self,
        messages: &Messages,
        mut changed: impl FnMut(usize, &Path, Change<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let now = Instant::now();
        for path in self.list(messages) {
            if let Err(error) = self.take_note(&path, now, messages) {
                self.report_once(&path, &error, messages);
            }
        }
        self.from_start = true;
        let Follower { files, buffer, .. } = self;
        let mut over = Vec::new();
        let mut in_order: Vec<_> = files.iter_mut().map(|(_, followed)| followed).collect();
        in_order.sort_by_key(|followed| followed.number);
        for followed in in_order {
            match followed.read(buffer, now, &mut changed)? {
                Ok(()) => {}
                Err(error) => messages.report(&followed.path.display().to_string(), &error),
            }
            if now.duration_since(followed.last_use) > GRACE {
                changed(followed.number, &followed.path, Change::Gone)?;
                over.push(followed.number);
            }
        }
        files.retain(|_, followed| !over.contains(&followed.number));
        Ok(())
    }

    fn list(&mut self, messages: &Messages) -> Vec<PathBuf> {
        let mut listed = Vec::new();
        for path in &self.paths {
            if !path.is_dir() {
                listed.push(path.clone());
                continue;
            }
            let entries = WalkDir::new(path).sort_by_file_name().into_iter().filter_map(Result::ok);
            listed.extend(
                entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path),
            );
        }
        if listed.is_empty() && !self.paths.is_empty() {
            messages.say_once("no file to follow yet");
        }
        listed
    }

    fn report_once(&mut self, path: &Path, error: &io::Error, messages: &Messages) {
        // A rotated file is away for a moment; a file that never was is worth a message.
        if !self.reported.iter().any(|known| known == path) {
            self.reported.push(path.to_owned());
            messages.report(&path.display().to_string(), error);
        }
    }

    fn take_note(&mut self, path: &Path, now: Instant, messages: &Messages) -> io::Result<()> {
        let handle = Handle::from_path(path)?;
        self.reported.retain(|known| known != path);
        if let Some(followed) = self.files.get_mut(&handle) {
            followed.last_use = now;
            return Ok(());
        }
        if self.ignored.contains(&handle) {
            return Ok(());
        }
        let mut file = File::open(path)?;
        let mut head = [0; HEAD];
        let len = file.read(&mut head)?;
        let is_text = matches!(Content::of(&head[..len]), Content::Text);
        if !is_text || !file.metadata()?.is_file() {
            messages.say(&format!("{}: not followed: it is no plain text file", path.display()));
            self.ignored.push(handle);
            return Ok(());
        }
        let position = if self.from_start { 0 } else { start_of_last_line(&mut file)? };
        let followed =
            Followed { number: self.next_number, path: path.to_owned(), file, position, last_use: now };
        self.next_number += 1;
        self.files.insert(handle, followed);
        Ok(())
    }
}

impl Followed {
    /// Reads what is new. The outer error is that of `changed`, the inner one that of the file.
    fn read(
        &mut self,
        buffer: &mut Buffer,
        now: Instant,
        changed: &mut impl FnMut(usize, &Path, Change<'_>) -> io::Result<()>,
    ) -> io::Result<io::Result<()>> {
        let len = match self.file.metadata() {
            Ok(metadata) => metadata.len(),
            Err(error) => return Ok(Err(error)),
        };
        if len < self.position {
            changed(self.number, &self.path, Change::Truncated)?;
            self.position = 0;
        }
        if len == self.position {
            return Ok(Ok(()));
        }
        if let Err(error) = self.file.seek(SeekFrom::Start(self.position)) {
            return Ok(Err(error));
        }
        loop {
            match self.file.read(buffer) {
                Ok(0) => return Ok(Ok(())),
                Ok(len) => {
                    changed(self.number, &self.path, Change::Bytes(&buffer[..len]))?;
                    self.position += len as u64;
                    self.last_use = now;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(Err(error)),
            }
        }
    }
}

/// Where the line begins that the end of a file is in.
fn start_of_last_line(file: &mut File) -> io::Result<u64> {
    let len = file.metadata()?.len();
    let start = len.saturating_sub(MAX_LINE);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(MAX_LINE).read_to_end(&mut tail)?;
    Ok(start + memchr::memrchr(b'\n', &tail).map_or(0, |end| end as u64 + 1))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::Path;

    use super::{Change, Follower};
    use crate::console::Messages;

    fn append(path: &Path, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn poll(follower: &mut Follower) -> String {
        let mut all = String::new();
        follower
            .poll(&Messages::default(), |_, _, change| {
                match change {
                    Change::Bytes(bytes) => all.push_str(std::str::from_utf8(bytes).unwrap()),
                    Change::Truncated => all.push('^'),
                    Change::Gone => all.push('$'),
                }
                Ok(())
            })
            .unwrap();
        all
    }

    #[test]
    fn follows_through_rotation_and_truncation() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("a.log");
        append(&log, "before\nhalf ");
        let mut follower = Follower::new(vec![directory.path().to_owned()], false);
        assert_eq!(poll(&mut follower), "half ", "the line that is being written, from its start");
        append(&log, "a line\n");
        assert_eq!(poll(&mut follower), "a line\n");

        append(&log, "1\n");
        fs::rename(&log, directory.path().join("a.log.1")).unwrap();
        append(&directory.path().join("a.log.1"), "2\n");
        append(&log, "3\n");
        assert_eq!(poll(&mut follower), "1\n2\n3\n", "what went to the old file is read, once");
        append(&directory.path().join("a.log.1"), "4\n");
        assert_eq!(poll(&mut follower), "4\n", "the writer may be late");

        fs::write(&log, "5\n").unwrap();
        assert_eq!(poll(&mut follower), "", "as long as before: not to be seen");
        fs::write(&log, "").unwrap();
        assert_eq!(poll(&mut follower), "^");
        append(&log, "6\n");
        assert_eq!(poll(&mut follower), "6\n");

        fs::write(directory.path().join("a.log.2.gz"), b"\x1f\x8b\x08 6 SYS_105").unwrap();
        append(&directory.path().join("new.log"), "7\n");
        assert_eq!(poll(&mut follower), "7\n");
    }

    #[test]
    fn from_the_start_everything() {
        let directory = tempfile::tempdir().unwrap();
        append(&directory.path().join("a"), "1\n2\n");
        let mut follower = Follower::new(vec![directory.path().join("a")], true);
        assert_eq!(poll(&mut follower), "1\n2\n");
        assert_eq!(poll(&mut follower), "");
    }
}
