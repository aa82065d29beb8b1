//! Records are the same wherever the bytes are cut.

use event_log_codes_cli::records::{Extent, Format, Record, Splitter};
use proptest::prelude::*;

type Owned = (u64, Vec<u8>);

fn own(record: Record<'_>) -> Owned {
    assert_eq!(record.extent, Extent::Whole);
    (record.line, record.bytes.to_vec())
}

fn records(format: Format, buffers: &[&[u8]]) -> Vec<Owned> {
    let mut records = Vec::new();
    let mut splitter = Splitter::new(format);
    for buffer in buffers {
        splitter.feed(buffer, &mut |record| records.push(own(record)));
    }
    splitter.end(&mut |record| records.push(own(record)));
    records
}

/// Text dense in what ends records and in what hides their ends.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let part = prop::sample::select(vec![
        "\n",
        "\r\n",
        "\"",
        "\\",
        "\\\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "x",
        "\"data\":[",
        "{\"a\":1}",
        "{\"data\":[{}]}",
        "\"}\"",
        "\u{feff}",
    ]);
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat().into_bytes())
}

proptest! {
    #[test]
    fn buffers_hold_the_records_of_the_whole(text in text(), len in 1_usize..9) {
        for format in [Format::Text, Format::Csv, Format::Json] {
            let buffers: Vec<_> = text.chunks(len).collect();
            prop_assert_eq!(records(format, &buffers), records(format, &[&text]));
        }
    }

    #[test]
    fn lines_are_lines(text in text()) {
        let expected: Vec<_> = text
            .split_inclusive(|byte| *byte == b'\n')
            .enumerate()
            .map(|(index, line)| (index as u64 + 1, line.to_vec()))
            .collect();
        prop_assert_eq!(records(Format::Text, &[&text]), expected);
    }

    #[test]
    fn pieces_that_know_only_their_neighbours_hold_every_line_once(
        text in text(),
        piece in 1_usize..50,
        overlap in 1_usize..9,
    ) {
        let mut lines = Vec::new();
        for start in (0..text.len()).step_by(piece) {
            let end = text.len().min(start + piece);
            let mut splitter = Splitter::new(Format::Text);
            if start.checked_sub(1).is_some_and(|before| text[before] != b'\n') {
                splitter.skip_line();
            }
            splitter.feed(&text[start..end], &mut |record| lines.push(record.bytes.to_vec()));
            for bytes in text[end..].chunks(overlap) {
                if splitter.feed_open(bytes, &mut |record| lines.push(record.bytes.to_vec())) {
                    break;
                }
            }
            splitter.end(&mut |record| lines.push(record.bytes.to_vec()));
        }
        let expected: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        prop_assert_eq!(lines, expected);
    }

    /// Whatever stands in a file, no byte of a code is lost between the records.
    #[test]
    fn records_of_an_export_are_the_whole_export(text in text()) {
        let bytes: Vec<u8> = records(Format::Csv, &[&text]).into_iter().flat_map(|(_, bytes)| bytes).collect();
        prop_assert_eq!(bytes, text);
    }
}

#[test]
fn objects_are_found_where_they_stand() {
    let text = b" {\"a\":\"}\"}\n[{\"b\":[{}]},\n{\"data\":[{\"c\":1},\n 2\n{\"d\":\"\\\"]\"}],\"more\":\"]\"}]\n{\"open\":";
    let found: Vec<_> = records(Format::Json, &[text])
        .into_iter()
        .map(|(line, bytes)| (line, String::from_utf8(bytes).unwrap()))
        .collect();
    let expected = [
        (1, "{\"a\":\"}\"}"),
        (2, "{\"b\":[{}]}"),
        (3, "{\"c\":1}"),
        (4, "2\n"),
        (5, "{\"d\":\"\\\"]\"}"),
        (6, "{\"open\":"),
    ];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
}
