//! Where the data of `event-codes-sql` is and what it is like: compressed, partitioned, drifting, damaged, remote.

mod process;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use process::{command, output};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Files in a directory of their own.
fn files(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    directory
}

/// The rows that a query answers, and what the command says beside.
fn ask(command: &mut Command, sql: &str) -> (Vec<Value>, String) {
    let output = output(command.args(["--format", "json", "--sql", sql]));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{sql}: {message}");
    let rows = String::from_utf8(output.stdout).unwrap();
    (rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), message)
}

/// The rows of a query about which the command has nothing to say.
fn rows(path: impl AsRef<Path>, sql: &str) -> Vec<Value> {
    let (rows, message) = ask(command().arg(path.as_ref()), sql);
    assert_eq!(message, "", "{sql}");
    rows
}

fn error(command: &mut Command) -> String {
    let output = output(command);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(1), &b""[..]), "{command:?}");
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[test]
fn columns_whose_types_drift() {
    let directory = files(&[
        ("1.ndjson", "{\"id\":1,\"null\":null,\"n\":1,\"s\":1,\"o\":null,\"l\":[],\"e\":{}}\n"),
        (
            "2.ndjson",
            "{\"id\":2,\"null\":null,\"n\":null,\"s\":true,\"o\":{\"a\":null,\"e\":{}},\"l\":[1]}\n",
        ),
        (
            "3.ndjson",
            "{\"id\":3,\"n\":2.5,\"s\":\"text\",\"o\":{\"a\":7,\"b\":[]},\"l\":[null,2.5],\"late\":\"x\"}\n",
        ),
    ]);
    assert_eq!(
        rows(directory.path(), "SELECT id, \"null\", n, s, o, l, late FROM events ORDER BY id"),
        [
            json!({"id":1,"null":null,"n":1.0,"s":"1","o":null,"l":[],"late":null}),
            json!({"id":2,"null":null,"n":null,"s":"true","o":{"a":null,"b":null},"l":[1.0],"late":null}),
            json!({"id":3,"null":null,"n":2.5,"s":"text","o":{"a":7,"b":[]},"l":[null,2.5],"late":"x"}),
        ]
    );
    // An object without members is no column, so that a Parquet file can have the others.
    let copy = format!("COPY events TO '{}'", directory.path().join("all.parquet").display());
    assert_eq!(rows(directory.path(), &copy), [json!({"count": 3})]);

    fs::write(directory.path().join("4.ndjson"), "\n{\"o\":[1]}\n").unwrap();
    let message =
        error(command().arg(directory.path().join("?.ndjson")).args(["--sql", "SELECT id FROM events"]));
    for part in ["4.ndjson, line 2: column o is a list, but an object in ", "2.ndjson, line 1", "--schema"] {
        assert!(message.contains(part), "{message}");
    }
    // Whoever states the columns says what is of interest.
    let schema = directory.path().join("columns.sql");
    fs::write(&schema, "id INT, -- the number\nl DOUBLE[], o STRUCT<a BIGINT>").unwrap();
    let mut command = command();
    command.arg("--schema").arg(&schema).arg(directory.path().join("[123].ndjson"));
    let expected = [json!({"id":2,"o":{"a":null},"l":[1.0]}), json!({"id":3,"o":{"a":7},"l":[null,2.5]})];
    assert_eq!(ask(&mut command, "SELECT id, o, l FROM events WHERE id > 1 ORDER BY id").0, expected);
}

#[test]
fn columns_of_many_files() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..250 {
        let rare = if n == 124 { ",\"rare\":1" } else { "" };
        let line = format!("{{\"event_type\":\"SYS_111\",\"n\":{n}{rare}}}\n");
        fs::write(directory.path().join(format!("{n:03}.ndjson")), line.repeat(2)).unwrap();
    }
    let mut some = command();
    let (found, message) = ask(some.arg(directory.path()), "SELECT count(*) AS n, sum(n) AS sum FROM events");
    assert_eq!(found, [json!({"n": 500, "sum": 249 * 250})]);
    assert_eq!(
        message,
        "event-codes-sql: the columns are those of 100 of the 250 files: --infer-all looks at all\n"
    );
    let (found, message) =
        ask(command().arg("--infer-all").arg(directory.path()), "SELECT sum(rare) AS n FROM events");
    assert_eq!((found, message), (vec![json!({"n": 2})], String::new()));
    // One scan of them all, in as many parts as there are threads.
    let plan = rows(directory.path(), "EXPLAIN SELECT device_id FROM device_events");
    assert_eq!(plan[1]["plan"].as_str().unwrap().matches("DataSourceExec").count(), 1, "{plan:?}");
}

#[test]
fn bad_lines() {
    let good = "{\"event_type\":\"SYS_111\",\"n\":1}\n";
    let ndjson = good.repeat(10)
        + "{\"event_type\":\"SYS_111\",\u{1b}[31m\n"
        + &good.repeat(2_000)
        + "{\"n\":\"x\"}\n{\"n\":";
    // The header has a quoted line break, and so does a row.
    let csv = "code,\"n\nm\"\n".to_owned()
        + &"SYS_111,\"1\n2\"\n".repeat(1_000)
        + "SYS_111\n"
        + "SYS_112,3\na,b,c\n";
    let directory = files(&[("a.ndjson", &ndjson), ("b.csv", &csv)]);
    for (file, query, line, count, first) in [
        ("a.ndjson", "SELECT sum(n) AS n FROM events", 11, 2_010, "skipped 3 lines"),
        ("b.csv", "SELECT count(*) AS n FROM events", 2_003, 1_001, "skipped 2 lines"),
    ] {
        let path = directory.path().join(file);
        // Neither a header nor a row before an answer that there will not be.
        let message = error(command().arg(&path).args(["--format", "csv", "--sql", query]));
        assert!(message.contains(&format!("{file}: in line {line}: ")), "{message}");
        let (found, message) = ask(command().arg(&path).arg("--skip-bad-lines"), query);
        assert_eq!(found, [json!({"n": count})], "{message}");
        assert!(
            message.contains(&format!("{first}: the first in {}, line {line}: ", path.display())),
            "{message}"
        );
        assert!(!message.contains('\u{1b}'), "no control character reaches a terminal");
    }
}

#[test]
fn csv_of_several_headers() {
    let directory = files(&[
        ("1.csv", "\u{feff}event_type,device_id\nSYS_111,m1\n"),
        ("2.csv", "device_id;event_type;campaign_id\r\nm2;SYS_112;c\r\n"),
        ("3.csv", "device_id\tnote\nm3\t\"a\n\"\"b\"\"\"\n"),
        ("4.csv", "event_type,device_id\n"),
        ("5.csv", ""),
    ]);
    let sql = "SELECT event_type, device_id, campaign_id, note FROM events ORDER BY device_id";
    assert_eq!(
        rows(directory.path(), sql),
        [
            json!({"event_type":"SYS_111","device_id":"m1","campaign_id":null,"note":null}),
            json!({"event_type":"SYS_112","device_id":"m2","campaign_id":"c","note":null}),
            json!({"event_type":null,"device_id":"m3","campaign_id":null,"note":"a\n\"b\""}),
        ]
    );
    assert_eq!(rows(directory.path(), "SELECT count(*) AS n FROM events"), [json!({"n": 3})]);
}

#[test]
fn what_stands_above_a_csv_header() {
    let excel = "sep=;\r\n# exported, by hand\n\nevent_type;note\nSYS_111;\"a,b|c,d\"\n";
    let directory = files(&[("1.csv", excel), ("2.csv", "sep=|\nnote,1|event_type\nx,1|SYS_112\n")]);
    let sql = "SELECT event_type, note, \"note,1\" FROM events ORDER BY event_type";
    let (found, message) = ask(command().arg(directory.path()), sql);
    assert_eq!(
        found,
        [
            json!({"event_type":"SYS_111","note":"a,b|c,d","note,1":null}),
            json!({"event_type":"SYS_112","note":null,"note,1":"x,1"}),
        ]
    );
    let path = directory.path().join("1.csv");
    assert_eq!(
        message,
        format!("event-codes-sql: skipped 1 comment above a header: in {}, line 2\n", path.display())
    );
    // Lines are counted from the start of the file.
    let bad = files(&[("bad.csv", &format!("{excel}SYS_112\n"))]);
    let message = error(command().arg(bad.path()).args(["--sql", "SELECT * FROM events"]));
    assert!(message.contains("bad.csv: in line 6: "), "{message}");
}

/// Names of fields and a time zone that the log does not say, as the command `eventcodes` takes them.
#[test]
fn fields_and_time_zone() {
    let log = "{\"event_type\":\"UPD4_FAIL_207\",\"unit\":\"m1\",\"local\":\"2026-07-01 10:00:00\"}\n";
    let directory = files(&[("a.ndjson", log)]);
    let path = directory.path().join("a.ndjson");
    let hints = ["--field", "device=unit", "--field", "TIME=local"];
    let sql = "SELECT device_id, date_time FROM device_events";
    for (zone, time) in [("Europe/Berlin", "08:00:00"), ("-02:30", "12:30:00"), ("UTC", "10:00:00")] {
        let (found, _) = ask(command().arg(&path).args(hints).arg(format!("--tz={zone}")), sql);
        assert_eq!(found, [json!({"device_id": "m1", "date_time": format!("2026-07-01T{time}")})], "{zone}");
    }
    let (found, _) = ask(command().arg(&path), sql);
    assert_eq!(found, [json!({"device_id": null, "date_time": null})]);

    // Of columns, too. What a time zone does to them would be silent.
    let parquet = directory.path().join("a.parquet");
    rows(&path, &format!("COPY events TO '{}'", parquet.display()));
    let (found, _) = ask(command().arg(&parquet).args(hints), sql);
    assert_eq!(found, [json!({"device_id": "m1", "date_time": "2026-07-01T10:00:00"})]);
    let message = error(command().arg(&parquet).args(hints).args(["--tz=-02:30", "--sql", sql]));
    assert!(message.contains("--tz: ") && message.contains("local"), "{message}");

    for (option, value, part) in [
        ("--field", "serial=unit", "the fields are event, device, time"),
        ("--tz", "Middle-earth/Shire", "neither a time zone such as Europe/Berlin"),
    ] {
        let output = output(command().arg(&path).args([option, value]));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && message.contains(part), "{message}");
    }
}

const COMPRESSIONS: [(&str, &str); 4] = [("gzip", "gz"), ("zstd", "zst"), ("bzip2", "bz2"), ("xz", "xz")];

/// Three members of a kind, one after the other, each a hundred events: written by DataFusion.
fn compressed(directory: &Path, kind: &str, suffix: &str, (compression, ending): (&str, &str)) -> PathBuf {
    let mut all = Vec::new();
    for n in 0..3 {
        let member = directory.join(format!("member.{suffix}.{ending}"));
        let header = kind == "CSV" && n == 0;
        let header = if kind == "CSV" { format!(", 'format.has_header' '{header}'") } else { String::new() };
        let sql = format!(
            "COPY (SELECT 'UPD4_FAIL_207' AS event_type, concat('m', value) AS device_id \
             FROM generate_series({}, {})) TO '{}' STORED AS {kind} OPTIONS ('format.compression' '{compression}'{header})",
            n * 100,
            n * 100 + 99,
            member.display()
        );
        assert!(output(command().args(["--sql", &sql])).status.success());
        all.extend(fs::read(member).unwrap());
    }
    let path = directory.join(format!("events.{suffix}.{ending}"));
    fs::write(&path, all).unwrap();
    path
}

#[test]
fn compressed_files() {
    let directory = tempfile::tempdir().unwrap();
    let events = "SELECT count(*) AS n, count(DISTINCT device_id) AS devices FROM events";
    let device_events = events.replace("events", "device_events");
    let expected = [json!({"n": 300, "devices": 300})];
    for (n, compression) in COMPRESSIONS.into_iter().enumerate() {
        let ndjson = compressed(directory.path(), "JSON", "ndjson", compression);
        assert_eq!(rows(&ndjson, events), expected, "{}", compression.0);
        assert_eq!(rows(&ndjson, &device_events), expected, "{}", compression.0);
        // Whoever forgot the suffix: also if it is to be read in parts.
        let plain = ndjson.with_file_name("events.ndjson");
        fs::rename(&ndjson, &plain).unwrap();
        let mut parts = command();
        parts.env("DATAFUSION_OPTIMIZER_REPARTITION_FILE_MIN_SIZE", "1").arg(&plain);
        assert_eq!(ask(&mut parts, events).0, expected, "{} without a suffix", compression.0);
        if n == 0 {
            let csv = compressed(directory.path(), "CSV", "csv", compression);
            assert_eq!(rows(csv, events), expected);
            // What is cut off is missed.
            let bytes = fs::read(&plain).unwrap();
            fs::write(&plain, &bytes[..bytes.len() - 10]).unwrap();
            let message = error(command().arg(&plain).args(["--infer-all", "--sql", events]));
            assert!(message.contains("events.ndjson: after line "), "{message}");
        }
    }
}

/// Whatever the command `eventcodes` decodes, and what holds no text is left out with a word.
#[test]
fn decoded_files() {
    let count = "SELECT count(*) AS n FROM device_events";
    for ending in ["bz2", "gz", "lz4", "pzstd", "xz", "zst"] {
        let file = format!("{}/../cli/tests/cli/compressed/events.{ending}", env!("CARGO_MANIFEST_DIR"));
        assert_eq!(rows(file, count), [json!({"n": 2})], "{ending}");
    }
    let event = |n: u32| format!("{{\"event_type\":\"SYS_111\",\"device_id\":\"m{n}\"}}\n");
    let text = event(1) + &event(2);
    let directory = files(&[("a.ndjson", &format!("\u{feff}{text}"))]);
    let utf_16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(directory.path().join("b.ndjson"), utf_16).unwrap();
    for size in ["1", "1000000"] {
        for (table, n) in [("events", 4), ("device_events", 4)] {
            let mut command = command();
            command.env("DATAFUSION_OPTIMIZER_REPARTITION_FILE_MIN_SIZE", size).arg(directory.path());
            let sql = format!("SELECT count(*) AS n, max(device_id) AS m FROM {table}");
            assert_eq!(ask(&mut command, &sql).0, [json!({"n": n, "m": "m2"})], "{table}");
        }
    }
    let image = directory.path().join("c.log");
    fs::write(&image, b"\x89PNG UPD4_FAIL_207").unwrap();
    let (found, message) = ask(command().arg(directory.path()), count);
    assert_eq!(found, [json!({"n": 4})]);
    let expected =
        format!("event-codes-sql: 1 file is left out: {}: not read: it is a PNG image\n", image.display());
    assert_eq!(message, expected);
}

#[test]
fn partitions_are_columns_and_others_are_not_read() {
    let event = |device: u32| {
        format!("{{\"event_type\":\"UPD4_FAIL_207\",\"device_id\":\"m{device}\",\"date\":\"?\"}}\n")
    };
    let directory = files(&[
        ("date=2026-11-24/region=a%3Ab/1.ndjson", &event(1)),
        ("date=2026-11-25/region=__HIVE_DEFAULT_PARTITION__/1.ndjson", &event(2)),
        ("date=2026-11-25/region=c/_temporary/1.ndjson", &event(3)),
        ("date=2026-11-26/1.ndjson", "not JSON\n"),
    ]);
    // A hidden file is not one of the table.
    fs::write(directory.path().join(".columns"), "event_type TEXT, device_id TEXT").unwrap();
    let mut sample = command();
    sample.arg("--schema").arg(directory.path().join(".columns")).arg(directory.path());
    let sql = "SELECT device_id, region FROM events WHERE date < '2026-11-26' ORDER BY device_id";
    let expected = [json!({"device_id":"m1","region":"a:b"}), json!({"device_id":"m2","region":null})];
    let (found, message) = ask(&mut sample, sql);
    assert_eq!((found, message), (expected.to_vec(), String::new()));
    assert_eq!(rows(directory.path(), &sql.replace("events", "device_events")), expected);
    let none = "SELECT count(*) AS n FROM device_events WHERE region = 'none'";
    assert_eq!(rows(directory.path(), none), [json!({"n": 0})]);
    // A pattern names some of them.
    let pattern = directory.path().join("*/*/*.ndjson");
    assert_eq!(rows(pattern, "SELECT max(date) AS date FROM events"), [json!({"date": "2026-11-25"})]);
}

#[test]
fn settings_come_from_the_environment() {
    let mut set = command();
    set.env("DATAFUSION_EXECUTION_BATCH_SIZE", "77");
    assert_eq!(ask(&mut set, "SHOW datafusion.execution.batch_size").0[0]["value"], "77");
    let message = error(command().env("DATAFUSION_EXECUTION_BATCH_SIZE", "many").args(["--sql", "SELECT 1"]));
    assert!(message.contains("DATAFUSION_EXECUTION_BATCH_SIZE=many"), "{message}");
}

/// A report needs no more columns than it uses, of files and of a table that the user has defined.
#[test]
fn reports_over_tables_of_the_user() {
    let directory = tempfile::tempdir().unwrap();
    let parquet = directory.path().join("events.parquet");
    let sql = "COPY (SELECT 'UPD4_FAIL_207' AS event_type, 'm1' AS device_id) TO ";
    assert!(output(command().args(["--sql", &format!("{sql}'{}'", parquet.display())])).status.success());
    let of_files = output(command().arg(&parquet).args(["--report", "failures"]));
    let define = format!("CREATE EXTERNAL TABLE events STORED AS PARQUET LOCATION '{}'", parquet.display());
    let of_events = output(command().args(["--report", "failures", "--sql", &define]));
    let view = "CREATE VIEW device_events AS SELECT 'UPD4_FAIL_207' AS event_type, 'm1' AS device_id, now() AS date_time";
    let of_view = output(command().args(["--report", "failures", "--sql", view]));
    for output in [of_files, of_events, of_view] {
        let answer = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && answer.contains("| UPD4_FAIL_207 | 1      | 1       |"),
            "{answer}"
        );
    }
    let message = error(command().arg(&parquet).args(["--report", "seen"]));
    assert!(message.contains("date_time"), "{message}");
}

/// Executors may have the same link to another place.
#[cfg(unix)]
#[test]
fn links_stay_links() {
    let directory = files(&[("data/a.ndjson", "{\"event_type\":\"SYS_111\"}\n")]);
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(directory.path().join("data"), &link).unwrap();
    let plan = rows(&link, "EXPLAIN SELECT event_type FROM events");
    assert!(plan[1]["plan"].as_str().unwrap().contains("/link/a.ndjson"), "{plan:?}");
}

#[test]
fn urls_that_are_refused() {
    for (url, part) in [
        ("s3://user:se-cret@bucket/a.ndjson", "s3://bucket: a URL must not have a password"),
        ("https://se-cret@host/a.ndjson", "https://host: a URL must not have a password or a user"),
        ("https://host/a.ndjson?signature=se-cret", "https://host/a.ndjson: a URL must not have a query"),
        ("ftp://host/a.ndjson", "ftp://: expected a path, or a URL with s3://"),
    ] {
        let message = error(command().args([url, "--sql", "SELECT 1"]));
        assert!(message.contains(part) && !message.contains("se-cret"), "{message}");
    }
    let ddl = "CREATE EXTERNAL TABLE t STORED AS JSON LOCATION 'hdfs://host/a'";
    let message = error(command().args(["--sql", ddl]));
    assert!(message.contains("hdfs://: expected") && !message.contains("bug"), "{message}");
}

#[test]
fn a_store_that_is_away() {
    let start = Instant::now();
    let mut query = command();
    // Nobody may listen on this port.
    query.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_ALLOW_HTTP", "true");
    query.env("AWS_ACCESS_KEY_ID", "an-id").env("AWS_SECRET_ACCESS_KEY", "se-cret");
    let message = error(query.arg("s3://logs/a.ndjson"));
    assert!(message.contains("s3://logs/a.ndjson: ") && !message.contains("se-cret"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// A web server of these files, each at most a request at a time, until the test ends.
fn serve(files: Vec<(&'static str, Vec<u8>)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let files = files.clone();
            thread::spawn(move || answer(&stream, &files));
        }
    });
    url
}

/// Answers the requests of a connection.
fn answer(mut stream: &TcpStream, files: &[(&str, Vec<u8>)]) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    loop {
        let request = lines.next()?.ok()?;
        let mut range = None;
        for line in lines.by_ref() {
            let line = line.ok()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            range = range.or_else(|| Some(line.strip_prefix("range: bytes=")?.to_owned()));
        }
        let mut words = request.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let Some((_, bytes)) = files.iter().find(|(name, _)| *name == path) else {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").ok()?;
            continue;
        };
        let mut head = "HTTP/1.1 200 OK\r\n".to_owned();
        let mut body = &bytes[..];
        if let Some(range) = range {
            let (start, end) = range.split_once('-')?;
            let start: usize = start.parse().ok()?;
            let end = end.parse().map_or(bytes.len(), |end: usize| bytes.len().min(end + 1));
            body = &bytes[start..end];
            head = format!(
                "HTTP/1.1 206 Partial\r\nContent-Range: bytes {start}-{}/{}\r\n",
                end - 1,
                bytes.len()
            );
        }
        head += &format!(
            "Content-Length: {}\r\nLast-Modified: Sat, 28 Nov 2026 12:00:00 GMT\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        if method == "GET" {
            stream.write_all(body).ok()?;
        }
    }
}

#[test]
fn files_on_a_web_server() {
    let line = |n: u32| format!("{{\"event_type\":\"UPD4_FAIL_207\",\"device_id\":\"m{n}\"}}\n");
    let plain: String = (0..3_000).map(line).collect();
    let damaged = plain.clone() + "{\n" + &plain;
    let directory = tempfile::tempdir().unwrap();
    let zstd = fs::read(compressed(directory.path(), "JSON", "ndjson", COMPRESSIONS[1])).unwrap();
    let url = serve(vec![
        ("/logs/a.ndjson", plain.into_bytes()),
        ("/logs/b.ndjson.zst", zstd),
        ("/logs/damaged.ndjson", damaged.into_bytes()),
    ]);
    let in_parts = |name: &str| {
        let mut command = command();
        command.env("DATAFUSION_OPTIMIZER_REPARTITION_FILE_MIN_SIZE", "1");
        command.env("DATAFUSION_EXECUTION_TARGET_PARTITIONS", "4").arg(format!("{url}/logs/{name}"));
        command
    };
    for table in ["events", "device_events"] {
        let sql = format!("SELECT count(*) AS n, count(DISTINCT device_id) AS devices FROM {table}");
        assert_eq!(
            ask(&mut in_parts("a.ndjson"), &sql).0,
            [json!({"n": 3_000, "devices": 3_000})],
            "{table}"
        );
        assert_eq!(
            ask(&mut in_parts("b.ndjson.zst"), &sql).0,
            [json!({"n": 300, "devices": 300})],
            "{table}"
        );
    }
    let sql = "SELECT count(event_type) AS n FROM events";
    let message = error(in_parts("damaged.ndjson").args(["--sql", sql]));
    assert!(message.contains(&format!("{url}/logs/damaged.ndjson: in line 3001: ")), "{message}");
    let (found, message) = ask(in_parts("damaged.ndjson").arg("--skip-bad-lines"), sql);
    assert_eq!(found, [json!({"n": 6_000})]);
    assert!(
        message.contains("skipped 1 line: in ") && message.contains("damaged.ndjson, line 3001"),
        "{message}"
    );
    let function = format!("SELECT count(*) AS n FROM device_events('{url}/logs/a.ndjson')");
    assert_eq!(ask(&mut command(), &function).0, [json!({"n": 3_000})]);
    let message = error(command().arg(format!("{url}/none.ndjson")));
    assert!(message.contains("/none.ndjson: ") && message.contains("404"), "{message}");
}
