//! `find_event_code` and `find_event_codes`.

use event_log_codes::{Match, find, find_iter};
use vrl::prelude::*;

use crate::argument::{self, HAYSTACK};

#[derive(Clone, Copy, Debug)]
pub struct FindEventCode;

impl Function for FindEventCode {
    fn identifier(&self) -> &'static str {
        "find_event_code"
    }

    fn summary(&self) -> &'static str {
        self.usage()
    }

    fn usage(&self) -> &'static str {
        "Finds the first event code in a string, whether or not the catalogue has it."
    }

    fn category(&self) -> &'static str {
        "String"
    }

    fn return_kind(&self) -> u16 {
        kind::BYTES | kind::NULL
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &["Returns null if `value` is null or holds no event code."]
    }

    fn parameters(&self) -> &'static [Parameter] {
        HAYSTACK
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "Find the code in a log line",
                source: r#"find_event_code("device 0173bc91 failed, UPD4_FAIL_303")"#,
                result: Ok("UPD4_FAIL_303"),
            },
            example! {
                title: "No code in the string",
                source: r#"find_event_code("nothing here")"#,
                result: Ok("null"),
            },
        ]
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(FindEventCodeFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct FindEventCodeFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for FindEventCodeFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        let found = argument::bytes(&value)?.and_then(find);
        Ok(found.map_or(Value::Null, name))
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::bytes().or_null().infallible()
    }
}

#[derive(Clone, Copy, Debug)]
pub struct FindEventCodes;

impl Function for FindEventCodes {
    fn identifier(&self) -> &'static str {
        "find_event_codes"
    }

    fn summary(&self) -> &'static str {
        self.usage()
    }

    fn usage(&self) -> &'static str {
        "Finds all event codes in a string, from left to right, whether or not the catalogue has them."
    }

    fn category(&self) -> &'static str {
        "String"
    }

    fn return_kind(&self) -> u16 {
        kind::ARRAY
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &["Returns an empty array if `value` is null or holds no event code."]
    }

    fn parameters(&self) -> &'static [Parameter] {
        HAYSTACK
    }

    fn examples(&self) -> &'static [Example] {
        &[example! {
            title: "Find the codes in a log line, known or not",
            source: r#"find_event_codes("UPD4_FAIL_303, then UPD4_FAIL_999")"#,
            result: Ok(r#"["UPD4_FAIL_303", "UPD4_FAIL_999"]"#),
        }]
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(FindEventCodesFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct FindEventCodesFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for FindEventCodesFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let value = self.value.resolve(ctx)?;
        let haystack = argument::bytes(&value)?.unwrap_or_default();
        Ok(Value::Array(find_iter(haystack).map(name).collect()))
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::array(Collection::from_unknown(Kind::bytes())).infallible()
    }
}

/// Returns the code as a string, without allocating if the catalogue has it.
fn name(found: Match<'_>) -> Value {
    match found.code() {
        Some(code) => Value::from_static_str(code.as_str()),
        None => found.as_str().into(),
    }
}
