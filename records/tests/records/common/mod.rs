//! What several tests use.

pub mod inputs;
pub mod law;
pub mod read;
