//! What goes wrong with single inputs: told on standard error at once, remembered for the exit status.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::progress::Progress;
use crate::clean::clean;

#[derive(Default)]
pub struct Messages {
    any: AtomicBool,
    /// What is said once only.
    said: Mutex<Vec<&'static str>>,
    progress: OnceLock<Progress>,
    is_silent: bool,
}

impl Messages {
    /// Messages that nobody sees.
    pub fn silent() -> Self {
        Messages { is_silent: true, ..Messages::default() }
    }

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

    /// Reports what is wrong with an input; the other inputs are still read.
    pub fn report(&self, input: &str, error: &io::Error) {
        self.any.store(true, Ordering::Relaxed);
        self.say(&format!("{input}: {}", cause(error)));
    }

    /// Writes a message, on one line, that does not change the exit status.
    pub fn say(&self, message: &str) {
        if self.is_silent {
            return;
        }
        let message = clean(message);
        // If standard error is closed, there is nowhere to report it.
        let write = || drop(writeln!(io::stderr(), "eventcodes: {message}"));
        match self.progress.get() {
            Some(progress) => progress.suspend(write),
            None => write(),
        }
    }

    /// Says something that is true until further notice, once.
    pub fn say_once(&self, message: &'static str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !said.contains(&message) {
            said.push(message);
            self.say(message);
        }
    }

    pub fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }
}

/// What an error says, without the number that the system has for it, and at most 200 bytes of it.
pub fn cause(error: &io::Error) -> String {
    const MAX: usize = 200;
    let message = error.to_string();
    let message = message.split(" (os error ").next().unwrap_or_default();
    let end = (0..=MAX.min(message.len())).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
    if message.len() <= MAX { message.to_owned() } else { format!("{}...", &message[..end]) }
}
