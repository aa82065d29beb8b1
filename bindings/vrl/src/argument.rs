//! The parameter that every function has, and the value that a program passes for it.

use event_log_codes::EventCode;
use vrl::prelude::*;

/// The parameter of a function that takes a code.
pub const CODE: &[Parameter] = &[Parameter::required(
    "value",
    kind::BYTES | kind::NULL,
    "The event code, in upper case, with nothing before or after it.",
)];

/// The parameter of a function that searches a string.
pub const HAYSTACK: &[Parameter] =
    &[Parameter::required("value", kind::BYTES | kind::NULL, "The string to search.")];

/// The `return_rules` of a function that returns null for an unknown code.
pub const NULL_IF_UNKNOWN: &[&str] = &["Returns null if `value` is null or is not a code in the catalogue."];

/// Returns the bytes of a string, or `None` for null.
pub fn bytes(value: &Value) -> Result<Option<&[u8]>, ExpressionError> {
    match value {
        Value::String(string) => Ok(Some(string.as_bytes())),
        Value::Bytes(bytes) => Ok(Some(bytes)),
        Value::Null => Ok(None),
        other => Err(ValueError::Expected { got: other.kind(), expected: Kind::bytes().or_null() }.into()),
    }
}

/// Returns the code that `value` names, or `None` if it is null or not in the catalogue.
pub fn code(value: &Value) -> Result<Option<EventCode>, ExpressionError> {
    Ok(bytes(value)?.and_then(EventCode::from_bytes))
}
