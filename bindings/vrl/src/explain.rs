//! `explain_event_code`.

use std::collections::BTreeMap;

use event_log_codes::EventCode;
use vrl::prelude::*;

use crate::argument::{self, CODE};

#[derive(Clone, Copy, Debug)]
pub struct ExplainEventCode;

impl Function for ExplainEventCode {
    fn identifier(&self) -> &'static str {
        "explain_event_code"
    }

    fn summary(&self) -> &'static str {
        self.usage()
    }

    fn usage(&self) -> &'static str {
        "Returns everything known about an event code, as an object."
    }

    fn category(&self) -> &'static str {
        "Object"
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT | kind::NULL
    }

    fn return_rules(&self) -> &'static [&'static str] {
        argument::NULL_IF_UNKNOWN
    }

    fn parameters(&self) -> &'static [Parameter] {
        CODE
    }

    fn examples(&self) -> &'static [Example] {
        &[example! {
            title: "Explain a failure",
            source: r#"explain_event_code("UPD4_FAIL_303")"#,
            result: Ok(r#"{
                "code": "UPD4_FAIL_303",
                "status": "fail",
                "section": "update-fetching",
                "family": "UPD4",
                "number": 303,
                "portal_text": "Resource network error, time out",
                "explanation": "Network connection timed out.",
                "corrective_action": "Check network.",
                "documented": true,
                "user_defined": false
            }"#),
        }]
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(ExplainEventCodeFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct ExplainEventCodeFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for ExplainEventCodeFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        Ok(argument::code(&self.value.resolve(ctx)?)?.map_or(Value::Null, explain))
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        let text = Kind::bytes;
        let fields = [
            ("code", text()),
            ("status", text()),
            ("section", text()),
            ("family", text()),
            ("number", Kind::integer().or_null()),
            ("portal_text", text().or_null()),
            ("explanation", text().or_null()),
            ("corrective_action", text().or_null()),
            ("documented", Kind::boolean()),
            ("user_defined", Kind::boolean()),
        ];
        let fields: BTreeMap<Field, Kind> =
            fields.into_iter().map(|(name, kind)| (name.into(), kind)).collect();
        TypeDef::object(Collection::from(fields)).or_null().infallible()
    }
}

fn explain(code: EventCode) -> Value {
    let text = |text: Option<&'static str>| text.map_or(Value::Null, Value::from_static_str);
    let fields = [
        ("code", Value::from_static_str(code.as_str())),
        ("status", Value::from_static_str(code.status().as_str())),
        ("section", Value::from_static_str(code.section().as_str())),
        ("family", Value::from_static_str(code.family().as_str())),
        ("number", code.number().map_or(Value::Null, |number| Value::Integer(number.into()))),
        ("portal_text", text(code.portal_text())),
        ("explanation", text(code.explanation())),
        ("corrective_action", text(code.corrective_action())),
        ("documented", Value::Boolean(code.is_documented())),
        ("user_defined", Value::Boolean(code.is_user_defined())),
    ];
    Value::Object(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
}
