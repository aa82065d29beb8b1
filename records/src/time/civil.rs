//! Calendar arithmetic.

pub(super) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(super) const SECONDS_PER_DAY: i64 = 86_400;
pub(super) const MICROS_PER_DAY: i64 = SECONDS_PER_DAY * MICROS_PER_SECOND;

/// The days from 1970-01-01 to a date of the proleptic Gregorian calendar, or `None` if the calendar
/// has no such date.
///
/// The arithmetic is that of Howard Hinnant's [`days_from_civil`], moved by 400 years to be unsigned.
///
/// [`days_from_civil`]: https://howardhinnant.github.io/date_algorithms.html#days_from_civil
#[inline]
pub(super) fn days_since_epoch(year: u32, month: u32, day: u32) -> Option<i64> {
    if year > 9999 || !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    // A year that begins in March has its leap day at the end.
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some(i64::from(days) - (719_468 + 146_097))
}

#[inline]
fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[inline]
fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The year of a day counted from 1970-01-01.
pub(super) fn year_of_day(days: i64) -> u32 {
    // 400 years have 146,097 days, so this is off by one year at most.
    let estimate = 1970 + days.saturating_mul(400).div_euclid(146_097);
    let mut year = estimate.clamp(1, 9998) as u32;
    let begins_by = |year| days_since_epoch(year, 1, 1).is_some_and(|start| start <= days);
    if !begins_by(year) {
        year -= 1;
    }
    if begins_by(year + 1) {
        year += 1;
    }
    year
}

/// The day of the week of a day counted from 1970-01-01: 0 is Monday.
pub(super) fn weekday(days: i64) -> u8 {
    // 1970-01-01 was a Thursday.
    (days + 3).rem_euclid(7) as u8
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{days_since_epoch, weekday, year_of_day};

    #[test]
    fn every_day_is_that_of_jiff() {
        let mut day = date(0, 1, 1);
        let until_epoch = day.until(date(1970, 1, 1)).unwrap().get_days();
        for expected in -i64::from(until_epoch).. {
            let year = day.year() as u32;
            assert_eq!(days_since_epoch(year, day.month() as u32, day.day() as u32), Some(expected), "{day}");
            if day.day() == 1 || day.day() >= 28 {
                assert_eq!(weekday(expected), day.weekday().to_monday_zero_offset() as u8, "{day}");
                assert!(!(2..9998).contains(&year) || year_of_day(expected) == year, "{day}");
            }
            match day.tomorrow() {
                Ok(tomorrow) => day = tomorrow,
                Err(_) => break,
            }
        }
        assert_eq!(day, date(9999, 12, 31));
    }

    #[test]
    fn no_day_that_jiff_does_not_know() {
        for year in [0, 1900, 2000, 2023, 2024, 9999] {
            for month in 0..=13_u32 {
                for day in 0..=32_u32 {
                    let known = Date::new(year, month as i8, day as i8).is_ok();
                    assert_eq!(
                        days_since_epoch(year as u32, month, day).is_some(),
                        known,
                        "{year}-{month}-{day}"
                    );
                }
            }
        }
        assert_eq!(days_since_epoch(10_000, 1, 1), None);
    }
}
