//! Finds the time in a line of text.

use std::ops::Range;

use memchr::memchr_iter;

use super::{civil, formats};

/// How far before its first colon a date with a time may begin: `Wednesday, September 29, 2025 08`.
const LONGEST_DATE: usize = 40;

/// Finds the time of a line of text: the one that it begins with, or else the first in it.
///
/// What looks like a time but is not certain counts as well, because a later time in the line is then
/// hardly that of the line; [`TimeParser::parse`] does not read it. A time that is the value of a key
/// (`expires=2025-08-29T08:14:02Z`) does not count: the keys that mean the time of an event are for the
/// caller to read first.
///
/// Linear in the length of the line.
///
/// [`TimeParser::parse`]: super::TimeParser::parse
///
/// # Examples
///
/// ```
/// use event_log_codes_records::time::find;
///
/// let line = b"<14>1 2025-08-29T08:14:02Z gw-7 update: SYS_111";
/// assert_eq!(&line[find(line).unwrap()], b"2025-08-29T08:14:02Z");
/// assert_eq!(find(b"SYS_111 retry=2025-08-29T08:14:02Z"), None);
/// ```
#[must_use]
pub fn find(line: &[u8]) -> Option<Range<usize>> {
    let start = prefix_len(line);
    if let Some(time) = leading(&line[start..]) {
        return Some(start + time.start..start + time.end);
    }
    // Every format that is looked for has a time of day with seconds.
    let mut floor = start;
    for colon in memchr_iter(b':', line) {
        if colon <= floor || !is_time_of_day(line, colon) {
            continue;
        }
        let earliest = floor.max(colon.saturating_sub(LONGEST_DATE));
        let starts = (earliest..colon).filter(|&at| starts_date(line, at));
        let mut times = starts.filter_map(|at| Some(at..at + len_at(&line[at..])?));
        match times.find(|time| time.end > colon) {
            Some(time) if !is_value_of_key(&line[..time.start]) => return Some(time),
            Some(_) => {}
            None => {
                if let Some(start) = start_of_unknown_date(line, earliest, colon) {
                    return Some(start..colon + word_len(&line[colon..]));
                }
            }
        }
        floor = colon + 1;
    }
    None
}

/// Where the time is that `text`, the line without what other programs put before it, begins with.
fn leading(text: &[u8]) -> Option<Range<usize>> {
    if let Some(len) = len_at(text).or_else(|| seconds_len(text)) {
        return Some(0..len);
    }
    // A label before it, as in the logs of large machines: `- 1117838570 2005.06.03 R02-M1 ...`.
    let label = text.iter().take(32).position(|byte| *byte == b' ');
    if let Some(label) = label
        && let Some(len) = seconds_len(&text[label + 1..])
    {
        return Some(label + 1..label + 1 + len);
    }
    // `081109 203615`, of whose first six digits any two may be the day.
    if let Some(len) = six_and_six_digits(text) {
        return Some(0..len);
    }
    // The time of an unknown day: no other time in the line is that of the event.
    let (_, rest) = formats::clock(text)?;
    let has_seconds = text.get(2) == Some(&b':') && text.get(5) == Some(&b':');
    (has_seconds && ends_time(rest)).then_some(0..text.len() - rest.len())
}

/// The length of a date and a time of day of six digits each that `text` begins with.
fn six_and_six_digits(text: &[u8]) -> Option<usize> {
    let (head, rest) = text.split_first_chunk::<13>()?;
    let [date @ .., b' ', _, _, _, _, _, _] = head else {
        return None;
    };
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    (digits(date) && digits(&head[7..]) && ends_time(rest)).then_some(head.len())
}

/// The length of the date with a time that `text` begins with, or of the word that makes it unreadable.
pub(crate) fn len_at(text: &[u8]) -> Option<usize> {
    let (_, rest) = formats::written(text)?;
    let len = text.len() - rest.len();
    Some(if ends_time(rest) { len } else { len + word_len(rest) })
}

/// The length of the seconds since 1970 that `text` begins with, if their fraction stands behind a comma.
pub(crate) fn seconds_with_comma_len(text: &[u8]) -> Option<usize> {
    let (seconds, rest) = text.split_first_chunk::<10>()?;
    let fraction = rest.strip_prefix(b",")?;
    let len = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // Another number of digits is rather the next element of a list.
    let is_fraction = matches!(len, 3 | 6 | 9) && ends_time(&fraction[len..]);
    (seconds.iter().all(u8::is_ascii_digit) && is_fraction).then_some(seconds.len() + 1 + len)
}

/// Whether what follows a time is no part of it.
fn ends_time(rest: &[u8]) -> bool {
    match rest {
        // Also the name of a file.
        [b'.', byte, ..] => !byte.is_ascii_alphanumeric(),
        [b',' | b':' | b'-' | b'/' | b'+', byte, ..] => !byte.is_ascii_digit(),
        [byte, ..] => !byte.is_ascii_alphanumeric() && *byte != b'_',
        [] => true,
    }
}

/// The length of the seconds since 1970 that `text` begins with, if they can be nothing else: they
/// have a fraction, or their day behind them.
fn seconds_len(text: &[u8]) -> Option<usize> {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let (number, rest) = text.split_at(len);
    let time = formats::epoch(number)?;
    let certain = match number.get(10) {
        Some(b'.') => len >= "1756455242.123".len(),
        None if len == 10 => {
            let day = formats::dotted_day(rest.strip_prefix(b" ")?)?;
            // The day is that of some time zone.
            (time.div_euclid(civil::MICROS_PER_DAY) - day).abs() <= 1
        }
        _ => false,
    };
    (certain && ends_time(rest)).then_some(len)
}

/// The length of what stands before the time of a line: space, brackets, escapes of a terminal, the
/// priority and version of syslog.
fn prefix_len(line: &[u8]) -> usize {
    let mut rest = line;
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'[' | b'(' | b'"' | b'\'' | b'*' | b'\x1e', rest @ ..] => rest,
            [b'\xef', b'\xbb', b'\xbf', rest @ ..] => rest,
            [b'\x1b', b'[', after @ ..] => {
                let parameters = after.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
                match after[parameters..].strip_prefix(b"m") {
                    Some(rest) => rest,
                    None => break,
                }
            }
            [b'<', after @ ..] => {
                let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
                match &after[digits..] {
                    [b'>', b'1', b' ', rest @ ..] | [b'>', rest @ ..] if (1..=3).contains(&digits) => rest,
                    _ => break,
                }
            }
            _ => break,
        };
    }
    line.len() - rest.len()
}

/// Whether the colon is the first of `08:14:02`.
fn is_time_of_day(line: &[u8], colon: usize) -> bool {
    let digit = |at: usize| line.get(at).is_some_and(u8::is_ascii_digit);
    let before = colon.checked_sub(1).is_some_and(digit);
    before
        && digit(colon + 1)
        && digit(colon + 2)
        && line.get(colon + 3) == Some(&b':')
        && digit(colon + 4)
        && digit(colon + 5)
}

/// Whether a date may begin at `at`: not in the middle of a word, a path or a number.
fn starts_date(line: &[u8], at: usize) -> bool {
    if !line[at].is_ascii_alphanumeric() {
        return false;
    }
    match line[..at].last() {
        None => true,
        Some(b'_' | b'.' | b'/' | b'-' | b'\\' | b'+' | b'%' | b'@' | b'#') => false,
        Some(byte) if !byte.is_ascii_alphanumeric() => true,
        Some(_) => ends_escape(&line[..at]),
    }
}

/// Whether `text` ends with an escape whose last byte is a letter or a digit: `\n`, `ESC [31m`, `#012`.
fn ends_escape(text: &[u8]) -> bool {
    if let [.., b'\\', b'n' | b'r' | b't'] = text {
        return true;
    }
    if let Some(colour) = text.strip_suffix(b"m") {
        let parameters = colour.iter().rev().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
        return colour[..colour.len() - parameters].ends_with(b"[");
    }
    text.ends_with(b"#012") || text.ends_with(b"#011")
}

/// Whether `text` ends with `key=`, `key="` or `"key":"`: what follows is the value of that key.
///
fn is_value_of_key(text: &[u8]) -> bool {
    let quote = |text: &mut &[u8]| {
        let unquoted = text.strip_suffix(b"\"").or_else(|| text.strip_suffix(b"'"));
        let unescaped = unquoted.map(|text| text.strip_suffix(b"\\").unwrap_or(text));
        *text = unescaped.unwrap_or(text);
        unquoted.is_some()
    };
    let mut text = text;
    quote(&mut text);
    if text.ends_with(b"=") {
        return true;
    }
    let Some(mut text) = text.trim_ascii_end().strip_suffix(b":") else {
        return false;
    };
    quote(&mut text)
}

/// The start of something before a time of day that reads as a date of a kind that is not certain, such
/// as `17/06/09 20:10:40` or `03-17 16:13:38`.
fn start_of_unknown_date(line: &[u8], earliest: usize, colon: usize) -> Option<usize> {
    let window = &line[earliest..colon];
    let hour = window.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if hour > 2 {
        return None;
    }
    let (&separator, before) = window[..window.len() - hour].split_last()?;
    if !matches!(separator, b' ' | b'T' | b'-' | b':') {
        return None;
    }
    let part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.');
    let len = before.iter().rev().take_while(|byte| part(byte)).count();
    let start = earliest + before.len() - len;
    let date = &before[before.len() - len..];
    let parts: Vec<usize> = date.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).collect();
    let is_date =
        matches!(parts.as_slice(), [6 | 8] | [1 | 2, 1 | 2] | [1 | 2 | 4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 4]);
    (is_date && starts_date(line, start)).then_some(start)
}

/// The length of the rest of a word.
fn word_len(text: &[u8]) -> usize {
    text.iter().take_while(|byte| !byte.is_ascii_whitespace()).take(LONGEST_DATE).count()
}
