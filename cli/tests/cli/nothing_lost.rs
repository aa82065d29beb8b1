//! Whatever an input holds and however it arrives: codes counted by bytes are the codes counted by
//! records and those reported as skipped, and the result is the same.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_log_codes_cli::console::Messages;
use event_log_codes_cli::input;
use event_log_codes_cli::input::pool::{Schedule, Share};
use event_log_codes_cli::input::records::{Consumer, read};
use event_log_codes_records::{Options, Record};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::common::{count, eventcodes, program, sample, summary_counts};

const EVENT: &str = r#"{"event_type":"UPD4_FAIL_207","device_id":"m1","date_time":"2025-08-29T08:00:00Z"}"#;

/// Inputs in which codes once went missing, or were invented.
fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let row = "m1,SYS_105,2025-08-29T08:00:00Z,note\n";
    let csv = |cell: &str| {
        format!("device_id,event_type,date_time,text\n{}{}", row.replace("note", cell), row.repeat(10_000))
    };
    let page = |middle: &str| format!("{{\"data\":[\n{EVENT},\n{EVENT}\n]{middle}\n{EVENT}\n");
    let samples = ["device-events.ndjson", "portal-export.csv", "gateway-syslog.log"];
    let mut inputs = vec![
        ("a bare quote in a cell", csv("5\" disk").into_bytes()),
        ("an open quote in a cell", csv("\"open").into_bytes()),
        ("a page without its end", page("").into_bytes()),
        ("a page and an object", page("}").into_bytes()),
        (
            "an empty array",
            format!("{{\"event_type\":\"SYS_105\",\"device_id\":\"a\",\"data\":[]}}\n{EVENT}\n").into_bytes(),
        ),
        (
            "a wrong bracket",
            format!("{{\"x\":[}}}}\n{{\"x\":[}},\"event_type\":\"SYS_106\"}}\n{EVENT}").into_bytes(),
        ),
        (
            "a code before the events of a page",
            format!("{{\"note\":\"SYS_107\",\"data\":[{EVENT}]}}").into_bytes(),
        ),
        (
            "pages without a line break",
            format!("{0}{0}", format_args!("{{\"data\":[{EVENT}]}}")).into_bytes(),
        ),
        (
            "escapes before codes",
            b"{\"log\":\"failed:\\nUPD4_FAIL_207\"} %22SYS_105%22 \\x1bSYS_106\n".to_vec(),
        ),
        (
            "text in the middle of JSON",
            format!("{EVENT}\nSYS_105 started\n{EVENT}\n{{SYS_106\n").into_bytes(),
        ),
        ("a long line", [&vec![b' '; 17 << 20][..], b"SYS_105\n", EVENT.as_bytes()].concat()),
        ("a line of quotes", [&b"\"\"".repeat(1 << 20)[..], b"SYS_105\n", EVENT.as_bytes()].concat()),
    ];
    let far = [EVENT, "\n"].concat().repeat(3500);
    let lower_case = EVENT.replace("UPD4_FAIL_207", "upd4_fail_218");
    inputs.push(("a code in lower case, far behind", format!("{far}{lower_case}\n{far}").into_bytes()));
    let statistics = r#"{"data":[{"event_type":"SYS_111","count":3}]}"#;
    inputs.push(("statistics, far behind", format!("{far}{statistics}\n{far}").into_bytes()));
    let all: Vec<u8> = samples.iter().flat_map(|name| fs::read(sample(name)).unwrap()).collect();
    inputs.push(("all samples, one after the other", all));
    inputs
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The summary of a file, without the name of the file.
fn summary(path: &Path, devices: bool) -> Value {
    let mut command = eventcodes();
    command.args(["summary", "--format", "json"]).args(devices.then_some("--devices")).arg(path);
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    serde_json::from_str(&output.replace(&path.display().to_string(), "standard input")).unwrap()
}

#[test]
fn codes_of_records_are_the_codes_of_bytes() {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in inputs() {
        let path = directory.path().join("input");
        fs::write(&path, &bytes).unwrap();
        let counts = |summary: &Value| summary_counts(summary.to_string().as_bytes());
        let (of_bytes, of_records) = (summary(&path, false), summary(&path, true));
        assert_eq!(counts(&of_records), counts(&of_bytes), "{name}: {of_records}");
        let mut expected = count(&bytes);
        match name {
            // The oracle knows no escapes.
            "escapes before codes" => continue,
            "a code in lower case, far behind" => {
                *expected.entry("UPD4_FAIL_218".to_owned()).or_default() += 1
            }
            "statistics, far behind" => {
                expected.remove("SYS_111");
                assert_eq!(of_bytes["statistics_codes"], 1);
                assert_eq!(of_records["statistics_codes"], 1);
            }
            _ => {}
        }
        assert_eq!(counts(&of_bytes), expected, "{name}");
    }
}

#[test]
fn a_file_a_pipe_and_gzip_give_the_same() {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in inputs() {
        let (plain, packed) = (directory.path().join("input"), directory.path().join("input.gz"));
        fs::write(&plain, &bytes).unwrap();
        fs::write(&packed, gzip(&bytes)).unwrap();
        let expected = summary(&plain, true);
        assert_eq!(summary(&packed, true), expected, "{name}");
        let mut pipe = program();
        pipe.args(["summary", "--devices", "--format", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipe.stderr(Stdio::null()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        // Slowly at first, when the format is not yet known.
        let (start, rest) = bytes.split_at(bytes.len().min(100));
        for byte in start {
            input.write_all(&[*byte]).unwrap();
            std::thread::sleep(Duration::from_micros(200));
        }
        input.write_all(rest).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), expected, "{name} as a pipe");
    }
}

#[test]
fn several_files_are_one_after_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let bytes = fs::read(sample("device-events.ndjson")).unwrap();
    let whole = directory.path().join("whole");
    fs::write(&whole, &bytes).unwrap();
    let parts = directory.path().join("parts");
    fs::create_dir(&parts).unwrap();
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        fs::write(parts.join(format!("{number:04}")), line).unwrap();
    }
    assert_eq!(summary(&parts, true), summary(&whole, true));
}

/// The share of a record, and its line there.
type Place = (usize, u64);
/// The bytes of a record, and how many events it has.
type Owned = (Vec<u8>, usize);

/// The records by line, with the line in the share made one in the input.
#[derive(Default)]
struct Collected {
    records: BTreeMap<Place, Vec<Owned>>,
    lines: BTreeMap<usize, u64>,
}

impl Consumer for Collected {
    fn record(&mut self, share: Share, record: &Record<'_>) -> io::Result<()> {
        let events = record.events().len();
        let records = self.records.entry((share.index, record.line())).or_default();
        records.push((record.bytes().to_vec(), events));
        Ok(())
    }

    fn end_of_share(&mut self, share: Share, lines: u64) -> io::Result<()> {
        self.lines.insert(share.index, lines);
        Ok(())
    }
}

/// The records of a file with their lines, read by `threads` threads.
fn records(path: &Path, threads: usize) -> Vec<(u64, Vec<u8>, usize)> {
    let messages = Arc::new(Messages::default());
    let sources = input::list(&[path.to_owned()], None, &messages);
    let consumers: Vec<_> = (0..threads).map(|_| Arc::new(Mutex::new(Collected::default()))).collect();
    read(sources, &Options::default(), Schedule::AnyOrder, &consumers, Arc::default(), &messages).unwrap();
    let mut all = Collected::default();
    for consumer in &consumers {
        let mut one = consumer.lock().unwrap();
        all.records.append(&mut one.records);
        all.lines.append(&mut one.lines);
    }
    let before = |share: usize| all.lines.range(..share).map(|(_, lines)| lines).sum::<u64>();
    let with_line = |((share, line), records): (Place, Vec<Owned>)| {
        let line = before(share) + line;
        records.into_iter().map(move |(bytes, events)| (line, bytes, events))
    };
    all.records.into_iter().flat_map(with_line).collect()
}

#[test]
fn many_threads_read_what_one_thread_reads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("input");
    let line = |number: usize| format!("{}\n", EVENT.replace("m1", &"m".repeat(1 + number * 7919 % 5000)));
    let lines: String = (0..600).map(line).collect();
    let page = format!("{{\"data\":[{}]}}", lines.trim_end().replace('\n', ",\n"));
    let csv = format!(
        "device_id,event_type\n{}",
        (0..80_000).map(|number| format!("m{number},SYS_105\n")).collect::<String>()
    );
    for (name, text) in [("lines", lines), ("a page", page), ("rows", csv)] {
        fs::write(&path, &text).unwrap();
        let expected = records(&path, 1);
        assert_eq!(records(&path, 4), expected, "{name}");
        if name != "a page" {
            let whole: Vec<u8> = expected.iter().flat_map(|(_, bytes, _)| bytes.clone()).collect();
            assert!(whole == text.as_bytes(), "{name}: a byte is lost");
            let numbers: Vec<_> = expected.iter().map(|(line, ..)| *line).collect();
            assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{name}: lines are miscounted");
        }
        fs::write(&path, gzip(text.as_bytes())).unwrap();
        assert_eq!(records(&path, 3), expected, "{name} in gzip");
    }
}
