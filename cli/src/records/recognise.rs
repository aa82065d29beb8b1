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
        _ if lines.iter().filter(|line| is_object(line)).count() * 2 > lines.len() => Format::Ndjson,
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
