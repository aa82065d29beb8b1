//! VRL programs with the functions, compiled and run.

#[path = "../examples/host/mod.rs"]
#[allow(dead_code, reason = "the other test and the examples use the rest of it")]
mod host;

use std::collections::BTreeMap;

use event_log_codes_vrl::functions;
use host::Host;
use vrl::compiler::function::Example;
use vrl::compiler::{Context, Function, TargetValue, TimeZone, compile, state::RuntimeState};
use vrl::prelude::Bytes;
use vrl::value::{Secrets, Value};

fn all_functions() -> Vec<Box<dyn Function>> {
    let mut all = vrl::stdlib::all();
    all.extend(functions());
    all
}

/// Runs a program; returns its result and the event after it, or the message of the compiler or the run.
fn run(source: &str, event: Value) -> Result<(Value, Value), String> {
    let compiled = compile(source, &all_functions())
        .map_err(|errors| vrl::diagnostic::Formatter::new(source, errors).to_string())?;
    assert_eq!(format!("{:?}", compiled.warnings), "DiagnosticList([])", "{source}");
    let mut target =
        TargetValue { value: event, metadata: Value::Object(BTreeMap::new()), secrets: Secrets::default() };
    let (mut state, timezone) = (RuntimeState::default(), TimeZone::default());
    let result = compiled.program.resolve(&mut Context::new(&mut target, &mut state, &timezone));
    result.map(|value| (value, target.value)).map_err(|error| error.to_string())
}

fn event(json: &str) -> Value {
    serde_json::from_str::<serde_json::Value>(json).unwrap().into()
}

/// Code, section, status, portal text, explanation and corrective action of each row of `codes.csv`.
fn catalogue() -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../codes.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn text_or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

#[test]
fn every_example_gives_its_result() {
    let mut count = 0;
    for function in functions() {
        assert!(!function.examples().is_empty(), "{} has no example", function.identifier());
        for Example { source, result, title, .. } in function.examples() {
            assert!(source.contains(function.identifier()), "{title}");
            let (value, _) = run(source, event("{}")).unwrap();
            let expected = result.unwrap();
            let expected =
                serde_json::from_str(expected).unwrap_or_else(|_| serde_json::Value::from(expected));
            assert_eq!(value, Value::from(expected), "{title}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn every_code_has_the_texts_of_the_catalogue() {
    let program = r#"
        .status = event_code_status(.code)
        .portal_text = event_code_portal_text(.code)
        .explanation = event_code_explanation(.code)
        .corrective_action = event_code_corrective_action(.code)
        .section = event_code_section(.code)
        .known = is_event_code(.code)
        .all = explain_event_code(.code)
    "#
    .replace("(.code)", "(string!(.code))");
    let rows = catalogue();
    assert!(rows.len() > 140);
    for row in rows {
        let (_, after) =
            run(&program, Value::from(BTreeMap::from([("code".into(), row["code"].as_str().into())])))
                .unwrap();
        let after = after.as_object().unwrap();
        let all = after["all"].as_object().unwrap();
        for field in ["status", "portal_text", "explanation", "corrective_action", "section"] {
            assert_eq!(after[field], text_or_null(&row[field]), "{field} of {}", row["code"]);
            assert_eq!(all[field], text_or_null(&row[field]), "{field} of {}", row["code"]);
        }
        assert_eq!(after["known"], Value::Boolean(true));
        assert_eq!(all["code"], row["code"].as_str().into());
        assert_eq!(all["family"], row["code"].split('_').next().unwrap().into());
        assert_eq!(all["documented"], (row["source"] == "document").into());
        let number = row["code"].rsplit('_').next().unwrap().replace('M', "-").parse::<i64>().ok();
        assert_eq!(all["number"], number.map_or(Value::Null, Value::Integer), "{}", row["code"]);
        assert_eq!(all.len(), 10);
    }
}

/// Each line of the sample through the example host and its program, which the README shows.
#[test]
fn the_sample_is_explained() {
    let program = include_str!("../examples/explain.vrl");
    assert!(include_str!("../README.md").contains(program));
    let mut host = Host::compile(program, functions()).unwrap();
    let sample = include_str!("../../../tests/data/device-events.ndjson");
    let status: BTreeMap<_, _> =
        catalogue().into_iter().map(|row| (row["code"].clone(), row["status"].clone())).collect();
    let (mut known, mut unknown) = (0, 0);
    for line in sample.lines() {
        let Ok(before) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let mut out = Vec::new();
        host.run_line(line.as_bytes(), &mut out).unwrap();
        let after: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert!(before.as_object().unwrap().iter().all(|(name, value)| after[name] == *value), "{line}");
        let code = &before["event_type"];
        match status.get(code.as_str().unwrap_or_default()) {
            Some(status) => {
                assert_eq!(after["event_code"]["code"], *code);
                assert_eq!(after["event_code"]["status"], **status);
                known += 1;
            }
            None => {
                let found = event_log_codes::find(code.as_str().unwrap_or_default().as_bytes());
                let expected = found.map(|found| serde_json::json!({ "code": found.as_str() }));
                assert_eq!(after.get("event_code"), expected.as_ref(), "{line}");
                unknown += 1;
            }
        }
    }
    assert!(known > 20, "{known} known and {unknown} unknown");
}

#[test]
fn the_host_explains_lines_and_refuses_others() {
    let mut host = Host::compile(include_str!("../examples/explain.vrl"), functions()).unwrap();
    let mut run = |line: &str| {
        let mut out = Vec::new();
        host.run_line(line.as_bytes(), &mut out).map_err(|error| error.to_string())?;
        Ok::<_, String>(String::from_utf8(out).unwrap())
    };
    let known = run(r#"{"message":"failed:\nUPD4_FAIL_303"}"#).unwrap();
    assert!(known.contains(r#""corrective_action":"Check network.""#) && known.ends_with("}\n"), "{known}");
    assert_eq!(
        run(r#"{"message":"UPD4_FAIL_999"}"#).unwrap(),
        "{\"event_code\":{\"code\":\"UPD4_FAIL_999\"},\"message\":\"UPD4_FAIL_999\"}\n"
    );
    let both = run(r#"{"event_type":"update-failed","message":"UPD4_FAIL_303"}"#).unwrap();
    assert!(both.contains(r#""corrective_action":"Check network.""#), "{both}");
    // Without a code, without a message, and with a message that isn't a string: unchanged.
    for line in [r#"{"message":"nothing"}"#, "{}", r#"{"event_type":303,"message":null}"#] {
        assert_eq!(run(line).unwrap(), format!("{line}\n"));
    }
    assert!(run("not JSON").is_err());
}

#[test]
fn codes_are_found_in_any_text() {
    let found = |text: Value| {
        let event = Value::from(BTreeMap::from([("text".into(), text)]));
        let (first, _) = run("find_event_code(string!(.text))", event.clone()).unwrap();
        let (all, _) = run("find_event_codes(string!(.text))", event).unwrap();
        (first, all)
    };
    let list = |codes: &[&str]| Value::Array(codes.iter().map(|code| (*code).into()).collect());
    assert_eq!(
        found("x=SYS_111;UPD4_FAIL_999".into()),
        ("SYS_111".into(), list(&["SYS_111", "UPD4_FAIL_999"]))
    );
    assert_eq!(found("".into()), (Value::Null, list(&[])));
    assert_eq!(found("xSYS_111".into()), (Value::Null, list(&[])));
    // Vector's sources can yield bytes that aren't UTF-8.
    let bytes = Value::Bytes(Bytes::from_static(b"\xff\xfe SYS_111\x00"));
    assert_eq!(found(bytes), ("SYS_111".into(), list(&["SYS_111"])));
}

#[test]
fn null_and_unknown_codes_give_null() {
    for function in functions() {
        let name = function.identifier();
        let nothing = match name {
            "is_event_code" => Value::Boolean(false),
            "find_event_codes" => Value::Array(Vec::new()),
            _ => Value::Null,
        };
        for argument in ["null", "\"\"", "\"upd4_fail_303\"", "\" \""] {
            let (value, _) = run(&format!("{name}({argument})"), event("{}")).unwrap();
            assert_eq!(value, nothing, "{name}({argument})");
        }
    }
}

/// What the compiler accepts and refuses by the types of arguments and results, and by fallibility.
#[test]
fn types_and_fallibility() {
    for function in functions() {
        let name = function.identifier();
        let compiles = |source: String| compile(&source, &all_functions()).is_ok();
        assert!(compiles(format!("{name}(string!(.x))")), "{name} of a string can't fail");
        assert!(compiles(format!("{name}(null)")), "{name} takes null");
        assert!(!compiles(format!("{name}(.x)")), "{name} of any type must be handled");
        assert!(compiles(format!("{name}!(.x)")), "{name} of any type can be forced");
        assert!(!compiles(format!("{name}(1)")), "{name} takes no number");
        assert!(!compiles(format!("{name}()")), "{name} needs an argument");
        assert!(run(&format!("{name}!(.x)"), event(r#"{"x": 1}"#)).is_err(), "{name} of a number fails");
    }
    let compiles = |source| compile(source, &all_functions()).is_ok();
    assert!(compiles(r#"explain_event_code(find_event_code("SYS_111"))"#), "calls can be nested");
    assert!(!compiles(r#"upcase(event_code_status("SYS_111"))"#), "the result may be null");
    assert!(compiles(r#"upcase(string(event_code_status("SYS_111")) ?? "")"#));
    assert!(compiles(r#"for_each(find_event_codes("SYS_111")) -> |_, code| { .last = upcase(code) }"#));
    assert!(compiles(r#"if is_event_code("SYS_111") { .known = true }"#));
}

#[test]
fn names_are_new_and_categories_are_not() {
    let theirs: Vec<_> = vrl::stdlib::all().iter().map(|function| function.identifier()).collect();
    let categories: Vec<_> = vrl::stdlib::all().iter().map(|function| function.category()).collect();
    for function in functions() {
        assert!(!theirs.contains(&function.identifier()), "{}", function.identifier());
        assert!(categories.contains(&function.category()), "{}", function.category());
        assert!(!function.usage().is_empty() && !function.parameters().is_empty());
    }
}
