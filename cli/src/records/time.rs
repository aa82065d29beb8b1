//! The time that a line of text begins with, or has somewhere.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use memchr::memchr_iter;

/// The first time in `text` that is written as RFC 3339 or ISO 8601 say, such as
/// `2020-08-05T03:04:51.157Z`; without an offset it is taken as UTC.
pub fn first_in(text: &[u8]) -> Option<Timestamp> {
    memchr_iter(b'-', text).filter_map(|dash| dash.checked_sub(4)).find_map(|start| parse(&text[start..]))
}

/// Reads what jiff's parser reads; that one looks for much more, which takes several times as long.
fn parse(text: &[u8]) -> Option<Timestamp> {
    const SHAPE: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    let (civil, rest) = text.split_first_chunk::<{ SHAPE.len() }>()?;
    let shaped = SHAPE.iter().zip(civil).all(|(shape, byte)| match shape {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        _ => byte == shape,
    });
    if !shaped {
        return None;
    }
    let two = |at: usize| number(&civil[at..at + 2]) as i8;
    let second = match two(17) {
        // A leap second, which the time of computers does without.
        60 => 59,
        second => second,
    };
    let (nanosecond, rest) = match rest {
        [b'.' | b',', rest @ ..] => fraction(rest),
        _ => (0, rest),
    };
    let year = number(&civil[..4]) as i16;
    let civil = DateTime::new(year, two(5), two(8), two(11), two(14), second, nanosecond).ok()?;
    offset(rest).to_timestamp(civil).ok()
}

/// Nanoseconds from the digits after the point, and what follows.
fn fraction(text: &[u8]) -> (i32, &[u8]) {
    // Finer than that nobody writes.
    let (fraction, rest) = text.split_at(digits(text).min(9));
    (number(fraction) * 10_i32.pow(9 - fraction.len() as u32), rest)
}

/// The offset that `text` begins with, such as `+01:00`, `-0800`, `+02`.
fn offset(text: &[u8]) -> Offset {
    let (sign, text) = match text {
        [b'+', text @ ..] => (1, text),
        [b'-', text @ ..] => (-1, text),
        _ => return Offset::UTC,
    };
    let minutes = match (digits(text), text.get(2..)) {
        (4.., Some(minutes)) => minutes,
        (2, Some([b':', minutes @ ..])) if digits(minutes) >= 2 => minutes,
        (2, _) => b"00",
        _ => return Offset::UTC,
    };
    match number(&minutes[..2]) {
        minutes @ ..60 => {
            Offset::from_seconds(sign * 60 * (60 * number(&text[..2]) + minutes)).unwrap_or(Offset::UTC)
        }
        _ => Offset::UTC,
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn number(digits: &[u8]) -> i32 {
    digits.iter().fold(0, |number, digit| number * 10 + i32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::first_in;

    /// With an offset that can be read, or else as UTC.
    fn as_jiff_reads_it(civil: &str, offset: &str) -> Option<Timestamp> {
        format!("{civil}{offset}").parse().ok().or_else(|| {
            let civil: DateTime = civil.parse().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })
    }

    proptest! {
        #[test]
        fn agrees_with_jiff(
            date in (prop_oneof![Just(0), Just(9999), 1900..2100], 0..14, 0..33),
            time in (0..26, 0..62, 0..62),
            separator in "[Tt ]",
            fraction in "([.,][0-9]{1,9})?",
            offset in "([Zz]|[+-][012][0-9](:?[0-7][0-9])?)?",
        ) {
            let ((year, month, day), (hour, minute, second)) = (date, time);
            let civil = format!(
                "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}"
            );
            let text = format!("<{civil}{offset} x");
            prop_assert_eq!(first_in(text.as_bytes()), as_jiff_reads_it(&civil, &offset), "{}", text);
        }
    }

    #[test]
    fn finds_the_first_time() {
        for (text, expected) in [
            ("2020-08-05T03:04:51.157475Z", Some("2020-08-05T03:04:51.157475Z")),
            ("<14>1 2025-08-29T08:14:02+02:00 gw", Some("2025-08-29T06:14:02Z")),
            ("2025-08-29 08:14:02,5 x", Some("2025-08-29T08:14:02.5Z")),
            ("2025-08-29T08:14:02-0800", Some("2025-08-29T16:14:02Z")),
            ("a-b 2025-13-29T08:14:02Z 2025-12-29T08:14:02Z", Some("2025-12-29T08:14:02Z")),
            ("2025-08-29T08:14:02.1234567891Z", Some("2025-08-29T08:14:02.123456789Z")),
            ("Aug  5 03:04:51 gw-7", None),
            ("2025-08-29", None),
            ("----", None),
        ] {
            let found = first_in(text.as_bytes()).map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
