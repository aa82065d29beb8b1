//! The functions that return one property of a code as a string.

use event_log_codes::EventCode;
use vrl::prelude::*;

use crate::argument::{self, CODE};

/// Every function of this kind.
pub const ALL: &[Property] = &[
    Property {
        identifier: "event_code_status",
        usage: "Returns the status of an event code: `success`, `fail`, `info` or `skipped`.",
        text: |code| Some(code.status().as_str()),
        examples: &[
            example! {
                title: "Status of a failure",
                source: r#"event_code_status("UPD4_FAIL_303")"#,
                result: Ok("fail"),
            },
            example! {
                title: "Status of an unknown code",
                source: r#"event_code_status("UPD4_FAIL_999")"#,
                result: Ok("null"),
            },
        ],
    },
    Property {
        identifier: "event_code_portal_text",
        usage: "Returns the text that the portal shows for an event code, or null if none is documented.",
        text: EventCode::portal_text,
        examples: &[example! {
            title: "Portal text of a failure",
            source: r#"event_code_portal_text("UPD4_FAIL_303")"#,
            result: Ok("Resource network error, time out"),
        }],
    },
    Property {
        identifier: "event_code_explanation",
        usage: "Returns why the event of a code happens, or null if that is not known.",
        text: EventCode::explanation,
        examples: &[example! {
            title: "Explanation of a failure",
            source: r#"event_code_explanation("UPD4_FAIL_301")"#,
            result: Ok("Generic network error."),
        }],
    },
    Property {
        identifier: "event_code_corrective_action",
        usage: "Returns what to do about the event of a code, or null if none is documented.",
        text: EventCode::corrective_action,
        examples: &[example! {
            title: "Corrective action for a failure",
            source: r#"event_code_corrective_action("UPD4_FAIL_303")"#,
            result: Ok("Check network."),
        }],
    },
    Property {
        identifier: "event_code_section",
        usage: "Returns the section of the catalogue that an event code belongs to, such as `update-fetching`.",
        text: |code| Some(code.section().as_str()),
        examples: &[example! {
            title: "Section of a code",
            source: r#"event_code_section("UPD4_FAIL_303")"#,
            result: Ok("update-fetching"),
        }],
    },
];

#[derive(Clone, Copy, Debug)]
pub struct Property {
    identifier: &'static str,
    usage: &'static str,
    text: fn(EventCode) -> Option<&'static str>,
    examples: &'static [Example],
}

impl Function for Property {
    fn identifier(&self) -> &'static str {
        self.identifier
    }

    fn summary(&self) -> &'static str {
        self.usage
    }

    fn usage(&self) -> &'static str {
        self.usage
    }

    fn category(&self) -> &'static str {
        "String"
    }

    fn return_kind(&self) -> u16 {
        kind::BYTES | kind::NULL
    }

    fn return_rules(&self) -> &'static [&'static str] {
        argument::NULL_IF_UNKNOWN
    }

    fn parameters(&self) -> &'static [Parameter] {
        CODE
    }

    fn examples(&self) -> &'static [Example] {
        self.examples
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(PropertyFn { value: arguments.required("value"), text: self.text }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct PropertyFn {
    value: Box<dyn Expression>,
    text: fn(EventCode) -> Option<&'static str>,
}

impl FunctionExpression for PropertyFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let code = argument::code(&self.value.resolve(ctx)?)?;
        Ok(code.and_then(self.text).map_or(Value::Null, Value::from_static_str))
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::bytes().or_null().infallible()
    }
}
