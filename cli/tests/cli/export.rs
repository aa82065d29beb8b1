//! `eventcodes export` end to end: each table holds what `codes.csv` holds.

use std::collections::BTreeMap;
use std::fs;

use event_log_codes::find;
use regex_lite::Regex;
use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::common::eventcodes;

/// Code to field to text.
type Catalogue = BTreeMap<String, BTreeMap<String, String>>;

const FIELDS: [&str; 5] = ["status", "section", "portal_text", "explanation", "corrective_action"];

/// `codes.csv`, without the fields that are empty.
fn catalogue(fields: &[&str]) -> Catalogue {
    rows(&fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../codes.csv")).unwrap(), fields)
}

/// A CSV with a header, as a catalogue.
fn rows(text: &str, fields: &[&str]) -> Catalogue {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize().map(|row| {
        let mut row: BTreeMap<String, String> = row.unwrap();
        let code = row.remove("code").unwrap();
        row.retain(|name, value| fields.contains(&name.as_str()) && !value.is_empty());
        (code, row)
    });
    rows.collect()
}

fn export(arguments: &[&str]) -> String {
    let output = eventcodes().arg("export").args(arguments).assert().success().stderr("");
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

fn object(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().unwrap().iter();
    entries.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn json_is_an_object_of_objects() {
    let json: Value = serde_json::from_str(&export(&["json"])).unwrap();
    let codes = json.as_object().unwrap().iter();
    assert_eq!(
        codes.map(|(code, value)| (code.clone(), object(value))).collect::<Catalogue>(),
        catalogue(&FIELDS)
    );
}

#[test]
fn rsyslog_has_an_index_and_a_string_for_each_code() {
    let json: Value = serde_json::from_str(&export(&["rsyslog"])).unwrap();
    assert_eq!(
        (&json["version"], &json["type"], &json["nomatch"]),
        (&1.into(), &"string".into(), &"".into())
    );
    let table = json["table"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let codes = table
        .map(|entry| (text(&entry["index"]), object(&serde_json::from_str(&text(&entry["value"])).unwrap())));
    assert_eq!(codes.collect::<Catalogue>(), catalogue(&FIELDS));
}

#[test]
fn syslog_ng_has_a_row_for_each_field() {
    let text = export(&["syslog-ng"]);
    let mut found = Catalogue::new();
    for row in csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).deserialize() {
        let (selector, name, value): (String, String, String) = row.unwrap();
        assert_eq!(found.entry(selector).or_default().insert(name, value), None);
    }
    assert_eq!(found, catalogue(&FIELDS));
}

#[test]
fn logstash_and_otel_have_a_map_for_each_code() {
    for format in ["logstash", "otel"] {
        let documents = YamlLoader::load_from_str(&export(&[format])).unwrap();
        let [Yaml::Hash(codes)] = documents.as_slice() else {
            panic!("{format}: {documents:?}");
        };
        let text = |yaml: &Yaml| yaml.as_str().unwrap().to_owned();
        let fields = |yaml: &Yaml| {
            yaml.as_hash().unwrap().iter().map(|(name, value)| (text(name), text(value))).collect()
        };
        let found: Catalogue = codes.iter().map(|(code, value)| (text(code), fields(value))).collect();
        assert_eq!(found, catalogue(&FIELDS), "{format}");
    }
}

#[test]
fn splunk_and_vector_have_a_column_for_each_field() {
    for format in ["splunk", "vector"] {
        let text = export(&[format]);
        assert_eq!(
            text.lines().next(),
            Some("code,status,section,portal_text,explanation,corrective_action")
        );
        assert_eq!(rows(&text, &FIELDS), catalogue(&FIELDS), "{format}");
    }
}

#[test]
fn fluent_bit_has_two_columns_on_a_line_each() {
    let text = export(&["fluent-bit", "--fields", "corrective_action"]);
    assert_eq!(text.lines().next(), Some("code,corrective_action"));
    assert_eq!(text.lines().count(), catalogue(&[]).len() + 1);
    assert_eq!(rows(&text, &["corrective_action"]), catalogue(&["corrective_action"]));
    let meaning = "UPD4_FAIL_303,fail: Resource network error, time out → Check network.";
    let quoted = meaning.replace(",fail", ",\"fail") + "\"";
    assert!(export(&["fluent-bit"]).lines().any(|line| line == quoted), "no line is {quoted}");
    eventcodes().args(["export", "fluent-bit", "--fields", "status,section"]).assert().code(2);
}

#[test]
fn sql_quotes_what_it_inserts() {
    let text = export(&["sql", "--fields", "status,explanation"]);
    assert!(text.starts_with(
        "CREATE TABLE event_codes (\n    status TEXT,\n    explanation TEXT,\n    code VARCHAR(64)"
    ));
    let inserts: Vec<_> = text.lines().filter(|line| line.starts_with("INSERT")).collect();
    assert_eq!(inserts.len(), catalogue(&[]).len());
    for (code, fields) in catalogue(&["status", "explanation"]) {
        let quoted = |name| match fields.get(name) {
            Some(text) => format!("'{}'", text.replace('\'', "''")),
            None => "NULL".to_owned(),
        };
        let values = format!("VALUES ({}, {}, '{code}');", quoted("status"), quoted("explanation"));
        assert!(inserts.iter().any(|line| line.ends_with(&values)), "no insert ends with {values}");
    }
}

#[test]
fn fields_are_those_asked_for() {
    let text = export(&["splunk", "--fields", "source,status,source"]);
    assert_eq!(text.lines().next(), Some("code,source,status"));
    assert_eq!(rows(&text, &["source", "status"]), catalogue(&["source", "status"]));
    eventcodes().args(["export", "splunk", "--fields", "colour"]).assert().code(2);
}

/// Every configuration names the table, and each field where it names fields at all.
#[test]
fn configurations_read_the_table() {
    for format in ["rsyslog", "syslog-ng", "logstash", "otel", "fluent-bit", "splunk", "vector"] {
        let text = export(&[format, "--fields", "family", "--config", "/etc/site/codes-of-site.csv"]);
        let table =
            if format == "splunk" { "filename = codes-of-site.csv\n" } else { "/etc/site/codes-of-site.csv" };
        assert!(text.contains(table), "{format}: {text}");
        assert!(!text.contains('@') || text.contains("@version"), "{format} has a placeholder left: {text}");
        if ["otel", "fluent-bit", "splunk", "vector"].contains(&format) {
            assert!(text.contains("family"), "{format}: {text}");
        }
    }
    for arguments in [["json", "/x"], ["sql", "/x"], ["rsyslog", "/a'b"], ["vector", "/a\nb"]] {
        eventcodes().args(["export", arguments[0], "--config", arguments[1]]).assert().code(2).stdout("");
    }
}

/// The configurations' regular expression finds what the library finds.
#[test]
fn the_pattern_agrees_with_find() {
    let text = export(&["splunk", "--config", "/x"]);
    let pattern = text.lines().find_map(|line| line.strip_prefix("REGEX = ")).unwrap();
    let pattern = Regex::new(pattern).unwrap();
    let pieces = [
        "UPD4_FAIL_303",
        "SYS_111",
        "UPD9_X_Y",
        "SYS_",
        "UPD4__1",
        "x",
        "_",
        "7",
        "\"",
        "é",
        "\n",
        "\\",
        "\\n",
        "\\\\t",
        "\\012",
        "\\x0a",
        "\\u000A",
        "#012",
        "#412",
        "%22",
        "%2",
        "\u{1b}[31m",
        "\\u001b[1;31m",
        "\\x1B[",
        "\\033[0K",
        "\\e[",
        "#033[m",
        "^[[",
        "[31m",
        "0;1m",
    ];
    let mut found = 0;
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let text = [first, second, third].concat();
                let by_pattern = pattern.captures(&text).map(|groups| groups.get(3).unwrap().range());
                assert_eq!(by_pattern, find(text.as_bytes()).map(|found| found.range()), "{text:?}");
                found += usize::from(by_pattern.is_some());
            }
        }
    }
    assert!(found > 500, "{found}");
}
