//! Times, as logs write them.
//!
//! Every time becomes microseconds since 1970-01-01T00:00:00Z. A wrong time is worse than none: text
//! that can mean two times is not read, and the caller reports it.
//!
//! | format | example | source |
//! |---|---|---|
//! | RFC 3339, ISO 8601 | `2025-08-29T08:14:02.5Z`, `2025-08-29 08:14:02,123 +0200`, `20250829T081402Z` | [RFC 3339], ISO 8601 |
//! | seconds, milliseconds, microseconds, nanoseconds since 1970 | `1756455242`, `1756455242.123`, `1756455242123456789` | see [below](#numbers) |
//! | RFC 3164, `asctime`, `date` | `Aug 29 08:14:02`, `Fri Aug 29 08:14:02 2025`, `Fri Aug 29 08:14:02 UTC 2025` | [RFC 3164], C |
//! | common log format | `29/Aug/2025:08:14:02 +0000` | [Apache], NCSA |
//! | RFC 2822 | `Fri, 29 Aug 2025 08:14:02 +0200`, `29 Aug 2025 08:14:02` | [RFC 2822] |
//! | Go, nginx | `2025/08/29 08:14:02` | Go's `log`, nginx's `error_log` |
//! | klog, glog | `I0829 08:14:02.123456`, `I20250829 08:14:02.123456` | [klog] |
//! | American | `08/29/2025 08:14:02 AM`, `Aug 29, 2025 8:14:02 AM`, `Aug 29, 2025 @ 08:14:02.123` | Kibana |
//! | Go's `time.Time` | `2025-08-29 10:14:02.5 +0200 CEST m=+0.1` | Go |
//! | .NET's JSON | `/Date(1756455242123)/` | |
//! | day first | `29/08/2025 08:14:02`, `29.08.2025 08:14:02` | |
//!
//! # Numbers
//!
//! The number of digits before the point tells the unit: 10 are seconds, 13 milliseconds, 16
//! microseconds, 19 nanoseconds. That is every time from September 2001 to November 2286, whatever the
//! unit, and no number belongs to two units. A number of any other length is no time; least of all is it
//! one in 1970.
//!
//! # What is not certain
//!
//! - `05/06/2025 08:14:02` is the sixth of May or the fifth of June. With `AM` or `PM` it is American;
//!   when one of the two numbers is above 12, or both are equal, it is certain as well.
//! - `EST`, `CST`, `IST` and other abbreviations mean several offsets. `UTC`, `GMT` and some more are read.
//! - A date without a time of day, or a time of day without a date.
//! - The year 1 and years before it: Go's `time.Time` has `0001-01-01T00:00:00Z` where no time is set; and the
//!   year 9999, which stands for no end.
//! - A day of the week that is not that of the date.
//! - A time that a time zone has twice or not at all, when its clocks change.
//!
//! # Years
//!
//! RFC 3164 and klog write no year. It is the latest with which the time is at most a day after the
//! [reference](TimeParser::with_reference), such as the time at which the file was last changed; for
//! 29 February, the latest such leap year. Without a reference, these times are not read.
//!
//! [RFC 3339]: https://www.rfc-editor.org/rfc/rfc3339
//! [RFC 3164]: https://www.rfc-editor.org/rfc/rfc3164#section-4.1.2
//! [RFC 2822]: https://www.rfc-editor.org/rfc/rfc2822#section-3.3
//! [Apache]: https://httpd.apache.org/docs/2.4/logs.html#common
//! [klog]: https://github.com/kubernetes/klog/blob/main/klog.go

mod civil;
mod find;
mod formats;

use std::fmt;

use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;

use civil::{MICROS_PER_DAY, MICROS_PER_SECOND};
pub use find::find;
pub(crate) use find::{len_at, seconds_with_comma_len};
use formats::Written;

/// The time of an event, as its record states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time<'r> {
    /// Microseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// The record has a time, written like this, which cannot be read for certain.
    Unreadable(&'r [u8]),
    /// The record has no time.
    Missing,
}

/// Reads times.
///
/// # Examples
///
/// ```
/// use event_log_codes_records::time::TimeParser;
///
/// let parser = TimeParser::new();
/// assert_eq!(parser.parse(b"2025-08-29T08:14:02.5Z"), Some(1_756_455_242_500_000));
/// assert_eq!(parser.parse(b"1756455242.5"), Some(1_756_455_242_500_000));
/// assert_eq!(parser.parse(b"29/Aug/2025:10:14:02 +0200"), Some(1_756_455_242_000_000));
/// // May or June?
/// assert_eq!(parser.parse(b"05/06/2025 08:14:02"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct TimeParser {
    /// `None` is UTC.
    zone: Option<TimeZone>,
    reference: Option<i64>,
}

impl TimeParser {
    /// A parser that takes times without an offset as UTC, and reads no times without a year.
    #[must_use]
    pub fn new() -> Self {
        TimeParser::default()
    }

    /// Takes times without an offset as those of `zone`.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::time::TimeParser;
    /// use jiff::tz::{TimeZone, offset};
    ///
    /// let parser = TimeParser::new().with_time_zone(TimeZone::fixed(offset(2)));
    /// assert_eq!(parser.parse(b"2025-08-29 10:14:02"), Some(1_756_455_242_000_000));
    /// assert_eq!(parser.parse(b"2025-08-29 08:14:02Z"), Some(1_756_455_242_000_000));
    /// ```
    #[must_use]
    pub fn with_time_zone(mut self, zone: TimeZone) -> Self {
        self.zone = (zone != TimeZone::UTC).then_some(zone);
        self
    }

    /// Takes times without a year as those before `reference`, in microseconds since 1970.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::time::TimeParser;
    ///
    /// let parser = TimeParser::new();
    /// assert_eq!(parser.parse(b"Aug 29 08:14:02"), None);
    /// // 2026-01-01
    /// let parser = parser.with_reference(1_767_225_600_000_000);
    /// assert_eq!(parser.parse(b"Aug 29 08:14:02"), Some(1_756_455_242_000_000));
    /// ```
    #[must_use]
    pub fn with_reference(mut self, reference: i64) -> Self {
        self.reference = Some(reference);
        self
    }

    /// The time that the whole of `text` is, in microseconds since 1970; what is finer is cut off.
    ///
    /// `None` if `text` is no time, or one that is not certain. Space around it does not matter.
    ///
    /// Nothing is allocated. RFC 3339, in which most times are, takes about a tenth of the time of others.
    #[inline]
    #[must_use]
    pub fn parse(&self, text: &[u8]) -> Option<i64> {
        formats::rfc3339(text).or_else(|| self.parse_any(text))
    }

    fn parse_any(&self, text: &[u8]) -> Option<i64> {
        let text = text.trim_ascii();
        if let Some(time) = formats::epoch(text) {
            return Some(time);
        }
        if let Some(time) = text.strip_prefix(b"/Date(").and_then(|text| text.strip_suffix(b")/")) {
            // .NET: milliseconds of UTC, whatever the offset behind them.
            let len = time.iter().take_while(|byte| byte.is_ascii_digit()).count();
            return formats::epoch(&time[..len]).filter(|_| formats::offset(&time[len..]).1.is_empty());
        }
        let text = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
        let (written, rest) = formats::written(text)?;
        let written = written.filter(|written| rest.is_empty() || is_zone_name(written, rest))?;
        self.resolve(&written)
    }

    /// Supplies what a written time leaves open: the offset and the year.
    fn resolve(&self, written: &Written) -> Option<i64> {
        if let Some(year) = written.year {
            return self.in_year(written, year);
        }
        let latest = self.reference?.checked_add(MICROS_PER_DAY)?;
        let year = civil::year_of_day(latest.div_euclid(MICROS_PER_DAY));
        let any_weekday = Written { weekday: None, ..*written };
        let fits = |year: &u32| self.in_year(&any_weekday, *year).is_some_and(|time| time <= latest);
        // An offset may reach into the next year; leap years are at most eight years apart.
        let year = (year.saturating_sub(8)..=year + 1).rev().find(fits)?;
        self.in_year(written, year)
    }

    fn in_year(&self, written: &Written, year: u32) -> Option<i64> {
        if !formats::YEARS.contains(&year) {
            return None;
        }
        let local = formats::micros_since_epoch(written.days(year)?, written.micros);
        match (written.offset, &self.zone) {
            (Some(offset), _) => Some(local - i64::from(offset) * MICROS_PER_SECOND),
            (None, None) => Some(local),
            (None, Some(zone)) => in_zone(local, zone),
        }
    }
}

/// The time zone that a user names: `Europe/Berlin`, `+02:00`.
///
/// # Errors
///
/// If `text` is neither an offset nor a zone that this system, or the database that jiff was built with, knows.
///
/// # Examples
///
/// ```
/// use event_log_codes_records::time::time_zone;
/// use jiff::tz::{TimeZone, offset};
///
/// assert_eq!(time_zone("+02:00"), Ok(TimeZone::fixed(offset(2))));
/// assert!(time_zone("Middle-earth/Shire").is_err());
/// ```
pub fn time_zone(text: &str) -> Result<TimeZone, ParseTimeZoneError> {
    DateTimeParser::new().parse_time_zone(text).map_err(|_| ParseTimeZoneError(()))
}

/// The error returned when [`time_zone`] fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimeZoneError(());

impl fmt::Display for ParseTimeZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither a time zone such as Europe/Berlin nor an offset such as +02:00")
    }
}

impl std::error::Error for ParseTimeZoneError {}

/// The time at which the clocks of `zone` show what those of UTC show at `local`, if it is the only one.
fn in_zone(local: i64, zone: &TimeZone) -> Option<i64> {
    let civil: DateTime = jiff::Timestamp::from_microsecond(local).ok()?.to_zoned(TimeZone::UTC).datetime();
    let time = zone.to_ambiguous_timestamp(civil).unambiguous().ok()?;
    Some(time.as_microsecond())
}

/// Whether `rest` only repeats in words what an offset has said: `[Europe/Berlin]`, ` (CEST)`, and ` CEST m=+0.1`
/// as Go prints it.
fn is_zone_name(written: &Written, rest: &[u8]) -> bool {
    let name = match rest {
        [b'[', name @ .., b']'] | [b' ', b'(', name @ .., b')'] => name,
        [b' ', rest @ ..] => {
            let len = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
            let (name, since_start) = rest.split_at(len);
            let is_number = |byte: &u8| byte.is_ascii_digit() || b"+-.".contains(byte);
            let ends = since_start.is_empty()
                || since_start.strip_prefix(b" m=").is_some_and(|number| number.iter().all(is_number));
            let is_name = name.iter().all(u8::is_ascii_uppercase) || name.iter().all(is_number);
            if !ends || !is_name || name.len() < 2 {
                return false;
            }
            name
        }
        _ => return false,
    };
    written.offset.is_some()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/_+- ".contains(byte))
}

/// Whether `text` is a date with a time of day, certain or not, or a number that is a time.
pub(crate) fn is_date_and_time(text: &[u8]) -> bool {
    formats::epoch(text.trim_ascii()).is_some() || formats::written(text.trim_ascii()).is_some()
}

/// Whether all of `text` is a date: with a time of day behind it, it would be both.
pub(crate) fn is_date(text: &[u8]) -> bool {
    let mut with_time = [0; 32];
    let len = text.len();
    if len + MIDNIGHT.len() > with_time.len() {
        return false;
    }
    with_time[..len].copy_from_slice(text);
    with_time[len..len + MIDNIGHT.len()].copy_from_slice(MIDNIGHT);
    formats::written(&with_time[..len + MIDNIGHT.len()]).is_some_and(|(_, rest)| rest.is_empty())
}

const MIDNIGHT: &[u8] = b" 00:00:00";

/// Whether all of `text` is a time of day.
pub(crate) fn is_time_of_day(text: &[u8]) -> bool {
    formats::clock(text).is_some_and(|(_, rest)| formats::offset(rest).1.is_empty())
}

#[cfg(test)]
mod tests;
