//! What several tests use.

#![allow(dead_code, reason = "each test uses a part")]

pub mod inputs;
pub mod law;
pub mod read;
