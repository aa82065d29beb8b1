//! `device_events` of the same events in every shape of the records crate's table: the same rows, or a word about
//! what is missing.
//!
//! What is expected follows from the list of events alone.

#[path = "../../records/tests/records/shapes/events.rs"]
mod events;
mod process;
#[path = "../../records/tests/records/shapes/shape.rs"]
mod shape;
#[path = "../../records/tests/records/shapes/table.rs"]
mod table;

use std::fs::File;
use std::io::Write;
use std::time::{Duration, SystemTime};

use events::events;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use process::{command, output};
use serde_json::Value;
use shape::{Read, Shape, Time};
use table::{REFERENCE, shapes};

/// A row of `device_events`.
fn row_of(row: &Value) -> Read {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    let time = text("date_time").map(|time| {
        let time: DateTime = time.parse().unwrap();
        time.to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond()
    });
    let (device, campaign) = (text("device_id"), text("campaign_id"));
    Read { code: text("event_type").unwrap(), device, campaign, campaign_name: None, time }
}

#[test]
fn every_shape_is_read_right_or_reported() {
    let directory = tempfile::tempdir().unwrap();
    let events = events();
    // Whose fields and times need no word from the user.
    let shapes: Vec<Shape> = shapes(&events)
        .into_iter()
        .filter(|shape| shape.fields.is_empty() && shape.time_zone.is_none())
        .collect();
    assert!(shapes.len() > 60);
    let path = |n: usize| directory.path().join(format!("{n}.log"));
    let mut sql = String::new();
    for (n, shape) in shapes.iter().enumerate() {
        let mut file = File::create(path(n)).unwrap();
        file.write_all(&shape.bytes).unwrap();
        // By which times without a year are read.
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_micros(REFERENCE as u64)).unwrap();
        sql += &format!("SELECT {n} AS shape, * FROM device_events('{}');", path(n).display());
    }
    // In one part and in several.
    for size in ["10000000", "1"] {
        let mut command = command();
        command.env("DATAFUSION_OPTIMIZER_REPARTITION_FILE_MIN_SIZE", size);
        let output = output(command.args(["--format", "json", "--sql", &sql]));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{message}");
        let rows: Vec<Value> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for (n, shape) in shapes.iter().enumerate() {
            let of = |event| Read { campaign_name: None, ..shape.expected.of(event) };
            let mut expected: Vec<Read> = events.iter().map(of).collect();
            let mut actual: Vec<Read> = rows.iter().filter(|row| row["shape"] == n).map(row_of).collect();
            expected.sort();
            actual.sort();
            assert_eq!(actual, expected, "{}: {message}", shape.name);
            let path = path(n).display().to_string();
            let said: Vec<_> = message.lines().filter(|line| line.contains(&path)).collect();
            match shape.expected.time {
                Time::Known(_) => assert_eq!(said, [""; 0], "{}", shape.name),
                _ => assert!(
                    said.len() == 1 && said[0].contains("55 events without a time"),
                    "{}: {said:?}",
                    shape.name
                ),
            }
        }
    }
}
