//! Codes, statuses, sections, families and outcomes to text and back, and the errors for any other text.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use event_log_codes::outcome::Outcome;
use event_log_codes::{EVENT_CODES, EventCode, Family, ParseError, Section, Status};

/// What the enums have in common.
trait Named:
    Copy
    + Debug
    + PartialEq
    + PartialEq<str>
    + for<'t> PartialEq<&'t str>
    + Display
    + AsRef<str>
    + Into<&'static str>
    + FromStr<Err = ParseError>
    + for<'t> TryFrom<&'t str, Error = ParseError>
    + for<'t> TryFrom<&'t [u8], Error = ParseError>
    + 'static
{
    const ALL: &'static [Self];
    const EXPECTED: &'static str;
    fn name(self) -> &'static str;
}

macro_rules! named {
    ($($type:ident, $expected:literal;)*) => {$(
        impl Named for $type {
            const ALL: &'static [Self] = $type::ALL;
            const EXPECTED: &'static str = $expected;
            fn name(self) -> &'static str {
                self.as_str()
            }
        }
    )*};
}

named! {
    EventCode, "an event code";
    Status, "a status";
    Section, "a section";
    Family, "a family of event codes";
    Outcome, "an outcome";
}

fn round_trips<T: Named>() {
    for &value in T::ALL {
        let name = value.name();
        assert_eq!(value.to_string(), name);
        assert_eq!(value.as_ref(), name);
        assert!(value == *name && value == name);
        assert!(value != *"" && value != *swapped_case(name));
        assert_eq!(Into::<&str>::into(value), name);
        assert_eq!(name.parse::<T>().unwrap(), value);
        assert_eq!(T::try_from(name).unwrap(), value);
        assert_eq!(T::try_from(name.as_bytes()).unwrap(), value);
        // Width and alignment apply, as to any text.
        assert_eq!(format!("[{value:>25}]"), format!("[{name:>25}]"));
        assert_eq!(format!("[{value:<25}]"), format!("[{name:<25}]"));

        for other in [
            name[1..].to_string(),
            format!("{name} "),
            format!(" {name}"),
            format!("{name}\0"),
            name.replace(|char: char| char.is_ascii_alphabetic(), "x"),
            swapped_case(name),
        ] {
            assert!(other.parse::<T>().is_err(), "{other:?}");
            assert!(T::try_from(&*other).is_err(), "{other:?}");
            assert!(T::try_from(other.as_bytes()).is_err(), "{other:?}");
        }
    }
}

fn swapped_case(name: &str) -> String {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase()
    } else {
        name.to_ascii_uppercase()
    }
}

#[test]
fn event_codes_round_trip() {
    round_trips::<EventCode>();
}

#[test]
fn statuses_round_trip() {
    round_trips::<Status>();
    assert_eq!(
        Status::ALL.iter().map(|status| status.as_str()).collect::<Vec<_>>(),
        ["success", "fail", "info", "skipped"]
    );
}

#[test]
fn sections_round_trip() {
    round_trips::<Section>();
    assert_eq!(Section::ALL.len(), 8);
}

#[test]
fn families_round_trip() {
    round_trips::<Family>();
}

#[test]
fn outcomes_round_trip() {
    round_trips::<Outcome>();
    let names: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
    assert_eq!(names, ["updated", "failed", "skipped", "in-progress"]);
}

#[test]
fn the_map_has_the_catalogue_and_nothing_else() {
    assert_eq!(EVENT_CODES.len(), EventCode::COUNT);
    for code in EventCode::ALL {
        assert_eq!(EVENT_CODES.get(code.as_str()), Some(code));
    }
}

fn message<T: Named>(text: &[u8]) -> String {
    let error = T::try_from(text).unwrap_err();
    // There is no source, and `Debug`, which `unwrap` prints, has the message too.
    assert!(Error::source(&error).is_none());
    assert_eq!(format!("{error:?}"), format!("ParseError({error})"));
    error.to_string()
}

fn errors_quote_the_input<T: Named>() {
    let expected = T::EXPECTED;
    assert_eq!(message::<T>(b"nonsense"), format!(r#"not {expected}: "nonsense""#));
    assert_eq!(message::<T>(b""), format!(r#"not {expected}: """#));
    let exactly = [b'a'; 32];
    assert_eq!(message::<T>(&exactly), format!(r#"not {expected}: "{}""#, "a".repeat(32)));
    let longer = [b'a'; 33];
    assert_eq!(message::<T>(&longer), format!(r#"not {expected}: "{}..." (33 bytes)"#, "a".repeat(32)));
    // One line of printable ASCII, whatever came in.
    let hostile = b"\"\\\n\r\x1b[31m\0\xff\xc3\xa9";
    assert_eq!(message::<T>(hostile), format!(r#"not {expected}: "\"\\\n\r\x1b[31m\x00\xff\xc3\xa9""#));
    let every: Vec<u8> = (0..=255).collect();
    for start in 0..every.len() {
        let message = message::<T>(&every[start..]);
        assert!(message.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{message:?}");
    }
}

#[test]
fn errors_quote_the_input_on_one_printable_line() {
    errors_quote_the_input::<EventCode>();
    errors_quote_the_input::<Status>();
    errors_quote_the_input::<Section>();
    errors_quote_the_input::<Family>();
    errors_quote_the_input::<Outcome>();
}

#[test]
fn an_error_is_small_and_crosses_threads() {
    fn crosses_threads<T: Error + Send + Sync + Clone + PartialEq + 'static>() {}
    crosses_threads::<ParseError>();
    assert_eq!("x".parse::<EventCode>().unwrap_err(), "x".parse::<EventCode>().unwrap_err());
    assert_ne!("x".parse::<EventCode>().unwrap_err(), "y".parse::<EventCode>().unwrap_err());
    assert!(size_of::<ParseError>() <= 64);
}

#[cfg(feature = "serde")]
mod serde {
    use super::*;
    use ::serde::de::value::{BorrowedBytesDeserializer, BorrowedStrDeserializer, Error as ValueError};
    use ::serde::de::{DeserializeOwned, IntoDeserializer};
    use ::serde::{Deserialize, Serialize};

    fn serde_round_trips<T: Named + Serialize + DeserializeOwned>() {
        for &value in T::ALL {
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(json, format!("{:?}", value.name()));
            assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value, "borrowed");
            assert_eq!(serde_json::from_reader::<_, T>(json.as_bytes()).unwrap(), value, "read");
            // An escape forces the parser to copy.
            let first = value.name().chars().next().unwrap();
            let escaped = json.replacen(first, &format!("\\u{:04x}", u32::from(first)), 1);
            assert_eq!(serde_json::from_str::<T>(&escaped).unwrap(), value, "{escaped}");

            let text = BorrowedStrDeserializer::<ValueError>::new(value.name());
            assert_eq!(T::deserialize(text).unwrap(), value);
            let bytes = BorrowedBytesDeserializer::<ValueError>::new(value.name().as_bytes());
            assert_eq!(T::deserialize(bytes).unwrap(), value);
            let owned: ::serde::de::value::StringDeserializer<ValueError> =
                value.name().to_string().into_deserializer();
            assert_eq!(T::deserialize(owned).unwrap(), value);
        }
        let expected = T::EXPECTED;
        let error = serde_json::from_str::<T>("\"nonsense\"").unwrap_err().to_string();
        assert_eq!(
            error,
            format!(r#"invalid value: string "nonsense", expected {expected} at line 1 column 10"#)
        );
        let error = serde_json::from_str::<T>("7").unwrap_err().to_string();
        assert_eq!(error, format!("invalid type: integer `7`, expected {expected} at line 1 column 1"));
        let bytes = BorrowedBytesDeserializer::<ValueError>::new(b"\xff");
        let error = T::deserialize(bytes).unwrap_err().to_string();
        assert_eq!(error, format!("invalid value: byte array, expected {expected}"));
    }

    #[test]
    fn values_are_strings() {
        serde_round_trips::<EventCode>();
        serde_round_trips::<Status>();
        serde_round_trips::<Section>();
        serde_round_trips::<Family>();
        serde_round_trips::<Outcome>();
    }

    #[test]
    fn codes_work_as_keys_and_fields() {
        #[derive(Serialize, Deserialize, PartialEq, Debug)]
        struct Event {
            event_type: EventCode,
            status: Option<Status>,
            section: Section,
        }
        let json = r#"{"event_type":"UPD4_FAIL_218","status":null,"section":"manifest-validation"}"#;
        let event: Event = serde_json::from_str(json).unwrap();
        assert_eq!(
            event,
            Event { event_type: EventCode::Upd4Fail218, status: None, section: Section::ManifestValidation }
        );
        assert_eq!(serde_json::to_string(&event).unwrap(), json);

        let counts: std::collections::HashMap<EventCode, u64> =
            serde_json::from_str(r#"{"SYS_111":3}"#).unwrap();
        assert_eq!(counts[&EventCode::Sys111], 3);
        let unknown = serde_json::from_str::<Event>(&json.replace("218", "999")).unwrap_err().to_string();
        assert_eq!(
            unknown,
            r#"invalid value: string "UPD4_FAIL_999", expected an event code at line 1 column 29"#
        );
    }
}
