//! Codes, statuses, sections and families to text and back, and what is said of other text.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use event_log_codes::{EVENT_CODES, EventCode, Family, ParseError, Section, Status};

/// What all four enums do alike.
trait Named:
    Copy
    + Debug
    + PartialEq
    + Display
    + AsRef<str>
    + Into<&'static str>
    + FromStr<Err = ParseError>
    + for<'t> TryFrom<&'t str, Error = ParseError>
    + for<'t> TryFrom<&'t [u8], Error = ParseError>
    + 'static
{
    const ALL: &'static [Self];
    const WHAT: &'static str;
    fn name(self) -> &'static str;
}

macro_rules! named {
    ($($type:ident, $what:literal;)*) => {$(
        impl Named for $type {
            const ALL: &'static [Self] = $type::ALL;
            const WHAT: &'static str = $what;
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
}

fn every_way_there_and_back<T: Named>() {
    for &value in T::ALL {
        let name = value.name();
        assert_eq!(value.to_string(), name);
        assert_eq!(value.as_ref(), name);
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
fn event_codes_there_and_back() {
    every_way_there_and_back::<EventCode>();
}

#[test]
fn statuses_there_and_back() {
    every_way_there_and_back::<Status>();
    assert_eq!(
        Status::ALL.iter().map(|status| status.as_str()).collect::<Vec<_>>(),
        ["success", "fail", "info", "skipped"]
    );
}

#[test]
fn sections_there_and_back() {
    every_way_there_and_back::<Section>();
    assert_eq!(Section::ALL.len(), 8);
}

#[test]
fn families_there_and_back() {
    every_way_there_and_back::<Family>();
}

#[test]
fn the_map_holds_the_catalogue_and_nothing_else() {
    assert_eq!(EVENT_CODES.len(), EventCode::COUNT);
    for code in EventCode::ALL {
        assert_eq!(EVENT_CODES.get(code.as_str()), Some(code));
    }
}

fn refusal<T: Named>(text: &[u8]) -> String {
    let error = T::try_from(text).unwrap_err();
    // The message is the whole story: no source, and `Debug`, which `unwrap` prints, tells it too.
    assert!(Error::source(&error).is_none());
    assert_eq!(format!("{error:?}"), format!("ParseError({error})"));
    error.to_string()
}

fn what_is_refused_is_told<T: Named>() {
    let what = T::WHAT;
    assert_eq!(refusal::<T>(b"nonsense"), format!(r#"not {what}: "nonsense""#));
    assert_eq!(refusal::<T>(b""), format!(r#"not {what}: """#));
    let exactly = [b'a'; 32];
    assert_eq!(refusal::<T>(&exactly), format!(r#"not {what}: "{}""#, "a".repeat(32)));
    let longer = [b'a'; 33];
    assert_eq!(refusal::<T>(&longer), format!(r#"not {what}: "{}..." (33 bytes)"#, "a".repeat(32)));
    // One line of printable ASCII, whatever came in.
    let hostile = b"\"\\\n\r\x1b[31m\0\xff\xc3\xa9";
    assert_eq!(refusal::<T>(hostile), format!(r#"not {what}: "\"\\\n\r\x1b[31m\x00\xff\xc3\xa9""#));
    let every: Vec<u8> = (0..=255).collect();
    for start in 0..every.len() {
        let told = refusal::<T>(&every[start..]);
        assert!(told.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{told:?}");
    }
}

#[test]
fn what_is_refused_is_told_on_one_printable_line() {
    what_is_refused_is_told::<EventCode>();
    what_is_refused_is_told::<Status>();
    what_is_refused_is_told::<Section>();
    what_is_refused_is_told::<Family>();
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

    fn there_and_back<T: Named + Serialize + DeserializeOwned>() {
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
        let what = T::WHAT;
        let error = serde_json::from_str::<T>("\"nonsense\"").unwrap_err().to_string();
        assert_eq!(
            error,
            format!(r#"invalid value: string "nonsense", expected {what} at line 1 column 10"#)
        );
        let error = serde_json::from_str::<T>("7").unwrap_err().to_string();
        assert_eq!(error, format!("invalid type: integer `7`, expected {what} at line 1 column 1"));
        let bytes = BorrowedBytesDeserializer::<ValueError>::new(b"\xff");
        let error = T::deserialize(bytes).unwrap_err().to_string();
        assert_eq!(error, format!("invalid value: byte array, expected {what}"));
    }

    #[test]
    fn as_strings() {
        there_and_back::<EventCode>();
        there_and_back::<Status>();
        there_and_back::<Section>();
        there_and_back::<Family>();
    }

    #[test]
    fn as_keys_and_fields() {
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
