//! How a run of the command ends.

use std::process::ExitCode;

use crate::trouble::Troubles;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Fine,
    /// Nothing matched, or something asked for is not known.
    NotFound,
    /// Part of the input could not be read.
    Trouble,
    /// A signal cut the run short.
    Signal(i32),
}

impl Ending {
    /// The ending of a run over inputs; says so if `signal` has cut it short.
    pub fn of_run(signal: Option<i32>, troubles: &Troubles) -> Self {
        match signal {
            Some(signal) => {
                troubles.say("interrupted: the result is partial");
                Ending::Signal(signal)
            }
            None if troubles.any() => Ending::Trouble,
            None => Ending::Fine,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        ExitCode::from(match ending {
            Ending::Fine => 0,
            Ending::NotFound => 1,
            Ending::Trouble => 2,
            Ending::Signal(signal) => 128 | signal as u8,
        })
    }
}
