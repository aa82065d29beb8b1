//! The time that a line of text begins with, or has somewhere.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use memchr::memchr_iter;

/// The first time in `text` that is written as RFC 3339 or ISO 8601 say, such as
/// `2020-08-05T03:04:51.157Z`; without an offset it is taken as UTC.
pub fn first_in(text: &[u8]) -> Option<Timestamp> {
    memchr_iter(b'-', text).filter_map(|dash| dash.checked_sub(4)).find_map(|start| parse(&text[start..]))
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    const SHAPE: &[u8; 19] = b"dddd-dd-ddTdd:dd:dd";
    let shaped = text.len() >= SHAPE.len()
        && SHAPE.iter().zip(text).all(|(shape, byte)| match shape {
            b'd' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't' | b' '),
            _ => byte == shape,
        });
    if !shaped {
        return None;
    }
    let mut len = SHAPE.len();
    if matches!(text.get(len), Some(b'.' | b',')) {
        // Nine digits are nanoseconds; finer than that nobody writes.
        len += 1 + digits(&text[len + 1..]).min(9);
    }
    let zoned = len + offset(&text[len..]);
    let parse = |len: usize| std::str::from_utf8(&text[..len]).ok();
    parse(zoned).and_then(|text| text.parse().ok()).or_else(|| {
        parse(len)?.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp())
    })
}

/// Length of `Z`, `+01:00`, `-0800`, `+02` at the start of `text`.
fn offset(text: &[u8]) -> usize {
    match text {
        [b'Z' | b'z', ..] => 1,
        [b'+' | b'-', hours @ ..] if digits(hours) >= 4 => 5,
        [b'+' | b'-', hours @ ..] if digits(hours) == 2 => match &hours[2..] {
            [b':', minutes @ ..] if digits(minutes) >= 2 => 6,
            _ => 3,
        },
        _ => 0,
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::first_in;

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
