//! Overlays that are read at run time.

use std::path::Path;

use event_log_codes::overlay::{self, SiteCode};
use event_log_codes::{EventCode, Section, Status};

const HEADER: &str = "code,section,status,source,portal_text,explanation,corrective_action\n";

fn parse(rows: &str) -> Result<Vec<SiteCode>, Vec<String>> {
    let codes = overlay::parse(Path::new("site.csv"), format!("{HEADER}{rows}").as_bytes());
    codes.map_err(|diagnostics| diagnostics.iter().map(ToString::to_string).collect())
}

#[test]
fn rows_become_codes_in_their_order() {
    let codes = parse(
        "UPD4_FAIL_901,general,fail,service,Pump is running,,\"Wait, then retry.\"\n\
         UPD4_FAIL_310,update-fetching,fail,document,Battery below 20 %,,\n\
         SYS_900,service-generated,skipped,service,,,\n",
    )
    .unwrap();
    let names: Vec<_> = codes.iter().map(SiteCode::as_str).collect();
    assert_eq!(names, ["UPD4_FAIL_901", "UPD4_FAIL_310", "SYS_900"]);
    assert_eq!(codes[0].portal_text(), Some("Pump is running"));
    assert!(codes[0].has_portal_text(" pump is RUNNING. ") && !codes[0].has_portal_text("Pump"));
    assert!(!codes[2].has_portal_text(""));
    assert_eq!(codes[0].explanation(), None);
    assert_eq!(codes[0].corrective_action(), Some("Wait, then retry."));
    assert_eq!((codes[0].section(), codes[0].status()), (Section::General, Status::Fail));
    assert_eq!((codes[0].number(), codes[0].code()), (Some(901), None));
    assert_eq!(codes[1].code(), Some(EventCode::Upd4Fail310));
    assert_eq!(codes[2].status(), Status::Skipped);
}

#[test]
fn every_error_is_reported_at_once() {
    let diagnostics = parse(
        "UPD4_FAIL_310,general,info,document,x,,\n\
         UPD4_FAIL_901,general,fail,document,x,,\n\
         UPD4-FAIL-902,general,broken,service,x,,\n\
         UPD4_FAIL_901,general,fail,service,x,,\n\
         SYS_901,general,fail,service,\u{1b}[31m,,\n\
         SYS_902,general\n",
    )
    .unwrap_err();
    let expected = [
        ("site.csv:2: column `section`", "\"general\" for \"UPD4_FAIL_310\"; expected \"update-fetching\""),
        ("site.csv:2: column `status`", "\"info\" for \"UPD4_FAIL_310\"; expected \"fail\""),
        ("site.csv:3: column `source`", "\"UPD4_FAIL_901\" is not in the document"),
        ("site.csv:4: column `code`", "\"UPD4-FAIL-902\" is not an event code"),
        ("site.csv:4: column `status`", "unknown status \"broken\""),
        ("site.csv:5: column `code`", "duplicate code \"UPD4_FAIL_901\", first on line 3"),
        ("site.csv:6: column `portal_text`", "control character"),
        ("site.csv:7", "2 fields; expected 7"),
    ];
    assert_eq!(diagnostics.len(), expected.len(), "{diagnostics:#?}");
    for (place, message) in expected {
        let is_reported = |text: &String| text.starts_with(place) && text.contains(message);
        assert!(diagnostics.iter().any(is_reported), "{place} {message}: {diagnostics:#?}");
    }
}

#[test]
fn the_generator_accepts_what_is_read_and_rejects_what_is_not() {
    // The whole catalogue is an overlay of itself.
    let catalogue = include_bytes!("../../codes.csv");
    let codes = overlay::parse(Path::new("codes.csv"), catalogue).unwrap();
    for (site, &code) in codes.iter().zip(EventCode::ALL) {
        assert_eq!(site.code(), Some(code));
        assert_eq!(
            (site.portal_text(), site.explanation(), site.corrective_action()),
            (code.portal_text(), code.explanation(), code.corrective_action())
        );
    }
    assert_eq!(codes.len(), EventCode::COUNT);
    let many: String =
        (0..900).map(|number| format!("SYS_{},general,info,service,,,\n", 9000 + number)).collect();
    assert!(parse(&many).unwrap_err()[0].contains("1043 codes with those of any overlay"));
    assert!(overlay::read(Path::new("missing.csv")).unwrap_err()[0].to_string().contains("cannot be read"));
}
