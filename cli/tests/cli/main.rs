//! The command end to end, one module for each subcommand, and the parts that need more than that.

mod common;
mod explain;
mod summary;
mod words;
