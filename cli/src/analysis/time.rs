//! Times of the result.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// Microseconds since the Unix epoch, written as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// In UTC, to the second.
    pub fn to_seconds(self) -> String {
        self.format("%Y-%m-%d %H:%M:%S")
    }

    /// In UTC, to the minute.
    pub fn to_minutes(self) -> String {
        self.format("%Y-%m-%d %H:%M")
    }

    fn format(self, format: &str) -> String {
        match Timestamp::from_second(self.0.div_euclid(1_000_000)) {
            Ok(time) => time.strftime(format).to_string(),
            Err(_) => self.to_string(),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(time) => time.fmt(f),
            // Beyond the year 9999.
            Err(_) => write!(f, "{} s", self.0 / 1_000_000),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
