//! The progress bar: for whoever watches a long run at a terminal, and for nobody else.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tempfile::NamedTempFile;

use crate::common::{bytes_read, program, signal};

/// A terminal and what has been written to it.
pub struct Terminal {
    device: File,
    screen: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Terminal {
    pub fn new() -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let device =
            OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
        let screen = Arc::new(Mutex::new(Vec::new()));
        let reader = thread::spawn({
            let screen = screen.clone();
            let mut controller = File::from(controller);
            let mut buffer = [0; 4096];
            // It ends with an error when nobody has the terminal open any more.
            move || {
                while let Ok(len @ 1..) = controller.read(&mut buffer) {
                    screen.lock().unwrap().extend_from_slice(&buffer[..len]);
                }
            }
        });
        Terminal { device, screen, reader }
    }

    pub fn stdio(&self) -> Stdio {
        self.device.try_clone().unwrap().into()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits, but not for ever, until all of `texts` have been written.
    pub fn wait_for(&self, texts: &[&str], mut meanwhile: impl FnMut()) {
        for _ in 0..2000 {
            let screen = self.text();
            if texts.iter().all(|text| screen.contains(text)) {
                return;
            }
            meanwhile();
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{texts:?} not in {}", self.text());
    }

    /// All that was written, once all who write are gone.
    pub fn close(self) -> String {
        drop(self.device);
        self.reader.join().unwrap();
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }
}

/// A hole that takes at least some seconds to read.
fn long_file() -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    file.as_file().set_len(64 << 30).unwrap();
    file
}

fn start(path: &str, stdout: Stdio, stderr: Stdio) -> Child {
    let mut command = program();
    command.args(["summary", path]).env("TERM", "xterm").stdin(Stdio::piped()).stdout(stdout).stderr(stderr);
    command.spawn().unwrap()
}

#[test]
fn a_terminal_shows_how_far_a_long_run_is_until_it_ends() {
    let (terminal, file) = (Terminal::new(), long_file());
    let mut child = start(file.path().to_str().unwrap(), terminal.stdio(), terminal.stdio());
    // Such as `12.34 GiB of 64.00 GiB, 3.21 GiB/s, 16 s left`.
    terminal.wait_for(&[" of 64.00 GiB, ", "iB/s, ", " s left"], || ());
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let screen = terminal.close();
    // The last that was drawn is erased, and the result stands alone.
    let (_, result) = screen.rsplit_once("\x1b[2K").unwrap();
    assert!(result.contains("Totals of a partial result"), "{screen}");
    assert!(!result.contains("s left"), "{screen}");
}

#[test]
fn a_terminal_shows_how_much_of_a_stream_is_read() {
    let terminal = Terminal::new();
    let mut child = start("-", terminal.stdio(), terminal.stdio());
    let mut input = child.stdin.take().unwrap();
    // Such as `1.23 KiB, 456 B/s`.
    terminal.wait_for(&["B/s"], || input.write_all(b"SYS_105\n").unwrap());
    drop(input);
    assert!(child.wait().unwrap().success());
    let screen = terminal.close();
    assert!(!screen.contains(" left"), "nobody knows how much is left: {screen}");
    assert!(screen.rsplit_once("\x1b[2K").unwrap().1.contains("SYS_105"), "{screen}");
}

#[test]
fn a_pipe_shows_nothing() {
    let file = long_file();
    let path = file.path().to_str().unwrap();
    // At the same time, as both wait.
    thread::scope(|scope| {
        scope.spawn(|| pipe_shows_nothing(path, true));
        pipe_shows_nothing(path, false);
    });
}

fn pipe_shows_nothing(path: &str, stdout_is_piped: bool) {
    let terminal = Terminal::new();
    let (stdout, stderr) = match stdout_is_piped {
        true => (Stdio::piped(), terminal.stdio()),
        false => (terminal.stdio(), Stdio::piped()),
    };
    let mut child = start(path, stdout, stderr);
    let started = Instant::now();
    // Long enough for a bar.
    while started.elapsed() < Duration::from_secs(1) || bytes_read(&child) < 16 << 20 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before all was read");
        thread::sleep(Duration::from_millis(10));
    }
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let screen = terminal.close().replace("\r\n", "\n");
    let (stdout, stderr) = match stdout_is_piped {
        true => (output.stdout, screen.into_bytes()),
        false => (screen.into_bytes(), output.stderr),
    };
    assert_eq!(String::from_utf8_lossy(&stderr), "eventcodes: interrupted: the result is partial\n");
    assert!(String::from_utf8_lossy(&stdout).contains("Totals of a partial result"));
    assert!(!String::from_utf8_lossy(&stdout).contains("B/s"));
}
