//! Turns `codes.csv`, and the site's overlay if there is one, into the tables of the library.

mod codegen;

use std::path::{Path, PathBuf};
use std::{env, fs};

use codegen::{Mistake, Source, generate};

const CATALOGUE: &str = "codes.csv";
const OVERLAY: &str = "EVENT_LOG_CODES_OVERLAY";

fn main() {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    println!("cargo::rerun-if-env-changed={OVERLAY}");
    if let Err(mistakes) = build() {
        for mistake in mistakes {
            println!("cargo::error={mistake}");
        }
    }
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
