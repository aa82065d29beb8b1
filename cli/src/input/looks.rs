//! When to look at followed files: soon after something has happened to them, and from time to time.
//!
//! What the system reports of a directory does no more than wake up: which file has changed, and how, only
//! [`Follower`](super::follow::Follower) decides. So a report that is lost, or that never comes, as of what other
//! machines write to a network file system, delays what is seen and loses nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::identity::Identity;
use crate::console::{Messages, cause};

/// How long after a look the next one comes if nothing is reported.
const SLOW: Duration = Duration::from_secs(1);
/// The same where not everything can be watched.
const UNWATCHED: Duration = Duration::from_millis(200);
/// The shortest time between two looks, whatever is reported.
const PAUSE: Duration = Duration::from_millis(50);
/// It is also so many times as long as the look before took.
const SHARE: u32 = 20;
/// Reports are taken for so long at a time.
const WORK: Duration = Duration::from_micros(500);
/// And then left for so long to the system, which merges those that are alike: a file that is written to
/// 100,000 times a second would keep a processor busy with them.
const REST: Duration = Duration::from_millis(5);
/// Links that are followed to the file that a path names.
const MAX_LINKS: usize = 40;

/// Decides when to look at the files below some paths.
pub struct Looks {
    reports: Option<Arc<Reports>>,
    /// When the last look ended.
    last: Option<Instant>,
    pause: Duration,
}

/// What the system has reported.
struct Reports {
    /// Whether anything has happened since the last look began.
    any: AtomicBool,
    /// Whether not everything is watched.
    is_partial: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
    messages: Arc<Messages>,
}

impl Looks {
    /// Watches the directories that `paths` name, and those that the files are in. Calls `wake`, from any
    /// thread, when something has happened in them.
    pub fn new(
        paths: Vec<PathBuf>,
        messages: Arc<Messages>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let reports = (!paths.is_empty()).then(|| {
            let (any, is_partial) = (AtomicBool::new(false), AtomicBool::new(false));
            Arc::new(Reports { any, is_partial, wake: Box::new(wake), messages })
        });
        if let Some(reports) = reports.clone() {
            let config = Config::default().with_follow_symlinks(false);
            match RecommendedWatcher::new(handler(reports.clone()), config) {
                // It may wait for long: the watcher takes no directories while it takes reports.
                Ok(watcher) => drop(thread::spawn(move || keep_watching(&paths, watcher, &reports))),
                Err(error) => reports.fail(&error),
            }
        }
        Looks { reports, last: None, pause: PAUSE }
    }

    /// How long until the next look if nothing is reported meanwhile. None if there are no files.
    pub fn until_next(&self) -> Option<Duration> {
        let reports = self.reports.as_ref()?;
        let Some(last) = self.last else { return Some(Duration::ZERO) };
        let wait = if reports.any.load(Ordering::Relaxed) {
            PAUSE
        } else if reports.is_partial.load(Ordering::Relaxed) {
            UNWATCHED
        } else {
            SLOW
        };
        Some((last + wait.max(self.pause)).saturating_duration_since(Instant::now()))
    }

    /// Whether it is time for a look.
    pub fn are_due(&self) -> bool {
        self.until_next().is_some_and(|wait| wait.is_zero())
    }

    /// Looks.
    pub fn look<T>(&mut self, look: impl FnOnce() -> T) -> T {
        if let Some(reports) = &self.reports {
            // What happens from now on may come too late for this look.
            reports.any.store(false, Ordering::SeqCst);
        }
        let started = Instant::now();
        let result = look();
        self.pause = PAUSE.max(started.elapsed() * SHARE);
        self.last = Some(Instant::now());
        result
    }
}

impl Reports {
    fn add(&self) {
        if !self.any.swap(true, Ordering::SeqCst) {
            (self.wake)();
        }
    }

    /// Notes that something cannot be watched.
    fn fail(&self, error: &notify::Error) {
        if !self.is_partial.swap(true, Ordering::Relaxed) {
            let reason = match &error.kind {
                ErrorKind::MaxFilesWatch => "the limit of inotify watches is reached".to_owned(),
                ErrorKind::Io(error) => cause(error),
                _ => error.to_string(),
            };
            self.messages.say(&format!(
                "the system does not report all changes ({reason}): looking for them five times a second"
            ));
        }
        self.add();
    }
}

/// A directory to be watched.
#[derive(PartialEq)]
struct Place {
    mode: RecursiveMode,
    identity: Identity,
}

/// Watches what `paths` lead to, which may change.
fn keep_watching(paths: &[PathBuf], mut watcher: RecommendedWatcher, reports: &Reports) {
    let mut watched = BTreeMap::<PathBuf, Place>::new();
    loop {
        let wanted = places(paths);
        watched.retain(|path, _| {
            let is_wanted = wanted.contains_key(path);
            if !is_wanted {
                // If it is still watched, that only wakes up for nothing.
                let _ = watcher.unwatch(path);
            }
            is_wanted
        });
        let mut is_new = false;
        for (path, place) in wanted {
            if watched.get(&path) == Some(&place) {
                continue;
            }
            match watcher.watch(&path, place.mode) {
                // Removed meanwhile.
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound) => continue,
                Err(error) => reports.fail(&error),
                Ok(()) => is_new = true,
            }
            watched.insert(path, place);
        }
        if is_new {
            // What happened before was not reported.
            reports.add();
        }
        thread::sleep(SLOW);
    }
}

fn handler(reports: Arc<Reports>) -> impl FnMut(notify::Result<Event>) + Send {
    let mut rested = Instant::now();
    move |report| {
        match report {
            // To look at a directory opens it.
            Ok(event) if event.kind.is_access() => {}
            Ok(_) => reports.add(),
            Err(error) => reports.fail(&error),
        }
        if rested.elapsed() > WORK {
            thread::sleep(REST);
            rested = Instant::now();
        }
    }
}

/// The directories that `paths` name, and those that the files are in which they lead to.
fn places(paths: &[PathBuf]) -> BTreeMap<PathBuf, Place> {
    let (named, files): (Vec<_>, Vec<_>) = paths.iter().partition(|path| path.is_dir());
    let mut parents: Vec<_> = files.into_iter().flat_map(|file| parents(file)).collect();
    parents.sort();
    parents.dedup();
    let mut places = BTreeMap::new();
    for path in named {
        places.extend(place(path, RecursiveMode::Recursive));
    }
    for path in parents {
        let place = place(&path, RecursiveMode::NonRecursive);
        let is_within = |path: &Path| {
            path.ancestors().any(|outer| {
                places.get(outer).is_some_and(|place: &Place| place.mode == RecursiveMode::Recursive)
            })
        };
        if let Some((path, place)) = place.filter(|(path, _)| !is_within(path)) {
            places.insert(path, place);
        }
    }
    places
}

fn place(path: &Path, mode: RecursiveMode) -> Option<(PathBuf, Place)> {
    let path = fs::canonicalize(path).ok()?;
    let identity = Identity::new(&path, &fs::metadata(&path).ok()?).ok()?;
    Some((path, Place { mode, identity }))
}

/// The directories of `file`, and of what it leads to if it is a link.
fn parents(file: &Path) -> Vec<PathBuf> {
    let mut parents = Vec::new();
    let mut next = Some(file.to_owned());
    while let Some(file) = next.filter(|_| parents.len() < MAX_LINKS) {
        let parent = match file.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        next = fs::read_link(&file).ok().map(|target| parent.join(target));
        parents.push(parent);
    }
    parents
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
    use std::time::{Duration, Instant};

    use super::{Looks, PAUSE, SLOW};
    use crate::console::Messages;
    use crate::input::follow::Follower;

    /// Nothing else happens for so long.
    const QUIET: Duration = Duration::from_millis(150);
    const PATIENCE: Duration = Duration::from_secs(60);

    struct Watched {
        looks: Looks,
        woken: Receiver<()>,
    }

    impl Watched {
        fn new(paths: &[&Path]) -> Self {
            let (send, woken) = mpsc::channel();
            let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
            let messages = Arc::new(Messages::default());
            let wake = move || {
                let _ = send.send(());
            };
            let looks = Looks::new(paths, messages, wake);
            let mut watched = Watched { looks, woken };
            watched.expect_wake("everything is watched now");
            watched
        }

        /// Waits for a report, which comes of nothing but a change, and then until there are no more.
        #[track_caller]
        fn expect_wake(&mut self, why: &str) {
            assert_eq!(self.woken.recv_timeout(PATIENCE), Ok(()), "{why}");
            assert!(self.looks.until_next().unwrap() <= PAUSE.max(self.looks.pause), "{why}");
            self.looks.look(|| ());
            while self.woken.recv_timeout(QUIET).is_ok() {
                self.looks.look(|| ());
            }
        }
    }

    fn append(path: &Path, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn what_happens_in_a_directory_wakes_up() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        append(&path("a.log"), "1\n");
        let mut watched = Watched::new(&[directory.path()]);
        append(&path("a.log"), "2\n");
        watched.expect_wake("a line more");
        fs::rename(path("a.log"), path("a.log.1")).unwrap();
        watched.expect_wake("rotated");
        fs::create_dir(path("new")).unwrap();
        watched.expect_wake("a new directory");
        append(&path("new/b.log"), "1\n");
        watched.expect_wake("a file in it");
        fs::remove_file(path("a.log.1")).unwrap();
        watched.expect_wake("removed");
        // Nothing happens, so the next look is far.
        watched.looks.look(|| ());
        assert!(watched.looks.until_next().unwrap() > SLOW / 2);
    }

    #[cfg(unix)]
    #[test]
    fn what_happens_to_a_file_and_what_it_leads_to_wakes_up() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in ["links", "one", "two"] {
            fs::create_dir(path(name)).unwrap();
        }
        append(&path("one/a.log"), "1\n");
        std::os::unix::fs::symlink("../one/a.log", path("links/now.log")).unwrap();
        let mut watched = Watched::new(&[&path("links/now.log"), &path("two/later.log")]);
        append(&path("one/a.log"), "2\n");
        watched.expect_wake("a line more behind the link");
        append(&path("two/later.log"), "1\n");
        watched.expect_wake("a file that was not there");

        // The link leads to another file, whose directory is then watched too.
        fs::create_dir(path("three")).unwrap();
        append(&path("three/b.log"), "1\n");
        std::os::unix::fs::symlink("../three/b.log", path("links/next")).unwrap();
        fs::rename(path("links/next"), path("links/now.log")).unwrap();
        watched.expect_wake("another file");
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            append(&path("three/b.log"), "2\n");
            if watched.woken.recv_timeout(QUIET).is_ok() {
                return;
            }
        }
        panic!("no line in it is reported");
    }

    #[test]
    fn a_look_is_no_reason_for_another() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("inner")).unwrap();
        append(&directory.path().join("inner/a.log"), "1\n");
        let mut watched = Watched::new(&[directory.path()]);
        let mut follower = Follower::new(vec![directory.path().to_owned()], true);
        let mut lines = 0;
        for _ in 0..3 {
            watched.looks.look(|| {
                let poll = follower.poll(&Messages::default(), |_, _, _| {
                    lines += 1;
                    Ok(())
                });
                poll.unwrap();
            });
            assert_eq!(watched.woken.recv_timeout(QUIET), Err(RecvTimeoutError::Timeout));
        }
        assert_eq!(lines, 1);
    }

    #[test]
    fn a_busy_writer_does_not_keep_it_busy() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("a.log");
        let mut watched = Watched::new(&[directory.path()]);
        let writer = std::thread::spawn(move || {
            let mut file = OpenOptions::new().create(true).append(true).open(log).unwrap();
            (0..50_000).for_each(|_| file.write_all(b"UPD4_FAIL_303\n").unwrap());
        });
        let (started, mut looks) = (Instant::now(), 0);
        while !writer.is_finished() || watched.woken.recv_timeout(QUIET).is_ok() {
            if watched.looks.are_due() {
                looks += 1;
                watched.looks.look(|| ());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let most = started.elapsed().as_millis() / PAUSE.as_millis() + 2;
        assert!((1..=most).contains(&looks), "{looks} looks in {:?}", started.elapsed());
    }

    #[test]
    fn without_files_there_is_nothing_to_look_at() {
        let looks = Looks::new(Vec::new(), Arc::new(Messages::default()), || ());
        assert!(!looks.are_due() && looks.until_next().is_none());
    }
}
