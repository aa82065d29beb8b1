//! The parts of the command `eventcodes`.
//!
//! A library only so that tests and fuzzing reach the parts; it promises nothing to anyone else.
#![forbid(unsafe_code)]

pub mod args;
pub mod ending;
pub mod explain;
pub mod filter;
pub mod input;
pub mod progress;
pub mod render;
pub mod suggest;
pub mod summary;
pub mod tally;
pub mod trouble;
pub mod words;
