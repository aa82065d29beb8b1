//! What an input is made of, by its first record.

use memchr::memchr;

use crate::assembly::Assembly;
use crate::csv::Columns;
use crate::event::Cause;
use crate::fields::FieldNames;
use crate::json::{Broken, Json, Text, begins_object};
use crate::options::Format;
use crate::simd::Engine;
use crate::split::{BYTE_ORDER_MARK, preamble_len};

/// Bytes that are enough to tell, if no line ends in them.
const HEAD: usize = 64 << 10;

/// The format of an input that starts with `head`, by its first line that is not blank, or what may be the
/// header of a table behind comments; `complete` if that is all of it. `None` if it takes more bytes to tell: more than 64 KiB never does.
///
/// ```
/// use event_log_codes_records::{FieldNames, Format, recognise};
///
/// let names = FieldNames::default();
/// assert_eq!(recognise(b"{\"a\":1}\n{\"a\":", false, &names), Some(Format::Ndjson));
/// assert_eq!(recognise(b"{\"data\":[\n", false, &names), Some(Format::Json));
/// assert_eq!(recognise(b"Aug  5 03:04:51 gw-7 SYS_111\n", false, &names), Some(Format::Text));
/// assert_eq!(recognise(b"{\"data\":", false, &names), None);
/// ```
#[must_use]
pub fn recognise(head: &[u8], complete: bool, names: &FieldNames) -> Option<Format> {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    let blank = head.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'\x1e').count();
    let (line, whole_line) = first_line(&head[blank..], complete || blank >= HEAD)?;
    let preamble = preamble_len(head, names);
    if preamble > blank {
        let (header, _) = first_line(&head[preamble..], complete || preamble >= HEAD)?;
        let is_table = Columns::detect(header, names).is_some();
        return Some(if is_table { Format::Csv } else { Format::Text });
    }
    Some(match line.first() {
        Some(b'{') if begins_object(line, true) => {
            if goes_on(line, whole_line, names) == Some(true) {
                Format::Json
            } else {
                Format::Ndjson
            }
        }
        Some(b'[') if begins_array(line) => match goes_on(line, whole_line, names) {
            Some(false) if whole_line => Format::Ndjson,
            Some(_) => Format::Json,
            None => Format::Text,
        },
        _ if Columns::detect(line, names).is_some() => Format::Csv,
        _ => Format::Text,
    })
}

/// The first line of `head`, or as much of it as tells, and whether that is all of it; `None` if it takes more
/// bytes and there may be more.
fn first_line(head: &[u8], complete: bool) -> Option<(&[u8], bool)> {
    match memchr(b'\n', head) {
        Some(end) if end < HEAD => Some((&head[..end], true)),
        _ if head.len() >= HEAD => Some((&head[..HEAD], false)),
        _ => complete.then_some((head, false)),
    }
}

/// Whether the line `text`, which begins with `[`, goes on as an array of objects, arrays or strings
/// does.
pub(crate) fn begins_array(text: &[u8]) -> bool {
    let next = text.iter().skip(1).find(|byte| !byte.is_ascii_whitespace() || **byte == b'\n');
    matches!(next, None | Some(b'{' | b'[' | b'"' | b']' | b'\n'))
}

/// Whether `line`, which is JSON, ends inside a value; `None` if it is not JSON.
fn goes_on(line: &[u8], whole_line: bool, names: &FieldNames) -> Option<bool> {
    /// Bytes of a number or literal in the middle of which `line` may have been cut.
    const SCALAR: usize = 32;
    let mut json = Json::new(Engine::detect());
    let mut assembly = Assembly::default();
    let mut text = Text::input(line, true);
    let mut at = 0;
    loop {
        let rest = &line[at..];
        at += rest.iter().take_while(|byte| byte.is_ascii_whitespace() || b",\x1e".contains(byte)).count();
        match line.get(at) {
            None => return Some(false),
            Some(b'{' | b'[') => {}
            Some(_) => return None,
        }
        assembly.clear();
        match json.walk(names, &mut assembly).value(&mut text, at) {
            Ok(end) => at = end,
            Err(Broken { cause: Cause::Unclosed | Cause::TooDeep, .. }) => return Some(true),
            Err(Broken { cause: Cause::UnclosedString, .. }) if !whole_line => return Some(true),
            Err(broken) if !whole_line && broken.at + SCALAR > line.len() => return Some(true),
            Err(_) => return None,
        }
    }
}
