//! Any bytes as a catalogue, and after a first byte 0xFE as its overlay: the generator writes Rust
//! or tells mistakes, each on one line.
#![no_main]

#[allow(dead_code, reason = "files are not read here")]
#[path = "../../codegen/mod.rs"]
mod codegen;

use codegen::{Source, generate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut files = bytes.splitn(2, |byte| *byte == 0xFE);
    let mut file = |name: &str| files.next().map(|bytes| Source { path: name.into(), bytes: bytes.to_vec() });
    let catalogue = file("codes.csv").unwrap();
    let overlay = file("overlay.csv");
    match generate(&catalogue, overlay.as_ref()) {
        Ok(tables) => {
            syn::parse_file(&tables).expect("generated tables are Rust");
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                let told = mistake.to_string();
                assert!(!told.contains(char::is_control), "{told:?}");
                assert!(told.starts_with("codes.csv") || told.starts_with("overlay.csv"), "{told:?}");
            }
        }
    }
});
