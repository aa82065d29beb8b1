//! What became of each device, read from the same events in every shape of the records crate's table.
//!
//! What is expected follows from the list of events alone, by the rules in other words.

#[path = "../../../records/tests/records/shapes/events.rs"]
mod events;
#[path = "../../../records/tests/records/shapes/shape.rs"]
mod shape;
#[path = "../../../records/tests/records/shapes/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::Value;

use self::events::{Event, events};
use self::shape::{Shape, Time};
use self::table::{REFERENCE, shapes};
use super::common::eventcodes;

/// What became of a device of a campaign, and when it had its first and its last event.
type Fleet = BTreeMap<(Option<String>, String), (String, Option<String>, Option<String>)>;

/// From the events themselves.
fn expected(shape: &Shape, events: &[Event]) -> Fleet {
    let mut by_device: BTreeMap<_, Vec<&Event>> = BTreeMap::new();
    for event in events {
        let read = shape.expected.of(event);
        by_device.entry((read.campaign, read.device.unwrap())).or_default().push(event);
    }
    let device = |mut events: Vec<&Event>| {
        events.sort_by_key(|event| event.micros);
        // The last that decides; a skip decides nothing after a success.
        let mut outcome = "in-progress";
        for event in &events {
            outcome = match event.status() {
                "SUCCESS" if event.code != "UPD4_OK_M1" => "updated",
                "FAIL" => "failed",
                "SKIPPED" if outcome != "updated" => "skipped",
                _ => outcome,
            };
        }
        let time = |event: &Event| {
            let time = shape.expected.of(event).time?;
            Some(Timestamp::from_microsecond(time).unwrap().to_string())
        };
        (outcome.to_owned(), time(events[0]), time(events[events.len() - 1]))
    };
    by_device.into_iter().map(|(key, events)| (key, device(events))).collect()
}

/// As the command reads it.
fn read(command: &mut assert_cmd::Command) -> (Fleet, Value, String) {
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{message}"));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let device = |row: &Value| {
        let key = (text(&row["campaign"]), text(&row["device"]).unwrap());
        (key, (text(&row["outcome"]).unwrap(), text(&row["first_seen"]), text(&row["last_seen"])))
    };
    let fleet = result["devices"].as_array().unwrap().iter().map(device).collect();
    (fleet, result, message)
}

fn command(shape: &Shape) -> assert_cmd::Command {
    let mut command = eventcodes();
    command.args(["devices", "--format", "json"]);
    for field in &shape.fields {
        command.args(["--field", field]);
    }
    if let Some(name) = shape.time_zone {
        command.args(["--tz", name]);
    }
    command
}

/// A file that was last changed at the time by which times without a year are read.
fn write(directory: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = directory.join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_micros(REFERENCE as u64)).unwrap();
    path
}

#[test]
fn every_shape_is_read_right_or_reported() {
    let directory = tempfile::tempdir().unwrap();
    let events = events();
    let mut faults = String::new();
    for shape in shapes(&events) {
        let path = write(directory.path(), "log", &shape.bytes);
        let (fleet, result, message) = read(command(&shape).arg(&path));
        fs::remove_file(path).unwrap();
        let count = |name: &str| result[name].as_u64().unwrap() as usize;
        if shape.expected.device {
            let expected = expected(&shape, &events);
            let is_right = match shape.expected.time {
                Time::Known(_) => fleet == expected && message.is_empty(),
                // The devices at least, and a word about the rest.
                Time::Unreadable | Time::Missing => {
                    fleet.keys().eq(expected.keys())
                        && count("undated_events") == events.len()
                        && !message.is_empty()
                }
            };
            if !is_right {
                faults += &format!("{}: {message}\n  {:?}\n", shape.name, fleet.iter().next());
            }
        } else if !fleet.is_empty() || count("codes_without_device") != events.len() || message.is_empty() {
            faults += &format!("{}: {message}\n", shape.name);
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Compressed, in UTF-16, or on standard input, the bytes say the same.
#[test]
fn how_the_bytes_come_makes_no_difference() {
    let directory = tempfile::tempdir().unwrap();
    let events = events();
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let utf_16 = |bytes: &[u8], unit: fn(u16) -> [u8; 2]| -> Option<Vec<u8>> {
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Some("\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect())
    };
    const MARK: &[u8] = b"\xef\xbb\xbf";
    for shape in shapes(&events).into_iter().step_by(3) {
        let path = write(directory.path(), "log", &shape.bytes);
        let (plain, ..) = read(command(&shape).arg(&path));
        let halves = shape.bytes.split_at(shape.bytes.len() / 2);
        let mut skippable = b"\x50\x2a\x4d\x18\x04\0\0\0abcd".to_vec();
        skippable.extend(zstd::encode_all(&shape.bytes[..], 3).unwrap());
        let marked = shape.bytes.strip_prefix(MARK).is_none().then(|| [MARK, &shape.bytes].concat());
        let little_endian = utf_16(&shape.bytes, u16::to_le_bytes);
        for (form, bytes) in [
            ("two members of gzip", Some([gzip(halves.0), gzip(halves.1)].concat())),
            ("zstd behind a skippable frame", Some(skippable)),
            ("a byte-order mark", marked),
            ("UTF-16, little-endian, in gzip", little_endian.map(|bytes| gzip(&bytes))),
            ("UTF-16, big-endian", utf_16(&shape.bytes, u16::to_be_bytes)),
        ] {
            let Some(bytes) = bytes else {
                continue;
            };
            let path = write(directory.path(), "log", &bytes);
            assert_eq!(read(command(&shape).arg(&path)).0, plain, "{}, {form}", shape.name);
        }
        // A pipe has no time at which it was last changed, so years that are not written may be others.
        let outcomes =
            |fleet: Fleet| fleet.into_iter().map(|(key, (outcome, ..))| (key, outcome)).collect::<Vec<_>>();
        let (piped, ..) = read(command(&shape).write_stdin(shape.bytes.clone()));
        assert_eq!(outcomes(piped), outcomes(plain), "{}, piped", shape.name);
    }
}
