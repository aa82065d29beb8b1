//! The meaning of device-update event codes, at the speed of memory.
#![no_std]
#![deny(unsafe_code)]
#![deny(missing_docs)]

#[cfg(any(feature = "std", test))]
extern crate std;

mod code;
mod error;
mod family;
mod filter;
mod key;
mod lookup;
mod lwm2m;
mod portal_text;
mod scan;
mod shape;
mod tables;
mod text;
mod vocabulary;

pub use error::ParseError;
pub use scan::{FindIter, Match, find, find_iter};
pub use tables::{EVENT_CODES, EventCode, Family};
pub use vocabulary::{Section, Status};
