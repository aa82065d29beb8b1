//! Filters by code and by time.

use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use event_log_codes::{Family, Section, Status};
use event_log_codes_records::time::time_zone;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp, Unit};
use wildmatch::WildMatch;

use crate::analysis::event::Event;
use crate::known_code::{KnownCode, family_of};
use crate::pattern;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which codes")]
pub struct CodeFilter {
    /// Only codes of this status: success, fail, info, skipped
    #[arg(
        long,
        value_name = "STATUS",
        value_delimiter = ',',
        ignore_case = true,
        hide_possible_values = true
    )]
    #[arg(value_parser = one_of_names::<Status>(Status::ALL.iter().map(|status| status.as_str()), str::to_ascii_lowercase))]
    pub status: Vec<Status>,

    /// Only codes of this section, such as update-fetching
    #[arg(
        long,
        value_name = "SECTION",
        value_delimiter = ',',
        ignore_case = true,
        hide_possible_values = true
    )]
    #[arg(value_parser = one_of_names::<Section>(Section::ALL.iter().map(|section| section.as_str()), str::to_ascii_lowercase))]
    pub section: Vec<Section>,

    /// Only codes of this family: UPD1, UPD2, UPD4, SYS
    #[arg(
        long,
        value_name = "FAMILY",
        value_delimiter = ',',
        ignore_case = true,
        hide_possible_values = true
    )]
    #[arg(value_parser = one_of_names::<Family>(Family::ALL.iter().map(|family| family.as_str()), str::to_ascii_uppercase))]
    pub family: Vec<Family>,

    /// Only this code; `*` stands for any characters, `?` for one
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', value_parser = pattern::parse)]
    pub code: Vec<WildMatch>,
}

/// Reads one of `names` in either case; an error lists them all.
fn one_of_names<T>(
    names: impl Iterator<Item = &'static str>,
    case: fn(&str) -> String,
) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(move |name| case(&name).parse())
}

impl CodeFilter {
    /// Whether every code is wanted.
    pub fn is_empty(&self) -> bool {
        let CodeFilter { status, section, family, code } = self;
        status.is_empty() && section.is_empty() && family.is_empty() && code.is_empty()
    }

    pub fn wants(&self, code: KnownCode) -> bool {
        one_of(&self.status, code.status())
            && one_of(&self.section, code.section())
            && self.wants_family(code.family())
            && self.wants_spelling(code.as_str())
    }

    /// Whether a code that neither catalogue nor site have may be wanted. Its section is unknown, and its
    /// status may be.
    pub fn may_want(&self, unknown: &str, status: Option<Status>) -> bool {
        status.is_none_or(|status| one_of(&self.status, status))
            && self.wants_family(family_of(unknown))
            && self.wants_spelling(unknown)
    }

    pub fn wants_event(&self, event: &Event<'_>) -> bool {
        match event.code.known() {
            Some(code) => self.wants(code),
            None => {
                let text = String::from_utf8_lossy(event.code.as_bytes());
                self.may_want(&text, event.code.status(event.status))
            }
        }
    }

    fn wants_family(&self, family: &str) -> bool {
        self.family.is_empty() || self.family.iter().any(|wanted| wanted.as_str() == family)
    }

    fn wants_spelling(&self, code: &str) -> bool {
        self.code.is_empty() || self.code.iter().any(|pattern| pattern.matches(code))
    }
}

fn one_of<T: PartialEq>(wanted: &[T], value: T) -> bool {
    wanted.is_empty() || wanted.contains(&value)
}

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Time range")]
pub struct TimeArgs {
    /// Only records from this time on: 2025-08-29, 2025-08-29T06:00Z, or as long ago as 36h or 7d
    #[arg(long, value_name = "TIME", value_parser = bound)]
    pub since: Option<Bound>,

    /// Only records before this time
    #[arg(long, value_name = "TIME", value_parser = bound)]
    pub until: Option<Bound>,

    /// The time zone of times without an offset, such as Europe/Berlin or +02:00; UTC if not given
    #[arg(long, value_name = "ZONE", value_parser = time_zone)]
    pub tz: Option<TimeZone>,
}

/// A time as it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    At(Timestamp),
    /// Without an offset.
    Civil(DateTime),
}

impl TimeArgs {
    /// The time range.
    pub fn filter(&self) -> TimeFilter {
        let timestamp = |bound: &Bound| self.timestamp(*bound).as_microsecond();
        TimeFilter { since: self.since.as_ref().map(timestamp), until: self.until.as_ref().map(timestamp) }
    }

    /// A time as it is given, in the time zone that is given.
    pub fn timestamp(&self, bound: Bound) -> Timestamp {
        match bound {
            Bound::At(time) => time,
            Bound::Civil(time) => {
                let zone = self.tz.clone().unwrap_or(TimeZone::UTC);
                time.to_zoned(zone).map_or(Timestamp::MAX, |time| time.timestamp())
            }
        }
    }
}

/// A time range, in microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeFilter {
    pub since: Option<i64>,
    pub until: Option<i64>,
}

impl TimeFilter {
    pub fn is_set(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether no time is in the range.
    pub fn is_empty(&self) -> bool {
        self.since.zip(self.until).is_some_and(|(since, until)| until <= since)
    }

    /// Whether the range holds a time, in microseconds since the Unix epoch; no time only if the range
    /// is unlimited.
    #[inline]
    pub fn wants(&self, time: Option<i64>) -> bool {
        match time {
            Some(time) => {
                self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
            }
            None => !self.is_set(),
        }
    }
}

fn bound(text: &str) -> Result<Bound, String> {
    let ago =
        |span: Span| Timestamp::now().to_zoned(TimeZone::UTC).checked_sub(span).map(|time| time.timestamp());
    text.parse()
        .map(Bound::At)
        .or_else(|_| text.parse().map(Bound::Civil))
        .or_else(|_| {
            text.parse::<Date>().map(|date| Bound::Civil(date.to_datetime(jiff::civil::Time::midnight())))
        })
        .or_else(|_| ago(text.parse()?).map(Bound::At))
        .map_err(|_: jiff::Error| {
            "neither a time such as 2025-08-29T06:00:00Z nor a time span such as 36h".to_owned()
        })
}

/// A time span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds {
    pub seconds: i64,
}

pub fn span(text: &str) -> Result<Seconds, String> {
    let seconds = |span: Span| span.total((Unit::Second, SpanRelativeTo::days_are_24_hours()));
    match text.parse().and_then(seconds) {
        Ok(seconds) if seconds >= 0.0 => Ok(Seconds { seconds: seconds as i64 }),
        _ => Err("not a time span such as 36h or 2d".to_owned()),
    }
}

/// A share of 1, from a percentage.
pub fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim();
    match number.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("not a percentage from 0% to 100%".to_owned()),
    }
}
