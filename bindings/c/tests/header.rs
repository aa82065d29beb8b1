//! The committed header is what cbindgen makes of the sources.

use std::path::Path;
use std::{env, fs};

#[test]
fn the_header_is_fresh() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = package.join("include/event_log_codes.h");
    let config = cbindgen::Config::from_file(package.join("cbindgen.toml")).unwrap();
    let mut fresh = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(package.join("src/lib.rs"))
        .generate()
        .unwrap()
        .write(&mut fresh);
    let fresh = String::from_utf8(fresh).unwrap();
    if env::var_os("ELC_BLESS").is_some() {
        fs::write(&committed, &fresh).unwrap();
    }
    assert_eq!(fs::read_to_string(&committed).unwrap_or_default(), fresh, "run this test with ELC_BLESS=1");
}
