//! Device Management event codes as functions of [VRL](https://vrl.dev), the language of Vector's
//! transforms.
//!
//! ```
//! let mut functions = vrl::stdlib::all();
//! functions.extend(event_log_codes_vrl::functions());
//!
//! let program = r#"
//!     code = find_event_code(string!(.message))
//!     .status = event_code_status(code)
//!     .action = event_code_corrective_action(code)
//! "#;
//! assert!(vrl::compiler::compile(program, &functions).is_ok());
//! ```
//!
//! `find_event_code` also finds codes that the catalogue lacks. The other functions return null for such a
//! code (`is_event_code` returns false) and for null, so calls can be nested. They are infallible for strings
//! and null; any other argument must be handled, as with VRL's own functions.
//!
//! Vector chains the functions of its parts, and ours with them:
//!
//! ```
//! let functions = vrl::stdlib::all().into_iter().chain(event_log_codes_vrl::functions());
//! # let functions: Vec<_> = functions.collect();
//! # assert!(vrl::compiler::compile("event_code_status(downcase(string!(.message)))", &functions).is_ok());
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod argument;
mod explain;
mod find;
mod is_event_code;
mod property;

use vrl::compiler::Function;

/// Returns the functions of this crate, to append to `vrl::stdlib::all()`.
#[must_use]
pub fn functions() -> Vec<Box<dyn Function>> {
    let mut functions: Vec<Box<dyn Function>> = Vec::new();
    for function in property::ALL {
        functions.push(Box::new(*function));
    }
    functions.push(Box::new(is_event_code::IsEventCode));
    functions.push(Box::new(find::FindEventCode));
    functions.push(Box::new(find::FindEventCodes));
    functions.push(Box::new(explain::ExplainEventCode));
    functions
}
