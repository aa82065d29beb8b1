//! `eventcodes summary` end to end.

use std::fs;
use std::path::PathBuf;

use crate::common::{count, eventcodes, sample, summary_counts};

const SAMPLES: [&str; 3] = ["device-events.ndjson", "portal-export.csv", "gateway-syslog.log"];

fn stdout(command: &mut assert_cmd::Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

fn samples() -> [PathBuf; 3] {
    SAMPLES.map(sample)
}

#[test]
fn counts_what_a_naive_search_counts() {
    for path in samples() {
        let expected = count(&fs::read(&path).unwrap());
        assert!(expected.len() > 5, "{}", path.display());
        let summary = stdout(eventcodes().args(["summary", "--format", "json"]).arg(&path));
        assert_eq!(summary_counts(summary.as_bytes()), expected, "{}", path.display());
    }
}

#[test]
fn adds_files_up_and_reads_standard_input() {
    let all: Vec<u8> = samples().iter().flat_map(|path| fs::read(path).unwrap()).collect();
    let files = stdout(eventcodes().args(["summary", "--format", "json"]).args(samples()));
    let input = stdout(eventcodes().args(["summary", "--format", "json"]).write_stdin(all.clone()));
    assert_eq!(summary_counts(files.as_bytes()), count(&all));
    assert_eq!(files, input);
}

#[test]
fn a_dash_is_standard_input_among_files() {
    let summary = stdout(
        eventcodes()
            .args(["summary", "--format", "json", "-"])
            .arg(sample(SAMPLES[2]))
            .write_stdin("SYS_125"),
    );
    let mut expected = count(&fs::read(sample(SAMPLES[2])).unwrap());
    expected.insert("SYS_125".to_owned(), 1);
    assert_eq!(summary_counts(summary.as_bytes()), expected);
}

#[test]
fn the_table_has_every_part() {
    let input = "UPD4_FAIL_207 UPD4_FAIL_207 SYS_110 SYS_111 SYS_112 UPD4_FAIL_999";
    let table = stdout(eventcodes().arg("summary").write_stdin(input));
    let expected = "\
code           count  status   portal text                                            corrective action
UPD4_FAIL_207      2  fail     Manifest rejected, integrity check failed (hash error)  Manifest was edited or corrupted in transit. Retry.
SYS_110            1  skipped  Device already at desired state.

Roll-ups: the service's verdict on a device, beside the device's own reason
code     count  status   portal text                            corrective action
SYS_111      1  fail     Device failed to reach desired state.
SYS_112      1  success  Device reached desired state.

Uncatalogued codes
code           count  status
UPD4_FAIL_999      1  fail

Totals
success  fail  info  skipped  roll-ups  unknown status  uncatalogued of these
      0     3     0        1         2               0                      1
";
    let spaces_collapsed = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(spaces_collapsed(&table), spaces_collapsed(expected));
}

#[test]
fn most_frequent_first_and_top_says_what_it_hides() {
    let input = "SYS_105 SYS_106 SYS_106 SYS_107 SYS_107 SYS_107";
    let table = stdout(eventcodes().args(["summary", "--top", "2"]).write_stdin(input));
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0], "The 2 most frequent of 3");
    assert!(lines[2].starts_with("SYS_107"), "{table}");
    assert!(lines[3].starts_with("SYS_106"), "{table}");
    assert!(!table.contains("SYS_105"), "{table}");
}

#[test]
fn csv_holds_roll_ups_and_uncatalogued_codes_too() {
    let csv = stdout(
        eventcodes()
            .args(["summary", "--format", "csv"])
            .write_stdin("UPD4_FAIL_225 SYS_111 SYS_999 UPD4_FAIL_225"),
    );
    assert_eq!(
        csv,
        "\
code,count,status,portal_text,corrective_action
UPD4_FAIL_225,2,fail,\"Manifest processing error, insufficient storage\",Check device storage.
SYS_111,1,fail,Device failed to reach desired state.,
SYS_999,1,,,
"
    );
}

#[test]
fn groups_add_their_codes_up_without_roll_ups() {
    let input = "UPD4_FAIL_301 UPD4_FAIL_302 UPD1_FAIL_2 SYS_111 UPD4_OK_100 SYS_8";
    let rows = |by| {
        let csv = stdout(eventcodes().args(["summary", "--format", "csv", "--by", by]).write_stdin(input));
        csv.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows("status"), ["status,count", "fail,3", "success,1", "SYS_111,1", "SYS_8,1"]);
    assert_eq!(rows("family"), ["family,count", "UPD4,3", "UPD1,1", "SYS_111,1", "SYS_8,1"]);
    assert_eq!(
        rows("section"),
        ["section,count", "update-fetching,2", "update,1", "lwm2m-standard-object,1", "SYS_111,1", "SYS_8,1"]
    );
}

#[test]
fn filters_keep_what_may_be_meant() {
    let input = "UPD4_FAIL_301 UPD4_FAIL_207 UPD4_OK_100 SYS_111 UPD4_FAIL_999 SYS_999";
    let codes = |arguments: &[&str]| {
        let json =
            stdout(eventcodes().args(["summary", "--format", "json"]).args(arguments).write_stdin(input));
        summary_counts(json.as_bytes()).into_keys().collect::<Vec<_>>()
    };
    // Nobody knows the status of an uncatalogued code, so it stays.
    assert_eq!(
        codes(&["--status", "fail"]),
        ["SYS_111", "SYS_999", "UPD4_FAIL_207", "UPD4_FAIL_301", "UPD4_FAIL_999"]
    );
    assert_eq!(codes(&["--family", "SYS"]), ["SYS_111", "SYS_999"]);
    assert_eq!(codes(&["--code", "upd4_fail_3*,*_207"]), ["UPD4_FAIL_207", "UPD4_FAIL_301"]);
    assert_eq!(
        codes(&["--section", "update-fetching", "--code", "UPD*"]),
        ["UPD4_FAIL_301", "UPD4_FAIL_999"]
    );
}

#[test]
fn a_missing_file_is_one_line_and_the_others_are_read() {
    let output = eventcodes()
        .args(["summary", "--format", "json", "no-such-file.log"])
        .arg(sample(SAMPLES[0]))
        .assert()
        .code(2)
        .get_output()
        .clone();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "eventcodes: no-such-file.log: No such file or directory\n"
    );
    assert_eq!(summary_counts(&output.stdout), count(&fs::read(sample(SAMPLES[0])).unwrap()));
}

#[test]
fn a_wrong_option_exits_with_2() {
    eventcodes().args(["summary", "--status", "broken"]).assert().code(2);
    eventcodes().args(["summary", "--format", "xml"]).assert().code(2);
}

#[test]
fn colour_only_where_it_is_wanted() {
    let plain = stdout(eventcodes().arg("summary").write_stdin("SYS_105"));
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    let coloured = stdout(eventcodes().args(["summary", "--color", "always"]).write_stdin("SYS_105"));
    assert!(coloured.contains('\u{1b}'), "{coloured:?}");
}

#[test]
fn codes_across_the_edges_of_buffers_and_pieces_are_counted_once() {
    // Neither 256 KiB nor 4 MiB is a multiple of the length of the pattern: edges fall into codes.
    let pattern = b"UPD4_FAIL_207 xUPD4_FAIL_207 ";
    let input = pattern.repeat((5 << 20) / pattern.len());
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &input).unwrap();
    let expected = count(&input);
    assert!(expected["UPD4_FAIL_207"] > 180_000);
    for arguments in [&["summary", "--format", "json"][..], &["summary", "--devices", "--format", "json"]] {
        let summary = stdout(eventcodes().args(arguments).arg(file.path()));
        assert_eq!(summary_counts(summary.as_bytes()), expected, "{arguments:?}");
    }
}

#[test]
fn times_show_since_when_without_counting_devices() {
    let log = "2025-08-29T08:00:00Z SYS_105\n2025-08-29T07:00:00Z SYS_105\n2025-08-30T00:00:00Z SYS_105 SYS_140\nSYS_140\n";
    let output =
        eventcodes().args(["summary", "--times", "--format", "csv"]).write_stdin(log).assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert!(text.starts_with("code,count,status,first_seen,last_seen,"), "{text}");
    assert!(text.contains("SYS_105,3,info,2025-08-29T07:00:00Z,2025-08-30T00:00:00Z,"), "{text}");
    assert!(text.contains("SYS_140,2,,2025-08-30T00:00:00Z,2025-08-30T00:00:00Z,"), "{text}");
}
