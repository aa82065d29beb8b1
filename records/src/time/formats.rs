//! The ways in which a date with a time is written.
//!
//! Nothing here knows of time zones or of the present: see [`Written`].

use super::civil::{self, MICROS_PER_DAY, MICROS_PER_SECOND, SECONDS_PER_DAY};

/// A date and a time of day as they are written, with what is left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// `None` in formats without a year, such as that of RFC 3164.
    pub year: Option<u32>,
    pub month: u32,
    pub day: u32,
    /// 0 is Monday.
    pub weekday: Option<u8>,
    /// Since midnight.
    pub micros: i64,
    /// Seconds east of UTC, if the text says.
    pub offset: Option<i32>,
}

impl Written {
    /// The days since 1970-01-01 if the date is in `year`. `None` if there is no such date, or if the
    /// text names another day of the week.
    pub fn days(&self, year: u32) -> Option<i64> {
        let days = civil::days_since_epoch(year, self.month, self.day)?;
        self.weekday.is_none_or(|weekday| weekday == civil::weekday(days)).then_some(days)
    }
}

/// Text that begins with a date and a time: what it says, and what follows it.
///
/// What it says is `None` if that is not certain, as in `05/06/2025 08:14:02`.
pub(super) type Reading<'t> = (Option<Written>, &'t [u8]);

/// Reads the date and the time that `text` begins with, in any format.
pub(super) fn written(text: &[u8]) -> Option<Reading<'_>> {
    if let Some((Iso8601 { year, month, day, second_of_day }, rest)) = Iso8601::read(text)
        && !matches!(rest, [b':', ..])
        && half_of_day(rest).is_none()
    {
        let (micros, rest) = fraction(rest).unwrap_or((0, rest));
        let micros = i64::from(second_of_day) * MICROS_PER_SECOND + i64::from(micros);
        return finish(Date { year: Some(year), month, day, weekday: None }, Some(micros), rest);
    }
    match text.first()? {
        b'0'..=b'9' => date_of_digits(text),
        b'I' | b'W' | b'E' | b'F' if text.get(1).is_some_and(u8::is_ascii_digit) => klog(text),
        b'A'..=b'Z' | b'a'..=b'z' => date_of_words(text),
        _ => None,
    }
}

fn date_of_digits(text: &[u8]) -> Option<Reading<'_>> {
    let (number, rest) = split_digits(text);
    match (number.len(), rest.first()?) {
        (4, b'-' | b'/' | b'.') => year_first(number, rest),
        (8, b'T' | b't' | b' ' | b'-') => compact(number, rest),
        (1 | 2, b'/' | b'-' | b'.' | b' ') => match rest.get(1)? {
            b'0'..=b'9' if rest[0] != b' ' => year_last(number, rest),
            b'A'..=b'Z' | b'a'..=b'z' if rest[0] != b'.' => month_name_in_middle(number, rest),
            _ => None,
        },
        _ => None,
    }
}

/// `2025-08-29T08:14:02.5Z`, `2025/08/29 08:14:02`, `2025.08.29 08:14:02`.
fn year_first<'t>(year: &[u8], rest: &'t [u8]) -> Option<Reading<'t>> {
    let (&separator, rest) = rest.split_first()?;
    let (month, rest) = number(rest, 1, 2)?;
    let rest = rest.strip_prefix(&[separator])?;
    let (day, rest) = number(rest, 1, 2)?;
    let rest = match rest {
        [b'T' | b't' | b' ', rest @ ..] => rest,
        _ => return None,
    };
    let date = Date { year: Some(value(year)), month, day, weekday: None };
    time_of_day(date, rest)
}

/// `20250829T081402Z`, `20250829 08:14:02`.
fn compact<'t>(date: &[u8], rest: &'t [u8]) -> Option<Reading<'t>> {
    let (&separator, rest) = rest.split_first()?;
    let year = value(&date[..4]);
    // Any other eight digits are more likely to be something else than a date.
    if !(1970..2100).contains(&year) {
        return None;
    }
    let date = Date { year: Some(year), month: value(&date[4..6]), day: value(&date[6..]), weekday: None };
    let (digits, _) = split_digits(rest);
    if matches!(separator, b'T' | b't') && matches!(digits.len(), 4 | 6) {
        let (digits, rest) = rest.split_at(digits.len());
        let second = digits.get(4..).map_or(0, value);
        let (micros, rest) = fraction(rest).unwrap_or((0, rest));
        return finish(date, micros_of_day(value(&digits[..2]), value(&digits[2..4]), second, micros), rest);
    }
    time_of_day(date, rest)
}

/// `29/Aug/2025:08:14:02 +0000`, `29 Aug 2025 08:14:02`, `29-Aug-2025 08:14:02`.
fn month_name_in_middle<'t>(day: &[u8], rest: &'t [u8]) -> Option<Reading<'t>> {
    month_name_after_day(value(day), None, rest)
}

fn month_name_after_day(day: u32, weekday: Option<u8>, rest: &[u8]) -> Option<Reading<'_>> {
    let (&separator, rest) = rest.split_first()?;
    let (month, rest) = month_name(rest)?;
    let rest = rest.strip_prefix(&[separator])?;
    let (year, rest) = number(rest, 4, 4)?;
    let rest = match rest {
        [b':' | b' ', rest @ ..] => rest,
        _ => return None,
    };
    time_of_day(Date { year: Some(year), month, day, weekday }, rest)
}

/// `08/29/2025 08:14:02 AM`, `29/08/2025 08:14:02`, `29.08.2025 08:14:02`.
fn year_last<'t>(first: &[u8], rest: &'t [u8]) -> Option<Reading<'t>> {
    let (&separator, rest) = rest.split_first()?;
    let (second, rest) = number(rest, 1, 2)?;
    let rest = rest.strip_prefix(&[separator])?;
    let (year, rest) = number(rest, 4, 4)?;
    let rest = rest.strip_prefix(b",").unwrap_or(rest).strip_prefix(b" ")?;
    let first = value(first);
    let date = |month, day| Date { year: Some(year), month, day, weekday: None };
    let (clock, after) = clock(rest)?;
    let date = match separator {
        // Wherever dots are written, the day comes first.
        b'.' => date(second, first),
        // Twelve hours and a slash are American.
        _ if clock.twelve_hours => date(first, second),
        _ if second > 12 || first == second => date(first, second),
        _ if first > 12 => date(second, first),
        // Either may be the month.
        _ => return Some((None, offset(after).1)),
    };
    finish(date, clock.micros, after)
}

/// `I0829 08:14:02.123456` and, with the year, `I20250829 08:14:02.123456`.
fn klog(text: &[u8]) -> Option<Reading<'_>> {
    let (digits, rest) = split_digits(&text[1..]);
    let (year, month_and_day) = match digits.len() {
        4 => (None, digits),
        8 => (Some(value(&digits[..4])), &digits[4..]),
        _ => return None,
    };
    let (month, day) = (value(&month_and_day[..2]), value(&month_and_day[2..]));
    let rest = rest.strip_prefix(b" ")?;
    if !matches!(rest, [_, _, b':', _, _, b':', _, _, b'.', ..]) {
        return None;
    }
    let (clock, rest) = clock(rest)?;
    // The log's own thread number follows: never an offset.
    Some((Date { year, month, day, weekday: None }.at(clock.micros, None), rest))
}

/// What begins with the name of a month or of a day: RFC 3164, RFC 2822, `date`, `asctime`, JavaScript.
fn date_of_words(text: &[u8]) -> Option<Reading<'_>> {
    let Some((weekday, rest)) = weekday_name(text) else {
        return month_name_first(None, text);
    };
    let rest = rest.strip_prefix(b",").unwrap_or(rest).strip_prefix(b" ")?;
    match rest.first()? {
        b'0'..=b'9' => {
            let (digits, after) = split_digits(rest);
            let reading = match (digits.len(), after.first()?) {
                (4, b'-') => year_first(digits, after),
                (1 | 2, b' ' | b'-') => {
                    return month_name_after_day(value(digits), Some(weekday), after);
                }
                _ => None,
            };
            reading.map(|(written, rest)| (written.map(|w| Written { weekday: Some(weekday), ..w }), rest))
        }
        _ => month_name_first(Some(weekday), rest),
    }
}

/// `Aug 29 08:14:02`, `Aug 29 08:14:02 2025`, `Aug 29 2025 08:14:02`, `Aug 29, 2025 8:14:02 AM`.
fn month_name_first(weekday: Option<u8>, text: &[u8]) -> Option<Reading<'_>> {
    let (month, rest) = month_name(text)?;
    let rest = rest.strip_prefix(b" ")?;
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let (day, rest) = number(rest, 1, 2)?;
    let with_year = || {
        let rest = rest.strip_prefix(b",").unwrap_or(rest).strip_prefix(b" ")?;
        let (year, rest) = number(rest, 4, 4)?;
        let rest = match rest.strip_prefix(b" @ ") {
            Some(rest) => rest,
            None => rest.strip_prefix(b",").unwrap_or(rest).strip_prefix(b" ")?,
        };
        Some((year, rest))
    };
    if let Some((year, rest)) = with_year() {
        return time_of_day(Date { year: Some(year), month, day, weekday }, rest);
    }
    let rest = rest.strip_prefix(b" ")?;
    let (clock, rest) = clock(rest)?;
    let (offset, rest) = offset(rest);
    let year = |text: &[u8]| {
        let (year, rest) = number(text.strip_prefix(b" ")?, 4, 4)?;
        let ends = !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-/.:_".contains(byte));
        ends.then_some(year)
    };
    let year = year(rest);
    let rest = if year.is_some() { &rest[" 2025".len()..] } else { rest };
    let date = Date { year, month, day, weekday };
    Some((offset.and_then(|offset| date.at(clock.micros, offset)), rest))
}

struct Date {
    year: Option<u32>,
    month: u32,
    day: u32,
    weekday: Option<u8>,
}

impl Date {
    fn at(self, micros: Option<i64>, offset: Option<i32>) -> Option<Written> {
        let Date { year, month, day, weekday } = self;
        Some(Written { year, month, day, weekday, micros: micros?, offset })
    }
}

fn time_of_day(date: Date, text: &[u8]) -> Option<Reading<'_>> {
    let (clock, rest) = clock(text)?;
    finish(date, clock.micros, rest)
}

fn finish(date: Date, micros: Option<i64>, rest: &[u8]) -> Option<Reading<'_>> {
    let (offset, rest) = offset(rest);
    Some((offset.and_then(|offset| date.at(micros, offset)), rest))
}

/// A time of day: `08:14:02`, `8:14`, `08:14:02.123`, `08:14:02,123`, `08:14:02:123`, `8:14:02 AM`.
pub(super) struct Clock {
    /// Since midnight; `None` if no day has that time.
    pub micros: Option<i64>,
    twelve_hours: bool,
}

pub(super) fn clock(text: &[u8]) -> Option<(Clock, &[u8])> {
    let (hour, rest) = number(text, 1, 2)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 2, 2)?;
    let (second, micros, rest) = match rest.strip_prefix(b":") {
        Some(rest) => {
            let (second, rest) = number(rest, 2, 2)?;
            let (micros, rest) = fraction(rest).or_else(|| colon_and_millis(rest)).unwrap_or((0, rest));
            (second, micros, rest)
        }
        None => (0, 0, rest),
    };
    let (hour, twelve_hours, rest) = match half_of_day(rest) {
        None => (hour, false, rest),
        // No clock of twelve hours shows this one; no clock at all shows the one it becomes.
        Some((_, rest)) if !(1..=12).contains(&hour) => (24, true, rest),
        Some((afternoon, rest)) => (hour % 12 + if afternoon { 12 } else { 0 }, true, rest),
    };
    Some((Clock { micros: micros_of_day(hour, minute, second, micros), twelve_hours }, rest))
}

fn micros_of_day(hour: u32, minute: u32, second: u32, micros: u32) -> Option<i64> {
    // A leap second, which the time of computers does without.
    let second = if second == 60 { 59 } else { second };
    let valid = hour < 24 && minute < 60 && second < 60;
    let seconds = i64::from((hour * 60 + minute) * 60 + second);
    valid.then_some(seconds * MICROS_PER_SECOND + i64::from(micros))
}

/// `.123456` as microseconds; what is finer is cut off.
pub(super) fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let rest = text.strip_prefix(b".").or_else(|| text.strip_prefix(b","))?;
    let (digits, rest) = split_digits(rest);
    if digits.is_empty() {
        return None;
    }
    let kept = &digits[..digits.len().min(6)];
    Some((value(kept) * 10_u32.pow(6 - kept.len() as u32), rest))
}

/// `:123`, milliseconds as some log configurations write them.
fn colon_and_millis(text: &[u8]) -> Option<(u32, &[u8])> {
    let (millis, rest) = number(text.strip_prefix(b":")?, 3, 3)?;
    Some((millis * 1000, rest))
}

/// ` AM` or `pm`; whether it is the afternoon.
fn half_of_day(text: &[u8]) -> Option<(bool, &[u8])> {
    // Also the narrow and the ordinary no-break space, which newer locales put here.
    let rest = [&b" "[..], b"\xe2\x80\xaf", b"\xc2\xa0"].iter().find_map(|space| text.strip_prefix(*space));
    match rest.unwrap_or(text) {
        [half @ (b'A' | b'a' | b'P' | b'p'), b'M' | b'm', rest @ ..] if ends_word(rest) => {
            Some((matches!(half, b'P' | b'p'), rest))
        }
        _ => None,
    }
}

/// The offset from UTC that `text` begins with, in seconds, and what follows it. The inner `None`
/// means that there is none; the outer, that there is one which is not certain.
pub(super) fn offset(text: &[u8]) -> (Option<Option<i32>>, &[u8]) {
    if let [b'Z' | b'z', rest @ ..] = text
        && ends_word(rest)
    {
        return (Some(Some(0)), rest);
    }
    let (spaced, rest) = match text.strip_prefix(b" ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    match rest.first() {
        Some(b'+' | b'-' | b'\xe2') => {
            signed_offset(rest, if spaced { 4 } else { 2 }).unwrap_or((Some(None), text))
        }
        Some(b'A'..=b'Z' | b'[') => {
            let zone = || Some((None, behind_zone(rest)?));
            named_offset(rest).or_else(zone).unwrap_or((Some(None), text))
        }
        _ => (Some(None), text),
    }
}

/// `+02:00`, `+0200`, `+02` and, after `UTC`, `+2`; with at least so many digits.
fn signed_offset(text: &[u8], least_digits: usize) -> Option<(Option<Option<i32>>, &[u8])> {
    let (is_behind_utc, rest) = match text {
        [b'+', rest @ ..] => (false, rest),
        // Also the minus sign that ISO 8601 prefers.
        [b'-', rest @ ..] | [b'\xe2', b'\x88', b'\x92', rest @ ..] => (true, rest),
        _ => return None,
    };
    let (digits, rest) = split_digits(rest);
    let (hours, minutes, rest) = match (digits.len(), rest) {
        (1 | 2, [b':', tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..]) => {
            (value(digits), value(&[*tens, *ones]), rest)
        }
        (4, rest) => (value(&digits[..2]), value(&digits[2..]), rest),
        (1 | 2, rest) if digits.len() >= least_digits => (value(digits), 0, rest),
        // Something else behind a space, such as the dash before a message.
        _ if least_digits == 4 || digits.is_empty() => return None,
        _ => return Some((None, rest)),
    };
    let seconds = ((hours * 60 + minutes) * 60) as i32;
    // No clock on Earth is further from UTC than 14 hours; 18 is what other readers take.
    let valid = minutes < 60 && seconds <= 18 * 3600 && !rest.first().is_some_and(u8::is_ascii_digit);
    let seconds = if is_behind_utc { -seconds } else { seconds };
    Some((valid.then_some(Some(seconds)), rest))
}

/// `UTC`, `GMT`, `GMT+0200`, and the few abbreviations that mean one offset only.
fn named_offset(text: &[u8]) -> Option<(Option<Option<i32>>, &[u8])> {
    let len = text.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (name, rest) = text.split_at(len);
    if rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        return None;
    }
    let hours = match name {
        b"UTC" | b"GMT" if matches!(rest, [b'+' | b'-', b'0'..=b'9', ..]) => return signed_offset(rest, 1),
        b"UTC" | b"GMT" | b"UT" | b"Z" | b"WET" => 0,
        b"CET" | b"WEST" => 1,
        b"CEST" | b"EET" => 2,
        b"EEST" => 3,
        b"JST" => 9,
        b"AEST" => 10,
        b"AEDT" => 11,
        b"NZST" => 12,
        b"NZDT" => 13,
        // In use for several offsets (CST in Chicago, Havana and Shanghai), or changed in recent years.
        b"EST" | b"EDT" | b"CST" | b"CDT" | b"MST" | b"MDT" | b"PST" | b"PDT" | b"AST" | b"ADT" | b"IST"
        | b"BST" | b"SST" | b"MSK" | b"KST" | b"HST" | b"NST" | b"NDT" => return Some((None, rest)),
        _ => return None,
    };
    Some((Some(Some(hours * 3600)), rest))
}

/// What follows a time zone by its place, `Europe/Berlin` or `[Europe/Berlin]`: the time is not in UTC.
fn behind_zone(text: &[u8]) -> Option<&[u8]> {
    const AREAS: [&[u8]; 10] = [
        b"Africa",
        b"America",
        b"Antarctica",
        b"Arctic",
        b"Asia",
        b"Atlantic",
        b"Australia",
        b"Europe",
        b"Indian",
        b"Pacific",
    ];
    let zone = text.strip_prefix(b"[").unwrap_or(text);
    let (area, place) = zone.split_at(zone.iter().take("Antarctica/".len()).position(|byte| *byte == b'/')?);
    let place = place.strip_prefix(b"/").filter(|_| AREAS.contains(&area))?;
    let is_of_place = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/');
    let rest = &place[place.iter().take_while(is_of_place).count()..];
    if zone.len() < text.len() { rest.strip_prefix(b"]") } else { Some(rest) }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, as microseconds.
///
/// The number of digits before the point says which: 10, 13, 16 or 19, which is the time from 2001 to
/// 2286. A number of another length is no time; so is one in scientific notation that leaves the
/// seconds open.
pub(super) fn epoch(text: &[u8]) -> Option<i64> {
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest {
        [b'.' | b',', rest @ ..] => split_digits(rest),
        _ => (&b""[..], rest),
    };
    let exponent = match rest {
        [] => 0,
        [b'e' | b'E', rest @ ..] => {
            let (digits, rest) = split_digits(rest.strip_prefix(b"+").unwrap_or(rest));
            if !(1..=2).contains(&digits.len()) || !rest.is_empty() || whole.len() != 1 {
                return None;
            }
            value(digits) as usize
        }
        _ => return None,
    };
    // Where a point is written, a digit follows.
    if whole.first()? == &b'0' || (fraction.is_empty() && text.len() > whole.len()) {
        return None;
    }
    let digits = whole.len() + exponent;
    // Digits before the point, and those that make whole microseconds.
    let micros_digits = match digits {
        10 | 13 | 16 | 19 => 16,
        _ => return None,
    };
    if exponent > 0 && fraction.len() + 1 < 10 {
        return None;
    }
    let mut micros = 0;
    let mut all = whole.iter().chain(fraction);
    for _ in 0..micros_digits {
        micros = micros * 10 + all.next().map_or(0, |digit| i64::from(digit - b'0'));
    }
    Some(micros)
}

/// The day that `text` is the date of, written `2025.08.29`.
pub(super) fn dotted_day(text: &[u8]) -> Option<i64> {
    let (year, rest) = number(text, 4, 4)?;
    let (month, rest) = number(rest.strip_prefix(b".")?, 2, 2)?;
    let (day, rest) = number(rest.strip_prefix(b".")?, 2, 2)?;
    ends_word(rest).then(|| civil::days_since_epoch(year, month, day))?
}

/// Reads the commonest format, `2025-08-29T08:14:02.123456Z`, at the speed that every record needs: with
/// any number of digits of a second, or none, and with any offset.
///
/// Anything else is `None`, not unreadable.
#[inline]
pub(super) fn rfc3339(text: &[u8]) -> Option<i64> {
    let (head, rest) = Iso8601::read(text)?;
    let (micros, rest) = match rest {
        b"Z" => (0, rest),
        [b'.', rest @ ..] => short_fraction(rest)?,
        _ => (0, rest),
    };
    let offset = match rest {
        b"Z" => 0,
        &[sign @ (b'+' | b'-'), h, i, b':', m, n] => {
            let two = |tens: u8, ones: u8| {
                let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
                is_number.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
            };
            let (hours, minutes) = (two(h, i)?, two(m, n)?);
            if hours > 17 || minutes > 59 {
                return None;
            }
            let seconds = (hours * 60 + minutes) * 60;
            if sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    if !YEARS.contains(&head.year) {
        return None;
    }
    let days = civil::days_since_epoch(head.year, head.month, head.day)?;
    let seconds = days * SECONDS_PER_DAY + i64::from(head.second_of_day) - offset;
    Some(seconds * MICROS_PER_SECOND + i64::from(micros))
}

/// The years that are read: Go and .NET write a time of the year 1 where none is set, databases one of the year
/// 9999 where there is no end.
pub(super) const YEARS: std::ops::Range<u32> = 2..9999;

/// Microseconds of the digits that `text` begins with.
#[inline]
fn short_fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    if let &[a, b, c, d, e, f, b'Z'] = text {
        let padded = u64::from_le_bytes([a, b, c, d, e, f, b'0', b'0']);
        let digits = digits_of(padded, *b"00000000")?;
        // Pairs, then fours, then all eight: the two last ones are zeros.
        let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
        let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
        let all = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
        return Some((all as u32 / 100, &text[6..]));
    }
    let (digits, rest) = split_digits(text);
    let kept = digits.get(..6).unwrap_or(digits);
    if kept.is_empty() {
        return None;
    }
    Some((value(kept) * 10_u32.pow(6 - kept.len() as u32), rest))
}

/// `2025-08-29T08:14:02`, of which the date may not exist.
#[derive(Clone, Copy)]
struct Iso8601 {
    year: u32,
    month: u32,
    day: u32,
    second_of_day: u32,
}

impl Iso8601 {
    /// Reads what `text` begins with, eight bytes at a time.
    #[inline]
    fn read(text: &[u8]) -> Option<(Iso8601, &[u8])> {
        let (head, rest) = text.split_first_chunk::<8>()?;
        let (middle, rest) = rest.split_first_chunk::<8>()?;
        let (tail, rest) = rest.split_first_chunk::<3>()?;
        // "2025-08-"
        let head = digits_of(u64::from_le_bytes(*head), *b"0000-00-")?;
        // "29T08:14"
        let middle = u64::from_le_bytes(*middle);
        let middle = digits_of(middle, *b"00T00:00").or_else(|| digits_of(middle, *b"00 00:00"))?;
        let &[b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9'] = tail else {
            return None;
        };
        let two = |digits: u64, at: u32| {
            let pair = (digits >> (8 * at)) as u32;
            (pair & 0xff) * 10 + (pair >> 8 & 0xff)
        };
        let (hour, minute) = (two(middle, 3), two(middle, 6));
        let second = u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        let read = Iso8601 {
            year: two(head, 0) * 100 + two(head, 2),
            month: two(head, 5),
            day: two(middle, 0),
            second_of_day: (hour * 60 + minute) * 60 + second,
        };
        (hour < 24 && minute < 60).then_some((read, rest))
    }
}

/// The eight bytes less `pattern`, if they are digits where it has zeros, and otherwise equal.
#[inline]
fn digits_of(bytes: u64, pattern: [u8; 8]) -> Option<u64> {
    let digits = bytes ^ u64::from_le_bytes(pattern);
    // What overflows into the top bit: anything but 0 to 9, or anything but 0.
    let excess = u64::from_le_bytes(pattern.map(|byte| if byte == b'0' { 0x76 } else { 0x7f }));
    // A carry comes only from a byte whose own top bit is set.
    ((digits.wrapping_add(excess) | digits) & 0x8080_8080_8080_8080 == 0).then_some(digits)
}

/// Microseconds since 1970 of a time of day, in microseconds, on a day.
pub(super) fn micros_since_epoch(days: i64, micros: i64) -> i64 {
    days * MICROS_PER_DAY + micros
}

/// The number that `text` begins with, if it has so many digits and no more.
fn number(text: &[u8], least: usize, most: usize) -> Option<(u32, &[u8])> {
    let (digits, rest) = split_digits(text);
    (least..=most).contains(&digits.len()).then(|| (value(digits), rest))
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// The value of at most nine digits.
fn value(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

fn ends_word(rest: &[u8]) -> bool {
    !rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The month that `text` begins with the name of, abbreviated or not.
fn month_name(text: &[u8]) -> Option<(u32, &[u8])> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let (index, rest) = name(text, &MONTHS)?;
    Some((index as u32 + 1, rest))
}

/// The day of the week that `text` begins with the name of, abbreviated or not; 0 is Monday.
fn weekday_name(text: &[u8]) -> Option<(u8, &[u8])> {
    const WEEKDAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let (index, rest) = name(text, &WEEKDAYS)?;
    Some((index as u8, rest))
}

fn name<'t>(text: &'t [u8], names: &[&str]) -> Option<(usize, &'t [u8])> {
    let short: [u8; 3] = text.first_chunk::<3>()?.map(|byte| byte.to_ascii_lowercase());
    let index = names.iter().position(|name| name.as_bytes()[..3] == short)?;
    let word = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, rest) = text.split_at(word);
    (word.len() == 3 || word.eq_ignore_ascii_case(names[index].as_bytes())).then_some((index, rest))
}
