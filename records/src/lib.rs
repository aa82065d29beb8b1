//! Reads device-update events out of any log: NDJSON, JSON pages and envelopes, CSV, lines of text.
//!
//! Sketch of the API (being built):
//!
//! ```text
//! Options { format: Option<Format>, names: FieldNames, times: TimeOptions }
//!
//! // One thread, bytes as they come:
//! let mut records = Records::new(&options);
//! records.push(bytes, |record| { ... });
//! records.finish(|record| { ... });
//!
//! // Several threads: a cheap sequential step, then a step that any thread can run.
//! // The caller owns the buffers.
//! let mut splitter = Splitter::new(&options);
//! let batch: Option<Batch> = splitter.split(&buffer[..filled], is_last);
//! //   None: read more behind what is there (the buffer may have to grow, up to MAX_RECORD)
//! //   Some(batch): the first `batch.len()` bytes are whole records; send them with `batch`
//! //   to any thread and keep the rest at the start of the next buffer
//! let mut reader = Reader::new(&options);            // one for each thread
//! reader.read(&batch, bytes, |record: Record<'_>| { ... });
//!
//! record.bytes()      every byte of the input is in exactly one record, or is JSON punctuation
//! record.line()       line of the input that it begins in, from 1 (splitter counts)
//! record.events()     iterator over `Event`
//! record.problem()    Option<Problem>: unreadable (cause, offset), statistics page, oversize
//!
//! Event { code: Code, device, campaign, campaign_name: Option<&[u8]>, status: Option<Status>,
//!         range of the code in the record }
//! event.time() -> Time (read when asked)
//! Code: as_bytes() upper case; catalogued() -> Option<EventCode>
//! ```
#![deny(unsafe_code)]

mod assembly;
mod csv;
mod event;
mod fields;
mod index;
mod json;
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

pub use event::{Cause, Code, Event, Problem, Record};
pub use fields::{Field, FieldNames, Rank};
pub use options::{Format, Options};
pub use reader::Reader;
pub use records::Records;
pub use split::{Batch, Splitter, recognise};
pub use time::{Time, TimeParser};
