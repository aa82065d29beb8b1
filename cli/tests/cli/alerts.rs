//! `summary --compare`, `--fail-over`, `--fail-on` and `--format openmetrics`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::common::{eventcodes, program, sample};

fn event(day: u32, device: &str, code: &str) -> String {
    json!({
        "date_time": format!("2025-08-{day:02}T06:00:00Z"), "device_id": device, "event_type": code,
        "data": {"campaign_id": "c1", "campaign_name": "the \"first\"\\\n campaign"},
    })
    .to_string()
}

/// Two weeks: 10 devices each, of which 1 failed in the first week and 4 in the second.
fn two_weeks() -> tempfile::NamedTempFile {
    let mut events = Vec::new();
    for device in 0..10 {
        let (device, other) = (format!("early-{device}"), format!("late-{device}"));
        events.push(event(10, &device, if device == "early-0" { "UPD4_FAIL_303" } else { "UPD4_OK_100" }));
        let fails = ["late-0", "late-1", "late-2", "late-3"].contains(&other.as_str());
        events.push(event(17, &other, if fails { "UPD4_FAIL_207" } else { "UPD4_OK_100" }));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), events.join("\n")).unwrap();
    file
}

#[test]
fn compares_with_the_time_before() {
    let file = two_weeks();
    let output = eventcodes()
        .args(["summary", "--compare", "7d", "--until", "2025-08-20", "--format", "json"])
        .arg(file.path())
        .assert()
        .success();
    let comparison: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(comparison["before"]["failed_share"], 0.1);
    assert_eq!(comparison["now"]["failed_share"], 0.4);
    let codes: BTreeMap<_, _> = comparison["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["code"].as_str().unwrap(), (row["count_change"].as_i64().unwrap(), &row["presence"])))
        .collect();
    let expected = [
        ("UPD4_FAIL_207", (4, &json!("new"))),
        ("UPD4_FAIL_303", (-1, &json!("gone"))),
        ("UPD4_OK_100", (-3, &json!("both"))),
    ];
    assert_eq!(codes, BTreeMap::from(expected));
    assert_eq!(comparison["codes"][0]["code"], "UPD4_FAIL_207", "the largest change in share first");
    assert_eq!(comparison["campaigns"][0]["before"]["success_rate"], 0.9);
    assert_eq!(comparison["campaigns"][0]["now"]["success_rate"], 0.6);
}

#[test]
fn compares_with_another_path() {
    let file = two_weeks();
    let other = tempfile::NamedTempFile::new().unwrap();
    fs::write(other.path(), event(1, "a", "UPD4_FAIL_207")).unwrap();
    let output =
        eventcodes().args(["summary", "--compare"]).args([other.path(), file.path()]).assert().success();
    let table = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(table.contains("UPD4_OK_100"), "{table}");
    assert!(table.contains("+15"), "{table}");
    assert!(table.contains("new"), "{table}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for arguments in [&["--compare", "no-such-file"][..], &["--compare", "7d"], &["--compare", "7d", "-"]] {
        eventcodes().arg("summary").args(arguments).write_stdin("SYS_105").assert().code(2);
    }
}

#[test]
fn alerts_set_the_exit_status() {
    let file = two_weeks();
    for (arguments, status) in [
        (&["--fail-over", "25%"][..], 0),
        (&["--fail-over", "24.9%"], 3),
        (&["--fail-over", "10", "--since", "2025-08-15"], 3),
        (&["--fail-over", "10", "--until", "2025-08-15"], 0),
        (&["--fail-on", "UPD4_FAIL_2*"], 3),
        (&["--fail-on", "upd4_fail_303"], 3),
        (&["--fail-on", "UPD4_FAIL_4*"], 0),
        (&["--fail-on", "UPD4_FAIL_303", "--since", "2025-08-15"], 0),
        (&["--fail-over", "101%"], 2),
    ] {
        let assert = eventcodes().arg("summary").args(arguments).arg(file.path()).assert().code(status);
        let message = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert_eq!(message.contains("alert: "), status == 3, "{arguments:?}: {message}");
    }
}

/// The metrics of an input.
fn metrics(arguments: &[&str], input: &[u8]) -> String {
    let mut command = eventcodes();
    command.args(["summary", "--format", "openmetrics"]).args(arguments).write_stdin(input);
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

/// The samples by name and labels, of text that follows the grammar of OpenMetrics.
fn parsed(text: &str) -> BTreeMap<String, f64> {
    let families = regex_lite::Regex::new(r"^# (TYPE|UNIT|HELP) ([a-z_]+) (.+)$").unwrap();
    let sample = regex_lite::Regex::new(
        r#"^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,|\}))+)? (-?[0-9.]+)$"#,
    )
    .unwrap();
    let mut samples = BTreeMap::new();
    let (mut family, mut kind, mut seen) = (String::new(), String::new(), BTreeSet::new());
    let body = text.strip_suffix("# EOF\n").expect("ends with # EOF");
    for line in body.lines() {
        if let Some(parts) = families.captures(line) {
            let part = |index: usize| parts[index].to_owned();
            if part(1) == "TYPE" {
                (family, kind) = (part(2), part(3));
                assert!(seen.insert(family.clone()), "{family} stands twice");
            }
            assert_eq!(part(2), family, "{line}");
            if part(1) == "UNIT" {
                assert!(family.ends_with(&format!("_{}", part(3))), "{line}");
            }
            continue;
        }
        let parts = sample.captures(line).unwrap_or_else(|| panic!("{line:?}"));
        let name = parts[1].to_owned();
        let suffix = if kind == "counter" { "_total" } else { "" };
        assert_eq!(name, format!("{family}{suffix}"), "{line}");
        let (key, value) = line.rsplit_once(' ').unwrap();
        assert!(samples.insert(key.to_owned(), value.parse().unwrap()).is_none(), "{key} stands twice");
    }
    samples
}

#[test]
fn metrics_follow_the_grammar_and_hold_the_figures() {
    let file = two_weeks();
    let input = fs::read(file.path()).unwrap();
    let samples = parsed(&metrics(&[], &input));
    let campaign = r#"campaign="c1",campaign_name="the \"first\"\\\n campaign""#;
    for (sample, value) in [
        (r#"eventcodes_events_total{code="UPD4_OK_100",status="success"}"#.to_owned(), 15.0),
        (r#"eventcodes_events_total{code="UPD4_FAIL_207",status="fail"}"#.to_owned(), 4.0),
        (r#"eventcodes_campaign_events_total{campaign="c1",status="fail"}"#.to_owned(), 5.0),
        (format!("eventcodes_devices{{{campaign},outcome=\"failed\"}}"), 5.0),
        (format!("eventcodes_devices{{{campaign},outcome=\"updated\"}}"), 15.0),
        ("eventcodes_last_event_timestamp_seconds".to_owned(), 1_755_410_400.0),
        ("eventcodes_complete".to_owned(), 1.0),
    ] {
        assert_eq!(samples.get(&sample), Some(&value), "{sample} in {samples:?}");
    }
}

#[test]
fn metrics_are_bounded_and_lose_nothing() {
    let mut input = String::new();
    for number in 0..300 {
        let event = event(10, &format!("d{number}"), &format!("UPD4_FAIL_9{number:03}"));
        input += &event.replace("\"c1\"", &format!("\"c{number}\"")).replace("UPD4_FAIL_90", "UPD4_OK_90");
        input.push('\n');
    }
    let samples = parsed(&metrics(&["--top", "20"], input.as_bytes()));
    let total = |name: &str| {
        let of = samples.iter().filter(|(sample, _)| sample.starts_with(name));
        of.fold((0, 0.0), |(count, total), (_, value)| (count + 1, total + value))
    };
    let (series, events) = total("eventcodes_events_total");
    assert!(series <= 25, "{series}");
    assert_eq!(events, 300.0);
    let (series, devices) = total("eventcodes_devices{");
    assert_eq!((series, devices), (21 * 4, 300.0));
    assert_eq!(total("eventcodes_campaign_events_total").1, 300.0);
}

/// Needs Python's `prometheus_client`; run by continuous integration with `--ignored`.
#[test]
#[ignore = "needs prometheus_client: pip install prometheus_client"]
fn metrics_are_read_by_the_reference_parser() {
    const SCRIPT: &str = "import sys\n\
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n\
        print(sum(len(family.samples) for family in parse(sys.stdin.read())))";
    let file = two_weeks();
    for path in [file.path().to_owned(), sample("")] {
        let output = program().args(["summary", "--format", "openmetrics"]).arg(&path).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let metrics = tempfile::NamedTempFile::new().unwrap();
        fs::write(metrics.path(), &text).unwrap();
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let parsed_by_python = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(fs::File::open(metrics.path()).unwrap())
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&parsed_by_python.stderr).into_owned();
        let count = String::from_utf8(parsed_by_python.stdout).unwrap();
        assert_eq!(count.trim(), parsed(&text).len().to_string(), "{message}");
    }
}

/// Needs `promtool` of Prometheus; run by continuous integration with `--ignored`.
#[test]
#[ignore = "needs promtool: apt-get install prometheus"]
fn metrics_are_read_by_promtool() {
    let check = |text: &str| {
        let metrics = tempfile::NamedTempFile::new().unwrap();
        fs::write(metrics.path(), text).unwrap();
        let input = fs::File::open(metrics.path()).unwrap();
        let output = Command::new("promtool").args(["check", "metrics"]).stdin(input).output().unwrap();
        (String::from_utf8(output.stderr).unwrap(), output.status.code())
    };
    let file = two_weeks();
    for path in [file.path().to_owned(), sample("")] {
        let output = program().args(["summary", "--format", "openmetrics"]).arg(&path).output().unwrap();
        let (remarks, status) = check(&String::from_utf8(output.stdout).unwrap());
        // In OpenMetrics the help of a counter stands under the name without `_total`, which promtool, a reader of
        // the older format, remarks. Whatever cannot be read ends with 1.
        assert_eq!(status, Some(3), "{remarks}");
        assert!(remarks.lines().all(|line| line.ends_with("_total no help text")), "{remarks}");
    }
    assert_eq!(check("eventcodes_events_total{code=\"a} 1\n").1, Some(1));
}
