//! `eventcodes grep` end to end.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::common::{eventcodes, program, sample};

const LOG: &str = "\
2025-08-29T08:00:00Z UPD4_FAIL_303 a
2025-08-29T09:00:00Z nothing
2025-08-29T10:00:00Z SYS_105 and UPD4_FAIL_301
undated UPD4_FAIL_999
";

/// What is printed for `LOG`, and the exit status.
fn grep(arguments: &[&str]) -> (String, i32) {
    let output = eventcodes().arg("grep").args(arguments).write_stdin(LOG).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

fn lines(numbers: &[usize]) -> String {
    let lines: Vec<_> = LOG.lines().collect();
    numbers.iter().map(|&number| format!("{}\n", lines[number - 1])).collect()
}

#[test]
fn prints_the_records_that_match() {
    assert_eq!(grep(&["*"]), (lines(&[1, 3, 4]), 0));
    assert_eq!(grep(&["UPD4_FAIL_3*,SYS_1??"]), (lines(&[1, 3]), 0));
    assert_eq!(grep(&["upd4_fail_303", "-"]), (lines(&[1]), 0));
    assert_eq!(grep(&["--status", "fail", "--section", "update-fetching"]), (lines(&[1, 3]), 0));
    assert_eq!(grep(&["--status", "info"]), (lines(&[3]), 0));
    assert_eq!(grep(&["--code", "upd4_fail_3?3"]), (lines(&[1]), 0));
    assert_eq!(grep(&["--code", "UPD4_FAIL_*"]), (lines(&[1, 3, 4]), 0));
    assert_eq!(grep(&["--unknown"]), (lines(&[4]), 0));
    assert_eq!(grep(&["--family", "SYS"]), (lines(&[3]), 0));
    assert_eq!(grep(&["--status", "skipped"]), (String::new(), 1));
}

#[test]
fn counts_numbers_and_bare_codes() {
    assert_eq!(grep(&["-c", "*"]), ("3\n".to_owned(), 0));
    assert_eq!(grep(&["-c", "--status", "skipped"]), ("0\n".to_owned(), 1));
    assert_eq!(
        grep(&["-o", "--status", "fail"]),
        ("UPD4_FAIL_303\nUPD4_FAIL_301\nUPD4_FAIL_999\n".to_owned(), 0)
    );
    assert_eq!(
        grep(&["-n", "-o", "--family", "UPD4"]).0,
        "1:UPD4_FAIL_303\n3:UPD4_FAIL_301\n4:UPD4_FAIL_999\n"
    );
}

#[test]
fn times_bound_what_is_searched_and_what_has_none_is_told() {
    let output = eventcodes().args(["grep", "--since", "2025-08-29T09:00"]).write_stdin(LOG).assert().code(0);
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), lines(&[3]));
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: skipped 1 code: no timestamp in its record\n"
    );
    assert_eq!(grep(&["--until", "2025-08-29T09:00Z"]).0, lines(&[1]));
    assert_eq!(grep(&["--since", "2025-08-30"]).1, 1);
}

#[test]
fn a_record_of_a_page_is_an_event() {
    let page = r#"{"object":"list","data":[
  {"id":"1","event_type":"SYS_105",
   "changes":{}},
  {"id":"2","event_type":"UPD4_FAIL_303"}
],"has_more":false}"#;
    let output = eventcodes().args(["grep", "-n", "*"]).write_stdin(page).assert().success();
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stdout),
        "2:{\"id\":\"1\",\"event_type\":\"SYS_105\",\n   \"changes\":{}}\n4:{\"id\":\"2\",\"event_type\":\"UPD4_FAIL_303\"}\n"
    );
}

#[test]
fn every_code_of_a_broken_page_is_printed_once() {
    let event = |code| format!("{{\"event_type\":\"{code}\",\"device_id\":\"m1\"}}");
    let page = format!(
        "{{\"note\":\"SYS_105\",\"data\":[\n{},\n{{\"x\":\"SYS_107\",\"in\":{}}},\n\"SYS_109\",\n{{\"open\":\"SYS_110\",\n{}\n]\n",
        event("SYS_106"),
        event("SYS_108"),
        event("SYS_111"),
    );
    let output = eventcodes().args(["grep", "-o", "SYS_*"]).write_stdin(page).output().unwrap();
    let mut codes: Vec<_> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
    codes.sort_unstable();
    assert_eq!(codes, ["SYS_105", "SYS_106", "SYS_107", "SYS_108", "SYS_109", "SYS_110", "SYS_111"]);
}

#[test]
fn files_of_several_are_named_and_a_missing_one_is_trouble() {
    let log = sample("gateway-syslog.log");
    let output = eventcodes().args(["grep", "--unknown", "-o", "missing"]).arg(&log).assert().code(2);
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), format!("{}:SYS_140\n", log.display()));
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: missing: No such file or directory\n"
    );
}

#[test]
fn agrees_with_a_search_for_words() {
    let events = fs::read_to_string(sample("device-events.ndjson")).unwrap();
    let expected: String = events
        .lines()
        .filter(|line| line.contains("\"UPD4_FAIL_218\""))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(expected.lines().count() > 1);
    let output =
        eventcodes().args(["grep", "--code", "UPD4_FAIL_218"]).arg(sample("device-events.ndjson")).assert();
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), expected);
}

#[test]
fn a_record_too_long_to_keep_is_counted_and_said_not_to_be_printed() {
    let mut input = vec![b' '; 17 << 20];
    input.extend_from_slice(b"SYS_105\nSYS_106\n");
    let output = eventcodes().args(["grep", "*"]).write_stdin(input.clone()).assert().code(2);
    assert_eq!(output.get_output().stdout, b"SYS_106\n");
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: standard input: the record in line 1 matches and is too long to be shown\n"
    );
    eventcodes().args(["grep", "-c", "*"]).write_stdin(input).assert().code(0).stdout("2\n");
}

/// A pseudo-random sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Lines of which about one in `sparsity` holds the code `SYS_111`, and some are empty.
fn write_lines(path: &Path, count: u64, sparsity: u64, seed: u64) {
    let mut random = Random(seed);
    let mut text = String::new();
    for line in 0..count {
        match random.below(sparsity * 4) {
            0..3 => text.push_str(&format!("{line} SYS_111 here, and SYS_111 again")),
            3 => text.push_str("SYS_111"),
            4 => {}
            5 => text.push_str(&format!("{line} SYS_1111 SYS_112 XSYS_111")),
            _ => text.push_str(&format!("{line} nothing to see")),
        }
        text.push('\n');
    }
    fs::write(path, text).unwrap();
}

/// What a program prints in `directory`, and its exit status.
fn printed(
    mut command: Command,
    directory: &Path,
    arguments: &[&str],
    files: &[&str],
) -> (String, Option<i32>) {
    let output =
        command.args(arguments).arg("SYS_111").args(files).current_dir(directory).env("LC_ALL", "C").output();
    let output = output.unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

fn agrees_with_grep(directory: &Path, arguments: &[&str], files: &[&str]) {
    let mut other = Command::new("grep");
    other.arg("-w");
    let mut own = program();
    own.arg("grep");
    let expected = printed(other, directory, arguments, files);
    let actual = printed(own, directory, arguments, files);
    assert!(actual == expected, "{arguments:?} {files:?}: {actual:?} instead of {expected:?}");
}

#[test]
fn options_mean_what_they_mean_to_grep() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    for (name, count, sparsity) in
        [("dense", 40, 2), ("sparse", 200, 12), ("none", 3, 1_000_000), ("empty", 0, 1)]
    {
        write_lines(&directory.join(name), count, sparsity, count);
    }
    fs::write(directory.join("unended"), "a\nSYS_111").unwrap();
    let outputs: [&[&str]; 6] = [&[], &["-n"], &["-c"], &["-l"], &["-L"], &["-on"]];
    let contexts: [&[&str]; 6] = [&[], &["-C1"], &["-A2"], &["-B3"], &["-A1", "-B0"], &["-C0"]];
    for (index, output) in outputs.into_iter().enumerate() {
        for context in if index < 2 { &contexts[..] } else { &contexts[..1] } {
            for further in [&[][..], &["-v"], &["-m2"], &["-v", "-m3"]] {
                let arguments = [output, context, further].concat();
                agrees_with_grep(directory, &arguments, &["dense", "sparse", "none", "empty", "unended"]);
            }
        }
    }
    for arguments in [&["-h"][..], &["-H"], &["-q"], &["-qv"], &["-H", "-h"], &["-h", "-H", "-c"]] {
        agrees_with_grep(directory, arguments, &["sparse"]);
        agrees_with_grep(directory, arguments, &["none", "dense"]);
        agrees_with_grep(directory, arguments, &["none"]);
    }
}

#[test]
fn what_threads_find_is_put_together_as_one_would_find_it() {
    let directory = tempfile::tempdir().unwrap();
    // Several shares, with and without matches in each.
    write_lines(&directory.path().join("large"), 60_000, 8_000, 1);
    write_lines(&directory.path().join("larger"), 60_000, 5, 2);
    for arguments in
        [&["-n"][..], &["-nC3"], &["-B2000"], &["-A2000", "-B1"], &["-vc"], &["-nvm3"], &["-A30000"]]
    {
        agrees_with_grep(directory.path(), arguments, &["large", "larger"]);
    }
}

#[test]
fn whoever_names_no_codes_gets_a_hint_and_no_search() {
    let log = sample("gateway-syslog.log");
    let log = log.to_str().unwrap();
    for (arguments, hint) in [
        (&[][..], "which codes?"),
        (&[log], "is no pattern of codes; for every record that holds a code"),
        (&["--", log], "which codes?"),
        (&["--status", "fail", "UPD4_FAIL_30-3", log], "did you mean UPD4_FAIL_303?"),
        (&["UDP4_FAIL_303", log], "\"UDP4_FAIL_303\" is no pattern of codes; did you mean UPD4_FAIL_303?"),
    ] {
        let output = eventcodes().arg("grep").args(arguments).write_stdin(LOG).assert().code(2).stdout("");
        let message = String::from_utf8_lossy(&output.get_output().stderr);
        assert!(message.contains(hint), "{message}");
    }
    // Whatever stands behind the dashes is a path.
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("SYS_1"), "SYS_105\nSYS_1\n").unwrap();
    let own = |arguments: &[&str]| {
        let output = program().arg("grep").args(arguments).current_dir(directory.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(own(&["--status", "info", "--", "SYS_1"]), "SYS_105\n");
    assert_eq!(own(&["SYS_1", "--", "SYS_1"]), "SYS_1\n");
    assert_eq!(own(&["--code", "SYS_1", "SYS_1"]), "SYS_1\n");
}

#[test]
fn records_that_are_not_selected() {
    assert_eq!(grep(&["-v", "SYS_105"]), (lines(&[1, 2, 4]), 0));
    assert_eq!(grep(&["-v", "*"]), (lines(&[2]), 0));
    let page = r#"{"data":[
{"id":"1","event_type":"SYS_105"},
{"id":"2","event_type":"UPD4_FAIL_303"}]}"#;
    let output = eventcodes().args(["grep", "-v", "SYS_*"]).write_stdin(page).assert().success();
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stdout),
        "{\"id\":\"2\",\"event_type\":\"UPD4_FAIL_303\"}\n"
    );
}

#[test]
fn records_that_are_not_selected_are_in_the_time_range_too() {
    assert_eq!(grep(&["-v", "SYS_105", "--since", "2025-08-29T09:00"]), (lines(&[2]), 0));
    assert_eq!(grep(&["-v", "UPD4_FAIL_303", "--until", "2025-08-29T10:00"]), (lines(&[2]), 0));
    assert_eq!(grep(&["-v", "UPD4_FAIL_303", "--since", "2025-08-29T10:00"]), (lines(&[3]), 0));
    assert_eq!(grep(&["-v", "*", "--since", "2025-08-29T09:30"]), (String::new(), 1));
    let output = eventcodes()
        .args(["grep", "-v", "SYS_105", "--since", "2025-08-29T09:00"])
        .write_stdin(LOG)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "eventcodes: skipped 1 record: it has no timestamp\n"
    );
    // Objects and rows have their times in fields, whether they hold a code or not.
    for (input, expected) in [
        (
            "{\"date_time\":\"2025-08-29T06:00:00Z\",\"message\":\"a\"}\n\
             {\"date_time\":\"2025-08-29T07:00:00Z\",\"message\":\"b\"}\n\
             {\"date_time\":\"2025-08-29T07:00:00Z\",\"event_type\":\"SYS_105\"}\n",
            "{\"date_time\":\"2025-08-29T07:00:00Z\",\"message\":\"b\"}\n",
        ),
        (
            "date_time,event_type,device_id\n2025-08-29T07:00:00Z,SYS_105,a\n\
             2025-08-29T06:00:00Z,SYS_106,b\n2025-08-29T07:00:00Z,UPD4_FAIL_303,c\n2025-08-29T07:00:00Z,,d\n",
            "2025-08-29T07:00:00Z,UPD4_FAIL_303,c\n2025-08-29T07:00:00Z,,d\n",
        ),
    ] {
        let arguments = ["grep", "-v", "SYS_*", "--since", "2025-08-29T06:30"];
        eventcodes().args(arguments).write_stdin(input).assert().success().stdout(expected);
    }
}

#[test]
fn either_case_counts_where_it_is_asked_for() {
    let input = "a upd4_fail_303\nb Sys_105\nc UPD4_FAIL_303\nd upd9_new_1\n";
    let found = |arguments: &[&str]| {
        let output = eventcodes().arg("grep").args(arguments).write_stdin(input).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(found(&["*"]), "c UPD4_FAIL_303\n");
    assert_eq!(found(&["-i", "UPD4_FAIL_*"]), "a upd4_fail_303\nc UPD4_FAIL_303\n");
    assert_eq!(found(&["-i", "--status", "info"]), "b Sys_105\n");
    assert_eq!(found(&["-i", "--unknown", "--code", "upd9_*"]), "d upd9_new_1\n");
}

#[test]
fn a_status_that_the_record_states_counts_wherever_the_record_stands() {
    let event = r#"{"event_type":"SYS_140","summary_status":"FAIL","device_id":"d"}"#;
    for input in [format!("{event}\n"), format!("{event}\n{event}\n"), format!("[{event},\n{event}]")] {
        let count = |status: &str| {
            let output = eventcodes()
                .args(["grep", "-o", "--status", status])
                .write_stdin(input.clone())
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap().lines().count()
        };
        assert_eq!((count("fail"), count("info")), (input.matches("SYS_140").count(), 0), "{input}");
    }
}

#[test]
fn codes_have_the_colour_of_their_status() {
    let output = eventcodes()
        .args(["grep", "--color", "always", "UPD4_FAIL_303,SYS_112"])
        .write_stdin("x UPD4_FAIL_303 SYS_112\n")
        .assert();
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stdout),
        "x \u{1b}[1m\u{1b}[31mUPD4_FAIL_303\u{1b}[0m \u{1b}[1m\u{1b}[32mSYS_112\u{1b}[0m\n"
    );
    for arguments in [&["grep", "SYS_112"][..], &["grep", "--color", "auto", "SYS_112"]] {
        eventcodes().args(arguments).write_stdin("SYS_112\n").assert().stdout("SYS_112\n");
    }
}

#[test]
fn json_has_the_place_and_the_meaning() {
    let input = b"first\nSYS_105 \xff UPD4_FAIL_303 SYS_140\n";
    let output = eventcodes().args(["grep", "--json", "SYS_*"]).write_stdin(&input[..]).assert().success();
    let record: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(
        record,
        serde_json::json!({
            "path": "standard input",
            "line": 2,
            "codes": [
                {"code": "SYS_105", "status": "info", "portal_text": "Device deregistered.", "corrective_action": null},
                {"code": "SYS_140", "status": null, "portal_text": null, "corrective_action": null},
            ],
            "text": "SYS_105 \u{fffd} UPD4_FAIL_303 SYS_140",
            "text_was_not_utf8": true,
        })
    );
}

#[test]
fn json_escapes_what_a_terminal_obeys() {
    let text = "a\u{1b}[31mb\u{9b}31mc\u{202e}d SYS_105";
    let output = eventcodes().args(["grep", "--json", "SYS_105"]).write_stdin(text).assert().success();
    let json = std::str::from_utf8(&output.get_output().stdout).unwrap();
    assert!(json.trim_end().chars().all(|character| (' '..='~').contains(&character)), "{json:?}");
    let record: Value = serde_json::from_str(json).unwrap();
    assert_eq!(record["text"], text);
}

#[test]
fn a_search_that_has_found_enough_does_not_wait_for_more_input() {
    for (arguments, expected) in [
        (["-q", "SYS_105"], ""),
        (["-m1", "SYS_105"], "SYS_105\n"),
        (["-lm1", "SYS_105"], "standard input\n"),
    ] {
        let mut child = program()
            .arg("grep")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"SYS_105\nSYS_106\n").unwrap();
        let mut output = String::new();
        // The input stays open until the output has ended.
        child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
        assert_eq!(output, expected);
        assert!(child.wait().unwrap().success());
        drop(input);
    }
}

/// Writes lines, compressed if that is asked for, until nobody reads them any more.
fn write_without_end(mut output: impl Write, compressed: bool) {
    let line = b"2025-08-29T08:00:00Z SYS_105 here\n";
    if compressed {
        let mut output = flate2::write::GzEncoder::new(output, flate2::Compression::fast());
        while output.write_all(line).is_ok() {}
    } else {
        while output.write_all(line).is_ok() {}
    }
}

#[test]
fn an_input_without_end_is_left_as_soon_as_it_is_decided() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::write(directory.join("file"), "SYS_105\nSYS_105\nSYS_105\n").unwrap();
    assert!(Command::new("mkfifo").arg(directory.join("pipe")).status().unwrap().success());
    let line = "2025-08-29T08:00:00Z SYS_105 here\n";
    for (arguments, files, expected) in [
        (&["-m1"][..], &["-"][..], line.to_owned()),
        (&["-q"], &["-", "pipe"], String::new()),
        (&["-l"], &["-", "file", "pipe"], "standard input\nfile\npipe\n".to_owned()),
        (&["-L"], &["pipe", "-"], String::new()),
        (&["-cm2"], &["pipe", "file", "-"], "pipe:2\nfile:2\nstandard input:2\n".to_owned()),
        (&["-hm1", "--since", "2025-08-29"], &["pipe", "-"], line.repeat(2)),
        (&["-hm1", "-A1"], &["pipe", "-"], format!("{line}{line}--\n{line}{line}")),
    ] {
        for compressed in [false, true] {
            let mut child = program()
                .args(["grep", "SYS_105"])
                .args(arguments)
                .args(files)
                .current_dir(directory)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let input = child.stdin.take().unwrap();
            let mut writers = vec![thread::spawn(move || write_without_end(input, compressed))];
            if files.contains(&"pipe") && arguments != ["-q"] {
                let pipe = directory.join("pipe");
                writers.push(thread::spawn(move || {
                    write_without_end(fs::OpenOptions::new().write(true).open(pipe).unwrap(), compressed);
                }));
            }
            let mut output = String::new();
            child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
            assert_eq!(output, expected, "{arguments:?} {files:?}");
            child.wait().unwrap();
            writers.into_iter().for_each(|writer| writer.join().unwrap());
        }
    }
}

#[test]
fn an_input_that_is_decided_holds_up_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "SYS_105\n").unwrap();
    let mut child = program()
        .args(["grep", "-cm1", "SYS_105", "-"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"SYS_105\n").unwrap();
    let mut output = String::new();
    // The input stays open, and silent, until the output has ended.
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert_eq!(output, format!("standard input:1\n{}:1\n", file.display()));
    assert!(child.wait().unwrap().success());
    drop(input);
}
