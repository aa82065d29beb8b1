//! One file for each subcommand: arguments in, exit status out.

pub mod annotate;
pub mod completions;
pub mod devices;
pub mod explain;
pub mod export;
pub mod grep;
pub mod list;
pub mod man;
pub mod report;
pub mod summary;
