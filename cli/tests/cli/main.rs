//! The command end to end, one module for each subcommand, and the parts that need more than that.

mod alerts;
mod annotate;
mod bad_days;
mod bytes;
mod common;
mod devices;
mod explain;
mod export;
mod fleet;
mod grep;
mod help;
mod list;
mod nothing_lost;
mod progress;
mod questions;
mod readme;
mod report;
mod says_so;
mod shapes;
mod shell;
mod site_codes;
mod summary;
mod watch;
