//! Turns `codes.csv`, and the site's overlay if there is one, into the tables of the library, and says
//! whether the scanner may use vector instructions.

mod codegen;

use std::path::{Path, PathBuf};
use std::{env, fs};

use codegen::{Mistake, Source, generate};

const CATALOGUE: &str = "codes.csv";
const OVERLAY: &str = "EVENT_LOG_CODES_OVERLAY";

/// Set by `RUSTFLAGS="--cfg event_log_codes_portable"`: tests of the portable scanner on any machine.
const PORTABLE: &str = "CARGO_CFG_EVENT_LOG_CODES_PORTABLE";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(simd)");
    if has_simd() {
        println!("cargo::rustc-cfg=simd");
    }
    println!("cargo::rerun-if-changed={CATALOGUE}");
    println!("cargo::rerun-if-env-changed={OVERLAY}");
    if let Err(mistakes) = build() {
        for mistake in mistakes {
            println!("cargo::error={mistake}");
        }
    }
}

/// Whether every processor of the target has SSE2, and no test wants it unused.
fn has_simd() -> bool {
    let target = |name: &str| env::var(name).unwrap_or_default();
    target("CARGO_CFG_TARGET_ARCH") == "x86_64"
        && target("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "sse2")
        && env::var_os(PORTABLE).is_none()
}

fn build() -> Result<(), Vec<Mistake>> {
    let catalogue = Source::read(Path::new(CATALOGUE))?;
    let overlay = match env::var_os(OVERLAY).map(PathBuf::from) {
        Some(path) if path.is_absolute() => {
            println!("cargo::rerun-if-changed={}", path.display());
            Some(Source::read(&path)?)
        }
        Some(path) => {
            let what = format!("{OVERLAY} is a relative path; expected an absolute one");
            return Err(vec![Mistake::in_file(&path, what)]);
        }
        None => None,
    };
    let tables = generate(&catalogue, overlay.as_ref())?;
    let path = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("tables.rs");
    fs::write(&path, tables).map_err(|error| vec![Mistake::in_file(&path, error)])
}
