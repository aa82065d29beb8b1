//! `eventcodes list` end to end.

use std::collections::BTreeSet;

use event_log_codes::EventCode;

use crate::common::eventcodes;

/// The codes that are listed.
fn list(arguments: &[&str]) -> BTreeSet<String> {
    let output = eventcodes().args(["list", "--format", "json"]).args(arguments).assert().success();
    let listed: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    listed.as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect()
}

fn expected(wanted: impl Fn(EventCode) -> bool) -> BTreeSet<String> {
    EventCode::ALL.iter().filter(|code| wanted(**code)).map(|code| code.to_string()).collect()
}

#[test]
fn lists_the_catalogue_and_its_parts() {
    assert_eq!(list(&[]), expected(|_| true));
    assert_eq!(list(&["--status", "skipped"]), expected(|code| code.status().as_str() == "skipped"));
    assert_eq!(
        list(&["--family", "UPD1,SYS", "--status", "fail"]),
        expected(|code| ["UPD1", "SYS"].contains(&code.family().as_str()) && code.status().as_str() == "fail")
    );
    assert_eq!(
        list(&["--code", "upd4_fail_31*"]),
        expected(|code| code.as_str().starts_with("UPD4_FAIL_31"))
    );
}

#[test]
fn all_words_must_occur_in_any_case_in_any_text() {
    assert_eq!(
        list(&["CERTIFICATE", "not", "found"]),
        BTreeSet::from(["UPD2_FAIL_6", "UPD4_FAIL_208"].map(str::to_owned))
    );
    assert_eq!(list(&["fail_207"]), BTreeSet::from(["UPD4_FAIL_207".to_owned()]));
    assert_eq!(list(&["retry"]).len(), 4);
}

#[test]
fn nothing_found_is_1() {
    eventcodes()
        .args(["list", "zeppelin"])
        .assert()
        .code(1)
        .stdout("")
        .stderr("eventcodes: no code matches\n");
}

#[test]
fn as_a_table_as_csv_and_as_markdown() {
    let stdout = |format| {
        let output = eventcodes()
            .args(["list", "--code", "SYS_10[56],SYS_105", "--format", format])
            .assert()
            .success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    assert_eq!(
        stdout("table"),
        "\
code     status  section            portal text or explanation  corrective action
SYS_105  info    service-generated  Device deregistered.
"
    );
    assert_eq!(
        stdout("markdown"),
        "\
| code | status | section | portal text or explanation | corrective action |
| --- | --- | --- | --- | --- |
| SYS_105 | info | service-generated | Device deregistered. |  |
"
    );
    assert_eq!(
        stdout("csv").lines().nth(1),
        Some("SYS_105,info,service-generated,SYS,Device deregistered.,,,true,false,")
    );
}
