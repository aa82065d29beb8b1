//! Builds the peers that are made at compile time: gperf's C code, rustc's `match`, and the maps of
//! frozen-collections, hashify and quickphf. Links Hyperscan where pkg-config finds it.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=gperf.c");
    println!("cargo::rerun-if-changed=../codes.csv");
    cc::Build::new()
        .file("gperf.c")
        .opt_level(3)
        .flag_if_supported("-march=native")
        .warnings(false)
        .compile("gperf");

    println!("cargo::rustc-check-cfg=cfg(hyperscan)");
    match pkg_config::Config::new().atleast_version("5.2").probe("libhs") {
        Ok(_) => println!("cargo::rustc-cfg=hyperscan"),
        Err(_) => println!("cargo::warning=no libhs: Hyperscan is NOT among the peers"),
    }

    let csv = fs::read_to_string("../codes.csv").expect("codes.csv stands beside this package");
    let codes = csv.lines().skip(1).map(|line| line.split(',').next().unwrap_or_default());
    let codes: Vec<&str> = codes.collect();
    let (mut arms, mut pairs, mut hashed) = (String::new(), String::new(), String::new());
    for (index, code) in codes.iter().enumerate() {
        writeln!(arms, "        b{code:?} => Some({index}),").expect("a string takes all");
        writeln!(pairs, "    {code:?}: {index},").expect("a string takes all");
        writeln!(hashed, "        {code:?} => {index},").expect("a string takes all");
    }
    let indices: Vec<u8> = (0..codes.len() as u8).collect();
    let quick = quickphf_codegen::build_map(&codes, &indices);
    let source = format!(
        "fn by_match(code: &[u8]) -> Option<u8> {{
    match code {{
{arms}        _ => None,
    }}
}}
frozen_collections::fz_string_map!(static FROZEN: Frozen<&'static str, u8>, {{
{pairs}}});
fn by_hashify(code: &[u8]) -> Option<u8> {{
    hashify::map! {{
        code,
        u8,
{hashed}    }}
    .copied()
}}
static QUICK: quickphf::PhfMap<&'static str, u8> = {quick};
"
    );
    let path = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("peers.rs");
    fs::write(path, source).expect("cargo made the folder");
}
