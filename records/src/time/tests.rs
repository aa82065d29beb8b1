use jiff::civil::{DateTime, date};
use jiff::tz::{Offset, TimeZone, offset};
use jiff::{SpanRound, Timestamp, ToSpan, Unit};
use proptest::prelude::*;

use super::{TimeParser, find, formats};

/// 2025-08-29T08:14:02Z.
const TIME: i64 = 1_756_455_242_000_000;

fn micros(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_microsecond()
}

#[test]
fn every_format() {
    let parser = TimeParser::new().with_reference(micros("2026-03-01T00:00:00Z"));
    for text in [
        "2025-08-29T08:14:02Z",
        "2025-08-29t08:14:02z",
        "2025-08-29 08:14:02",
        "2025-08-29T08:14:02.0Z",
        "2025-08-29T08:14:02.000000999999999Z",
        "2025-08-29T08:14:02,000Z",
        "2025-08-29 08:14:02:000",
        "2025-08-29T10:14:02+02:00",
        "2025-08-29 10:14:02 +0200",
        "2025-08-29 10:14:02+02",
        "2025-08-29 08:14:02 UTC",
        "2025-08-29 10:14:02 CEST",
        "2025-08-29 08:14:02 UTC+0",
        "2025-08-29T10:14:02+02:00[Europe/Berlin]",
        "2025-08-29T04:14:02\u{2212}04:00",
        "2025-8-29 8:14:02",
        "20250829T081402Z",
        "20250829T101402+0200",
        "20250829 08:14:02",
        "20250829-08:14:02",
        "1756455242",
        "1756455242.0",
        "1756455242,000",
        "1756455242000",
        "1756455242000.0",
        "1756455242000000",
        "1756455242000000999",
        "1.756455242e9",
        "1.756455242E+18",
        "Aug 29 08:14:02",
        "Aug 29 08:14:02.000",
        "Aug 29 08:14:02 2025",
        "Aug 29 2025 08:14:02",
        "Aug 29, 2025 8:14:02 AM",
        "Aug 29, 2025 @ 08:14:02.000",
        "2025-08-29 08:14:02 +0000 UTC",
        "2025-08-29 10:14:02 +0200 CEST m=+0.000012",
        "2025-08-29 11:14:02.0 +0300 +03",
        "/Date(1756455242000)/",
        "/Date(1756455242000+0200)/",
        "Aug 29, 2025, 8:14:02\u{202f}AM",
        "August 29, 2025 8:14:02 am",
        "Fri Aug 29 08:14:02 2025",
        "[Fri Aug 29 08:14:02.000000 2025]",
        "Fri Aug 29 08:14:02 UTC 2025",
        "Fri Aug 29 2025 10:14:02 GMT+0200 (Central European Summer Time)",
        "Fri 2025-08-29 08:14:02 UTC",
        "29/Aug/2025:08:14:02 +0000",
        "[29/Aug/2025:10:14:02 +0200]",
        "Fri, 29 Aug 2025 10:14:02 +0200",
        "Fri, 29 Aug 2025 08:14:02 GMT",
        "Friday, 29 August 2025 08:14:02 +0000",
        "29 Aug 2025 08:14:02 -0000",
        "29-AUG-2025 08:14:02.000",
        "2025/08/29 08:14:02",
        "2025/08/29 08:14:02.000000",
        "2025.08.29 08:14:02",
        "I0829 08:14:02.0",
        "E20250829 08:14:02.000000",
        "08/29/2025 08:14:02 AM",
        "8/29/2025, 8:14:02 AM",
        "08/29/2025 08:14:02",
        "29/08/2025 08:14:02",
        "29.8.2025, 08:14:02",
        "\t2025-08-29T08:14:02Z \r",
    ] {
        assert_eq!(parser.parse(text.as_bytes()), Some(TIME), "{text}");
    }
    for (text, expected) in [
        ("2025-08-29T08:14", "2025-08-29T08:14:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
        ("1756455242.123456789", "2025-08-29T08:14:02.123456Z"),
        ("1756455242123.456789", "2025-08-29T08:14:02.123456Z"),
        ("1000000000", "2001-09-09T01:46:40Z"),
        ("9999999999", "2286-11-20T17:46:39Z"),
        ("05/06/2025 08:14:02 PM", "2025-05-06T20:14:02Z"),
        ("05/06/2025 12:14:02 AM", "2025-05-06T00:14:02Z"),
        ("05/06/2025 12:14:02 PM", "2025-05-06T12:14:02Z"),
        ("05/05/2025 08:14:02", "2025-05-05T08:14:02Z"),
        ("05.06.2025 08:14:02", "2025-06-05T08:14:02Z"),
        ("Aug  5 03:04:51", "2025-08-05T03:04:51Z"),
        ("Feb 29 03:04:51", "2024-02-29T03:04:51Z"),
    ] {
        assert_eq!(parser.parse(text.as_bytes()), Some(micros(expected)), "{text}");
    }
}

#[test]
fn nothing_that_is_not_certain() {
    let parser = TimeParser::new().with_reference(micros("2026-03-01T00:00:00Z"));
    for text in [
        "",
        "null",
        "-",
        "now",
        "0",
        "1",
        "175645524",
        "17564552420",
        "0756455242",
        "-1756455242",
        "+1756455242",
        "1756455242.",
        "1756455242e0",
        "1.75646e9",
        "1.756455242e10",
        "1.756455242e99",
        "17564552420000009990",
        "99999999999999999999999999999999999999",
        "2025-08-29",
        "08:14:02",
        "2025-08-29T",
        "2025-08-29T08",
        "2025-08-29T08:14:0",
        "2025-08-29T08:1402",
        "2025-02-29T08:14:02Z",
        "2025-13-29T08:14:02Z",
        "2025-08-29T24:00:00Z",
        "2025-08-29T08:60:02Z",
        "2025-08-29T08:14:61Z",
        "2025-08-29T08:14:02Zulu",
        "2025-08-29T08:14:02.Z",
        "2025-08-29T08:14:02+2:0",
        "2025-08-29T08:14:02+020",
        "2025-08-29T08:14:02+02:60",
        "2025-08-29T08:14:02+25:00",
        "2025-08-29T08:14:02[Europe/Berlin]",
        "2025-08-29 08:14:02 CST",
        "2025-08-29 08:14:02 then",
        "2025-08-29 13:14:02 PM",
        "2025-08-29 00:14:02 AM",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31 23:59:59",
        "2025-08-29 10:14:02 +0200 CEST m=x",
        "2025-08-29 10:14:02 +0200 tomorrow",
        "/Date(17564)/",
        "/Date(1756455242000x)/",
        "0000-01-01T00:00:00Z",
        "05/06/2025 08:14:02",
        "05-06-2025 08:14:02",
        "29/08/2025 08:14:02 AM",
        "08/29/25 08:14:02 AM",
        "17/06/09 20:10:40",
        "03-17 16:13:38.811",
        "081109 203615",
        "18000829 08:14:02",
        "Thu Aug 29 08:14:02 2025",
        "Thu, 29 Aug 2025 08:14:02 +0000",
        "Sep 31 08:14:02",
        "Augusta 29 08:14:02",
        "I0829 08:14:02",
        "I1329 08:14:02.1",
    ] {
        assert_eq!(parser.parse(text.as_bytes()), None, "{text}");
    }
    assert_eq!(TimeParser::new().parse(b"Aug 29 08:14:02"), None);
    assert_eq!(TimeParser::new().parse(b"I0829 08:14:02.1"), None);
}

#[test]
fn year_of_the_nearest_past() {
    for (text, reference, expected) in [
        // A day later is still the same year: clocks and time zones differ.
        ("Aug 29 08:14:02", "2025-08-28T08:14:02Z", "2025-08-29T08:14:02Z"),
        ("Aug 29 08:14:02", "2025-08-28T08:14:01Z", "2024-08-29T08:14:02Z"),
        ("Dec 31 23:59:59", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"),
        ("Jan  1 00:30:00", "2025-12-31T23:30:00Z", "2026-01-01T00:30:00Z"),
        ("Feb 29 08:14:02", "2025-08-28T08:14:02Z", "2024-02-29T08:14:02Z"),
        ("Feb 29 08:14:02", "2024-02-29T08:14:02Z", "2024-02-29T08:14:02Z"),
        ("Feb 29 08:14:02", "1903-02-01T00:00:00Z", "1896-02-29T08:14:02Z"),
        ("I1231 23:59:59.5", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59.5Z"),
    ] {
        let parser = TimeParser::new().with_reference(micros(reference));
        assert_eq!(parser.parse(text.as_bytes()), Some(micros(expected)), "{text} at {reference}");
    }
    for reference in [i64::MIN, -1 << 60, 0, 1 << 60, i64::MAX] {
        let parser = TimeParser::new().with_reference(reference);
        let time = parser.parse(b"Aug 29 08:14:02");
        assert!(time.is_none_or(|time| time <= reference.saturating_add(86_400_000_000)), "{reference}");
    }
    // The day of the week has to be that of the year.
    let parser = TimeParser::new().with_reference(micros("2026-03-01T00:00:00Z"));
    assert_eq!(parser.parse(b"Fri Aug 29 08:14:02"), Some(TIME));
    assert_eq!(parser.parse(b"Thu Aug 29 08:14:02"), None);
}

#[test]
fn time_zone_where_no_offset_is_written() {
    let berlin = TimeParser::new().with_time_zone(TimeZone::get("Europe/Berlin").unwrap());
    let berlin = berlin.with_reference(micros("2026-03-01T00:00:00Z"));
    for text in ["2025-08-29 10:14:02", "Aug 29 10:14:02", "29.08.2025 10:14:02", "2025-08-29 08:14:02Z"] {
        assert_eq!(berlin.parse(text.as_bytes()), Some(TIME), "{text}");
    }
    assert_eq!(berlin.parse(b"2025-01-29 10:14:02"), Some(micros("2025-01-29T09:14:02Z")));
    // Never shown by a clock, shown twice, and certain again.
    assert_eq!(berlin.parse(b"2025-03-30 02:30:00"), None);
    assert_eq!(berlin.parse(b"2025-10-26 02:30:00"), None);
    assert_eq!(berlin.parse(b"2025-10-26 02:30:00 CEST"), Some(micros("2025-10-26T00:30:00Z")));
    assert_eq!(berlin.parse(b"2025-10-26 03:00:00"), Some(micros("2025-10-26T02:00:00Z")));
    let fixed = TimeParser::new().with_time_zone(TimeZone::fixed(offset(-8)));
    assert_eq!(fixed.parse(b"2025-08-29 00:14:02"), Some(TIME));
}

#[test]
fn time_of_a_line() {
    for (line, expected) in [
        ("2020-08-05T03:04:51.157475Z", Some("2020-08-05T03:04:51.157475Z")),
        ("<14>1 2025-08-29T08:14:02+02:00 gw", Some("2025-08-29T08:14:02+02:00")),
        ("<134>Aug  5 03:04:51 gw-7 x", Some("Aug  5 03:04:51")),
        ("Aug  5 03:04:51 gw-7 x", Some("Aug  5 03:04:51")),
        ("2025-08-29 08:14:02,5 x", Some("2025-08-29 08:14:02,5")),
        ("2025-08-29 08:14:02, x", Some("2025-08-29 08:14:02")),
        ("2025-08-29T08:14:02-0800", Some("2025-08-29T08:14:02-0800")),
        ("2025-08-29 08:14:02 - INFO x", Some("2025-08-29 08:14:02")),
        ("2025-08-29 08:14:02 +15 devices", Some("2025-08-29 08:14:02")),
        ("2025-08-29 08:14:02 INFO x", Some("2025-08-29 08:14:02")),
        ("2025-08-29 08:14:02 UTC x", Some("2025-08-29 08:14:02 UTC")),
        ("2025-08-29T08:14:02Z: x", Some("2025-08-29T08:14:02Z")),
        ("[2025-08-29T08:14:02Z] x", Some("2025-08-29T08:14:02Z")),
        ("\u{1b}[90m2025-08-29T08:14:02Z\u{1b}[0m x", Some("2025-08-29T08:14:02Z")),
        ("\\u001b[90m2025-08-29T08:14:02Z x", Some("2025-08-29T08:14:02Z")),
        ("x\\n2025-08-29T08:14:02Z x", Some("2025-08-29T08:14:02Z")),
        ("gw-7 2025-08-29T08:14:02Z x", Some("2025-08-29T08:14:02Z")),
        ("log.txt:2025-08-29T08:14:02Z x", Some("2025-08-29T08:14:02Z")),
        ("10.0.0.1 - - [29/Aug/2025:08:14:02 +0000] \"GET", Some("29/Aug/2025:08:14:02 +0000")),
        ("2025/08/29 08:14:02 [error] 7#7: x", Some("2025/08/29 08:14:02")),
        ("I0829 08:14:02.123456   12345 file.go:12] x", Some("I0829 08:14:02.123456")),
        ("[Sun Dec 04 04:47:44 2005] [error] x", Some("Sun Dec 04 04:47:44 2005")),
        ("08/29/2025 08:14:02 AM x", Some("08/29/2025 08:14:02 AM")),
        ("12345:M 29 Aug 2025 08:14:02.123 * x", Some("29 Aug 2025 08:14:02.123")),
        ("x.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 x", Some("2017-05-16 00:00:00.008")),
        ("- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.675872", Some("1117838570")),
        ("1756455242.123    345 10.0.0.1 TCP_MISS/200", Some("1756455242.123")),
        // Looks like a time, and stays the time of the line, but does not read as one.
        ("17/06/09 20:10:40 x 2025-08-29T08:14:02Z", Some("17/06/09 20:10:40")),
        ("03-17 16:13:38.811 x", Some("03-17 16:13:38.811")),
        ("081109 203615 148 INFO x", Some("081109 203615")),
        ("12:00:01 x 2025-08-29T08:14:02Z", Some("12:00:01")),
        ("20171223-22:15:29:6067|x", Some("20171223-22:15:29:6067|x")),
        ("2025-08-29T08:14:02.5.7 x", Some("2025-08-29T08:14:02.5.7")),
        ("05/06/2025 08:14:02 x", Some("05/06/2025 08:14:02")),
        ("x 2025-08-29T08:14:02.tar x", Some("2025-08-29T08:14:02.tar")),
        ("a-b 2025-13-29T08:14:02Z 2025-12-29T08:14:02Z", Some("2025-13-29T08:14:02Z")),
        ("2025-08-29 10:14:02 Europe/Berlin x", Some("2025-08-29 10:14:02 Europe/Berlin")),
        (
            "2025-08-29T10:14:02[America/Port-au-Prince] x",
            Some("2025-08-29T10:14:02[America/Port-au-Prince]"),
        ),
        ("2025-08-29 10:14:02 INFO/Berlin x", Some("2025-08-29 10:14:02")),
        ("2025-08-29 10:14:02 [Europe/Berlin x", Some("2025-08-29 10:14:02")),
        // Something else's time, or no time.
        ("SYS_111 expires=2025-08-29T08:14:02Z", None),
        ("SYS_111 expires=\"2025-08-29 08:14:02\"", None),
        ("{\"expires\": \"2025-08-29 08:14:02\"}", None),
        ("{\\\"expires\\\":\\\"2025-08-29 08:14:02\\\"}", None),
        ("backup-2025-08-29T08:14:02Z x", None),
        ("backup/2025-08-29T08:14:02Z.tar x", None),
        ("1756455242 x", None),
        ("00:1a:2b:3c:4d:5e 12:34:56:78:9a:bc", None),
        ("2025-08-29", None),
        ("----::::", None),
        ("", None),
    ] {
        let found = find(line.as_bytes()).map(|time| &line[time]);
        assert_eq!(found, expected, "{line}");
    }
    for line in [
        "03-17 16:13:38.811 x",
        "2025-08-29T08:14:02.5.7 x",
        "20171223-22:15:29:6067|x",
        "12:00:01 x",
        "2025-08-29 10:14:02 Europe/Berlin x",
        "2025-08-29T10:14:02[America/Port-au-Prince] x",
    ] {
        assert_eq!(TimeParser::new().parse(&line.as_bytes()[find(line.as_bytes()).unwrap()]), None, "{line}");
    }
}

/// As the fast path and the general one read it: both have to agree.
fn parse(text: &str) -> Option<i64> {
    let parser = TimeParser::new();
    let general = parser.parse_any(text.as_bytes());
    if let Some(fast) = formats::rfc3339(text.as_bytes()) {
        assert_eq!(general, Some(fast), "{text}");
    }
    assert_eq!(parser.parse(text.as_bytes()), general, "{text}");
    general
}

/// What jiff reads, rounded down to microseconds.
fn jiff_micros(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond().div_euclid(1000)).unwrap()
}

proptest! {
    #[test]
    fn rfc3339_as_jiff_reads_it(
        day in (prop_oneof![Just(2), Just(9998), 1900..2100], 0..14, 0..33),
        time in (0..26, 0..62, 0..62),
        separator in "[Tt ]",
        fraction in "([.,][0-9]{1,9})?",
        offset in "([Zz]|[+-](0[0-9]|1[0-7])(:?[0-7][0-9])?)?",
    ) {
        let ((year, month, day), (hour, minute, second)) = (day, time);
        let civil = format!(
            "{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{fraction}"
        );
        let text = format!("{civil}{offset}");
        let expected = if offset.is_empty() {
            civil.parse::<DateTime>().ok().map(|civil| civil.to_zoned(TimeZone::UTC).unwrap().timestamp())
        } else {
            text.parse::<Timestamp>().ok()
        };
        prop_assert_eq!(parse(&text), expected.map(jiff_micros), "{}", text);
    }

    #[test]
    fn rfc3339_with_one_byte_changed(
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"0123456789:-.+Z ".to_vec())],
        text in prop::sample::select(vec![
            "2025-08-29T08:14:02.123456Z",
            "2024-02-29 23:59:59.999999Z",
            "2024-02-29T23:59:59.5-02:30",
            "2024-02-29T23:59:59+02:00",
        ]),
    ) {
        let mut text = text.as_bytes().to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        let parser = TimeParser::new();
        if let Some(fast) = formats::rfc3339(&text) {
            prop_assert_eq!(parser.parse_any(&text), Some(fast), "{}", text.escape_ascii());
            let text = std::str::from_utf8(&text).unwrap();
            prop_assert_eq!(text.parse::<Timestamp>().ok().map(jiff_micros), Some(fast), "{}", text);
        }
    }

    /// Any time, in every format that jiff can write.
    #[test]
    fn reads_what_jiff_writes(
        seconds in micros("1970-01-01T00:00:00Z") / 1_000_000..micros("2099-12-31T00:00:00Z") / 1_000_000,
        micros in 0..1_000_000_i64,
        offset in -14 * 4..=14 * 4_i32,
    ) {
        let whole = Timestamp::from_second(seconds).unwrap();
        let exact = whole + micros.microseconds();
        let zone = TimeZone::fixed(Offset::from_seconds(offset * 900).unwrap());
        let parser = TimeParser::new().with_reference((whole + 1.hours()).as_microsecond());
        for (format, time) in [
            ("%Y-%m-%dT%H:%M:%S%.f%:z", exact),
            ("%Y-%m-%d %H:%M:%S%.6f %z", exact),
            ("%Y-%m-%d %H:%M:%S%.6f UTC%:z", exact),
            ("%Y%m%dT%H%M%S%.f%z", exact),
            ("%Y/%m/%d %H:%M:%S%.f %z", exact),
            ("%a %b %e %H:%M:%S%.f GMT%z %Y", exact),
            ("%a %b %d %Y %H:%M:%S GMT%z (Somewhere)", whole),
            ("%b %e %H:%M:%S %z", whole),
            ("%d/%b/%Y:%H:%M:%S %z", whole),
            ("%a, %d %b %Y %T %z", whole),
            ("%A, %B %-d, %Y %I:%M:%S %p %z", whole),
            ("%-m/%-d/%Y %-I:%M:%S %p %z", whole),
            ("%-d.%-m.%Y %H:%M:%S %z", whole),
            ("%d-%b-%Y %H:%M:%S%.f %z", exact),
            ("%s", whole),
            ("%s%.6f", exact),
        ] {
            let text = time.to_zoned(zone.clone()).strftime(format).to_string();
            if format.contains("%s") && seconds < 1_000_000_000 {
                prop_assert_eq!(parser.parse(text.as_bytes()), None, "{}", text);
                continue;
            }
            // Twenty-ninth of February: the format may have no year, but the reference is close.
            prop_assert_eq!(parser.parse(text.as_bytes()), Some(time.as_microsecond()), "{}", text);
            let line = format!("[{text}] gw-7 update: SYS_111");
            if format != "%s" && !format.contains("(") && !format.contains("T%H%M") {
                prop_assert_eq!(&line[find(line.as_bytes()).unwrap()], &*text, "{}", line);
            }
            let line = format!("gw-7 update ({text}): SYS_111");
            if !format.contains("%s") && !format.contains("(") && !format.contains("T%H%M") {
                prop_assert_eq!(&line[find(line.as_bytes()).unwrap()], &*text, "{}", line);
            }
        }
    }

    /// Units of numbers, with digits that no unit is to lose.
    #[test]
    fn numbers_in_any_unit(seconds in 1_000_000_000..9_999_999_999_i64, nanos in 0..1_000_000_000_i64) {
        let expected = seconds * 1_000_000 + nanos / 1000;
        let all = format!("{seconds}{nanos:09}");
        for point in [10, 13, 16, 19] {
            let text = format!("{}.{}", &all[..point], &all[point..]);
            let text = text.trim_end_matches('.');
            prop_assert_eq!(parse(text), Some(expected), "{}", text);
            let exponent = format!("{}.{}e+{}", &all[..1], &all[1..], point - 1);
            prop_assert_eq!(parse(&exponent), Some(expected), "{}", exponent);
        }
        for len in (1..=19).filter(|len| ![10, 13, 16, 19].contains(len)) {
            prop_assert_eq!(parse(&all[..len]), None, "{}", &all[..len]);
        }
    }

    /// The rule in other words: of all years in which the time is not more than a day ahead, the last.
    #[test]
    fn year_by_trying_all(
        day in 0..366_i32,
        second in 0..86_400_i64,
        reference in micros("1990-01-01T00:00:00Z")..micros("2090-01-01T00:00:00Z"),
    ) {
        let leap_day = date(2024, 1, 1) + day.days();
        let time = DateTime::from_parts(leap_day, jiff::civil::Time::midnight()) + second.seconds();
        let latest = reference + 86_400_000_000;
        let expected = (1970..2100_i16)
            .filter_map(|year| jiff::civil::Date::new(year, time.month(), time.day()).ok())
            .map(|date| date.to_datetime(time.time()).to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond())
            .filter(|time| *time <= latest)
            .max();
        let text = time.strftime("%b %e %H:%M:%S").to_string();
        prop_assert_eq!(TimeParser::new().with_reference(reference).parse(text.as_bytes()), expected, "{}", text);
    }

    #[test]
    fn any_bytes(text in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(b"0123456789:/-. ,TZAugFri+\"=[]\\\x1b".to_vec())],
        0..60,
    )) {
        let parser = TimeParser::new().with_reference(TIME);
        let _ = parser.parse(&text);
        if let Some(found) = find(&text) {
            prop_assert!(!found.is_empty());
            let _ = parser.parse(&text[found]);
        }
    }
}

#[test]
fn long_lines_take_linear_time() {
    // Would take minutes if each colon looked at everything before it.
    for pattern in ["1:11:11", "Aug 29 08:14:0", "12:34:56:", "2025-08-29T08:14:0", "\\n", "\"a\":"] {
        let line = pattern.repeat((256 << 10) / pattern.len());
        let _ = find(line.as_bytes());
    }
}

#[test]
fn rounds_before_1970_down() {
    let time = TimeParser::new().parse(b"1969-12-31T23:59:59.9999999Z").unwrap();
    assert_eq!(time, -1);
    // As jiff's own rounding has it.
    let span =
        Timestamp::UNIX_EPOCH.since("1969-12-31T23:59:59.9999999Z".parse::<Timestamp>().unwrap()).unwrap();
    let round = SpanRound::new().smallest(Unit::Microsecond).mode(jiff::RoundMode::Ceil);
    assert_eq!(span.round(round).unwrap().get_microseconds(), 1);
}
