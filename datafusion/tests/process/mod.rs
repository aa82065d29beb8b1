//! Processes of `event-codes-sql` that end with the test, however that ends, and in bounded time.

#![allow(dead_code, reason = "each program that mounts this uses a part of it")]

use std::fs::File;
use std::io::{Read, Seek};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(240);

pub fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_event-codes-sql"))
}

pub struct Process {
    child: Child,
    // Files, because a full pipe would stop a process that nobody reads from yet.
    stdout: File,
    stderr: File,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let [stdout, stderr] = [(); 2].map(|()| tempfile::tempfile().unwrap());
        let child = command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap()).spawn();
        Self { child: child.unwrap(), stdout, stderr }
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn output(mut self) -> Output {
        wait_until("the process ends", || self.has_ended());
        let status = self.child.wait().unwrap();
        let [stdout, stderr] = [&mut self.stdout, &mut self.stderr].map(|file| {
            let mut bytes = Vec::new();
            file.rewind().and_then(|()| file.read_to_end(&mut bytes)).unwrap();
            bytes
        });
        Output { status, stdout, stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn output(command: &mut Command) -> Output {
    Process::start(command).output()
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "waited {LIMIT:?} until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
