//! Generates the library's tables from `codes.csv`, the site's overlay, if there is one, and
//! `reported-values.csv`, and decides whether the scanner may use vector instructions.

mod codegen;

use std::path::{Path, PathBuf};
use std::{env, fs};

use codegen::{Diagnostic, Source, generate, reported_values};

const CATALOGUE: &str = "codes.csv";
const REPORTED_VALUES: &str = "reported-values.csv";
const OVERLAY: &str = "EVENT_LOG_CODES_OVERLAY";

/// Set by `RUSTFLAGS="--cfg event_log_codes_portable"`: tests of the portable scanner on any machine.
const PORTABLE: &str = "CARGO_CFG_EVENT_LOG_CODES_PORTABLE";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(simd, neon)");
    if let Some(name) = vector_instructions() {
        println!("cargo::rustc-cfg={name}");
    }
    println!("cargo::rerun-if-changed={CATALOGUE}");
    println!("cargo::rerun-if-changed={REPORTED_VALUES}");
    println!("cargo::rerun-if-env-changed={OVERLAY}");
    if let Err(diagnostics) = build() {
        for diagnostic in diagnostics {
            println!("cargo::error={diagnostic}");
        }
    }
}

/// Returns the name of the vector instructions that every processor of the target has, if the scanner
/// knows them and no test asked for the portable scanner.
fn vector_instructions() -> Option<&'static str> {
    let target = |name: &str| env::var(name).unwrap_or_default();
    let features = target("CARGO_CFG_TARGET_FEATURE");
    let has = |wanted: &str| features.split(',').any(|feature| feature == wanted);
    if env::var_os(PORTABLE).is_some() {
        return None;
    }
    match (&*target("CARGO_CFG_TARGET_ARCH"), &*target("CARGO_CFG_TARGET_ENDIAN")) {
        ("x86_64", _) if has("sse2") => Some("simd"),
        // The order of a vector's bytes is another one on a big-endian processor.
        ("aarch64", "little") if has("neon") => Some("neon"),
        _ => None,
    }
}

fn build() -> Result<(), Vec<Diagnostic>> {
    let catalogue = Source::read(Path::new(CATALOGUE))?;
    let overlay = overlay()?;
    write("tables.rs", &generate(&catalogue, overlay.as_ref())?)?;
    let values = Source::read(Path::new(REPORTED_VALUES))?;
    write("reported_values.rs", &reported_values::generate(&values)?)
}

fn write(file: &str, source_text: &str) -> Result<(), Vec<Diagnostic>> {
    let path = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join(file);
    fs::write(&path, source_text).map_err(|error| vec![Diagnostic::in_file(&path, error)])
}

/// Reads the overlay that the variable names; an empty variable counts as unset.
fn overlay() -> Result<Option<Source>, Vec<Diagnostic>> {
    let Some(path) = env::var_os(OVERLAY).filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(None);
    };
    let reject = |what| Err(vec![Diagnostic::in_file(&path, format!("{OVERLAY} is {what}"))]);
    if !path.is_absolute() {
        return reject("a relative path; expected an absolute one");
    }
    // Cargo reads directives line by line, as UTF-8.
    let Some(watched) = path.to_str().filter(|path| !path.contains(['\n', '\r'])) else {
        return reject("a path with a line break or invalid UTF-8; expected neither");
    };
    println!("cargo::rerun-if-changed={watched}");
    Source::read(&path).map(Some)
}
