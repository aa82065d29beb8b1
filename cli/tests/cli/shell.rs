//! What the definitions of the command line are turned into: help, completions, man pages.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::common::eventcodes;

const SUBCOMMANDS: [&str; 9] =
    ["summary", "annotate", "grep", "explain", "list", "export", "report", "completions", "man"];

fn stdout(arguments: &[&str]) -> String {
    String::from_utf8(eventcodes().args(arguments).assert().success().get_output().stdout.clone()).unwrap()
}

#[test]
fn help_has_examples() {
    let help = stdout(&["--help"]);
    for subcommand in SUBCOMMANDS {
        assert!(help.contains(&format!("\n  {subcommand} ")), "{subcommand} is not in {help}");
        let help = stdout(&[subcommand, "--help"]);
        assert!(help.contains("Examples:\n"), "{help}");
        assert!(help.contains(&format!("eventcodes {subcommand}")), "{help}");
    }
}

#[test]
fn completions_know_every_subcommand() {
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&["completions", shell]);
        for text in SUBCOMMANDS.iter().chain(&["lwm2m", "only-matching", "markdown"]) {
            assert!(script.contains(text), "{text} is not in the script for {shell}");
        }
    }
}

#[test]
fn bash_accepts_its_completions() {
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(stdout(&["completions", "bash"]).as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn man_pages_know_every_subcommand_and_option() {
    let page = stdout(&["man"]);
    assert!(page.contains(".TH eventcodes 1"), "{page}");
    for subcommand in SUBCOMMANDS {
        assert!(page.contains(&format!("eventcodes\\-{subcommand}(1)")), "{subcommand} is not in {page}");
        assert!(stdout(&["man", subcommand]).contains(&format!(".TH eventcodes-{subcommand} 1")));
    }
    assert!(stdout(&["man", "summary"]).contains("\\-\\-devices"));
    eventcodes().args(["man", "nonsense"]).assert().code(2);
}

#[test]
fn without_a_subcommand_help_and_2() {
    let output = eventcodes().assert().code(2).get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("Usage: eventcodes"));
}
