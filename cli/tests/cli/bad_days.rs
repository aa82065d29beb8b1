//! What goes wrong in the lives of logs: a clear line, the right exit status, nothing lost that could
//! be kept.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_log_codes_cli::console::Messages;
use event_log_codes_cli::input;
use event_log_codes_cli::input::pool::{self, Piece, Schedule, Share};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::common::{bytes_read, count, eventcodes, program, sample, signal, summary_counts};

const SUMMARY: [&str; 3] = ["summary", "--format", "json"];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn counts_of(path: &Path) -> BTreeMap<String, u64> {
    let output = eventcodes().args(SUMMARY).arg(path).assert().success().get_output().clone();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    summary_counts(&output.stdout)
}

#[test]
fn compression_is_known_by_content() {
    let directory = tempfile::tempdir().unwrap();
    let plain = fs::read(sample("device-events.ndjson")).unwrap();
    let (first, second) = plain.split_at(plain.len() / 2);
    for (name, bytes) in [
        ("plain.gz", plain.clone()),
        ("gzip.log", gzip(&plain)),
        ("members.log", [gzip(first), gzip(second)].concat()),
        ("zstd.log", zstd(&plain)),
        ("frames.log", [zstd(first), zstd(second)].concat()),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(counts_of(&path), count(&plain), "{name}");
        let input = eventcodes().args(SUMMARY).write_stdin(bytes).assert().success().get_output().clone();
        assert_eq!(summary_counts(&input.stdout), count(&plain), "{name} as standard input");
    }
}

#[test]
fn a_truncated_gzip_file_gives_what_it_has() {
    let directory = tempfile::tempdir().unwrap();
    let plain = "SYS_105 some text\n".repeat(100_000);
    let whole = gzip(plain.as_bytes());
    let path = directory.path().join("cut.gz");
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let output = eventcodes()
        .args(SUMMARY)
        .arg(&path)
        .arg(sample("portal-export.csv"))
        .assert()
        .code(2)
        .get_output()
        .clone();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.starts_with(&format!("eventcodes: {}: ", path.display())), "{message}");
    let counts = summary_counts(&output.stdout);
    assert!((10_000..100_000).contains(&counts["SYS_105"]), "{counts:?}");
    assert!(counts.contains_key("UPD1_FAIL_2"), "the other file is read");
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["complete"], false);
}

#[test]
fn directories_are_read_to_their_depth_without_following_links() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("a/b")).unwrap();
    fs::write(directory.path().join("a/b/deep.log"), "SYS_105").unwrap();
    fs::write(directory.path().join(".hidden"), "SYS_106").unwrap();
    std::os::unix::fs::symlink(directory.path(), directory.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink("deep.log", directory.path().join("a/b/link.log")).unwrap();
    let expected = BTreeMap::from([("SYS_105".to_owned(), 1), ("SYS_106".to_owned(), 1)]);
    assert_eq!(counts_of(directory.path()), expected);
    assert_eq!(
        counts_of(&directory.path().join("a/b/link.log")).len(),
        1,
        "a link that is named is followed"
    );
}

#[test]
fn ten_thousand_files() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..10_000 {
        fs::write(directory.path().join(format!("{number}.log")), "UPD4_FAIL_207\n").unwrap();
    }
    assert_eq!(counts_of(directory.path()), BTreeMap::from([("UPD4_FAIL_207".to_owned(), 10_000)]));
}

#[test]
fn a_file_that_cannot_be_read_is_one_line() {
    // Its first page is never mapped.
    let output =
        eventcodes().args(SUMMARY).args(["/proc/self/mem"]).arg(sample("portal-export.csv")).assert().code(2);
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: /proc/self/mem: Input/output error\n"
    );
    assert!(!summary_counts(&output.get_output().stdout).is_empty());
}

#[test]
fn files_of_the_kernel_that_claim_to_be_empty_are_read() {
    let output = eventcodes()
        .args(["grep", "-c", "*", "/proc/self/environ"])
        .env("MARK", "SYS_105")
        .assert()
        .success();
    assert_eq!(output.get_output().stdout, b"1\n");
}

#[test]
fn any_bytes_are_searched() {
    let input =
        [b"\0SYS_105\0\xffSYS_106\xc3\xa9SYS_107\r\n\0".as_slice(), &[0xff; 3000], b"UPD4_FAIL_999"].concat();
    for arguments in [&SUMMARY[..], &["summary", "--devices", "--format", "json"]] {
        let output =
            eventcodes().args(arguments).write_stdin(input.clone()).assert().success().get_output().clone();
        assert_eq!(summary_counts(&output.stdout), count(&input));
        assert_eq!(count(&input).len(), 4);
    }
}

#[test]
fn a_full_disk_is_said() {
    for arguments in [
        &["list"][..],
        &["annotate", "-"],
        &["grep", "*", "-"],
        &["report", "-"],
        &["summary", "-"],
        &["man"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut child = program()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Not all of them read it; they may be gone.
        let _ = child.stdin.take().unwrap().write_all(b"SYS_105\n");
        let output = child.wait_with_output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = message.lines().last();
        assert_eq!(last, Some("eventcodes: standard output: No space left on device"), "{arguments:?}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let output = eventcodes().args(["report", "-o", "/dev/full"]).write_stdin("SYS_105").assert().code(2);
    assert!(
        String::from_utf8_lossy(&output.get_output().stderr)
            .ends_with("/dev/full: No space left on device\n"),
        "the report is not said to be written"
    );
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for arguments in
        [&["list"][..], &["annotate", "-"], &["grep", "*", "-"], &["summary", "-"], &["completions", "bash"]]
    {
        let mut child = program()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut input = child.stdin.take().unwrap();
        // It may be gone before all is written.
        let _ = input.write_all("SYS_105 and more\n".repeat(100_000).as_bytes());
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

/// Starts a run over input that does not end, most of which has been read.
fn endless(arguments: &[&str], lines: usize) -> (Child, ChildStdin) {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all("SYS_105\n".repeat(lines).as_bytes()).unwrap();
    (child, input)
}

#[test]
fn interrupted_it_tells_what_it_has() {
    const LINES: usize = 200_000;
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let (child, input) = endless(&["summary", "--format", "json", "-"], LINES);
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        drop(input);
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "eventcodes: interrupted: the result is partial\n"
        );
        let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(summary["complete"], false);
        // What is still in the pipe, and in the buffer being searched, is not there yet.
        let seen = summary_counts(&output.stdout)["SYS_105"] as usize;
        assert!((LINES / 2..=LINES).contains(&seen), "{seen}");
    }
}

#[test]
fn an_interrupted_report_is_written_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.html");
    let (child, input) = endless(&["report", "-o", path.to_str().unwrap(), "-"], 200_000);
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(130));
    assert!(fs::read_to_string(&path).unwrap().contains("This report is partial"));
}

/// Does something to a file at the moment its first bytes have been read.
struct Meddler {
    meddle: Box<dyn Fn() + Send + Sync>,
    done: AtomicBool,
    seen: Arc<AtomicU64>,
}

impl Meddler {
    fn see(&self, bytes: usize) {
        self.seen.fetch_add(bytes as u64, Ordering::Relaxed);
        if !self.done.swap(true, Ordering::Relaxed) {
            (self.meddle)();
        }
    }
}

impl pool::Worker for Meddler {
    type Cut = Anywhere;

    fn piece(&mut self, _share: Share, piece: &Piece<()>) -> io::Result<()> {
        let range = piece.range();
        let mut buffer = vec![0; (range.end - range.start) as usize];
        self.see(piece.read_at(&mut buffer, range.start));
        Ok(())
    }

    fn batches(&mut self, _share: Share, bytes: &[u8], _batches: &[(usize, ())]) -> io::Result<()> {
        self.see(bytes.len());
        Ok(())
    }

    fn end(&mut self, _share: Share) -> io::Result<()> {
        Ok(())
    }
}

/// Cuts plain files into pieces, or else into whatever is read at once.
struct Anywhere {
    in_pieces: bool,
}

impl pool::Cut for Anywhere {
    type State = ();
    type Batch = ();
    type Kind = ();
    const HEAD: usize = 0;

    fn kind(&self, _head: &[u8], _complete: bool) -> Option<()> {
        self.in_pieces.then_some(())
    }

    fn start(&self, _source: usize) {}

    fn cut(&self, (): &mut (), bytes: &[u8], _last: bool) -> Option<(usize, ())> {
        (!bytes.is_empty()).then_some((bytes.len(), ()))
    }
}

/// Bytes read of a file of 8 MiB that gets another length meanwhile, and whether anything was reported.
fn read_while_set_to(len: u64, in_pieces: bool) -> (u64, bool) {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(8 << 20).unwrap();
    let handle = file.reopen().unwrap();
    let seen = Arc::new(AtomicU64::new(0));
    let meddler = Meddler {
        meddle: Box::new(move || handle.set_len(len).unwrap()),
        done: AtomicBool::new(false),
        seen: seen.clone(),
    };
    let messages = Arc::new(Messages::default());
    let sources = input::list(&[file.path().to_owned()], None, &messages);
    let signal = pool::run(
        sources,
        Anywhere { in_pieces },
        Schedule::AnyOrder,
        vec![meddler],
        Arc::default(),
        &messages,
    );
    assert_eq!(signal.unwrap(), None);
    (seen.load(Ordering::Relaxed), messages.any())
}

#[test]
fn a_file_that_grows_is_read_as_it_was() {
    assert_eq!(read_while_set_to(64 << 20, true), (8 << 20, false));
    assert_eq!(read_while_set_to(64 << 20, false), (8 << 20, false));
}

#[test]
fn what_is_left_of_a_file_that_is_cut_is_read() {
    // In the middle of a buffer.
    let len = (1 << 20) + 1000;
    assert_eq!(read_while_set_to(len, true), (len, true));
    assert_eq!(read_while_set_to(len, false), (len, true));
}

#[test]
fn a_file_that_is_cut_is_one_line() {
    for arguments in [&["summary"][..], &["grep", "-c", "*"]] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"SYS_105\n").unwrap();
        // Nothing but a hole: so long that it is still being read when it is cut.
        file.as_file().set_len(1 << 34).unwrap();
        let child = program()
            .args(arguments)
            .arg(file.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while bytes_read(&child) < 4 << 20 {
            std::thread::sleep(Duration::from_millis(1));
        }
        file.as_file().set_len(1 << 20).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            format!(
                "eventcodes: {}: the file was truncated while it was read; what was left of it is read\n",
                file.path().display()
            ),
            "{arguments:?}"
        );
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8_lossy(&output.stdout);
        let expected = if arguments[0] == "grep" { "1\n" } else { "SYS_105      1" };
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn more_unknown_codes_than_can_be_told_apart() {
    const CODES: usize = 70_000;
    let input: String = (0..CODES).map(|number| format!("UPD9_X_{number} ")).collect();
    let output = eventcodes().args(SUMMARY).write_stdin(input).assert().success().get_output().clone();
    let counts = summary_counts(&output.stdout);
    assert_eq!(counts.len(), 65_537);
    assert_eq!(counts["(others)"], CODES as u64 - 65_536);
}

#[test]
fn a_long_line_is_searched_in_bounded_memory() {
    let peak = peak_memory_of_a_line(24, 1 << 20, <[u8]>::to_vec, &["summary", "-"]);
    assert!(peak < 64 << 10, "{peak} KiB");
}

#[test]
#[ignore = "a gigabyte: run it in release, with -- --ignored"]
fn a_line_of_a_gigabyte_is_searched_in_bounded_memory() {
    for arguments in
        [&["summary", "-"][..], &["summary", "--devices", "-"], &["grep", "-c", "*", "-"], &["annotate", "-"]]
    {
        let peak = peak_memory_of_a_line(1 << 10, 1 << 20, <[u8]>::to_vec, arguments);
        assert!(peak < 64 << 10, "{arguments:?}: {peak} KiB");
    }
}

#[test]
#[ignore = "gigabytes: run it in release, with -- --ignored"]
fn a_few_bytes_that_unpack_to_gigabytes_are_read_in_bounded_memory() {
    for pack in [gzip, zstd] {
        // Packed, more than a pipe holds.
        let peak = peak_memory_of_a_line(32, 64 << 20, pack, &["summary", "-"]);
        assert!(peak < 64 << 10, "{peak} KiB");
    }
}

#[test]
#[ignore = "a hundred thousand campaigns: run it in release, with -- --ignored"]
fn a_hundred_thousand_campaigns_are_written_in_bounded_memory() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for number in 0..100_000 {
        let event = format!(r#""event_type":"UPD4_FAIL_207","device_id":"{number:032x}""#);
        let campaign = format!(r#""campaign_id":"{number:032x}","campaign_name":"campaign {number}""#);
        writeln!(file, r#"{{{event},"data":{{{campaign}}}}}"#).unwrap();
    }
    let path = file.path().to_str().unwrap();
    let mut commands = vec![vec!["report", path]];
    for format in ["table", "markdown", "json", "csv"] {
        commands.push(vec!["summary", "--devices", "--format", format, path]);
        commands.push(vec!["devices", "--format", format, path]);
    }
    for arguments in commands {
        let mut child =
            program().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (mut output, mut buffer) = (child.stdout.take().unwrap(), vec![0; 16 << 10]);
        let mut peak = 0;
        // As long as the pipe is not read to its end, the command is there.
        while let Ok(1..) = output.read(&mut buffer) {
            let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            peak = peak_memory(&status).unwrap_or(peak);
        }
        assert!(child.wait().unwrap().success());
        // 30 MiB of it are what is kept of the devices and the campaigns.
        assert!(peak > 0 && peak < 94 << 10, "{arguments:?}: {peak} KiB");
    }
}

/// Peak memory, in KiB, of a run over one line of that many chunks, each packed for itself: a word that
/// ends like a code, and two codes that are some.
fn peak_memory_of_a_line(chunks: usize, chunk: usize, pack: fn(&[u8]) -> Vec<u8>, arguments: &[&str]) -> u64 {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = Arc::new(Mutex::new(Vec::new()));
    let reader = std::thread::spawn({
        let (output, mut stdout) = (output.clone(), child.stdout.take().unwrap());
        move || {
            let mut buffer = vec![0; 1 << 20];
            while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                let mut output = output.lock().unwrap();
                let excess = (output.len() + read).saturating_sub(1 << 20).min(output.len());
                output.drain(..excess);
                output.extend_from_slice(&buffer[..read]);
            }
        }
    });
    let mut input = child.stdin.take().unwrap();
    input.write_all(&pack(b"SYS_105 ")).unwrap();
    let chunk = pack(&vec![b'x'; chunk]);
    for _ in 0..chunks {
        input.write_all(&chunk).unwrap();
    }
    input.write_all(&pack(b"SYS_106 SYS_105")).unwrap();
    // All but what the pipe holds has been read.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
    reader.join().unwrap();
    let output = output.lock().unwrap();
    let output = String::from_utf8_lossy(&output);
    match arguments[0] {
        "summary" => {
            assert!(output.contains("SYS_105      2"), "{output}");
            assert!(!output.contains("SYS_106"), "{output}");
        }
        "grep" => assert_eq!(output, "1\n"),
        _ => assert!(output.ends_with("    ↳ SYS_105 info: Device deregistered\n")),
    }
    peak_memory(&status).unwrap()
}

/// Peak memory, in KiB, by what the kernel says of a process; none once it has ended.
fn peak_memory(status: &str) -> Option<u64> {
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}
