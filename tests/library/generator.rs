//! The generator, called as the build script calls it: its output and its diagnostics.

#[path = "../../codegen/mod.rs"]
mod codegen;

use std::path::{Path, PathBuf};

use codegen::{Source, generate, reported_values};
use proptest::prelude::*;

use crate::{hostile, random};

const HEADER: &str = "code,section,status,source,portal_text,explanation,corrective_action\n";
const ROW: &str = "SYS_1,service-generated,info,service,,,\n";

fn source(path: &str, bytes: impl AsRef<[u8]>) -> Source {
    Source { path: path.into(), bytes: bytes.as_ref().to_vec() }
}

/// The tables of a valid catalogue.
#[track_caller]
fn tables(csv: impl AsRef<[u8]>) -> String {
    generate(&source("codes.csv", csv), None).unwrap_or_else(|errors| {
        panic!("{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>())
    })
}

/// The diagnostics of an invalid catalogue.
#[track_caller]
fn diagnostics(csv: impl AsRef<[u8]>) -> Vec<String> {
    diagnostics_with(csv, None)
}

#[track_caller]
fn diagnostics_with(csv: impl AsRef<[u8]>, overlay: Option<&str>) -> Vec<String> {
    let overlay = overlay.map(|overlay| source("/site/overlay.csv", overlay));
    let errors = generate(&source("codes.csv", csv), overlay.as_ref()).expect_err("a diagnostic");
    errors.iter().map(ToString::to_string).collect()
}

/// One row of the generated tables, read from the parsed output.
#[derive(Debug, PartialEq)]
struct Record {
    code: String,
    portal_text: Option<String>,
    explanation: Option<String>,
    corrective_action: Option<String>,
    section: String,
    status: String,
    family: String,
    number: Option<i16>,
    documented: bool,
    user_defined: bool,
}

/// The generated items by name.
fn items(tables: &str) -> Vec<syn::Item> {
    syn::parse_file(tables).expect("generated tables are Rust").items
}

fn records(tables: &str) -> Vec<Record> {
    let [records, texts] = ["RECORDS", "TEXTS"].map(|name| array(tables, name));
    assert_eq!(records.len(), texts.len());
    records.iter().zip(&texts).map(|(element, texts)| record(element, texts)).collect()
}

/// The elements of a static array.
fn array(tables: &str, name: &str) -> Vec<syn::Expr> {
    let found = items(tables).into_iter().find_map(|item| match item {
        syn::Item::Static(item) if item.ident == name => Some(*item.expr),
        _ => None,
    });
    let Some(syn::Expr::Array(array)) = found else { panic!("no array {name}") };
    array.elems.into_iter().collect()
}

fn record(record: &syn::Expr, texts: &syn::Expr) -> Record {
    let fields: Vec<_> = [record, texts]
        .into_iter()
        .flat_map(|element| match element {
            syn::Expr::Struct(element) => &element.fields,
            _ => panic!("not a record"),
        })
        .collect();
    let field = |name: &str| {
        let named =
            |field: &&&syn::FieldValue| matches!(&field.member, syn::Member::Named(ident) if ident == name);
        &fields.iter().find(named).unwrap_or_else(|| panic!("no {name}")).expr
    };
    let flag = |name| matches!(field(name), syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(flag), .. }) if flag.value);
    let text = |name| some(field(name)).map(literal);
    let variant = |name| match field(name) {
        syn::Expr::Path(path) => path.path.segments.last().unwrap().ident.to_string(),
        _ => panic!("{name} is not a variant"),
    };
    let number = |value: &syn::Expr| match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. }) => {
            number.base10_parse::<i32>().unwrap()
        }
        _ => panic!("not a number"),
    };
    Record {
        code: literal(field("code")),
        portal_text: text("portal_text"),
        explanation: text("explanation"),
        corrective_action: text("corrective_action"),
        section: variant("section"),
        status: variant("status"),
        family: variant("family"),
        number: some(field("number")).map(|value| match value {
            syn::Expr::Unary(negative) => -number(&negative.expr) as i16,
            value => number(value) as i16,
        }),
        documented: flag("documented"),
        user_defined: flag("user_defined"),
    }
}

/// The argument of `Some`; nothing for `None`.
fn some(value: &syn::Expr) -> Option<&syn::Expr> {
    match value {
        syn::Expr::Call(call) => Some(&call.args[0]),
        syn::Expr::Path(path) if path.path.is_ident("None") => None,
        _ => panic!("neither Some nor None"),
    }
}

fn literal(value: &syn::Expr) -> String {
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
        _ => panic!("not a text"),
    }
}

/// The names of the variants of an enum.
fn variants(tables: &str, name: &str) -> Vec<String> {
    enumeration(tables, name).variants.iter().map(|variant| variant.ident.to_string()).collect()
}

fn enumeration(tables: &str, name: &str) -> syn::ItemEnum {
    let found = items(tables).into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no enum {name}"))
}

/// The paragraphs of each variant's documentation, as rustdoc renders its Markdown.
fn documentation(tables: &str) -> Vec<Vec<String>> {
    let item = enumeration(tables, "EventCode");
    item.variants.iter().map(|variant| rendered(&markdown(&variant.attrs))).collect()
}

/// The doc comment of an item.
fn markdown(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(line) if line.path.is_ident("doc") => Some(literal(&line.value)),
        _ => None,
    });
    lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_string() + "\n").collect()
}

/// The paragraphs of a text, which has nothing else: no list, heading, link, code block or HTML.
fn rendered(markdown: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    // As rustdoc, but for its smart punctuation.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut paragraphs = Vec::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::Paragraph) => paragraphs.push(String::new()),
            Event::End(TagEnd::Paragraph) => {}
            Event::Text(text) | Event::Code(text) => paragraphs.last_mut().unwrap().push_str(&text),
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    paragraphs
}

// ---- The output ----

/// The whole output for a small catalogue. After a deliberate change of the output, regenerate it
/// with `UPDATE_FIXTURES=1 cargo test --test library generator` and review the difference.
#[test]
fn the_output_for_a_small_catalogue_is_the_golden_one() {
    let golden = "tests/fixtures/tiny.rs";
    let output = tables(include_bytes!("../fixtures/tiny.csv"));
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(golden, &output).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap();
    for (line, (expected, output)) in (1..).zip(expected.lines().zip(output.lines())) {
        assert_eq!(output, expected, "{golden}:{line}");
    }
    assert_eq!(output, expected);
}

#[test]
fn the_output_is_formatted_and_ends_in_a_line_break() {
    let output = tables(include_bytes!("../fixtures/tiny.csv"));
    assert!(output.ends_with('\n') && !output.ends_with("\n\n"));
    assert!(output.lines().all(|line| line == line.trim_end() && !line.contains('\t')));
}

/// The path, the order of columns, line ends and a byte-order mark make no difference.
#[test]
fn the_output_depends_on_the_rows_alone() {
    let csv = include_str!("../fixtures/tiny.csv");
    let expected = tables(csv);
    for path in ["codes.csv", "/elsewhere/ünd/other.csv", ""] {
        assert_eq!(generate(&source(path, csv), None).unwrap(), expected);
    }
    assert_eq!(tables(format!("\u{feff}{csv}")), expected, "byte-order mark");
    assert_eq!(
        tables(format!("\n\n{}\n\n", csv.replace("\nUPD2_FAIL", "\n\n\nUPD2_FAIL"))),
        expected,
        "blank lines"
    );
    assert_eq!(tables(csv.trim_end()), expected, "no line break at the end");

    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    writer.write_record(reader.headers().unwrap().iter().rev()).unwrap();
    for row in reader.records() {
        writer.write_record(row.unwrap().iter().rev()).unwrap();
    }
    assert_eq!(tables(writer.into_inner().unwrap()), expected, "columns in reverse, all quoted");
}

#[test]
fn carriage_returns_at_line_ends_are_not_part_of_a_text() {
    let csv = include_str!("../fixtures/tiny.csv").replace("Two\nlines", "Two lines");
    assert_eq!(tables(csv.replace('\n', "\r\n")), tables(&csv));
}

#[test]
fn rows_are_generated_verbatim() {
    let records = records(&tables(include_bytes!("../fixtures/tiny.csv")));
    let text = |text: &str| Some(text.to_string());
    assert_eq!(records.len(), 6);
    assert_eq!(
        records[0],
        Record {
            code: "UPD4_OK_M1".into(),
            portal_text: text("Update initial value (no event)"),
            explanation: text("Initial state, ignored."),
            corrective_action: None,
            section: "Update".into(),
            status: "Success".into(),
            family: "Upd4".into(),
            number: Some(-1),
            documented: true,
            user_defined: false,
        }
    );
    assert_eq!(records[1].corrective_action, text(r##"Quote "", hash "# and brace {}."##));
    assert_eq!(records[2].corrective_action, text(r"Back\slash `tick` */ <b> & [link](x) $1 #"));
    assert_eq!(records[3].explanation, text("Two\nlines, é and 日本."));
    assert_eq!((&records[3].family, records[3].number, records[3].documented), (&"Upd2".into(), None, false));
    assert_eq!((&*records[4].family, records[4].number), ("Sys", Some(111)));
}

#[test]
fn families_are_those_of_the_codes_with_devices_first() {
    let tables = tables(include_bytes!("../fixtures/tiny.csv"));
    assert_eq!(variants(&tables, "Family"), ["Upd2", "Upd4", "Sys"]);
}

#[test]
fn a_line_break_of_two_characters_in_a_text_stays_two() {
    let csv = format!("{HEADER}SYS_1,service-generated,info,service,\"a\r\nb\n\nc\",,\r\n");
    assert_eq!(records(&tables(csv))[0].portal_text.as_deref(), Some("a\r\nb\n\nc"));
}

#[test]
fn a_number_fills_sixteen_bits_and_words_are_none() {
    let number = |code: &str| records(&tables(format!("{HEADER}{}", ROW.replace("SYS_1", code))))[0].number;
    assert_eq!(number("SYS_32767"), Some(32767));
    assert_eq!(number("UPD4_OK_M32768"), Some(-32768));
    assert_eq!(number("SYS_0007"), Some(7));
    assert_eq!(number("UPD4_OK_M"), None);
    assert_eq!(number("UPD4_OK_M1A"), None);
    assert_eq!(number("UPD4_OK_1M"), None);
    assert_eq!(number("UPD4_OK_HASH"), None);
}

// ---- The diagnostics ----

/// Each error alone: its CSV and its diagnostic.
#[test]
fn each_diagnostic_names_the_place() {
    let columns = "code,section,status,source,portal_text,explanation,corrective_action";
    let row = |cell: &str, put: &str| format!("{HEADER}{}", ROW.replacen(cell, put, 1));
    let cases: Vec<(Vec<u8>, String)> = [
        // The file.
        ("".into(), format!("codes.csv: the file is empty; expected the header {columns}")),
        ("\n\r\n".into(), format!("codes.csv: the file is empty; expected the header {columns}")),
        ("\u{feff}".into(), format!("codes.csv: the file is empty; expected the header {columns}")),
        (HEADER.into(), "codes.csv: no rows after the header; expected one row per code".into()),
        // The header.
        (
            HEADER.replace(",explanation", "") + "SYS_1,service-generated,info,service,,\n",
            format!("codes.csv:1: column `explanation` is missing; expected {columns}"),
        ),
        (
            HEADER.replace("code,", "code,colour,") + "SYS_1,red,service-generated,info,service,,,\n",
            format!("codes.csv:1: unknown column \"colour\"; expected {columns}"),
        ),
        (
            HEADER.replace("code,", "code,status,") + "SYS_1,info,service-generated,info,service,,,\n",
            "codes.csv:1: duplicate column `status`; expected each column once".into(),
        ),
        // The shape of a row.
        (row(",,,", ",,"), "codes.csv:2: 6 fields; expected 7, as in the header".into()),
        (row(",,,", ",,,,"), "codes.csv:2: 8 fields; expected 7, as in the header".into()),
        (
            row(",,,", ",\"open,,"),
            "codes.csv:2: unclosed quote; expected a field with quotes to be quoted, and the quotes in it doubled".into(),
        ),
        // The cells.
        (
            format!("{HEADER}{ROW}{ROW}"),
            "codes.csv:3: column `code`: duplicate code \"SYS_1\", first on line 2; expected each code once".into(),
        ),
        (row("service-generated", "Update"), "codes.csv:2: column `section`: unknown section \"Update\"; expected general, update, manifest-validation, update-fetching, update-processing, update-writing, lwm2m-standard-object, service-generated".into()),
        (row("info", ""), "codes.csv:2: column `status`: unknown status \"\"; expected success, fail, info, skipped".into()),
        (row("info", "FAIL"), "codes.csv:2: column `status`: unknown status \"FAIL\"; expected success, fail, info, skipped".into()),
        (row("info,service", "info,site"), "codes.csv:2: column `source`: unknown source \"site\"; expected document, service".into()),
        (row(",,,", ",a\tb,,"), "codes.csv:2: column `portal_text`: control character '\\t'; expected printable text and line breaks".into()),
        (row(",,,", ",,\0,"), "codes.csv:2: column `explanation`: control character '\\0'; expected printable text and line breaks".into()),
        (row(",,,", ",,,\u{85}"), "codes.csv:2: column `corrective_action`: control character '\\u{85}'; expected printable text and line breaks".into()),
        (row(",,,", ",,,\"a\rb\""), "codes.csv:2: column `corrective_action`: control character '\\r'; expected printable text and line breaks".into()),
        (row("SYS_1", "SYS_40000"), "codes.csv:2: column `code`: the number of \"SYS_40000\" is too large; expected -32768 to 32767".into()),
        (row("SYS_1", "UPD4_OK_M32769"), "codes.csv:2: column `code`: the number of \"UPD4_OK_M32769\" is too large; expected -32768 to 32767".into()),
        // A cell is escaped to stay on one line.
        (row("info", "\"in\nfo\u{202e}\""), "codes.csv:2: column `status`: unknown status \"in\\nfo\\u{202e}\"; expected success, fail, info, skipped".into()),
    ]
    .into_iter()
    .map(|(csv, message)| (csv.into_bytes(), message))
    .chain([
        (
            [row(",,,", ",").as_bytes().trim_ascii_end(), b"ab\xffc,,\n"].concat(),
            "codes.csv:2: column `portal_text`: invalid utf-8 sequence of 1 bytes from index 2; expected UTF-8".into(),
        ),
        (
            [&b"c\xffde"[..], &HEADER.as_bytes()[4..], ROW.as_bytes()].concat(),
            "codes.csv:1: unknown column \"c\u{fffd}de\"; expected code,section,status,source,portal_text,explanation,corrective_action|codes.csv:1: column `code` is missing; expected code,section,status,source,portal_text,explanation,corrective_action".into(),
        ),
    ])
    .collect();
    for (csv, expected) in cases {
        let messages = diagnostics(&csv);
        assert!(messages.iter().all(|message| !message.contains(char::is_control)), "{messages:?}");
        let mut expected: Vec<_> = expected.split('|').collect();
        expected.sort();
        assert_eq!(messages, expected, "{}", csv.escape_ascii());
    }
}

#[test]
fn a_code_that_breaks_the_grammar_is_rejected() {
    let long = format!("SYS_{}", "1".repeat(61));
    for code in [
        "",
        " ",
        "SYS",
        "SYS_",
        "SYS_A",
        "SYS_1 ",
        " SYS_1",
        "sys_1",
        "SYS_1_2",
        "SYS-1",
        "SYS_１",
        "UPD_OK_1",
        "UPDX_OK_1",
        "UPD44_OK_1",
        "UPD4__1",
        "UPD4_OK_",
        "UPD4_OK",
        "UPD4_OK_1_2",
        "UPD4_ok_1",
        "UPD4_OK_a",
        "UPD4_O1K_1",
        "UPD4_ÖK_1",
        "UPD4_FAIL_310-314",
        "Self",
        "fn",
        "r#fn",
        "SYS_1; fn main(){}",
        &long,
    ] {
        let messages = diagnostics(format!("{HEADER}{}", ROW.replace("SYS_1", code)));
        assert_eq!(
            messages,
            [format!(
                "codes.csv:2: column `code`: {code:?} is not an event code; expected UPD[0-9]_[A-Z]+_[A-Z0-9]+ or SYS_[0-9]+, at most 64 bytes"
            )]
        );
    }
    // The longest there can be, and the shortest.
    for code in [&format!("UPD4_OK_{}A", "1".repeat(55)), "SYS_1", "UPD0_A_0"] {
        assert_eq!(records(&tables(format!("{HEADER}{}", ROW.replace("SYS_1", code))))[0].code, code);
    }
}

#[test]
fn all_diagnostics_come_at_once_in_the_order_of_the_file() {
    let csv = format!(
        "{HEADER}\
         SYS_1,service-generated,info,service,,,\n\
         sys_2,nowhere,perhaps,rumour,a\tb,c\u{7}d,\0\n\
         SYS_3,service-generated,info\n\
         SYS_1,service-generated,fail,service,,,\n\
         SYS_5,service-generated,info,service,,,\n\
         SYS_6,service-generated,info,service,\"open,,\n"
    );
    let messages = diagnostics(csv);
    let columns: Vec<&str> = messages.iter().filter_map(|message| message.split('`').nth(1)).collect();
    assert_eq!(messages.len(), 10, "{messages:#?}");
    assert_eq!(
        columns[..7],
        ["code", "corrective_action", "explanation", "portal_text", "section", "source", "status"]
    );
    let lines: Vec<&str> = messages.iter().map(|message| message.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["3", "3", "3", "3", "3", "3", "3", "4", "5", "7"]);
}

#[test]
fn every_duplicate_names_the_first() {
    let messages = diagnostics(format!("{HEADER}{ROW}{ROW}SYS_2,service-generated,info,service,,,\n{ROW}"));
    assert_eq!(
        messages,
        [
            "codes.csv:3: column `code`: duplicate code \"SYS_1\", first on line 2; expected each code once",
            "codes.csv:5: column `code`: duplicate code \"SYS_1\", first on line 2; expected each code once",
        ]
    );
}

/// An error in a row is reported on the line where the row begins, whatever came before.
#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let bad = ROW.replace("info", "bad");
    let quoted = "SYS_2,service-generated,info,service,\"a\nb\n\nc\",,\n";
    for (before, line) in [
        (HEADER.to_string(), 2),
        (format!("\n\n{HEADER}"), 4),
        (format!("{HEADER}\n\n\n"), 5),
        (format!("{HEADER}{quoted}"), 6),
        (format!("{HEADER}{quoted}\n{}", quoted.replace("SYS_2", "SYS_3")), 11),
        (format!("\u{feff}{HEADER}{quoted}"), 6),
    ] {
        for (line_break, csv) in
            [("\\n", format!("{before}{bad}")), ("\\r\\n", format!("{before}{bad}").replace('\n', "\r\n"))]
        {
            let messages = diagnostics(&csv);
            assert_eq!(messages.len(), 1, "{messages:?}");
            let place = format!("codes.csv:{line}: column `status`");
            assert!(messages[0].starts_with(&place), "{place} with {line_break}: {messages:?}");
        }
    }
    // The line breaks of old Macs, which the CSV reader accepts too.
    let messages = diagnostics(format!("{HEADER}{ROW}{ROW}").replace('\n', "\r"));
    assert_eq!(
        messages,
        ["codes.csv:3: column `code`: duplicate code \"SYS_1\", first on line 2; expected each code once"]
    );
}

#[test]
fn an_unreadable_file_is_one_clear_line() {
    let message = |path: &Path| Source::read(path).err().expect("a diagnostic")[0].to_string();
    let missing = PathBuf::from("/nowhere/at/all.csv");
    assert_eq!(
        message(&missing),
        "/nowhere/at/all.csv: cannot be read: No such file or directory (os error 2)"
    );
    let directory = message(Path::new("tests"));
    assert_eq!(directory, "tests: cannot be read: Is a directory (os error 21)");
    let strange = message(Path::new("/nowhere/a\nb\u{202e}.csv"));
    assert!(strange.starts_with("/nowhere/a\\nb\\u{202e}.csv: cannot be read"), "{strange}");
}

#[test]
fn a_catalogue_has_a_largest_size() {
    let rows = |count: u32| {
        let row = |number| format!("SYS_{number},service-generated,info,service,,,\n");
        format!("{HEADER}{}", (0..count).map(row).collect::<String>())
    };
    assert_eq!(records(&tables(rows(1024))).len(), 1024);
    assert_eq!(
        diagnostics(rows(1025)),
        ["codes.csv: 1025 codes with those of any overlay; expected at most 1024"]
    );
}

/// A far larger file is read to its end, and each of its errors reported.
#[test]
fn a_hundred_thousand_rows_are_reported_in_time() {
    let row = |number: u32| format!("UPD4_FAIL_{number}X,update,fail,service,\"two\nlines\",,\n");
    let mut csv = HEADER.to_string();
    csv.extend((0..100_000).map(row));
    assert_eq!(
        diagnostics(&csv),
        ["codes.csv: 100000 codes with those of any overlay; expected at most 1024"]
    );
    let messages = diagnostics(csv.replace(",fail,", ",failed,"));
    assert_eq!(messages.len(), 100_000);
    assert_eq!(
        messages[99_999],
        "codes.csv:200000: column `status`: unknown status \"failed\"; expected success, fail, info, skipped"
    );
}

// ---- The overlay ----

const SITE: &str =
    "UPD4_FAIL_310,update-fetching,fail,document,Wrong region,The image is for another market.,Ask sales.\n";

#[test]
fn each_error_in_the_reported_values_is_named() {
    let generate = |rows: &str| {
        let csv = format!("object,resource,value,status,meaning\n{rows}");
        reported_values::generate(&source("reported-values.csv", csv))
    };
    assert!(generate("1,2,3,fail,Broken.\n1,2,4,info,Fine.\n").is_ok());
    for (rows, place, message) in [
        ("1,2,3,fail,Broken.\n1,2,x,fail,Broken.\n", ":3: ", "invalid digit"),
        ("1,2,-3,fail\n", ":2: ", "found record with 4 fields"),
        ("1,2,3,broken,Broken.\n", ": ", "unknown status \"broken\" of (1, 2, 3); expected success"),
        ("1,2,3,fail, \n", ": ", "no meaning of (1, 2, 3)"),
        ("1,2,3,fail,Broken.\n1,2,3,fail,Broken.\n", ": ", "(1, 2, 3) is not in ascending order"),
        ("1,3,3,fail,Broken.\n1,2,4,fail,Broken.\n", ": ", "(1, 2, 4) is not in ascending order"),
    ] {
        let errors = generate(rows).expect_err("a diagnostic");
        let [error] = errors.iter().map(ToString::to_string).collect::<Vec<_>>().try_into().unwrap();
        assert!(error.starts_with(&format!("reported-values.csv{place}")), "{error}");
        assert!(error.contains(message), "{error}");
    }
}

fn catalogue() -> &'static str {
    include_str!("../../codes.csv")
}

#[test]
fn an_overlay_replaces_texts_and_adds_codes() {
    let overlay = format!(
        "{HEADER}{SITE}SYS_111,service-generated,fail,service,,,\nUPD5_FAIL_1,update,fail,service,New,,\n"
    );
    let base = records(&tables(catalogue()));
    let with_overlay =
        generate(&source("codes.csv", catalogue()), Some(&source("/site.csv", overlay))).unwrap();
    let families = variants(&with_overlay, "Family");
    let with_overlay = records(&with_overlay);
    assert_eq!(with_overlay.len(), base.len() + 1);
    for (before, after) in base.iter().zip(&with_overlay) {
        match &*before.code {
            "UPD4_FAIL_310" => {
                assert_eq!(after.portal_text.as_deref(), Some("Wrong region"));
                assert_eq!(after.explanation.as_deref(), Some("The image is for another market."));
                assert_eq!(after.corrective_action.as_deref(), Some("Ask sales."));
                assert!(after.documented);
                assert!(after.user_defined, "the texts change, not who defines the code");
            }
            // An empty cell is an empty text. The document still lists the code.
            "SYS_111" => assert_eq!((after.portal_text.as_deref(), after.documented), (None, true)),
            _ => assert_eq!(before, after),
        }
    }
    let new = with_overlay.last().unwrap();
    assert_eq!(
        (&*new.code, &*new.family, new.number, new.documented),
        ("UPD5_FAIL_1", "Upd5", Some(1), false)
    );
    assert_eq!(families, ["Upd1", "Upd2", "Upd4", "Upd5", "Sys"]);
}

#[test]
fn an_overlay_may_not_contradict_the_catalogue() {
    let overlay = format!(
        "{HEADER}\
         UPD4_FAIL_310,update,info,document,,,\n\
         SYS_999,service-generated,info,document,,,\n\
         SYS_998,service-generated,info,service,,,\n\
         SYS_998,service-generated,info,service,,,\n"
    );
    let mut messages = diagnostics_with(catalogue(), Some(&overlay));
    messages.sort();
    assert_eq!(
        messages,
        [
            "/site/overlay.csv:2: column `section`: \"update\" for \"UPD4_FAIL_310\"; expected \"update-fetching\", because an overlay changes only texts",
            "/site/overlay.csv:2: column `status`: \"info\" for \"UPD4_FAIL_310\"; expected \"fail\", because an overlay changes only texts",
            "/site/overlay.csv:3: column `source`: \"SYS_999\" is not in the document; expected \"service\"",
            "/site/overlay.csv:5: column `code`: duplicate code \"SYS_998\", first on line 4; expected each code once",
        ]
    );
}

/// Found by the fuzz target `csv`: the code was printed as it stood.
#[test]
fn a_diagnostic_is_one_line_whatever_the_code() {
    let overlay = format!("{HEADER}\"\u{1}\n_1\",update,info,document,,,\n");
    assert_eq!(
        diagnostics_with(catalogue(), Some(&overlay)),
        [
            "/site/overlay.csv:2: column `code`: \"\\u{1}\\n_1\" is not an event code; expected UPD[0-9]_[A-Z]+_[A-Z0-9]+ or SYS_[0-9]+, at most 64 bytes",
            "/site/overlay.csv:2: column `source`: \"\\u{1}\\n_1\" is not in the document; expected \"service\"",
        ]
    );
}

#[test]
fn diagnostics_of_both_files_come_at_once() {
    let base = format!("{HEADER}{}", ROW.replace("info", "bad"));
    let overlay = HEADER.replace("code,", "");
    let messages = diagnostics_with(base, Some(&overlay));
    assert_eq!(
        messages,
        [
            "codes.csv:2: column `status`: unknown status \"bad\"; expected success, fail, info, skipped",
            "/site/overlay.csv:1: column `code` is missing; expected code,section,status,source,portal_text,explanation,corrective_action",
        ]
    );
}

#[test]
fn an_overlay_counts_towards_the_largest_size() {
    let row = |number| format!("SYS_{number},service-generated,info,service,,,\n");
    let overlay = format!("{HEADER}{}", (1000..1900).map(row).collect::<String>());
    assert_eq!(
        diagnostics_with(catalogue(), Some(&overlay)),
        ["codes.csv: 1043 codes with those of any overlay; expected at most 1024"]
    );
}

/// An overlay of as many codes as there may be.
fn full_overlay(code: impl Fn(usize) -> String) -> String {
    let row = |at| format!("{},update,fail,service,,,\n", code(at));
    format!("{HEADER}{}", (0..1024 - 143).map(row).collect::<String>())
}

#[track_caller]
fn with_overlay(overlay: String) -> String {
    generate(&source("codes.csv", catalogue()), Some(&source("/site.csv", overlay))).unwrap()
}

#[test]
fn long_codes_that_differ_in_one_letter_are_kept_apart() {
    // Every place and every letter that a code of 64 bytes has for it.
    let one_letter = full_overlay(|at| {
        let mut value = [b'A'; 64 - "UPD9_FAIL_".len()];
        value[at % value.len()] = b'B' + (at / value.len()) as u8;
        format!("UPD9_FAIL_{}", std::str::from_utf8(&value).unwrap())
    });
    assert_eq!(records(&with_overlay(one_letter)).len(), 1024);
    // The last places alone.
    let counted = full_overlay(|at| format!("UPD9_FAIL_{}{at:04}", "A".repeat(50)));
    assert_eq!(records(&with_overlay(counted)).len(), 1024);
}

#[test]
fn long_codes_with_repeated_differences_are_kept_apart() {
    let pump = |name: &str| format!("UPD9_PUMP{name}_FAILUREINPUMP{name}SENSOR");
    let pumps = ["A", "B", "C"].map(|name| format!("{},update,fail,service,,,\n", pump(name)));
    assert_eq!(records(&with_overlay(HEADER.to_string() + &pumps.concat())).len(), 146);
    // Two letters, so far apart, that change together.
    for distance in [1, 2, 7, 8, 16, 24, 32, 48] {
        let places = 54 - distance;
        with_overlay(full_overlay(|at| {
            let mut value = [b'A'; 54];
            let letter = b'B' + (at / places % 25) as u8;
            (value[at % places], value[at % places + distance]) = (letter, letter);
            format!("UPD{}_FAIL_{}", at / places / 25, std::str::from_utf8(&value).unwrap())
        }));
    }
}

// ---- Any input ----

/// The paragraphs that document a row.
fn documented(
    [code, section, status, source, portal_text, explanation, corrective_action]: &hostile::Row,
) -> Vec<String> {
    let filled = |text: &str| !text.is_empty();
    let mut paragraphs =
        vec![if filled(portal_text) { format!("{code}: {}", words(portal_text)) } else { code.clone() }];
    paragraphs.extend(Some(words(explanation)).filter(|_| filled(explanation)));
    paragraphs.extend(
        Some(format!("Corrective action: {}", words(corrective_action)))
            .filter(|_| filled(corrective_action)),
    );
    let outside = if source == "service" { "; not in the document" } else { "" };
    paragraphs.push(format!("Status: {status}. Section: {section}{outside}."));
    // A paragraph of nothing but spaces is not rendered.
    paragraphs
        .iter()
        .map(|paragraph| paragraph.trim_end_matches(' ').to_string())
        .filter(|text| filled(text))
        .collect()
}

/// The words of a text on one line, invisible characters escaped.
fn words(text: &str) -> String {
    let line = text.split([' ', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let spelt = |char: char| match char.escape_debug().len() {
        2.. if !char.is_ascii() => char.escape_unicode().to_string(),
        _ => char.to_string(),
    };
    line.chars().map(spelt).collect()
}

/// One case takes a large part of a second in a debug build.
fn cases() -> u32 {
    if random::long_run() { 2_000 } else { 24 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn every_legal_catalogue_is_generated_verbatim(rows in hostile::rows(1..40)) {
        let tables = tables(hostile::csv(&rows));
        let records = records(&tables);
        prop_assert_eq!(records.len(), rows.len());
        for (row, record) in rows.iter().zip(&records) {
            prop_assert_eq!(&row[0], &record.code);
            prop_assert_eq!(row[1].replace('-', ""), record.section.to_ascii_lowercase());
            prop_assert_eq!(&row[2], &record.status.to_ascii_lowercase());
            prop_assert_eq!(row[3] == "document", record.documented);
            let texts = [&record.portal_text, &record.explanation, &record.corrective_action];
            for (cell, text) in row[4..].iter().zip(texts) {
                prop_assert_eq!(Some(cell).filter(|cell| !cell.is_empty()), text.as_ref());
            }
        }
        for (row, paragraphs) in rows.iter().zip(documentation(&tables)) {
            prop_assert_eq!(paragraphs, documented(row));
        }
        // Distinct codes are distinct variants, in the order of the rows.
        let mut names = variants(&tables, "EventCode");
        let spelt: Vec<String> = names.iter().map(|name| name.to_ascii_uppercase()).collect();
        let codes: Vec<String> = rows.iter().map(|row| row[0].replace('_', "")).collect();
        prop_assert_eq!(spelt, codes);
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), rows.len());
    }

    /// Whatever the bytes: valid Rust, or diagnostics of one line each.
    #[test]
    fn any_bytes_are_generated_or_rejected(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        generated_or_rejected(&bytes);
    }

    #[test]
    fn any_change_of_a_catalogue_is_generated_or_rejected(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = include_bytes!("../fixtures/tiny.csv").to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        generated_or_rejected(&bytes);
    }
}

fn generated_or_rejected(bytes: &[u8]) {
    match generate(&source("codes.csv", bytes), None) {
        Ok(tables) => assert!(!records(&tables).is_empty()),
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                let message = error.to_string();
                assert!(
                    message.starts_with("codes.csv") && !message.contains(char::is_control),
                    "{message:?}"
                );
            }
        }
    }
}
