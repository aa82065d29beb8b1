//! `event-codes-sql` in one process: every kind of file, every report, every format, every mistake.

mod fleet;
mod oracle;
mod process;
mod reports;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use process::{command, output};
use reports::{REPORTS, expected, log, rows, write_csv, write_ndjson};

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn reports_on_every_kind_of_file() {
    let log = log(5, 1_200);
    let directory = tempfile::tempdir().unwrap();
    let [ndjson, csv, parquet] = ["ndjson", "csv", "parquet"].map(|kind| directory.path().join(kind));
    // A directory in the directory, to be found too, a file without events, and one that is none of ours.
    for kind in [&ndjson, &csv] {
        fs::create_dir_all(kind.join("first")).unwrap();
        fs::write(kind.join("README.txt"), "Nothing of interest").unwrap();
        fs::write(kind.join("_SUCCESS"), "UPD4_FAIL_207").unwrap();
    }
    write_ndjson(&ndjson.join("first"), &log[..1]);
    write_ndjson(&ndjson, &log[1..]);
    write_csv(&csv.join("first"), &log[..1]);
    write_csv(&csv, &log[1..]);
    fs::create_dir(&parquet).unwrap();
    let copy = format!("COPY events TO '{}/' STORED AS PARQUET", path(&parquet));
    assert_eq!(rows(command().arg(&ndjson).args(["--sql", &copy])), [["6000"]]);

    for report in REPORTS {
        let expected = expected(report, &log);
        assert!(expected.len() > 1, "{report} has something to say");
        for files in [&ndjson, &csv, &parquet] {
            let actual = rows(command().arg(files).args(["--report", report]));
            assert_eq!(actual, expected, "{report} of {}", files.display());
        }
    }
    let failures = rows(command().arg(&ndjson));
    assert_eq!(failures, expected("failures", &log), "the report when none is asked for");
}

#[test]
fn files_by_name() {
    let log = log(3, 100);
    let directory = tempfile::tempdir().unwrap();
    write_ndjson(directory.path(), &log);
    // Characters that mean something in an address or in a pattern.
    let odd = directory.path().join("a b#[1]?*%20.JSON");
    fs::rename(directory.path().join("0.ndjson"), &odd).unwrap();
    let count = "SELECT count(*) FROM events";
    let second = directory.path().join("2.ndjson");
    assert_eq!(rows(command().args([&odd, &second]).args(["--sql", count])), [["200"]]);
    assert_eq!(rows(command().arg(directory.path()).args(["--sql", count])), [["300"]]);
}

#[test]
fn a_column_that_only_later_rows_fill() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("events.ndjson");
    let mut lines = r#"{"event_type":"SYS_111","changes":null}"#.to_owned() + "\n";
    lines = lines.repeat(1_500) + r#"{"event_type":"SYS_112","changes":"firmware"}"# + "\n";
    fs::write(&file, lines).unwrap();
    let sql = "SELECT count(*), count(changes) FROM events";
    assert_eq!(rows(command().arg(&file).args(["--sql", sql])), [["1501", "1"]]);

    let file = directory.path().join("events.csv");
    let long = "9".repeat(40);
    fs::write(
        &file,
        "device_id,code\n".to_owned() + &"7,SYS_111\n".repeat(1_500) + &format!("{long},SYS_112\n"),
    )
    .unwrap();
    let sql = "SELECT device_id FROM events WHERE code = 'SYS_112'";
    assert_eq!(rows(command().arg(&file).args(["--sql", sql])), [[long]]);
}

#[test]
fn formats() {
    let sql = "SELECT code, number, corrective_action AS action FROM event_codes
               WHERE code IN ('UPD4_FAIL_505', 'UPD2_REPORT_HASH') ORDER BY code DESC";
    let run = |format: &str| {
        let output = output(command().args(["--sql", sql, "--format", format]));
        assert!(output.status.success() && output.stderr.is_empty());
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(run("csv"), "code,number,action\nUPD4_FAIL_505,505,Retry update.\nUPD2_REPORT_HASH,,\n");
    let objects: Vec<serde_json::Value> =
        run("json").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        objects,
        [
            serde_json::json!({"code": "UPD4_FAIL_505", "number": 505, "action": "Retry update."}),
            serde_json::json!({"code": "UPD2_REPORT_HASH", "number": null, "action": null}),
        ]
    );
    let table = run("table");
    assert!(table.contains("| UPD4_FAIL_505    | 505    | Retry update. |"), "{table}");
    // Nothing to say is said with a header.
    let none = ["--sql", "SELECT code FROM event_codes WHERE code = ''", "--format"];
    assert_eq!(output(command().args(none).arg("csv")).stdout, b"code\n");
    assert_eq!(output(command().args(none).arg("json")).stdout, b"");
    assert!(String::from_utf8(output(command().args(none).arg("table")).stdout).unwrap().contains("code"));
}

/// A number is a time in the unit that its digits tell, and one that is no time is null, not 1970.
#[test]
fn times_in_any_notation() {
    let directory = tempfile::tempdir().unwrap();
    for (name, time, expected) in [
        ("seconds", "1756455242", "2025-08-29T08:14:02"),
        ("milliseconds", "1756455242123", "2025-08-29T08:14:02.123"),
        ("nanoseconds", "1756455242123456789", "2025-08-29T08:14:02.123456"),
        ("fraction", "1756455242.5", "2025-08-29T08:14:02.500"),
        ("text", "\"29/Aug/2025:10:14:02 +0200\"", "2025-08-29T08:14:02"),
        ("digits", "\"1756455242123\"", "2025-08-29T08:14:02.123"),
        ("number", "42", ""),
        ("words", "\"yesterday\"", ""),
    ] {
        let file = directory.path().join(name).with_extension("ndjson");
        let event = format!(r#"{{"event_type":"SYS_111","device_id":"m1","date_time":{time}}}"#);
        fs::write(&file, event + "\n").unwrap();
        let sql = "SELECT date_time FROM device_events";
        assert_eq!(rows(command().arg(&file).args(["--sql", sql])), [[expected]], "{name}");
    }
}

#[test]
fn several_statements() {
    let sql = "CREATE VIEW failures AS SELECT code FROM event_codes WHERE status = 'fail';
               SELECT count(*) > 50 AS many FROM failures; SELECT true AS found FROM failures WHERE code = 'SYS_111'";
    let output = output(command().args(["--format", "json", "--sql", sql]));
    assert_eq!(String::from_utf8(output.stdout).unwrap().matches("true").count(), 2);
}

#[test]
fn mistakes_are_one_clear_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let file = directory.path().join(name);
        fs::write(&file, content).unwrap();
        path(&file).to_owned()
    };
    let empty = directory.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let json = file("a.ndjson", "{\"event_type\":\"SYS_111\"}\n");
    let csv = file("b.csv", "event_type\nSYS_111\n");
    let broken = file("c.ndjson", "{\"event_type\":\"SYS_111\"}\nnot JSON\n");
    let late = file("g.ndjson", &("{\"event_type\":\"SYS_111\"}\n".repeat(1_500) + "not JSON\n"));
    let other = file("d.ndjson", "{\"event_type\":{\"code\":1}}\n");
    let text = file("e.txt", "SYS_111\n");
    let parquet = file("f.parquet", "SYS_111\n");
    let types = path(&directory.path().join("types.parquet")).to_owned();
    let copy = format!("COPY (SELECT 'SYS_111' AS event_type) TO '{types}'");
    assert!(output(command().args(["--sql", &copy])).status.success());
    for (arguments, parts) in [
        (vec!["nowhere.ndjson"], vec!["nowhere.ndjson", "No such file"]),
        (vec![&text, "--sql", "SELECT * FROM events"], vec!["e.txt", "expected .ndjson", "device_events"]),
        (vec![path(&empty)], vec!["no files"]),
        (vec![&json, &csv, "--sql", "SELECT * FROM events"], vec!["one kind", "a.ndjson", "b.csv"]),
        (vec![&types, "--report", "failures"], vec!["device_id", "--sql"]),
        (vec!["--report", "failures"], vec!["--report", "files"]),
        (vec![&broken, "--sql", "SELECT * FROM events"], vec!["c.ndjson: in line 2: "]),
        (vec![&late, "--sql", "SELECT event_type FROM events"], vec!["g.ndjson: in line 1501: "]),
        (
            vec![&json, &other, "--sql", "SELECT * FROM events"],
            vec![
                "d.ndjson, line 1: column event_type is an object, but text in ",
                "a.ndjson, line 1",
                "--schema",
            ],
        ),
        (vec![&parquet, "--sql", "SELECT * FROM events"], vec!["f.parquet"]),
        (vec!["--sql", "SELEC"], vec!["SELEC"]),
        (vec!["--sql", "SELECT event_code_status(42)"], vec!["event_code_status"]),
        (vec!["--sql", "SELECT * FROM events"], vec!["events"]),
        (vec!["--sql", "SELECT 1", "--scheduler", "df://127.0.0.1:1", "--wait", "1ms"], vec!["127.0.0.1:1"]),
        (vec!["executor", "--bind", "127.0.0.1:65535"], vec!["65535"]),
    ] {
        let output = output(command().args(&arguments));
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {message}");
        assert!(parts.iter().all(|part| message.contains(part)), "{arguments:?}: {message}");
        assert!(message.starts_with("event-codes-sql: ") && message.lines().count() == 1, "{message}");
        assert!(output.stdout.is_empty());
    }
}

/// `| head -1` must not end in a panic or an error.
#[test]
fn a_closed_pipe_is_quiet() {
    for format in ["csv", "json", "table"] {
        let mut child = command()
            .args(["--format", format, "--sql"])
            .arg("SELECT a.*, b.* FROM event_codes a CROSS JOIN event_codes b")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{format}: {output:?}");
    }
}
