//! What an input is made of, by its first bytes.

use memchr::memchr;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Format;
use super::portal_csv::Columns;

/// Lines that are looked at.
const SAMPLE: usize = 32;

/// The format of an input that starts with `head`; `complete` if that is all of it.
pub fn recognise(head: &[u8], complete: bool) -> Format {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let lines: Vec<_> = complete_lines(head, complete).filter(|line| !line.is_empty()).take(SAMPLE).collect();
    let first = lines.first().copied().unwrap_or(head);
    match head.first() {
        Some(b'{') if is_page(first) => Format::Json,
        Some(b'{') if is_object(first) => Format::Ndjson,
        // A line that ends in the middle of a value goes on; any other was written wrong or cut off.
        Some(b'{') if lines.is_empty() || ends_inside_value(first) => Format::Json,
        Some(b'[') if starts_array(&head[1..]) => Format::Json,
        _ if Columns::of(first).is_ok() => Format::Csv,
        _ if mostly_objects(&lines) => Format::Ndjson,
        _ => Format::Text,
    }
}

fn complete_lines(head: &[u8], complete: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    std::iter::from_fn(move || {
        let line = match memchr(b'\n', rest) {
            Some(end) => rest.split_off(..end + 1)?,
            None if complete && !rest.is_empty() => std::mem::take(&mut rest),
            None => return None,
        };
        Some(line.trim_ascii())
    })
}

/// Whether at least half of the lines are objects.
fn mostly_objects(lines: &[&[u8]]) -> bool {
    let objects = lines.iter().filter(|line| is_object(line)).count();
    objects > 0 && objects * 2 >= lines.len()
}

fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// Whether `line` is a whole page of events.
fn is_page(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Page {
        #[serde(rename = "data")]
        _data: Vec<IgnoredAny>,
    }
    serde_json::from_slice::<Page>(line).is_ok()
}

fn ends_inside_value(line: &[u8]) -> bool {
    matches!(line.last(), Some(b'{' | b'[' | b',' | b':'))
}

/// Whether a bracket is that of an array of objects, not the `[` of a line of text.
fn starts_array(after_bracket: &[u8]) -> bool {
    matches!(after_bracket.trim_ascii_start().first(), None | Some(b'{' | b']'))
}

#[cfg(test)]
mod tests {
    use super::{Format, recognise};

    #[test]
    fn by_the_first_bytes() {
        for (head, expected) in [
            ("", Format::Text),
            ("Aug  5 03:04:51 gw-7 update: SYS_111\n", Format::Text),
            ("[2025-08-29T08:14:02Z] SYS_111\n", Format::Text),
            ("{SYS_111} is no object\n", Format::Text),
            ("{\"a\":1}\n{\"b\":2}\n", Format::Ndjson),
            ("\u{feff}{\"a\":1}\n", Format::Ndjson),
            ("{\"a\":1}", Format::Ndjson),
            ("{\"a\":\"cut o\n{\"b\":2}\n", Format::Ndjson),
            ("e cut off\"}\n{\"b\":2}\n{\"c\":3}\n", Format::Ndjson),
            ("{\"object\":\"list\",\"data\":[{\"a\":1}]}\n", Format::Json),
            ("{\n  \"object\": \"list\",\n", Format::Json),
            ("{\"object\":\"list\",\"data\":[\n{\"a\":1},\n", Format::Json),
            ("[\n{\"a\":1},\n", Format::Json),
            ("[{\"a\":1},{\"b\":2}]", Format::Json),
            ("id,event_type,device_id\n1,SYS_111,d\n", Format::Csv),
            ("\"device_id\",\"event_type\"\r\n", Format::Csv),
            ("id,event_type\n1,SYS_111\n", Format::Text),
        ] {
            assert_eq!(recognise(head.as_bytes(), true), expected, "{head:?}");
        }
        // A first line that does not end in the bytes at hand is a value that goes on.
        assert_eq!(recognise(b"{\"data\":[{\"a\":1},", false), Format::Json);
    }
}
