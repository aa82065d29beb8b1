//! Where bytes come from: files, directories and standard input, decompressed, on every core.

mod buffer;
mod content;
mod decode;
mod list;
mod open;
pub mod pool;
mod read_at;
mod signals;
pub mod stream;
pub mod words;

pub use list::{Source, list};
