//! Follows files as they grow, as `tail -F` does: through rotation and truncation, and with the files
//! that appear in directories.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use event_log_codes_records::content::{Content, HEAD};
use walkdir::WalkDir;

use super::buffer::Buffer;
use super::identity::Identity;
use crate::console::Messages;

/// What is read at once.
const BUFFER: usize = 256 << 10;
/// A file that no path leads to any more is read for so long, as its writer may not know yet; any other
/// is closed when it has not grown for so long, so that few are open.
const GRACE: Duration = Duration::from_secs(10);
/// Files that stay open between two calls.
const MAX_OPEN: usize = 128;
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
    files: HashMap<Identity, Followed>,
    /// Files that hold no text to follow, such as rotated files that were compressed.
    ignored: HashSet<Identity>,
    buffer: Buffer,
    /// Whether the files that are found now are read from their start.
    from_start: bool,
    next_number: usize,
    reported: Vec<PathBuf>,
}

struct Followed {
    number: usize,
    path: PathBuf,
    file: Option<File>,
    /// Whether the file was open after the last call.
    opened_before: bool,
    position: u64,
    /// When a path last led to the file.
    listed: Instant,
    /// When it last had new bytes.
    grown: Instant,
}

impl Follower {
    /// Follows the files that `paths` name, and those in the directories that they name. Files that
    /// are there already are read from their end unless `from_start`, later ones from their start.
    pub fn new(paths: Vec<PathBuf>, from_start: bool) -> Self {
        Follower {
            paths,
            files: HashMap::new(),
            ignored: HashSet::new(),
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
        let mut open = self.files.values().filter(|followed| followed.file.is_some()).count();
        for path in self.list(messages) {
            let identity = match self.take_note(&path, now, messages) {
                Ok(identity) => identity,
                // Renamed or removed since it was listed, or about to be created again after a rotation.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !self.was_never_there(&path) => {
                    continue;
                }
                Err(error) => {
                    self.report_once(&path, &error, messages);
                    continue;
                }
            };
            let Some(followed) = self.files.get_mut(&identity) else { continue };
            let was_open = followed.opened_before;
            if let Err(error) = followed.read(&mut self.buffer, now, &mut changed)? {
                messages.report(&followed.path.display().to_string(), &error);
            }
            if !was_open && followed.file.is_some() {
                // Files that are listed can be opened again.
                if open < MAX_OPEN { open += 1 } else { followed.file = None }
            }
            followed.opened_before = followed.file.is_some();
        }
        self.from_start = true;
        let mut over = Vec::new();
        for followed in self.files.values_mut() {
            if followed.listed != now
                && let Err(error) = followed.read(&mut self.buffer, now, &mut changed)?
            {
                messages.report(&followed.path.display().to_string(), &error);
            }
            if now.duration_since(followed.grown) > GRACE {
                followed.file = None;
                followed.opened_before = false;
                if now.duration_since(followed.listed) > GRACE {
                    changed(followed.number, &followed.path, Change::Gone)?;
                    over.push(followed.number);
                }
            }
        }
        self.files.retain(|_, followed| !over.contains(&followed.number));
        Ok(())
    }

    fn list(&mut self, messages: &Messages) -> Vec<PathBuf> {
        let (mut listed, mut unread) = (Vec::new(), Vec::new());
        for path in &self.paths {
            if !path.is_dir() {
                listed.push(path.clone());
                continue;
            }
            for entry in WalkDir::new(path).sort_by_file_name() {
                match entry {
                    Ok(entry) if entry.file_type().is_file() => listed.push(entry.into_path()),
                    Ok(_) => {}
                    Err(error) => {
                        let path = error.path().unwrap_or(path).to_owned();
                        unread.extend(error.into_io_error().map(|error| (path, error)));
                    }
                }
            }
        }
        // Whatever is gone was removed while it was listed.
        unread.retain(|(_, error)| error.kind() != io::ErrorKind::NotFound);
        for (path, error) in unread {
            self.report_once(&path, &error, messages);
        }
        if listed.is_empty() && !self.paths.is_empty() {
            messages.say_once("no file to follow yet");
        }
        listed
    }

    /// Whether a path that was named has led to no file so far.
    fn was_never_there(&self, path: &Path) -> bool {
        self.paths.iter().any(|named| named == path)
            && self.files.values().all(|followed| followed.path != path)
    }

    fn report_once(&mut self, path: &Path, error: &io::Error, messages: &Messages) {
        if !self.reported.iter().any(|known| known == path) {
            self.reported.push(path.to_owned());
            messages.report(&path.display().to_string(), error);
        }
    }

    /// Opens the file that `path` leads to if it is new or has changed.
    fn take_note(&mut self, path: &Path, now: Instant, messages: &Messages) -> io::Result<Identity> {
        let metadata = fs::metadata(path)?;
        let identity = Identity::new(path, &metadata)?;
        self.reported.retain(|known| known != path);
        if let Some(followed) = self.files.get_mut(&identity) {
            followed.listed = now;
            if followed.file.is_none() && metadata.len() != followed.position {
                followed.file = Some(File::open(path)?);
            }
            return Ok(identity);
        }
        if self.ignored.contains(&identity) {
            return Ok(identity);
        }
        let mut file = File::open(path)?;
        let mut head = [0; HEAD];
        let len = file.read(&mut head)?;
        let is_text = matches!(Content::of(&head[..len]), Content::Text);
        if !is_text || !file.metadata()?.is_file() {
            messages.say(&format!("{}: not followed: it is no plain text file", path.display()));
            self.ignored.insert(identity.clone());
            return Ok(identity);
        }
        let position = if self.from_start { 0 } else { start_of_last_line(&mut file)? };
        let followed = Followed {
            number: self.next_number,
            path: path.to_owned(),
            file: Some(file),
            position,
            opened_before: false,
            listed: now,
            grown: now,
        };
        self.next_number += 1;
        self.files.insert(identity.clone(), followed);
        Ok(identity)
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
        let Some(file) = &mut self.file else { return Ok(Ok(())) };
        let len = match file.metadata() {
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
        if let Err(error) = file.seek(SeekFrom::Start(self.position)) {
            return Ok(Err(error));
        }
        loop {
            match file.read(buffer) {
                Ok(0) => return Ok(Ok(())),
                Ok(len) => {
                    changed(self.number, &self.path, Change::Bytes(&buffer[..len]))?;
                    self.position += len as u64;
                    self.grown = now;
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
    use std::collections::BTreeSet;
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
        let lines = poll(&mut follower);
        assert_eq!(BTreeSet::from_iter(lines.lines()), BTreeSet::from(["1", "2", "3"]), "each file, once");
        assert_eq!(lines.len(), 6);
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
    fn a_file_that_is_away_for_a_moment_is_no_problem() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("a.log");
        append(&log, "1\n");
        let mut follower = Follower::new(vec![log.clone(), directory.path().join("never")], true);
        let messages = Messages::silent();
        let mut all = Vec::new();
        let mut poll = |messages: &Messages| {
            let taken = follower.poll(messages, |_, _, change| {
                if let Change::Bytes(bytes) = change {
                    all.extend_from_slice(bytes);
                }
                Ok(())
            });
            taken.unwrap();
        };
        poll(&messages);
        assert!(messages.any(), "one of them never was there");
        let messages = Messages::silent();
        fs::rename(&log, directory.path().join("a.log.1")).unwrap();
        poll(&messages);
        append(&log, "2\n");
        poll(&messages);
        assert!(!messages.any());
        assert_eq!(all, b"1\n2\n");
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
