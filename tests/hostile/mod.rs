//! Random valid catalogues whose texts would break the generated code or its documentation if they were
//! not escaped.

use std::collections::HashSet;
use std::ops::Range;

use proptest::prelude::*;

pub const HEADER: &str = "code,section,status,source,portal_text,explanation,corrective_action\n";

/// The cells of a row, in the order of the header.
pub type Row = [String; 7];

/// Valid rows, no code twice.
pub fn rows(count: Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), count).prop_map(|mut rows| {
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(row[0].clone()));
        rows
    })
}

/// The rows as a CSV file.
pub fn csv(rows: &[Row]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    HEADER.to_string() + std::str::from_utf8(&writer.into_inner().unwrap()).unwrap()
}

fn row() -> impl Strategy<Value = Row> {
    let value = "[0-9]{1,4}|M[0-9]{1,4}|[A-Z]{1,10}|[0-9]{1,3}[A-Z][A-Z0-9]{0,50}|[A-LN-Z][0-9]{1,9}";
    let code = prop_oneof![
        ("[0-9]", "[A-Z]{1,4}", value)
            .prop_map(|(scheme, kind, value)| format!("UPD{scheme}_{kind}_{value}")),
        "SYS_[0-9]{1,4}",
    ];
    let section = prop::sample::select(vec![
        "general",
        "update",
        "manifest-validation",
        "update-fetching",
        "update-processing",
        "update-writing",
        "lwm2m-standard-object",
        "service-generated",
    ]);
    let status = prop::sample::select(vec!["success", "fail", "info", "skipped"]);
    let source = prop::sample::select(vec!["document", "service"]);
    (code, section, status, source, text(), text(), text()).prop_map(
        |(code, section, status, source, portal_text, explanation, corrective_action)| {
            [code, section.into(), status.into(), source.into(), portal_text, explanation, corrective_action]
        },
    )
}

/// Text that would end a literal or a comment, or be markup, if it were not escaped.
fn text() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let hostile = prop::sample::select(vec![
        // Literals, comments, macros, Rust.
        "\"", "\"#", "\"##", "r#\"", "\\", "\\\"", "\\u{202e}", "\\n", "{", "}", "{}", "{0}", "*/", "/*", "//", "///", "//!",
        "; fn main() {}", "]; static X: u8 = 1;", "'", "$(x)", "%s", ",", ";",
        // Markdown and HTML.
        "`", "```", "~~~", "#", "# ", "- ", "+ ", "> ", "1. ", "    ", "    let x = ;", "---", "===", "|", "_", "*", "!", "[x]: y",
        "<script>", "</code>", "<!--", "&amp;", "[x](y)", "![x](y)", "[`EventCode`]", "[x][EventCode]", "https://example.com/x", "<a@b.c>",
        // Line breaks, and characters that are invisible or change the direction of writing.
        " ", "\n", "\r\n", "\n\n", "\u{202e}", "\u{2066}", "\u{200b}", "\u{feff}", "\u{2028}", "\u{a0}", "\u{301}",
        "é", "日本", "👩\u{200d}🚒", "\u{10ffff}", "\u{e000}", "\u{fffd}",
    ]);
    let piece = prop_oneof![
        4 => hostile.prop_map(String::from),
        1 => "\\PC{0,20}",
        1 => "[a-zA-Z ]{0,20}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}
