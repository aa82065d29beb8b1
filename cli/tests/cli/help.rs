//! Help and man pages are those that were reviewed.
//!
//! After a deliberate change, `UPDATE_FIXTURES=1` writes them again.

use std::path::Path;
use std::process::Stdio;
use std::{env, fs};

use crate::common::program;

const SUBCOMMANDS: [&str; 11] = [
    "summary",
    "devices",
    "annotate",
    "grep",
    "explain",
    "list",
    "export",
    "report",
    "watch",
    "completions",
    "man",
];

fn printed(arguments: &[&str]) -> String {
    let output = program().args(arguments).stdin(Stdio::null()).env("COLUMNS", "100").output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // A release changes the version alone.
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

fn is_as_reviewed(file: &str, text: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help").join(file);
    if env::var_os("UPDATE_FIXTURES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    fs::read_to_string(&path).is_ok_and(|reviewed| reviewed == text)
}

#[test]
fn help_and_man_pages_are_as_reviewed() {
    let mut changed = Vec::new();
    let mut compare = |file: String, arguments: &[&str]| {
        if !is_as_reviewed(&file, &printed(arguments)) {
            changed.push(file);
        }
    };
    compare("eventcodes.txt".to_owned(), &["--help"]);
    compare("eventcodes.1".to_owned(), &["man"]);
    for subcommand in SUBCOMMANDS {
        compare(format!("{subcommand}.txt"), &[subcommand, "--help"]);
        compare(format!("{subcommand}.1"), &["man", subcommand]);
    }
    assert!(
        changed.is_empty(),
        "review these in tests/cli/help, and write them with UPDATE_FIXTURES=1: {changed:?}"
    );
}

#[test]
fn every_subcommand_is_reviewed() {
    let help = printed(&["--help"]);
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names =
        commands.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names: Vec<_> =
        names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert_eq!(names, SUBCOMMANDS);
}
