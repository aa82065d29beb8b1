//! `is_event_code`.

use vrl::prelude::*;

use crate::argument::{self, CODE};

#[derive(Clone, Copy, Debug)]
pub struct IsEventCode;

impl Function for IsEventCode {
    fn identifier(&self) -> &'static str {
        "is_event_code"
    }

    fn summary(&self) -> &'static str {
        self.usage()
    }

    fn usage(&self) -> &'static str {
        "Checks whether a string is an event code in the catalogue."
    }

    fn category(&self) -> &'static str {
        "Type"
    }

    fn return_kind(&self) -> u16 {
        kind::BOOLEAN
    }

    fn return_rules(&self) -> &'static [&'static str] {
        &["Returns `false` if `value` is null."]
    }

    fn parameters(&self) -> &'static [Parameter] {
        CODE
    }

    fn examples(&self) -> &'static [Example] {
        &[
            example! {
                title: "Event code",
                source: r#"is_event_code("SYS_111")"#,
                result: Ok("true"),
            },
            example! {
                title: "String that holds more than the code",
                source: r#"is_event_code("failed: SYS_111")"#,
                result: Ok("false"),
            },
        ]
    }

    fn compile(&self, _: &TypeState, _: &mut FunctionCompileContext, arguments: ArgumentList) -> Compiled {
        Ok(IsEventCodeFn { value: arguments.required("value") }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct IsEventCodeFn {
    value: Box<dyn Expression>,
}

impl FunctionExpression for IsEventCodeFn {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        Ok(argument::code(&self.value.resolve(ctx)?)?.is_some().into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::boolean().infallible()
    }
}
