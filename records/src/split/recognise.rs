//! What an input is made of, by its first record.

use memchr::memchr;

use crate::assembly::Assembly;
use crate::csv::Columns;
use crate::event::Cause;
use crate::fields::FieldNames;
use crate::json::{Broken, Json, Text, begins_object};
use crate::options::Format;
use crate::simd::Engine;
use crate::split::{BYTE_ORDER_MARK, Preamble};

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
    let blank = head.len() - trim_log_start(head).len();
    let (line, whole_line) = first_line(&head[blank..], complete || blank >= HEAD)?;
    let preamble = Preamble::of(head, names).len;
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

/// `text` without what a log may begin with: white space, separators of records, and zeros, which are where it was cut
/// while it was written.
pub(crate) fn trim_log_start(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &&u8| byte.is_ascii_whitespace() || matches!(**byte, b'\x1e' | 0);
    &text[text.iter().take_while(is_blank).count()..]
}

/// Bytes at the start of an input of lines in which its format may still turn out to be another: a log has its
/// banner there.
pub(crate) const UNSETTLED: usize = 32 << 10;

/// Whether an input of lines that starts with `head` is one to its end. It is not if near its start a value
/// begins that goes on over several lines: from there on it is [`Format::Json`].
///
/// `complete` if `head` is all of it. What takes more bytes to tell counts as no.
///
/// ```
/// use event_log_codes_records::{FieldNames, stays_lines};
///
/// let names = FieldNames::default();
/// assert!(stays_lines(b"gateway 1.2\n{\"a\":1}\n", true, &names));
/// assert!(!stays_lines(b"gateway 1.2\n{\n  \"a\": 1\n}\n", true, &names));
/// ```
#[must_use]
pub fn stays_lines(head: &[u8], complete: bool, names: &FieldNames) -> bool {
    open_line(head, complete, UNSETTLED, names).is_none()
}

/// A line that begins a value which goes on over several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenLine {
    pub start: usize,
    /// False if the next line is needed to tell.
    pub is_certain: bool,
}

/// The first such line of `lines` among those that begin before `limit`.
pub(crate) fn open_line(lines: &[u8], complete: bool, limit: usize, names: &FieldNames) -> Option<OpenLine> {
    let mut start = 0;
    while start < limit.min(lines.len()) {
        let rest = &lines[start..];
        let Some(end) = memchr(b'\n', rest) else {
            let may_be_json = matches!(behind_blanks(rest), Some([] | [b'{' | b'[', ..]));
            return (may_be_json && !complete).then_some(OpenLine { start, is_certain: false });
        };
        if let Some(line) = behind_blanks(&rest[..end]).map(<[u8]>::trim_ascii_end)
            && is_open(line, names)
        {
            match behind_blanks(&rest[end..]) {
                Some([]) => return (!complete).then_some(OpenLine { start, is_certain: false }),
                Some(next) if goes_on_with(line, next) => {
                    return Some(OpenLine { start, is_certain: true });
                }
                _ => {}
            }
        }
        start += end + 1;
    }
    None
}

/// `text` behind its blanks; `None` if there are more of them than before any JSON: they are looked at again
/// whenever more of an input arrives.
fn behind_blanks(text: &[u8]) -> Option<&[u8]> {
    let blanks = text.iter().take(HEAD).take_while(|byte| byte.is_ascii_whitespace()).count();
    (blanks < HEAD).then(|| &text[blanks..])
}

/// Whether a line ends inside a value that it begins.
fn is_open(line: &[u8], names: &FieldNames) -> bool {
    let may_be = match (line.first(), line.last()) {
        (Some(b'{'), Some(last)) => begins_object(line, true) && *last != b'}',
        (Some(b'['), Some(last)) => begins_array(line) && *last != b']',
        _ => false,
    };
    may_be && goes_on(line, true, names) == Some(true)
}

/// Whether `next` can follow an open line as a further line of its value. A line that was cut off is followed
/// by one that begins anew.
fn goes_on_with(line: &[u8], next: &[u8]) -> bool {
    match next.first() {
        Some(b'"' | b'}' | b']') => true,
        Some(b'{' | b'[') => matches!(line.last(), Some(b'[' | b':')),
        _ => false,
    }
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
        at += rest.iter().take_while(|byte| byte.is_ascii_whitespace() || b",\x1e\0".contains(byte)).count();
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
