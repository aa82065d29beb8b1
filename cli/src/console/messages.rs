//! What goes wrong with single inputs: told on standard error at once, remembered for the exit status.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::progress::Progress;

#[derive(Default)]
pub struct Messages {
    any: AtomicBool,
    progress: OnceLock<Progress>,
}

impl Messages {
    /// Shows from now on how far a run over `total` bytes is; 0 if that number is not known.
    pub fn show_progress(&self, total: u64) {
        self.progress.get_or_init(|| Progress::new(total));
    }

    pub fn hide_progress(&self) {
        if let Some(progress) = self.progress.get() {
            progress.clear();
        }
    }

    /// So many bytes more have been read.
    pub fn advance(&self, len: u64) {
        if let Some(progress) = self.progress.get() {
            progress.advance(len);
        }
    }

    /// Says in one line what is wrong with an input; the other inputs are still read.
    pub fn report(&self, input: &str, error: &io::Error) {
        self.any.store(true, Ordering::Relaxed);
        self.say(&format!("{input}: {}", cause(error)));
    }

    /// Says something that does not change the exit status.
    pub fn say(&self, message: &str) {
        // Nobody is left to be told if standard error is closed.
        let write = || drop(writeln!(io::stderr(), "eventcodes: {message}"));
        match self.progress.get() {
            Some(progress) => progress.suspend(write),
            None => write(),
        }
    }

    pub fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }
}

/// What an error says, without the number that the system has for it.
pub fn cause(error: &io::Error) -> String {
    let message = error.to_string();
    match message.find(" (os error ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    }
}
