//! What an input is made of: compressed data, other encodings, and what holds no lines at all.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::common::{eventcodes, program, summary_counts};

/// Compressed by the tools of each format, of [`PLAIN`].
const COMPRESSED: [(&str, &[u8]); 6] = [
    ("gzip", include_bytes!("compressed/events.gz")),
    ("bzip2", include_bytes!("compressed/events.bz2")),
    ("xz", include_bytes!("compressed/events.xz")),
    ("lz4", include_bytes!("compressed/events.lz4")),
    ("zstd", include_bytes!("compressed/events.zst")),
    ("pzstd", include_bytes!("compressed/events.pzstd")),
];
const PLAIN: &str = "UPD4_FAIL_207 first\nSYS_105 second\n";

const ARGUMENTS: [&[&str]; 3] =
    [&["summary", "--format", "json"], &["summary", "--devices", "--format", "json"], &["grep", "*"]];

fn run(arguments: &[&str], path: &Path) -> Output {
    eventcodes().env("SOURCE_DATE_EPOCH", "0").args(arguments).arg(path).output().unwrap()
}

/// What the command makes of `bytes` as a file, in which standard input gives the same; the file is
/// called standard input.
fn file_and_pipe(arguments: &[&str], bytes: &[u8]) -> Output {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let name = file.path().display().to_string();
    let renamed =
        |text: Vec<u8>| String::from_utf8_lossy(&text).replace(&name, "standard input").into_bytes();
    let mut of_file = run(arguments, file.path());
    (of_file.stdout, of_file.stderr) = (renamed(of_file.stdout), renamed(of_file.stderr));
    let of_pipe =
        eventcodes().env("SOURCE_DATE_EPOCH", "0").args(arguments).write_stdin(bytes).output().unwrap();
    assert_eq!(of_file, of_pipe, "{arguments:?}");
    of_file
}

#[test]
fn every_compression_is_known_by_content() {
    for (name, bytes) in COMPRESSED {
        for arguments in ARGUMENTS {
            let expected = file_and_pipe(arguments, PLAIN.as_bytes()).stdout;
            let output = file_and_pipe(arguments, bytes);
            assert_eq!(output.stdout, expected, "{name} {arguments:?}");
            assert_eq!(output.status.code(), Some(0), "{name}");
        }
    }
}

#[test]
fn members_follow_each_other_whatever_compressed_them() {
    let members: Vec<u8> = COMPRESSED.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
    let padded = [&members[..], &[0; 1000]].concat();
    for bytes in [members, padded] {
        let output = file_and_pipe(&["grep", "*"], &bytes);
        assert_eq!(String::from_utf8(output.stdout).unwrap(), PLAIN.repeat(COMPRESSED.len()));
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn truncated_compressed_data_is_one_line_and_2() {
    for (name, bytes) in COMPRESSED {
        // Every place in what ends a format, and some in the data.
        for cut in (1..bytes.len() / 2).filter(|cut| *cut <= 12 || cut % 5 == 0) {
            let output = file_and_pipe(&["grep", "*"], &bytes[..bytes.len() - cut]);
            let message = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{name} without the last {cut} bytes: {message}");
            assert!(message.ends_with(": truncated: the compressed data ends early\n"), "{name}: {message}");
            assert_eq!(message.lines().count(), 1, "{name}: {message}");
        }
    }
}

#[test]
fn other_bytes_after_compressed_data_are_one_line_and_2() {
    for (name, bytes) in COMPRESSED {
        let output = file_and_pipe(&["grep", "*"], &[bytes, b"SYS_106 plain\n"].concat());
        assert_eq!(output.stdout, PLAIN.as_bytes(), "{name}");
        assert_eq!(output.status.code(), Some(2), "{name}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.ends_with("the compressed data is followed by other bytes, which are not read\n"));
    }
}

#[test]
fn what_is_compressed_twice_is_refused() {
    for (name, bytes) in COMPRESSED {
        let twice = zstd::encode_all(bytes, 3).unwrap();
        let output = file_and_pipe(&["summary"], &twice);
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            message.ends_with(
                "not read: it is compressed twice: decompress it once first\neventcodes: no event code found\n"
            ),
            "{message}"
        );
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}

#[test]
fn what_holds_no_lines_is_refused_by_name() {
    let mut tar = vec![0; 10_240];
    tar[..10].copy_from_slice(b"events.log");
    tar[257..262].copy_from_slice(b"ustar");
    for (name, bytes) in [
        ("a Parquet file, which event-codes-sql reads", b"PAR1\x15\x04\x15 SYS_105\n".to_vec()),
        ("a zip archive", b"PK\x03\x04\x14\0\0\0 SYS_105".to_vec()),
        ("a tar archive", tar.clone()),
        ("a tar archive", zstd::encode_all(&tar[..], 3).unwrap()),
        ("an ELF program", b"\x7fELF\x02\x01\x01\0\nSYS_105".to_vec()),
        ("a PNG image", b"\x89PNG\r\n\x1a\nSYS_105".to_vec()),
        ("a SQLite database", b"SQLite format 3\0\nSYS_105".to_vec()),
        ("text in UTF-32", b"\xff\xfe\0\0S\0\0\0".to_vec()),
    ] {
        for arguments in [&["summary", "--format", "json"][..], &["report"], &["grep", "*"], &["annotate"]] {
            let output = file_and_pipe(arguments, &bytes);
            let message = String::from_utf8(output.stderr).unwrap();
            assert!(message.contains(&format!("not read: it is {name}")), "{name} {arguments:?}: {message}");
            assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}");
        }
    }
}

#[test]
fn utf16_is_read_as_text() {
    let text = format!("{PLAIN}é {{\"event_type\":\"SYS_106\"}}\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        [&b"\xff\xfe"[..], &little].concat(),
        [&b"\xfe\xff"[..], &big].concat(),
        zstd::encode_all(&[&b"\xff\xfe"[..], &little].concat()[..], 3).unwrap(),
        little,
        big,
    ] {
        for arguments in ARGUMENTS {
            let expected = file_and_pipe(arguments, text.as_bytes()).stdout;
            assert_eq!(file_and_pipe(arguments, &bytes).stdout, expected, "{arguments:?}");
        }
    }
}

#[test]
fn bytes_that_trickle_in_are_what_they_are_at_once() {
    let utf16: Vec<u8> = PLAIN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in COMPRESSED.iter().map(|(_, bytes)| *bytes).chain([PLAIN.as_bytes(), &utf16]) {
        let mut child =
            program().args(["grep", "*"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        for byte in bytes {
            input.write_all(&[*byte]).unwrap();
            std::thread::sleep(Duration::from_micros(100));
        }
        drop(input);
        assert_eq!(child.wait_with_output().unwrap().stdout, PLAIN.as_bytes());
    }
}

#[test]
fn standard_input_named_twice_is_read_once() {
    let lines = "UPD4_FAIL_207\n".repeat(100_000);
    let output =
        eventcodes().args(["summary", "--format", "json", "-", "-"]).write_stdin(lines).output().unwrap();
    let counts = summary_counts(&output.stdout);
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("UPD4_FAIL_207".to_owned(), 100_000)]);
}

#[test]
fn the_output_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.log"), "SYS_105\n").unwrap();
    let page = directory.path().join("page.html");
    let mut pages = Vec::new();
    for _ in 0..2 {
        let mut report = eventcodes();
        report.arg("report").arg(directory.path()).arg("-o").arg(&page).assert().success();
        pages.push(fs::read_to_string(&page).unwrap());
    }
    assert_eq!(pages[0], pages[1], "the second report counts the first");
    fs::remove_file(&page).unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "a temporary file is left");

    let log = directory.path().join("out.log");
    fs::write(&log, "SYS_106\n").unwrap();
    let appended = fs::OpenOptions::new().append(true).open(&log).unwrap();
    let mut grep = Command::new(program().get_program());
    let grep = grep.args(["grep", "*"]).arg(directory.path()).stdout(appended).stderr(Stdio::piped());
    let output = grep.output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stderr).unwrap().ends_with("out.log: not read: it is the output\n"));
    let lines = fs::read_to_string(&log).unwrap();
    assert!(lines.starts_with("SYS_106\n") && lines.ends_with("a.log:SYS_105\n"), "{lines}");
}

#[cfg(unix)]
#[test]
fn a_report_replaces_the_file_that_a_link_leads_to() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let directory = tempfile::tempdir().unwrap();
    let (page, link) = (directory.path().join("page.html"), directory.path().join("link.html"));
    fs::write(&page, "old").unwrap();
    fs::set_permissions(&page, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&page, &link).unwrap();
    eventcodes().arg("report").arg("-o").arg(&link).write_stdin("SYS_105").assert().success();
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&page).unwrap().contains("SYS_105"));
    assert_eq!(page.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}
