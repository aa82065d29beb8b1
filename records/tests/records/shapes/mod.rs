//! The same events in the shapes in which the world writes them: each shape is read right throughout, or
//! what is missing shows.
//!
//! What has to be read is computed from the events, never from what was read. To add a shape, add it to
//! `table.rs`.

mod events;
mod shape;
mod table;

use std::fmt::Write as _;

use event_log_codes::find_iter;
use event_log_codes_records::{Field, Format, Options, Problem, Records, Time, TimeParser};
use jiff::tz::TimeZone;

use events::events;
use shape::{Read, Shape};
use table::{REFERENCE, shapes};

fn options(shape: &Shape) -> Options {
    let mut options = Options::default();
    options.times = TimeParser::new().with_reference(REFERENCE);
    if let Some(name) = shape.time_zone {
        options.times = options.times.with_time_zone(TimeZone::get(name).unwrap());
    }
    for field in &shape.fields {
        let (field, name) = field.split_once('=').unwrap();
        let field = match field {
            "event" => Field::EventType,
            "device" => Field::Device,
            "time" => Field::Time,
            "campaign" => Field::Campaign,
            "campaign-name" => Field::CampaignName,
            _ => panic!("{field}"),
        };
        options.names.add(field, name);
    }
    options
}

/// What is read of a shape.
#[derive(Debug, Default, PartialEq)]
struct Findings {
    format: Option<Format>,
    events: Vec<Read>,
    unreadable_times: usize,
    missing_times: usize,
    codes_outside_events: usize,
    problems: Vec<String>,
    statistics: usize,
    codes: usize,
}

/// Reads `bytes` as they arrive in pieces.
fn read(bytes: &[u8], piece: usize, options: &Options) -> Findings {
    let mut findings = Findings::default();
    let mut records = Records::new(options);
    let mut visit = |record: event_log_codes_records::Record<'_>| {
        let text = |text: Option<&[u8]>| text.map(|text| String::from_utf8_lossy(text).into_owned());
        for event in record.events() {
            let time = match event.time() {
                Time::At(micros) => Some(micros),
                Time::Unreadable(_) => {
                    findings.unreadable_times += 1;
                    None
                }
                Time::Missing => {
                    findings.missing_times += 1;
                    None
                }
            };
            findings.events.push(Read {
                code: String::from_utf8_lossy(event.code().as_bytes()).into_owned(),
                device: text(event.device()),
                campaign: text(event.campaign()),
                campaign_name: text(event.campaign_name()),
                time,
            });
        }
        findings.codes += record.codes().len();
        findings.codes_outside_events += record.codes_outside_events();
        match record.problem() {
            Some(Problem::Statistics { events }) => findings.statistics += events,
            Some(problem) => findings.problems.push(problem.to_string()),
            None => {}
        }
    };
    for piece in bytes.chunks(piece) {
        records.push(piece, &mut visit);
    }
    let format = records.format();
    records.finish(&mut visit);
    findings.format = format;
    findings.events.sort();
    findings
}

/// What is wrong with the reading of a shape; empty if nothing is.
fn faults(shape: &Shape, findings: &Findings) -> String {
    let mut faults = String::new();
    let mut expected: Vec<Read> = events().iter().map(|event| shape.expected.of(event)).collect();
    expected.sort();
    if findings.events.len() != expected.len() {
        writeln!(faults, "  {} events instead of {}", findings.events.len(), expected.len()).unwrap();
    }
    let wrong: Vec<&Read> = findings.events.iter().filter(|read| !expected.contains(read)).collect();
    if let [first, ..] = &wrong[..] {
        let intended = expected.iter().find(|read| !findings.events.contains(read));
        writeln!(faults, "  {} wrong events, such as\n    {first:?}\n  for\n    {intended:?}", wrong.len())
            .unwrap();
    }
    let undated = match shape.expected.time {
        shape::Time::Known(_) => (0, 0),
        shape::Time::Unreadable => (expected.len(), 0),
        shape::Time::Missing => (0, expected.len()),
    };
    if (findings.unreadable_times, findings.missing_times) != undated {
        writeln!(
            faults,
            "  {} unreadable and {} missing times",
            findings.unreadable_times, findings.missing_times
        )
        .unwrap();
    }
    if findings.codes_outside_events > 0 {
        writeln!(faults, "  {} codes outside events", findings.codes_outside_events).unwrap();
    }
    if let [first, ..] = &findings.problems[..] {
        writeln!(faults, "  {} problems, such as {first}", findings.problems.len()).unwrap();
    }
    faults
}

#[test]
fn every_shape_is_read_right() {
    let shapes = shapes(&events());
    assert!(shapes.len() >= 68, "{} shapes", shapes.len());
    let mut report = String::new();
    let mut wrong = 0;
    for shape in &shapes {
        let faults = faults(shape, &read(&shape.bytes, usize::MAX, &options(shape)));
        if !faults.is_empty() {
            wrong += 1;
            writeln!(report, "{}\n{faults}", shape.name).unwrap();
        }
    }
    assert_eq!(wrong, 0, "of {} shapes are read wrong:\n{report}", shapes.len());
}

/// The codes that are found without reading records are those that the records report.
#[test]
fn no_code_is_lost() {
    for shape in shapes(&events()) {
        let findings = read(&shape.bytes, usize::MAX, &options(&shape));
        assert_eq!(findings.codes, find_iter(&shape.bytes).count(), "{}", shape.name);
    }
}

#[test]
fn pieces_make_no_difference() {
    for shape in shapes(&events()) {
        let options = options(&shape);
        let whole = read(&shape.bytes, usize::MAX, &options);
        for piece in [11, 1021] {
            assert_eq!(read(&shape.bytes, piece, &options), whole, "{} in pieces of {piece}", shape.name);
        }
    }
}

/// Counts of event types are reported as what they are.
#[test]
fn statistics_are_no_events() {
    let rows: Vec<String> = events()
        .iter()
        .map(|event| {
            format!(r#"{{"id":"{}","event_type":"{}","count":7}}"#, event.code.to_lowercase(), event.code)
        })
        .collect();
    let page = format!(r#"{{"object":"list","data":[{}]}}"#, rows.join(","));
    let table = format!("event_type,count\n{}", rows.iter().map(|_| "SYS_111,7\n").collect::<String>());
    for bytes in [page, rows.join("\n"), table] {
        let findings = read(bytes.as_bytes(), usize::MAX, &Options::default());
        assert_eq!((findings.events.len(), findings.statistics), (0, 55), "{findings:?}");
    }
}

/// Of a shape that is cut off, an event is that of the whole, lacks something, or a problem is reported.
#[test]
fn what_is_cut_off_shows() {
    for shape in shapes(&events()) {
        let options = options(&shape);
        let whole = read(&shape.bytes, usize::MAX, &options);
        if matches!(whole.format, Some(Format::Text | Format::Csv)) {
            // Half a word is a word.
            continue;
        }
        for parts in 1..8 {
            let cut = &shape.bytes[..shape.bytes.len() * parts / 8];
            let findings = read(cut, usize::MAX, &options);
            let name = shape.name;
            assert_eq!(findings.codes, find_iter(cut).count(), "{name}, {parts} eighths");
            for event in &findings.events {
                let is = |own: &Option<String>, their: &Option<String>| own.is_none() || own == their;
                let is_same = |other: &Read| {
                    other.code == event.code
                        && is(&event.device, &other.device)
                        && is(&event.campaign, &other.campaign)
                        && is(&event.campaign_name, &other.campaign_name)
                        && (event.time.is_none() || event.time == other.time)
                };
                let is_known = whole.events.iter().any(is_same);
                assert!(is_known || !findings.problems.is_empty(), "{name}, {parts} eighths: {event:?}");
            }
        }
    }
}
