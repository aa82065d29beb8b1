//! Conversions between text and the crate's enums, the same for all of them.

use core::fmt;
use core::str::FromStr;

use crate::outcome::Outcome;
use crate::{EventCode, Family, ParseError, Section, Status};

macro_rules! text_conversions {
    ($($type:ident, $expected:literal, $from_bytes:expr;)*) => {$(
        /// Writes [`as_str`](Self::as_str); width and alignment apply.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $type {
            fn eq(&self, text: &str) -> bool {
                self.as_str() == text
            }
        }

        impl PartialEq<&str> for $type {
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }

        impl PartialEq<$type> for str {
            fn eq(&self, value: &$type) -> bool {
                self == value.as_str()
            }
        }

        impl PartialEq<$type> for &str {
            fn eq(&self, value: &$type) -> bool {
                *self == value.as_str()
            }
        }

        impl From<$type> for &'static str {
            fn from(value: $type) -> Self {
                value.as_str()
            }
        }

        /// Accepts exactly the text that [`as_str`](Self::as_str) returns.
        impl TryFrom<&[u8]> for $type {
            type Error = ParseError;

            fn try_from(text: &[u8]) -> Result<Self, ParseError> {
                let from_bytes: fn(&[u8]) -> Option<Self> = $from_bytes;
                from_bytes(text).ok_or_else(|| ParseError::new($expected, text))
            }
        }

        /// Accepts exactly the text that [`as_str`](Self::as_str) returns.
        impl TryFrom<&str> for $type {
            type Error = ParseError;

            fn try_from(text: &str) -> Result<Self, ParseError> {
                text.as_bytes().try_into()
            }
        }

        /// Accepts exactly the text that [`as_str`](Self::as_str) returns.
        impl FromStr for $type {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                text.as_bytes().try_into()
            }
        }

        /// Writes [`as_str`](Self::as_str).
        #[cfg(feature = "defmt")]
        impl defmt::Format for $type {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(f, "{=str}", self.as_str());
            }
        }

        /// Serializes as the string that [`as_str`](Self::as_str) returns.
        #[cfg(feature = "serde")]
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        /// Accepts exactly the text that [`as_str`](Self::as_str) returns, as a string or bytes.
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
                    }

                    fn visit_bytes<E: serde::de::Error>(self, text: &[u8]) -> Result<$type, E> {
                        text.try_into().map_err(|_| E::invalid_value(serde::de::Unexpected::Bytes(text), &self))
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }
    )*};
}

text_conversions! {
    EventCode, "an event code", EventCode::from_bytes;
    Status, "a status", |text| named(Status::ALL, text);
    Section, "a section", |text| named(Section::ALL, text);
    Family, "a family of event codes", |text| named(Family::ALL, text);
    Outcome, "an outcome", |text| named(Outcome::ALL, text);
}

/// Returns the value whose text is `name`.
fn named<T: Copy + AsRef<str>>(all: &[T], name: &[u8]) -> Option<T> {
    all.iter().copied().find(|value| value.as_ref().as_bytes() == name)
}
