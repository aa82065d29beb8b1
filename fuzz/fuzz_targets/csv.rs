//! Any bytes as a catalogue, and after a first byte 0xFE as its overlay: the generator writes Rust
//! or reports diagnostics of one line each.
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
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            for diagnostic in diagnostics {
                let message = diagnostic.to_string();
                assert!(!message.contains(char::is_control), "{message:?}");
                assert!(message.starts_with("codes.csv") || message.starts_with("overlay.csv"), "{message:?}");
            }
        }
    }
});
