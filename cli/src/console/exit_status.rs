//! The exit statuses of the command.

use std::process::ExitCode;

use super::Messages;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    Success,
    /// Nothing matched, or a code or text to explain is unknown.
    NoMatch,
    /// Wrong usage, or an input or output failed.
    Failure,
    /// The result is what the user asked to be alerted of.
    Alert,
    /// A signal cut the run short.
    Signal(i32),
}

impl ExitStatus {
    /// The exit status of a run over inputs; reports a run that `signal` cut short.
    pub fn of_run(signal: Option<i32>, messages: &Messages) -> Self {
        match signal {
            Some(signal) => {
                messages.say("interrupted: the result is partial");
                ExitStatus::Signal(signal)
            }
            None if messages.any() => ExitStatus::Failure,
            None => ExitStatus::Success,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::NoMatch => 1,
            ExitStatus::Failure => 2,
            ExitStatus::Alert => 3,
            ExitStatus::Signal(signal) => 128 | signal as u8,
        })
    }
}
