//! How far a long run is, for whoever waits at the terminal.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressState, ProgressStyle};

/// A run that is over sooner needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

pub struct Progress {
    started: Instant,
    read: AtomicU64,
    /// Bytes there are to read; 0 if that is not known.
    total: u64,
    bar: Option<OnceLock<ProgressBar>>,
}

impl Progress {
    /// Of `total` bytes, 0 for an unknown number. Nothing is ever shown unless standard output is a
    /// terminal and standard error, as the bar itself sees to, is one too.
    pub fn new(total: u64) -> Self {
        let watched = std::io::stdout().is_terminal();
        Progress { started: Instant::now(), read: AtomicU64::new(0), total, bar: watched.then(OnceLock::new) }
    }

    pub fn advance(&self, len: u64) {
        let Some(bar) = &self.bar else {
            return;
        };
        let read = self.read.fetch_add(len, Ordering::Relaxed) + len;
        if self.started.elapsed() > PATIENCE {
            bar.get_or_init(|| new_bar(self.total).with_elapsed(self.started.elapsed())).set_position(read);
        }
    }

    /// Keeps the bar out of the way of something else on the terminal.
    pub fn suspend(&self, write: impl FnOnce()) {
        match self.bar.as_ref().and_then(OnceLock::get) {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    pub fn clear(&self) {
        if let Some(bar) = self.bar.as_ref().and_then(OnceLock::get) {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(total: u64) -> ProgressBar {
    let (bar, template) = if total > 0 {
        (ProgressBar::new(total), "{wide_bar} {bytes} of {total_bytes}, {rate}, {left} left")
    } else {
        (ProgressBar::no_length(), "{spinner} {bytes}, {rate}")
    };
    // The rate so far: the bar's own begins with the first update, which comes late.
    let rate = |state: &ProgressState| state.pos() as f64 / state.elapsed().as_secs_f64();
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(
            style
                .with_key("rate", move |state: &ProgressState, f: &mut dyn Write| {
                    let _ = write!(f, "{}/s", HumanBytes(rate(state) as u64));
                })
                .with_key("left", move |state: &ProgressState, f: &mut dyn Write| {
                    let bytes = state.len().unwrap_or_default().saturating_sub(state.pos());
                    let _ = write!(f, "{:.0} s", bytes as f64 / rate(state).max(1.0));
                }),
        ),
        Err(_) => bar,
    }
}
