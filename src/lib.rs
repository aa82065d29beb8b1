//! The meaning of device-update event codes, at the speed of memory.
//!
//! ```
//! use event_log_codes::EventCode;
//!
//! let code: EventCode = "UPD4_FAIL_505".parse().unwrap();
//! # #[cfg(feature = "texts")]
//! assert_eq!(code.corrective_action(), Some("Retry update."));
//! ```
//!
//! # Finding out what a log line says
//!
//! [`find_iter`] finds every code in any bytes: NDJSON, CSV, syslog, URL paths.
//!
//! ```
//! use event_log_codes::find_iter;
//!
//! let line = "gw-7 update[311]: device 0173bc91 failed, UPD4_FAIL_303";
//! for found in find_iter(line.as_bytes()) {
//!     if let Some(code) = found.code() {
//!         assert_eq!(code.status().as_str(), "fail");
//!         # #[cfg(feature = "texts")]
//!         assert_eq!(code.portal_text(), Some("Resource network error, time out"));
//!         # #[cfg(feature = "texts")]
//!         assert_eq!(code.corrective_action(), Some("Check network."));
//!     }
//! }
//! ```
//!
//! Logs are often escaped: [a code after `\n`, `%22` or a terminal colour](find_iter#escape-sequences)
//! is found too. [`find_iter_ignore_ascii_case`] also finds codes in lower case.
//!
//! # Finding codes in a stream
//!
//! A buffer may end in the middle of a code. A [`StreamFinder`] takes buffers of any size and finds
//! each code once.
//!
//! ```
//! use event_log_codes::{EventCode, StreamFinder};
//!
//! let mut finder = StreamFinder::new();
//! let mut codes = Vec::new();
//! for buffer in [&b"failed: UPD4_FAIL_22"[..], b"0, then SYS_111"] {
//!     codes.extend(finder.feed(buffer).filter_map(|found| found.code()));
//! }
//! codes.extend(finder.finish().and_then(|found| found.code()));
//! assert_eq!(codes, [EventCode::Upd4Fail220, EventCode::Sys111]);
//! ```
//!
//! # Unknown codes
//!
//! A word that is code-shaped but not in the catalogue is found too: its [`code`](Match::code) is
//! `None`. Parsing any other text fails with a [`ParseError`] that quotes it.
//!
//! # What became of a device
//!
//! [`outcome`] folds the events of a device in a campaign, in any order, into updated, failed (and
//! why), skipped or in progress.
//!
//! # Cost
//!
//! A lookup is one multiplication and one comparison, in a table of 23 KB of which it reads 18 bytes; a
//! miss costs what a hit costs. Accessors read one static record. Nothing allocates, and nothing runs before `main`. The build script depends on
//! `csv`, `serde` with its derive macros, and `phf_codegen`, which take some 10 seconds on two cores.
//!
//! # Features
//!
//! - `std` (default): the scanner uses AVX2 if the processor has it. Without this feature the crate is
//!   `no_std`, and the scanner uses AVX2 only if the compiler's target has it.
//! - `texts` (default): [`portal_text`](EventCode::portal_text),
//!   [`explanation`](EventCode::explanation), [`corrective_action`](EventCode::corrective_action)
//!   and [`all_with_portal_text`](EventCode::all_with_portal_text). Without it these functions are
//!   absent and no text of the document is in the binary.
//! - `serde`: (de)serializes codes, statuses, sections, families and outcomes as strings.
//! - `defmt`: formats the same with defmt.
//! - `overlay`: reads a site's texts and codes at run time. It needs `std`, `csv` and `serde`.
//!
//! # Stability
//!
//! A new code is a minor release; texts may be corrected in a patch; codes are deprecated, never
//! removed. The minimum Rust version is 1.85; raising it is a minor release.
#![cfg_attr(not(feature = "overlay"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]
#![deny(missing_docs)]

#[cfg(any(feature = "std", test))]
extern crate std;

mod code;
mod error;
mod groups;
mod key;
mod lookup;
mod lwm2m;
mod map;
pub mod outcome;
#[cfg(feature = "overlay")]
pub mod overlay;
#[cfg(any(feature = "overlay", feature = "texts"))]
mod portal_text;
mod reported_value;
mod scan;
mod shape;
mod tables;
mod text;
mod vocabulary;

pub use error::ParseError;
pub use map::{CodeMap, EVENT_CODES};
pub use reported_value::ReportedValue;
pub use scan::{
    FindIter, Match, StreamFinder, StreamMatch, StreamMatches, find, find_iter, find_iter_ignore_ascii_case,
};
pub use tables::{EventCode, Family};
pub use vocabulary::{Section, Status};

/// Compiles the examples of the README.
#[cfg(all(doctest, feature = "texts"))]
#[doc = include_str!("../README.md")]
struct Readme;
