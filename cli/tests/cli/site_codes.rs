//! Texts and codes of a site, given when the command runs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::eventcodes;

const CODES: &str = "\
code,section,status,source,portal_text,explanation,corrective_action
UPD4_FAIL_310,update-fetching,fail,document,Battery below 20 %.,The application refused.,Charge the device.
UPD4_FAIL_901,update-writing,fail,service,Pump is running,,Wait for the pump.
UPD9_DONE_1,update,success,service,,Written by the gateway.,
SYS_900,service-generated,skipped,service,Left out by the site,,
SYS_901,service-generated,info,service,,,
";

/// Device, code, and the status that the record states.
const EVENTS: [(&str, &str, &str); 8] = [
    ("d1", "UPD4_FAIL_310", "FAIL"),
    ("d2", "UPD9_DONE_1", "INFO"),
    ("d3", "SYS_900", "INFO"),
    ("d4", "UPD4_FAIL_901", "INFO"),
    ("d5", "UPD4_FAIL_901", "FAIL"),
    ("d5", "UPD4_FAIL_504", "FAIL"),
    ("d6", "SYS_901", "FAIL"),
    ("d6", "UPD4_FAIL_999", "FAIL"),
];

struct Site {
    directory: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Site { directory: tempfile::tempdir().unwrap() };
        fs::write(site.codes(), CODES).unwrap();
        let event = |(second, (device, code, status)): (usize, &(&str, &str, &str))| {
            let event = json!({
                "date_time": format!("2025-08-29T06:00:{second:02}Z"), "device_id": device, "event_type": code,
                "data": {"campaign_id": "c1", "summary_status": status}, "summary_status": status,
            });
            format!("{event}\n")
        };
        fs::write(site.log(), EVENTS.iter().enumerate().map(event).collect::<String>()).unwrap();
        site
    }

    fn codes(&self) -> PathBuf {
        self.directory.path().join("site-codes.csv")
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("events.ndjson")
    }

    /// What a command prints that reads the log.
    fn of_log(&self, arguments: &[&str]) -> String {
        let mut command = eventcodes();
        command.args(arguments).arg(self.log()).arg("--site-codes").arg(self.codes());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    }

    /// What a command prints that reads nothing.
    fn of_codes(&self, arguments: &[&str]) -> String {
        let mut command = eventcodes();
        command.arg("--site-codes").arg(self.codes()).args(arguments);
        String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.of_log(&[arguments, &["--format", "json"]].concat())).unwrap()
    }
}

fn pairs<'v>(rows: &'v Value, key: &str, value: &str) -> Vec<(&'v str, &'v Value)> {
    rows.as_array().unwrap().iter().map(|row| (row[key].as_str().unwrap(), &row[value])).collect()
}

fn row<'v>(rows: &'v Value, code: &str) -> &'v Value {
    let row = rows.as_array().unwrap().iter().find(|row| row["code"] == code);
    row.unwrap_or_else(|| panic!("{code} is missing in {rows:#}"))
}

#[test]
fn a_summary_counts_them_as_codes_of_the_catalogue() {
    let site = Site::new();
    // Counted by bytes, and by records.
    for arguments in [&["summary"][..], &["summary", "--devices"]] {
        let summary = site.json(arguments);
        let counts = &summary["counts"];
        for (code, count, status, section) in [
            ("UPD4_FAIL_310", 1, "fail", "update-fetching"),
            ("UPD4_FAIL_901", 2, "fail", "update-writing"),
            ("UPD9_DONE_1", 1, "success", "update"),
            ("SYS_900", 1, "skipped", "service-generated"),
        ] {
            let row = row(counts, code);
            assert_eq!(
                (&row["count"], &row["status"], &row["section"]),
                (&count.into(), &status.into(), &section.into())
            );
        }
        assert_eq!(row(counts, "UPD4_FAIL_310")["corrective_action"], "Charge the device.");
        assert_eq!(row(counts, "UPD4_FAIL_901")["portal_text"], "Pump is running");
        assert_eq!(row(counts, "UPD9_DONE_1")["explanation"], "Written by the gateway.");
        assert_eq!(pairs(&summary["uncatalogued"], "code", "count"), [("UPD4_FAIL_999", &json!(1))]);
        let totals = &summary["totals"];
        let totals =
            ["success", "fail", "info", "skipped", "uncatalogued"].map(|name| totals[name].as_u64().unwrap());
        assert_eq!(totals, [1, 5, 1, 1, 1]);
    }
}

#[test]
fn groups_and_filters_know_them() {
    let site = Site::new();
    let by_section = site.json(&["summary", "--devices", "--by", "section"]);
    let mut devices = pairs(&by_section["counts"], "section", "devices");
    devices.sort_by_key(|(section, _)| *section);
    let expected = [("service-generated", 2), ("update", 1), ("update-fetching", 1), ("update-writing", 2)];
    let expected = expected.map(|(section, devices)| (section, json!(devices)));
    assert_eq!(devices, expected.iter().map(|(section, devices)| (*section, devices)).collect::<Vec<_>>());
    for (filter, expected) in [
        (&["--status", "success"][..], vec!["UPD9_DONE_1"]),
        (&["--section", "update-writing"], vec!["UPD4_FAIL_504", "UPD4_FAIL_901"]),
        (&["--code", "sys_9*"], vec!["SYS_900", "SYS_901"]),
        (&["--status", "fail", "--code", "*_310"], vec!["UPD4_FAIL_310"]),
    ] {
        for devices in [&[][..], &["--devices"]] {
            let summary = site.json(&[&["summary"], devices, filter].concat());
            let mut codes: Vec<_> =
                pairs(&summary["counts"], "code", "count").iter().map(|(code, _)| *code).collect();
            codes.sort_unstable();
            assert_eq!(codes, expected, "{filter:?}");
            // Nobody knows the section of UPD4_FAIL_999.
            if filter[0] != "--section" {
                assert_eq!(summary["uncatalogued"], json!([]), "{filter:?}");
            }
        }
        let found = site.of_log(&[&["grep", "-oh"], filter].concat());
        let mut found: Vec<_> = found.lines().collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected, "{filter:?}");
    }
    assert_eq!(site.of_log(&["grep", "-oh", "--unknown"]), "UPD4_FAIL_999\n");
    let by_day = site.json(&["summary", "--by", "day", "--status", "skipped"]);
    assert_eq!(by_day["counts"][0]["skipped"], 1);
}

#[test]
fn outcomes_follow_the_status_of_the_site() {
    let site = Site::new();
    let devices = site.json(&["devices"]);
    let devices = devices["devices"].as_array().unwrap_or_else(|| devices.as_array().unwrap());
    let mut outcomes: Vec<_> = devices
        .iter()
        .map(|device| ["device", "outcome", "reason"].map(|name| device[name].as_str().unwrap_or_default()))
        .collect();
    outcomes.sort_unstable();
    assert_eq!(
        outcomes,
        [
            ["d1", "failed", "UPD4_FAIL_310"],
            ["d2", "updated", ""],
            ["d3", "skipped", "SYS_900"],
            ["d4", "failed", "UPD4_FAIL_901"],
            ["d5", "failed", "UPD4_FAIL_504"],
            ["d6", "failed", "UPD4_FAIL_999"],
        ]
    );
    let text =
        |device: &str| devices.iter().find(|row| row["device"] == device).unwrap()["portal_text"].clone();
    assert_eq!((text("d1"), text("d4")), ("Battery below 20 %.".into(), "Pump is running".into()));
    let campaigns = &site.json(&["summary", "--devices"])["campaigns"];
    assert_eq!(row(&campaigns[0]["failed_by"], "UPD4_FAIL_901")["corrective_action"], "Wait for the pump.");
    assert_eq!(row(&campaigns[0]["skipped_by"], "SYS_900")["portal_text"], "Left out by the site");
    let history = site.of_log(&["devices", "--device", "d4", "--history"]);
    assert!(history.contains("fail") && history.contains("Wait for the pump."), "{history}");
}

#[test]
fn every_command_tells_what_the_site_says() {
    let site = Site::new();
    for (text, expected) in [
        (site.of_log(&["annotate"]), "↳ UPD4_FAIL_901 fail: Pump is running → Wait for the pump.\n"),
        (site.of_log(&["annotate"]), "↳ SYS_901 info\n"),
        (
            site.of_log(&["annotate", "--json"]),
            r#"{"code":"UPD9_DONE_1","status":"success","portal_text":null,"#,
        ),
        (site.of_log(&["report"]), "Wait for the pump."),
        (site.of_log(&["summary", "--format", "openmetrics"]), r#"{code="SYS_900",status="skipped"} 1"#),
        (site.of_log(&["summary", "--compare", site.log().to_str().unwrap()]), "UPD9_DONE_1"),
        (site.of_log(&["grep", "--json", "SYS_900"]), r#""portal_text":"Left out by the site""#),
        (
            site.of_codes(&["explain", "upd4_fail_901"]),
            "UPD4_FAIL_901  fail  update-writing\n  Portal text        Pump is running\n",
        ),
        (site.of_codes(&["explain", "upd4_fail_901"]), "Source             the site's codes\n"),
        (site.of_codes(&["explain", "UPD4_FAIL_310"]), "Explanation        The application refused.\n"),
        (site.of_codes(&["explain", "--text", "battery BELOW 20 %"]), "UPD4_FAIL_310"),
        (
            site.of_codes(&["explain", "SYS_900-901", "--format", "csv"]),
            "SYS_901,info,service-generated,SYS,",
        ),
        (site.of_codes(&["list", "pump"]), "UPD4_FAIL_901"),
        (site.of_codes(&["list", "--status", "success", "--format", "json"]), r#""family": "UPD9""#),
        (site.of_codes(&["export", "json"]), "\"UPD4_FAIL_901\": {\n"),
        (site.of_codes(&["export", "fluent-bit"]), "SYS_900,skipped: Left out by the site\n"),
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in {text}");
    }
    let mut watch = eventcodes();
    watch.args(["watch", "--format", "ndjson", "--site-codes"]).arg(site.codes());
    let output = watch.write_stdin(fs::read(site.log()).unwrap()).output().unwrap();
    let last: Value =
        serde_json::from_slice(output.stdout.split(|byte| *byte == b'\n').nth_back(1).unwrap()).unwrap();
    assert_eq!((&last["failures"], &last["updated"], &last["skipped"]), (&json!(5), &json!(1), &json!(1)));
    let mut reply = eventcodes();
    reply.args(["annotate", "--reply", "json", "--site-codes"]).arg(site.codes());
    let output = reply.write_stdin("a UPD4_FAIL_901\n").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("Wait for the pump."));
    let mut nearest = eventcodes();
    nearest.args(["explain", "UPD4_FIAL_901", "--site-codes"]).arg(site.codes());
    nearest
        .assert()
        .code(1)
        .stderr("eventcodes: \"UPD4_FIAL_901\" is not a known code; did you mean UPD4_FAIL_901?\n");
}

#[test]
fn a_file_is_found_by_option_variable_or_place() {
    let site = Site::new();
    let write = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, CODES.replace("Pump is running", text)).unwrap();
    };
    let directory = site.directory.path();
    let (option, variable) = (directory.join("option.csv"), directory.join("variable.csv"));
    write(&option, "by option");
    write(&variable, "by variable");
    write(&directory.join("config/eventcodes/site-codes.csv"), "by place");
    write(&directory.join("home/.config/eventcodes/site-codes.csv"), "at home");
    let text = |set: &dyn Fn(&mut assert_cmd::Command)| {
        let mut command = eventcodes();
        command.args(["explain", "UPD4_FAIL_901"]).env("XDG_CONFIG_HOME", directory.join("config"));
        set(&mut command);
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        output.lines().nth(1).map(|line| line.trim_start_matches("  Portal text").trim().to_owned())
    };
    let variable_set = |command: &mut assert_cmd::Command| {
        command.env("EVENTCODES_SITE_CODES", &variable);
    };
    assert_eq!(text(&|_| ()).as_deref(), Some("by place"));
    assert_eq!(text(&variable_set).as_deref(), Some("by variable"));
    let both = |command: &mut assert_cmd::Command| {
        variable_set(command);
        command.arg("--site-codes").arg(&option);
    };
    assert_eq!(text(&both).as_deref(), Some("by option"));
    let empty = |command: &mut assert_cmd::Command| {
        command.env("EVENTCODES_SITE_CODES", "");
    };
    assert_eq!(text(&empty).as_deref(), Some("by place"));
    let home = |command: &mut assert_cmd::Command| {
        command.env_remove("XDG_CONFIG_HOME").env("HOME", directory.join("home"));
    };
    assert_eq!(text(&home).as_deref(), Some("at home"));
}

#[test]
fn every_error_of_the_file_is_reported_before_anything_is_read() {
    let site = Site::new();
    let wrong = site.directory.path().join("wrong.csv");
    let rows = "UPD4_FAIL_310,general,info,document,x,,\nUPD4_FAIL_901,general,fail,document,x,,\nNOCODE,general,fail,service,x,,\n";
    fs::write(&wrong, format!("{}\n{rows}", CODES.lines().next().unwrap())).unwrap();
    for arguments in [&["summary"][..], &["list"], &["annotate"], &["grep", "*"]] {
        let mut command = eventcodes();
        command.args(arguments).arg("--site-codes").arg(&wrong).write_stdin("SYS_105\n");
        let output = command.assert().code(2).stdout("").get_output().stderr.clone();
        let message = String::from_utf8(output).unwrap();
        let places = ["2: column `section`", "2: column `status`", "3: column `source`", "4: column `code`"];
        assert_eq!(message.lines().count(), places.len(), "{message}");
        for (line, place) in message.lines().zip(places) {
            assert!(line.starts_with(&format!("eventcodes: {}:{place}: ", wrong.display())), "{message}");
        }
    }
    let missing =
        eventcodes().args(["list", "--site-codes", "missing.csv"]).assert().code(2).get_output().clone();
    assert!(
        String::from_utf8_lossy(&missing.stderr)
            .starts_with("eventcodes: missing.csv: cannot be read: No such file")
    );
    eventcodes().args(["man"]).env("EVENTCODES_SITE_CODES", "missing.csv").assert().success();
}
