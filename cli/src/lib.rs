//! The parts of the command `eventcodes`.
//!
//! A library only so that tests and fuzzing reach the parts; it promises nothing to anyone else.
#![forbid(unsafe_code)]

pub mod annotate;
pub mod args;
pub mod campaigns;
pub mod code;
pub mod count;
pub mod devices;
pub mod ending;
pub mod explain;
pub mod filter;
pub mod grep;
pub mod input;
pub mod list;
pub mod lwm2m;
pub mod names;
pub mod progress;
pub mod records;
pub mod render;
pub mod report;
pub mod roll_up;
pub mod suggest;
pub mod summary;
pub mod survey;
pub mod tally;
pub mod timeline;
pub mod trouble;
pub mod words;
