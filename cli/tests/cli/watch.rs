//! `eventcodes watch` end to end.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{program, signal};
use crate::progress::Terminal;

/// With millions of them, lines would come rarely.
const DEVICES: u64 = 10_000;

fn event(number: u64) -> String {
    let code = if number.is_multiple_of(5) { "UPD4_FAIL_303" } else { "UPD4_OK_100" };
    let event = json!({
        "date_time": "2025-08-29T06:00:00Z", "device_id": format!("meter-{}", number % DEVICES), "event_type": code,
        "data": {"campaign_id": "c1", "campaign_name": "the campaign"},
    });
    format!("{event}\n")
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// Writes events for some time, each time in two parts, and rotates the file now and then.
fn write_and_rotate(directory: &Path, seconds: u64) -> u64 {
    let log = directory.join("events.log");
    let (started, mut number) = (Instant::now(), 0);
    while started.elapsed() < Duration::from_secs(seconds) {
        let mut file = OpenOptions::new().create(true).append(true).open(&log).unwrap();
        for _ in 0..200 {
            let event = event(number);
            let (start, end) = event.split_at(event.len() / 2);
            file.write_all(start.as_bytes()).unwrap();
            if number % 97 == 0 {
                thread::sleep(Duration::from_millis(3));
            }
            if number % 150 == 149 && log.exists() {
                // The writer still has the old file.
                fs::rename(&log, directory.join(format!("events.log.{number}"))).unwrap();
            }
            file.write_all(end.as_bytes()).unwrap();
            number += 1;
        }
        thread::sleep(Duration::from_millis(50));
    }
    number
}

/// Ends with the test, also where that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a run for some seconds misses of what is written meanwhile.
fn missed(seconds: u64) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    append(&directory.path().join("events.log"), &event(1_000_000));
    let mut child = Running(
        program()
            .args(["watch", "--format", "ndjson", "--every", "1s"])
            .arg(directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let output = BufReader::new(child.0.stdout.take().unwrap());
    let (send, lines) = mpsc::channel::<Value>();
    thread::spawn(move || {
        output.lines().for_each(|line| send.send(serde_json::from_str(&line.unwrap()).unwrap()).unwrap());
    });
    let patience = Duration::from_secs(120);
    assert_eq!(lines.recv_timeout(patience).unwrap()["events"], 0, "what was there before is not read");
    let written = write_and_rotate(directory.path(), seconds);
    let (ended, mut seen) = (Instant::now(), 0);
    while seen < written && ended.elapsed() < patience {
        seen = lines.recv_timeout(patience).unwrap()["events"].as_u64().unwrap();
    }
    signal(&child.0, "-INT");
    let last = lines.iter().last().unwrap();
    assert!(child.0.wait().unwrap().success());
    println!("{written} events written in {seconds} s, {} seen", last["events"]);
    assert!(seen <= written, "{seen} of {written}: none twice");
    assert_eq!(last["failures"], written.div_ceil(5));
    assert_eq!(last["devices"], written.min(DEVICES));
    assert_eq!(last["unreadable_count"], 0);
    assert_eq!(last["uncertain_values"], 0);
    written - last["events"].as_u64().unwrap()
}

#[test]
fn rotation_loses_no_event() {
    assert_eq!(missed(2), 0);
}

#[test]
#[ignore = "ten minutes"]
fn ten_minutes_of_rotation_lose_no_event() {
    assert_eq!(missed(600), 0);
}

#[test]
fn standard_input_ends_with_a_line() {
    let mut child = program().arg("watch").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    (0..10).for_each(|number| input.write_all(event(number).as_bytes()).unwrap());
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = "events 10 (+10), failures 2 (+2); devices 10: updated 8, failed 2 (0 retrying), skipped 0, \
                    in progress 0; success rate 80 % of 10\n";
    assert!(text.ends_with(expected), "{text}");
}

/// What is not in the figures is told wherever they go, as `summary` tells it.
#[test]
fn what_is_not_in_the_figures_is_told() {
    const LOG: &str = "\
2025-08-29T08:14:02Z campaign=Summer roll\u{9b}31m\u{202e}out device=dev-1 event=UPD4_FAIL_207
device=m2 event=UPD4_FAIL_303
2025-08-29T08:14:02Z event=UPD4_FAIL_303
{\"event_type\":\"SYS_112\",\"count\":7}
{\"event_type\":\"SYS_112\",\"device_id\":\"m1\",
";
    let run = |arguments: &[&str]| {
        let mut program = program();
        program.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        child.stdin.take().unwrap().write_all(LOG.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (summary, told) = run(&["summary", "--devices", "--format", "json"]);
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let (lines, told_by_watch) = run(&["watch", "--format", "ndjson"]);
    assert_eq!(told_by_watch, told);
    assert!(!lines.contains(|c: char| c == '\u{202e}' || c != '\n' && c.is_control()), "{lines:?}");
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let kinds = [
        "unreadable_count",
        "undated_events",
        "codes_without_device",
        "uncertain_values",
        "statistics_codes",
    ];
    for kind in kinds {
        assert_eq!(last[kind], 1, "{kind}");
    }
    for kind in ["unreadable", "undated", "device_names", "uncertain_value"] {
        assert_eq!(last[kind], summary[kind], "{kind}");
    }
    let (line, _) = run(&["watch", "--format", "text"]);
    let expected = "; unreadable records 1; undated events 1; codes without device 1; codes outside \
                    events 1; uncertain values 1; \
                    statistics codes 1\n";
    assert!(line.ends_with(expected), "{line}");
}

#[test]
fn standard_input_that_is_no_text_is_refused() {
    let mut program = program();
    program.arg("watch").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\x1f\x8b\x08\0\0\0\0\0").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told, "eventcodes: standard input: not followed: it is no plain text\n");
}

#[test]
fn a_terminal_shows_a_screen_and_is_left_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("events.log");
    append(&log, &event(1));
    let terminal = Terminal::new();
    let mut child = program()
        .args(["watch", "--from-start"])
        .arg(&log)
        .env("TERM", "xterm")
        .stdin(terminal.stdio())
        .stdout(terminal.stdio())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.wait_for(&["\u{1b}[?1049h", "events/s", "the campaign"], || ());
    append(&log, &event(5));
    terminal.wait_for(&["UPD4_FAIL_303", "meter-5", "Check network."], || ());
    append(&log, "UPD4_FAIL_303\n");
    terminal.wait_for(&["Not in the figures, or not for certain", "codes without device"], || ());
    signal(&child, "-INT");
    assert!(child.wait().unwrap().success());
    let screen = terminal.close();
    let (_, after) = screen.rsplit_once("\u{1b}[?25h\u{1b}[?1049l").expect("the screen is left");
    assert!(after.contains("events 3 (+"), "{after}");
}

#[test]
fn where_nothing_can_be_watched_it_looks_from_time_to_time() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("a.log");
    append(&log, &event(1));
    // Too few for the system's reports, which need three, and enough for one file at a time.
    let most = first_free_number() + 2;
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -n {most}; exec \"$0\" watch --format ndjson --every 1s \"$1\"")])
        .arg(program().get_program())
        .arg(directory.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(first["events"], 0);
    append(&log, &event(2));
    let mut line = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let seen = (0..60).find(|_| line()["events"] == 1);
    assert!(seen.is_some(), "not seen in a minute");
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "eventcodes: the system does not report all changes (Too many open files): looking for them five times a second\n"
    );
    assert!(output.status.success());
}

/// The number that the next file has that `watch` opens when it reads standard input, which it never watches.
fn first_free_number() -> usize {
    let child = Running(program().arg("watch").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
    let numbers = || -> BTreeSet<usize> {
        let files = fs::read_dir(format!("/proc/{}/fd", child.0.id())).unwrap();
        files.map(|file| file.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect()
    };
    let mut before = BTreeSet::new();
    // Until it has opened all that it opens.
    while before != numbers() || before.len() < 4 {
        before = numbers();
        thread::sleep(Duration::from_millis(100));
    }
    (0..).find(|number| !before.contains(number)).unwrap()
}

#[test]
fn more_files_than_can_be_open() {
    let directory = tempfile::tempdir().unwrap();
    let path = |number: u64| directory.path().join(format!("{number}.log"));
    (0..400).for_each(|number| append(&path(number), &event(number)));
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 200; exec \"$0\" watch --format ndjson --every 1s --from-start \"$1\""])
        .arg(program().get_program())
        .arg(directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(first["events"], 400);
    (0..400).for_each(|number| append(&path(number), &event(1000 + number)));
    lines.next().unwrap().unwrap();
    signal(&child, "-INT");
    let last: Value = serde_json::from_str(&lines.last().unwrap().unwrap()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(last["events"], 800);
}
