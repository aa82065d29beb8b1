//! What the README shows is what the command prints.

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn every_command_prints_what_is_shown() {
    let directory = Path::new(assert_cmd::cargo::cargo_bin!("eventcodes")).parent().unwrap();
    let path = env::join_paths(
        [directory.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );
    let path = path.unwrap();
    let readme = include_str!("../../README.md");
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        for example in block.trim_end().split("\n$ ") {
            let (command, expected) = example.trim_start_matches("$ ").split_once('\n').unwrap();
            let output = Command::new("sh")
                .args(["-c", &format!("( {command} ) 2>&1")])
                .env("PATH", &path)
                .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
                .output()
                .unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), expected.trim_end(), "{command}");
            shown += 1;
        }
    }
    assert!(shown > 10, "the README shows {shown} commands");
}
