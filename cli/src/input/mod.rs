//! Where bytes come from: files, directories and standard input, decompressed, on every core.

pub mod buffer;
pub mod follow;
mod identity;
pub mod in_order;
mod list;
pub mod looks;
mod open;
pub mod pool;
mod read_at;
pub mod records;
pub mod signals;

pub use list::{Source, list};
