//! Our reader of NDJSON against Arrow's own: the same rows or, of both, an error.

#![allow(dead_code, reason = "modules of the command, of which this uses a part")]

#[path = "../src/bin/event-codes-sql/files.rs"]
mod files;
#[path = "../src/bin/event-codes-sql/scan/mod.rs"]
mod scan;
#[path = "../src/bin/event-codes-sql/stores.rs"]
mod stores;
#[path = "../src/bin/event-codes-sql/table.rs"]
mod table;

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::json::writer::{LineDelimited, WriterBuilder};
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use tokio::runtime::Runtime;

use scan::{Format, Problems, Reading, Wanted};
use table::Table;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Few names, so that they are repeated, some that only look alike, and one that needs an escape.
const NAMES: [&str; 8] = ["a", "b", "aa", "d", "\"q\"", "é", "x", "y"];

/// The columns of the table: fewer than the names, and one that no record has.
fn schema() -> SchemaRef {
    let text = |name| Field::new(name, DataType::Utf8, true);
    let nested = vec![text("a"), Field::new("b", DataType::Int64, true)];
    Arc::new(Schema::new(vec![
        text("a"),
        Field::new("b", DataType::Int64, true),
        Field::new("d", DataType::Struct(nested.into()), true),
        text("\"q\""),
        Field::new("é", DataType::Float64, true),
        text("missing"),
        text("aa"),
        Field::new("x", DataType::new_list(DataType::Utf8, true), true),
    ]))
}

/// What a query asks for: nothing but the number of rows, a few columns, and all of them. Columns that it does not ask
/// for may be of any type.
const QUERIES: [&str; 7] = [
    "SELECT count(*) FROM t",
    "SELECT a FROM t",
    "SELECT missing, b FROM t",
    "SELECT d, x FROM t WHERE b IS NULL",
    "SELECT d['b'] + b, \"\"\"q\"\"\" FROM t",
    "SELECT \"é\", a || aa, b FROM t",
    "SELECT * FROM t",
];

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// How a table is read, and the parts that each of its files is cut into and that are read apart.
struct Reader {
    parts: usize,
    skip_bad_lines: bool,
    problems: Arc<Problems>,
}

impl Reader {
    fn new(parts: usize, skip_bad_lines: bool) -> Self {
        Self { parts, skip_bad_lines, problems: Arc::default() }
    }

    /// The rows of a query over the files of a directory.
    fn answer(&self, directory: &Path, sql: &str) -> Result<Vec<String>> {
        let context = context(self.parts);
        let files = RUNTIME.block_on(files::find(&context.runtime_env(), &[directory])).unwrap();
        let (skip_bad_lines, problems) = (self.skip_bad_lines, self.problems.clone());
        let reading = Reading { format: Format::Ndjson, skip_bad_lines, hints: Arc::default(), problems };
        ask(&context, Arc::new(Table::new(files, &schema(), Some(reading))), sql)
    }

    fn problems(&self) -> Vec<String> {
        RUNTIME.block_on(self.problems.take_lines())
    }
}

fn context(parts: usize) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(parts)
        .with_repartition_file_min_size(1)
        // So that batches end in the middle of a file, and of a line.
        .with_batch_size(3);
    SessionContext::new_with_config(config)
}

fn ask(context: &SessionContext, table: Arc<dyn TableProvider>, sql: &str) -> Result<Vec<String>> {
    context.register_table("t", table)?;
    let batches = RUNTIME.block_on(async { context.sql(sql).await?.collect().await })?;
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
    writer.write_batches(&batches.iter().collect::<Vec<_>>())?;
    writer.finish()?;
    let text = String::from_utf8(writer.into_inner()).unwrap();
    let mut rows: Vec<_> = text.lines().map(str::to_owned).collect();
    // Parts come in any order.
    rows.sort();
    Ok(rows)
}

/// The rows by Arrow's reader, of which ours is made, but without our lines, parts and batches.
fn expected(file: &[u8], sql: &str) -> Result<Vec<String>> {
    let columns: &[usize] = match QUERIES.iter().position(|query| *query == sql) {
        Some(0) => &[],
        Some(1) => &[0],
        Some(2) => &[1, 5],
        Some(3) => &[1, 2, 7],
        Some(4) => &[1, 2, 3],
        Some(5) => &[0, 1, 4, 6],
        _ => &[0, 1, 2, 3, 4, 5, 6, 7],
    };
    let schema = Arc::new(schema().project(columns)?);
    let reader = ReaderBuilder::new(schema.clone()).with_coerce_primitive(true).build(file)?;
    let batches = reader.collect::<Result<_, _>>()?;
    ask(&context(1), Arc::new(MemTable::try_new(schema, vec![batches])?), sql)
}

/// Asks a query of a file with both readers, in one part and in several. Whether it was answered.
fn compare(file: &[u8], sql: &str) -> bool {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("some.ndjson"), file).unwrap();
    [1, 3].map(|parts| {
        match (Reader::new(parts, false).answer(directory.path(), sql), expected(file, sql)) {
            (Ok(actual), Ok(expected)) => assert_eq!(actual, expected, "{sql} in {parts} parts"),
            (Err(error), Err(_)) => {
                assert!(error.to_string().contains("some.ndjson: "), "{error}");
                return false;
            }
            // A record over lines that is cut.
            (Err(_), Ok(_)) if parts > 1 => return false,
            (actual, expected) => panic!("{sql} in {parts} parts: {actual:?}, not {expected:?}"),
        }
        true
    }) == [true; 2]
}

fn query() -> impl Strategy<Value = &'static str> {
    select(&QUERIES[..])
}

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![5 => Just(""), 1 => select(&[" ", "\t", "  \r"][..])]
}

fn string() -> impl Strategy<Value = String> {
    let long = "0123456789abcdef0123456789abcdef0123456789abcdef";
    let parts = ["", "a", "SYS_111", "é", "{", "}]", ",\"", ":", " ", "\\", "\n", "\u{1}", "\u{1f600}", long];
    let text = vec(select(parts.to_vec()), 0..4).prop_map(|parts| Value::from(parts.concat()).to_string());
    let by_number = select(&[r#""\u00e9""#, r#""\ud83d\ude00x""#, r#""\/\b""#][..]).prop_map(str::to_owned);
    prop_oneof![9 => text, 1 => by_number]
}

fn number() -> impl Strategy<Value = String> {
    select(&["0", "-1", "7", "1234567"][..]).prop_map(str::to_owned)
}

fn object(members: impl Strategy<Value = (String, String)>) -> impl Strategy<Value = String> {
    vec((space(), members, space(), space(), space()), 0..9).prop_map(|members| {
        let members = members
            .iter()
            .map(|(a, (name, value), b, c, d)| format!("{a}{}{b}:{c}{value}{d}", Value::from(name.as_str())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    })
}

fn list(item: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    vec((space(), item, space()), 0..4).prop_map(|items| {
        let items = items.iter().map(|(a, item, b)| format!("{a}{item}{b}"));
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    })
}

/// Whatever JSON can be.
fn anything() -> impl Strategy<Value = String> {
    let literal = select(&["null", "true", "false"][..]).prop_map(str::to_owned);
    let float = select(&["-1.5e+3", "1E40", "123456789012345678901234567890"][..]).prop_map(str::to_owned);
    prop_oneof![literal, float, string(), number()].prop_recursive(4, 16, 4, |inner| {
        let named = (select(&NAMES[..]).prop_map(str::to_owned), inner.clone());
        prop_oneof![object(named), list(inner)]
    })
}

/// A member of a type that its column can take.
fn member() -> impl Strategy<Value = (String, String)> {
    let inner = prop_oneof![
        string().prop_map(|value| ("a".to_owned(), value)),
        number().prop_map(|value| ("b".to_owned(), value)),
        anything().prop_map(|value| ("y".to_owned(), value)),
    ];
    let null = || Just("null".to_owned());
    let (text, float) = (prop_oneof![string(), null()], prop_oneof![number(), Just("1.5e-3".into()), null()]);
    prop_oneof![
        (select(&["a", "aa", "\"q\""][..]).prop_map(str::to_owned), text),
        (Just("b".to_owned()), prop_oneof![number(), null()]),
        (Just("d".to_owned()), prop_oneof![object(inner), null()]),
        (Just("é".to_owned()), float),
        (Just("x".to_owned()), prop_oneof![list(string()), null()]),
        (Just("y".to_owned()), anything()),
    ]
}

/// Lines as they ought to be, and the rare ones that are not an object a line, which Arrow reads too.
fn lines() -> impl Strategy<Value = String> {
    let end = select(&["\n", "\r\n", "\n\n", " \n \n"][..]);
    let line = (object(member()), end).prop_map(|(object, end)| object + end);
    (vec(line, 0..12), any::<bool>()).prop_map(|(lines, has_end)| {
        let lines = lines.concat();
        if has_end { lines } else { lines.trim_end().to_owned() }
    })
}

fn values_over_lines() -> impl Strategy<Value = String> {
    let end = select(&["\n", "", " ", ",\n", "\n\n"][..]);
    let value = (anything(), end).prop_map(|(value, end)| value.replace(',', ",\n") + end);
    vec(value, 0..6).prop_map(|values| values.concat())
}

/// How many bytes are lost, and what is there instead.
fn damage() -> impl Strategy<Value = (usize, &'static [u8])> {
    let put: [&[u8]; 12] = [b"", b"\"", b"\\", b"\\u", b"{", b"}", b"[", b"]", b",", b":", b"\xff", b"\n"];
    (0..3_usize, select(put.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_lines(file in lines(), sql in query()) {
        assert!(compare(file.as_bytes(), sql));
    }

    /// Of any type, over several lines, several in a line.
    #[test]
    fn odd_lines(good in lines(), odd in values_over_lines(), sql in query()) {
        compare((good.clone() + &odd + &good).as_bytes(), sql);
    }

    #[test]
    fn damaged_lines(file in lines(), damage in vec((any::<Index>(), damage()), 1..3), sql in query()) {
        let mut file = file.into_bytes();
        for (at, (cut, put)) in damage {
            let at = at.index(file.len() + 1);
            let end = file.len().min(at + cut);
            file.splice(at..end, put.iter().copied());
        }
        compare(&file, sql);
    }

    /// Against another reader of JSON: what is picked of a plain object, and that it is picked.
    #[test]
    fn picking(object in object(member())) {
        let original: Value = serde_json::from_str(&object).unwrap();
        let mut picked = Vec::new();
        let is_plain = !object.contains("\\u") && !object.contains("\\\"q");
        assert!(Wanted::new(["a", "d", "é"]).pick(object.as_bytes(), &mut picked) || !is_plain);
        if is_plain {
            let mut expected = original.as_object().unwrap().clone();
            expected.retain(|name, _| ["a", "d", "é"].contains(&name.as_str()));
            assert_eq!(serde_json::from_slice::<Value>(&picked).unwrap(), Value::Object(expected));
        }
    }
}

const GOOD: &str = r#"{"a":"SYS_111","b":1}"#;

/// Lines, each some times, as the only file of a directory.
fn write(lines: &[(usize, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let text: String = lines.iter().map(|(times, line)| format!("{line}\n").repeat(*times)).collect();
    // The last line has no end.
    fs::write(directory.path().join("some.ndjson"), text.trim_end_matches('\n')).unwrap();
    directory
}

#[test]
fn a_mistake_has_a_place() {
    for (lines, line) in [
        (&[(40_000, GOOD), (1, r#"{"a":"SYS_111","b":oops}"#), (9, GOOD)][..], 40_001),
        // A type is looked at when the records of a batch are together.
        (&[(1, GOOD), (1, r#"{"a":{"code":7}}"#), (9, GOOD)], 2),
        (&[(5, GOOD), (1, r#"{"a":"SYS_111","#)], 6),
        // It takes the next line with it.
        (&[(5, GOOD), (1, r#"{"a":"SYS_111"#), (5, GOOD)], 6),
        (&[(5, GOOD), (1, "{\"a\":\n\n\"SYS_111\","), (1, GOOD)], 6),
        (&[(2, ""), (1, "[]")], 3),
    ] {
        let directory = write(lines);
        for parts in [1, 3, 7] {
            let answer = Reader::new(parts, false).answer(directory.path(), "SELECT a FROM t");
            let error = answer.unwrap_err().strip_backtrace();
            assert!(
                error.contains(&format!("some.ndjson: in line {line}: ")),
                "{line} in {parts} parts: {error}"
            );
        }
    }
}

/// Whatever is wrong with lines, the others are read, and the first is told.
#[test]
fn bad_lines_are_skipped_and_counted() {
    let bad = ["oops", "{", r#"{"a":"x"#, "[1]", "7", r#"{"a":{}}"#, r#"{"b":"text"}"#, "}{"];
    let mut lines = vec![(1_000, GOOD)];
    for bad in bad {
        lines.extend([(3, bad), (10, GOOD)]);
    }
    lines.push((1, r#"{"a":"the end is"#));
    let directory = write(&lines);
    for parts in [1, 3, 7] {
        let reader = Reader::new(parts, true);
        let rows = reader.answer(directory.path(), "SELECT count(*) AS n, count(a) AS a, sum(b) AS b FROM t");
        assert_eq!(rows.unwrap(), [r#"{"n":1080,"a":1080,"b":1080}"#], "{parts} parts");
        let problems = reader.problems();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("skipped 25 lines: the first in "), "{problems:?}");
        assert!(problems[0].contains("some.ndjson, line 1001: "), "{problems:?}");
        assert!(reader.problems().is_empty(), "they are told once");
    }
}

/// Nothing in a file makes the reader run out of its stack.
#[test]
fn deep_nesting() {
    for (open, close) in [("[", "]"), (r#"{"y":"#, "}")] {
        let deep = [open.repeat(100_000), close.repeat(100_000)].join("7");
        let line = format!("{{\"y\":{deep},\"a\":\"SYS_111\"}}\n");
        assert!(compare(line.repeat(2).as_bytes(), QUERIES[1]));
    }
}

/// A line that is an object, but one inside of a record, which has members that the query doesn't name.
#[test]
fn an_object_in_a_record_over_lines() {
    let record = "{\"d\":\n{\"a\":\"SYS_111\",\"b\":7}\n,\"y\":1}\n";
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("some.ndjson"), record).unwrap();
    let rows = Reader::new(1, false).answer(directory.path(), "SELECT d FROM t");
    assert_eq!(rows.unwrap(), [r#"{"d":{"a":"SYS_111","b":7}}"#]);
}

/// Arrow refuses it wherever it is, so that a damaged file is noticed whatever is asked.
#[test]
fn bytes_that_are_not_text() {
    assert!(!compare(b"{\"a\":\"SYS_111\",\"y\":\"\xff\"}\n", QUERIES[1]));
}

/// Longer than a piece: a record alone in its line, and many without a line end.
#[test]
fn long_lines() {
    let long = format!(r#"{{"a":"SYS_111","y":"{}","b":7}}"#, "{}, ".repeat(1 << 20));
    let many = r#"{"a":"SYS_111","y":[1]} "#.repeat(100_000);
    assert!(compare(format!("{long}\n{many}\n{long}").as_bytes(), QUERIES[2]));
}
