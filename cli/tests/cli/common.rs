//! What the tests of the command share.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};

use regex_lite::Regex;

/// The command, away from the terminal's width and colours.
pub fn eventcodes() -> assert_cmd::Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("eventcodes");
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("SOURCE_DATE_EPOCH", "1756540800");
    // Whoever runs the tests may have texts of a site.
    command.env_remove("EVENTCODES_SITE_CODES").env("XDG_CONFIG_HOME", "/nonexistent");
    command
}

/// The same for tests that talk to it while it runs.
pub fn program() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("eventcodes"))
}

pub fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// What a process has read so far, of all its inputs.
pub fn bytes_read(process: &Child) -> u64 {
    let io = fs::read_to_string(format!("/proc/{}/io", process.id())).unwrap();
    io.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse().unwrap()
}

/// The sample export of the repository.
pub fn sample(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data")).join(name)
}

/// Counts codes as `grep -ow` would.
pub fn count(bytes: &[u8]) -> BTreeMap<String, u64> {
    let code = Regex::new("^(?:UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)$").unwrap();
    let mut counts = BTreeMap::new();
    for word in bytes.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_') {
        // Most words are none; the expression alone would take most of the time.
        if word.len() > 64 || !(word.starts_with(b"UPD") || word.starts_with(b"SYS_")) {
            continue;
        }
        let word = str::from_utf8(word).unwrap();
        if code.is_match(word) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Counts of a JSON summary, in the same form.
pub fn summary_counts(json: &[u8]) -> BTreeMap<String, u64> {
    let summary: serde_json::Value = serde_json::from_slice(json).unwrap();
    ["counts", "roll_ups", "uncatalogued"]
        .iter()
        .flat_map(|part| summary[part].as_array().unwrap())
        .map(|row| (row["code"].as_str().unwrap().to_owned(), row["count"].as_u64().unwrap()))
        .collect()
}
