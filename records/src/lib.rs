//! Reads device-update events out of any log: NDJSON, JSON pages and envelopes, CSV, lines of text.
//!
//! Push bytes in, get records and events out: borrowed, and without allocation on the ordinary path.
//!
//! ```
//! use event_log_codes_records::{Options, Records, Time};
//!
//! let log = br#"{"time":"2025-08-29T08:14:02Z","log":"{\"event_type\":\"UPD4_FAIL_218\",\"device_id\":\"m1\"}"}
//! "#;
//! let mut records = Records::new(&Options::default());
//! records.push(log, |record| {
//!     for event in record.events() {
//!         assert_eq!(event.code().as_bytes(), b"UPD4_FAIL_218");
//!         assert_eq!(event.device(), Some(&b"m1"[..]));
//!         assert_eq!(event.time(), Time::At(1_756_455_242_000_000));
//!     }
//!     assert_eq!(record.problem(), None);
//! });
//! records.finish(|_| {});
//! ```
//!
//! [`Records`] is for one thread. For several, [`Splitter`] cuts the input into batches, one after the
//! other and cheaply, and a [`Reader`] for each thread reads them.
#![deny(unsafe_code)]

mod assembly;
pub mod content;
mod csv;
#[cfg(feature = "decode")]
pub mod decode;
mod event;
mod fields;
mod frames;
mod index;
mod json;
mod keys;
mod options;
mod reader;
mod records;
mod simd;
mod slots;
mod split;
mod text;
pub mod time;
mod unescape;
mod value;

pub use event::{Cause, Code, Event, Problem, Record, is_upper_case};
pub use fields::{Field, FieldName, FieldNames, ParseFieldNameError, Rank};
pub use options::{Format, Options};
pub use reader::Reader;
pub use records::Records;
pub use split::{Batch, Preamble, Splitter, recognise, stays_lines};
pub use time::{Time, TimeParser};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
