//! `eventcodes explain` end to end.

use crate::common::eventcodes;

fn stdout(arguments: &[&str]) -> String {
    let output = eventcodes().arg("explain").args(arguments).assert().success().get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn shows_the_words_of_the_document() {
    assert_eq!(
        stdout(&["upd4_fail_207"]),
        "\
UPD4_FAIL_207  fail  manifest-validation
  Portal text        Manifest rejected, integrity check failed (hash error)
  Explanation        The hash included in the outer part of the manifest (signature container) does not match the calculated hash of the inner part of the manifest.
  Corrective action  Manifest was edited or corrupted in transit. Retry.
  LwM2M              /10252/0/3=207
  Source             the document of event log codes
"
    );
}

#[test]
fn says_what_is_not_known_of_a_code() {
    assert_eq!(
        stdout(&["SYS_117"]),
        "\
SYS_117  skipped  service-generated
  Source             the service's list of event types
"
    );
    assert!(stdout(&["UPD4_FAIL_310"]).contains("the integrator of the device defines what this code means"));
}

#[test]
fn every_report_of_a_device_that_leads_to_the_code() {
    assert!(stdout(&["UPD4_OK_M1"]).contains("  LwM2M              /10252/0/3=-1, /10252/0/3=255\n"));
    assert!(stdout(&["UPD2_REPORT_HASH"]).contains("  LwM2M              /10252/0/5\n"));
}

#[test]
fn json_and_csv() {
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&["Upd2_Fail_6", "SYS_111", "--format", "json"])).unwrap();
    assert_eq!(json[0]["code"], "UPD2_FAIL_6");
    assert_eq!(json[0]["portal_text"], "Manifest rejected, certificate not found");
    assert_eq!(json[0]["explanation"], serde_json::Value::Null);
    assert_eq!(json[0]["lwm2m"], serde_json::json!(["/10252/0/3=6"]));
    assert_eq!(json[1]["code"], "SYS_111");
    assert_eq!(
        stdout(&["SYS_105", "--format", "csv"]),
        "\
code,status,section,family,portal_text,explanation,corrective_action,documented,user_defined,lwm2m
SYS_105,info,service-generated,SYS,Device deregistered.,,,true,false,
"
    );
}

#[test]
fn an_unknown_code_suggests_the_nearest_and_the_known_ones_are_still_told() {
    let output =
        eventcodes().args(["explain", "UPD4_FAIL_270", "SYS_105"]).assert().code(1).get_output().clone();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("SYS_105  info"));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        message,
        "eventcodes: \"UPD4_FAIL_270\" is not a known code; did you mean UPD4_FAIL_220, UPD4_FAIL_210 or UPD4_FAIL_207?\n"
    );
}

#[test]
fn nonsense_suggests_nothing() {
    let output = eventcodes().args(["explain", "hello\u{1b}[31m"]).assert().code(1).get_output().clone();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "eventcodes: \"hello\\u{1b}[31m\" is not a known code\n"
    );
}

#[test]
fn values_that_devices_report() {
    assert!(stdout(&["--lwm2m", "/10252/0/3=218"]).starts_with("UPD4_FAIL_218  fail"));
    assert!(stdout(&["--lwm2m", "/5/0/5=3", "--lwm2m", "/10252/0/3=3"]).contains("\n\nUPD2_FAIL_3  fail"));
    eventcodes()
        .args(["explain", "--lwm2m", "/10252/0/3=50"])
        .assert()
        .code(1)
        .stderr("eventcodes: neither a code nor a meaning is known for /10252/0/3=50\n");
    for wrong in ["/10252/3=1", "/10252/0/3", "/10252/0/3=x", "/10252/0/3/4=1"] {
        eventcodes().args(["explain", "--lwm2m", wrong]).assert().code(2);
    }
}

#[test]
fn values_that_newer_clients_report() {
    assert_eq!(
        stdout(&["--lwm2m", "/10252/0/3=25"]),
        "\
(no known code)  fail
  Explanation        The manifest names a payload format that the device does not support.
  LwM2M              /10252/0/3=25
  Source             the public device client; which code the service logs is not public
"
    );
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&["--lwm2m", "/10252/0/3=25", "--format", "json"])).unwrap();
    assert_eq!((&json[0]["code"], &json[0]["status"]), (&serde_json::Value::Null, &"fail".into()));
    assert!(
        stdout(&["--lwm2m", "/10252/0/3=25", "--format", "csv"]).ends_with(",false,false,/10252/0/3=25\n")
    );
}

#[test]
fn texts_that_the_portal_shows() {
    let found = stdout(&["--text", " manifest rejected, certificate NOT found."]);
    assert!(found.starts_with("UPD2_FAIL_6  fail"), "{found}");
    assert!(found.contains("\nUPD4_FAIL_208  fail"), "{found}");
    eventcodes()
        .args(["explain", "--text", "Manifest rejected, certificate not fuond"])
        .assert()
        .code(1)
        .stderr(
            "eventcodes: no code has the portal text \"Manifest rejected, certificate not fuond\"; \
         did you mean \"Manifest rejected, certificate not found\"?\n",
        );
    eventcodes()
        .args(["explain", "--text", "hello"])
        .assert()
        .code(1)
        .stderr("eventcodes: no code has the portal text \"hello\"\n");
}

#[test]
fn takes_ranges_and_reported_values_among_codes() {
    let codes = |arguments: &[&str]| -> Vec<String> {
        let text = stdout(&[arguments, &["--format", "csv"]].concat());
        text.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
    };
    assert_eq!(
        codes(&["UPD4_FAIL_401-403", "sys_105", "10252/0/3=218", "/5/0/5=2"]),
        ["UPD4_FAIL_401", "UPD4_FAIL_402", "UPD4_FAIL_403", "SYS_105", "UPD4_FAIL_218", "UPD1_FAIL_2"]
    );
    assert_eq!(codes(&["upd4_fail_310-upd4_fail_311"]), ["UPD4_FAIL_310", "UPD4_FAIL_311"]);
    for unknown in ["UPD4_FAIL_314-310", "UPD4_FAIL_9000-9010", "UPD4_FAIL_-", "-", "1-2", "10252/0=1"] {
        eventcodes().args(["explain", "--", unknown]).assert().code(1);
    }
}
