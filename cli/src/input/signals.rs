//! Interruption: the first signal ends the reading, the second ends the process.

use std::io;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::platform::signals;

/// Calls `first` with the first signal to interrupt or terminate. A second signal ends the process at
/// once, as does the first if `first` returns false: nothing is left to be cut short.
pub fn watch(first: impl FnOnce(i32) -> bool + Send + 'static) -> io::Result<()> {
    let mut signals = signals([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        if let Some(signal) = signals.next()
            && !first(signal)
        {
            std::process::exit(128 + signal);
        }
        if let Some(signal) = signals.next() {
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}
