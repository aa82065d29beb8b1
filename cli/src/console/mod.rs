//! What the command says to its user beside the result: messages, progress, exit status.

mod exit_status;
mod messages;
mod progress;

pub use exit_status::ExitStatus;
pub use messages::{Messages, cause};
