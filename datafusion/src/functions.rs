//! The SQL functions, each on its own; [`register_all`](crate::register_all) takes them together, and [`expr_fn`]
//! has them as expressions.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, ListArray, StringViewArray, TimestampMicrosecondBuilder,
    UInt32Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type, TimeUnit};
use datafusion::common::types::{NativeType, logical_int64, logical_string};
use datafusion::error::Result;
use datafusion::logical_expr::{
    Coercion, DocSection, Documentation, EncodingPreservation, ScalarUDF, Signature, TypeSignature,
    TypeSignatureClass, Volatility,
};
use event_log_codes::{EventCode, ReportedValue, find, find_iter};
use event_log_codes_records::TimeParser;

use crate::catalogue::{self, CODE, row};
use crate::found::Found;
use crate::rows::{for_each, holds_bytes, per_distinct_value};
use crate::udf::CodeFunction;

/// Defines the functions: the documentation comment of each also becomes the description that
/// `SHOW FUNCTIONS` gives, and the example with its answer is run by a test.
macro_rules! functions {
    ($(
        $(#[doc = $description:literal])+
        $name:ident($($argument:ident),+) -> $return_type:expr;
        example $example:literal => $answer:literal;
        $evaluate:expr
    )+) => {
        $(
            $(#[doc = $description])+
            #[doc = concat!("\n```sql\nSELECT ", $example, ";  -- ", $answer, "\n```")]
            pub fn $name() -> Arc<ScalarUDF> {
                static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
                    let arguments = [$(Argument::$argument),+];
                    let syntax = concat!(stringify!($name), "(", stringify!($($argument),+), ")");
                    let documentation = Documentation::builder(
                        DocSection { include: true, label: "Event Code Functions", description: None },
                        concat!($($description),+).trim(),
                        syntax,
                    )
                    .with_sql_example(concat!("SELECT ", $example, ";  -- ", $answer));
                    let documentation = arguments.iter().fold(documentation, |documentation, argument| {
                        documentation.with_argument(format!("{argument:?}"), argument.description())
                    });
                    Arc::new(ScalarUDF::new_from_impl(CodeFunction {
                        name: stringify!($name),
                        signature: signature(&arguments),
                        return_type: $return_type,
                        is_of_code: matches!(arguments, [Argument::code, ..]),
                        accepts: if arguments.iter().all(Argument::is_integer) { DataType::is_integer } else { holds_bytes },
                        documentation: documentation.build(),
                        evaluate: $evaluate,
                    }))
                });
                Arc::clone(&FUNCTION)
            }
        )+

        /// All of them.
        #[must_use]
        pub fn all() -> Vec<Arc<ScalarUDF>> {
            vec![$($name()),+]
        }

        /// The functions as expressions, for data frames.
        ///
        /// ```
        /// use datafusion::prelude::*;
        /// use event_log_codes_datafusion::functions::expr_fn::{event_code_status, find_event_code};
        ///
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> datafusion::error::Result<()> {
        /// let lines = dataframe!("line" => ["7: UPD4_FAIL_207", "8: UPD2_OK_1", "9: restarted"])?;
        /// let failed = lines.filter(event_code_status(find_event_code(col("line"))).eq(lit("fail")))?;
        /// assert_eq!(failed.count().await?, 1);
        /// # Ok(())
        /// # }
        /// ```
        pub mod expr_fn {
            use datafusion::logical_expr::Expr;

            $(
                $(#[doc = $description])+
                #[must_use]
                pub fn $name($($argument: Expr),+) -> Expr {
                    super::$name().call(vec![$($argument),+])
                }
            )+
        }
    };
}

functions! {
    /// The summary status of an event code: success, fail, info or skipped.
    event_code_status(code) -> DataType::Utf8View;
    example "event_code_status('UPD4_FAIL_207')" => "fail";
    |arguments| look_up(&arguments[0], &*catalogue::STATUS)

    /// The text that the Device Management Portal shows for an event code.
    event_code_portal_text(code) -> DataType::Utf8View;
    example "event_code_portal_text('UPD4_FAIL_218')"
        => "Manifest rejected, invalid manifest format (DER format)";
    |arguments| look_up(&arguments[0], &*catalogue::PORTAL_TEXT)

    /// What an event code means, in a sentence or two.
    event_code_explanation(code) -> DataType::Utf8View;
    example "event_code_explanation('UPD2_OK_1')" => "The update succeeded.";
    |arguments| look_up(&arguments[0], &*catalogue::EXPLANATION)

    /// What to do about an event code.
    event_code_corrective_action(code) -> DataType::Utf8View;
    example "event_code_corrective_action('UPD4_FAIL_505')" => "Retry update.";
    |arguments| look_up(&arguments[0], &*catalogue::CORRECTIVE_ACTION)

    /// The section of the catalogue that an event code is in, such as update-fetching.
    event_code_section(code) -> DataType::Utf8View;
    example "event_code_section('SYS_111')" => "service-generated";
    |arguments| look_up(&arguments[0], &*catalogue::SECTION)

    /// The family of an event code: UPD1, UPD2, UPD4 or SYS.
    event_code_family(code) -> DataType::Utf8View;
    example "event_code_family('UPD4_FAIL_207')" => "UPD4";
    |arguments| look_up(&arguments[0], &*catalogue::FAMILY)

    /// The number in an event code; null for a report of a hash or a version, which has none.
    event_code_number(code) -> DataType::Int16;
    example "event_code_number('UPD4_OK_M1')" => "-1";
    |arguments| look_up(&arguments[0], &*catalogue::NUMBER)

    /// Whether a text is an event code of the catalogue.
    is_event_code(code) -> DataType::Boolean;
    example "is_event_code('UPD4_FAIL_9999')" => "false";
    |arguments| per_distinct_value(&arguments[0], |codes| {
        let mut known = BooleanBuilder::with_capacity(codes.len());
        for_each(codes, |code| known.append_option(code.map(|code| EventCode::from_bytes(code).is_some())))?;
        Ok(Arc::new(known.finish()))
    })

    /// The first event code in a text, catalogued or not; null if there is none.
    find_event_code(text) -> DataType::Utf8View;
    example "find_event_code('device 7: [UPD4_FAIL_207] after SYS_100')" => "UPD4_FAIL_207";
    |arguments| per_distinct_value(&arguments[0], |texts| {
        let mut found = Found::with_capacity(texts.len());
        for_each(texts, |text| found.push(text.and_then(find)))?;
        found.finish()
    })

    /// Every event code in a text, catalogued or not, in order; an empty list if there is none.
    find_event_codes(text) -> DataType::List(list_item());
    example "find_event_codes('device 7: [UPD4_FAIL_207] after SYS_100')" => "[UPD4_FAIL_207, SYS_100]";
    |arguments| per_distinct_value(&arguments[0], find_all)

    /// The time that a text says, in UTC, in any notation that logs use, seconds to nanoseconds since 1970
    /// among them; null if it is no time, or one that cannot be read for certain.
    event_time(time) -> DataType::Timestamp(TimeUnit::Microsecond, None);
    example "event_time('29/Aug/2025:10:14:02 +0200')" => "2025-08-29T08:14:02";
    |arguments| per_distinct_value(&arguments[0], |texts| {
        let parser = TimeParser::new();
        let mut times = TimestampMicrosecondBuilder::with_capacity(texts.len());
        for_each(texts, |text| times.append_option(text.and_then(|text| parser.parse(text))))?;
        Ok(Arc::new(times.finish()))
    })

    /// The event code that a device means by the value of an LwM2M resource: /5/0/3, /5/0/5,
    /// /10252/0/2 or /10252/0/3, or one of the reports /5/0/6, /5/0/7, /10252/0/5, /10252/0/6.
    event_code_from_lwm2m(object, resource, value) -> DataType::Utf8View;
    example "event_code_from_lwm2m(10252, 3, 207)" => "UPD4_FAIL_207";
    |arguments| {
        let rows = reported_values(arguments).map(|value| row(value.and_then(ReportedValue::code)));
        Ok(take(&*CODE, &UInt32Array::from_iter_values(rows), None)?)
    }

    /// What a device means by the value of an LwM2M resource, in a sentence or two: also of values whose
    /// event code is not known, such as 21 to 49 of newer clients on /10252/0/3.
    event_meaning_from_lwm2m(object, resource, value) -> DataType::Utf8View;
    example "event_meaning_from_lwm2m(10252, 3, 40)" => "The installation failed.";
    |arguments| {
        let meanings = reported_values(arguments).map(|value| value.and_then(ReportedValue::meaning));
        Ok(Arc::new(meanings.collect::<StringViewArray>()))
    }
}

/// The arguments that the functions take, by the names that their documentation uses.
#[derive(Debug)]
#[allow(non_camel_case_types, reason = "the names are those of SQL")]
enum Argument {
    code,
    text,
    time,
    object,
    resource,
    value,
}

impl Argument {
    fn description(&self) -> &'static str {
        match self {
            Self::code => "Event code in upper case: text, bytes, or a dictionary of them.",
            Self::text => "Text to search, such as a log line: text, bytes, or a dictionary of them.",
            Self::time => "Time as a record states it: text, bytes, or a dictionary of them.",
            Self::object => "LwM2M object, an integer: 5 (Firmware Update) or 10252.",
            Self::resource => "LwM2M resource of the object, an integer.",
            Self::value => "Value of the resource, an integer.",
        }
    }

    fn is_integer(&self) -> bool {
        matches!(self, Self::object | Self::resource | Self::value)
    }
}

fn signature(arguments: &[Argument]) -> Signature {
    let types = if arguments.iter().all(Argument::is_integer) {
        let integer = Coercion::new_implicit(
            TypeSignatureClass::Native(logical_int64()),
            vec![TypeSignatureClass::Integer],
            NativeType::Int64,
        );
        TypeSignature::Coercible(vec![integer; arguments.len()])
    } else {
        // `Any` lets bytes through as they are, and everything else to an error that says what is
        // wrong; the text before it is what `SHOW FUNCTIONS` can tell.
        let unchanged = |class| {
            let coercion = Coercion::new_exact(class);
            TypeSignature::Coercible(vec![
                coercion.with_encoding_preservation(EncodingPreservation::dictionary()),
            ])
        };
        let text = TypeSignatureClass::Native(logical_string());
        TypeSignature::OneOf(vec![unchanged(text), unchanged(TypeSignatureClass::Any)])
    };
    Signature::new(types, Volatility::Immutable)
}

/// For each code its value in a column of the catalogue. Of a column of texts, `take` copies views.
fn look_up(codes: &dyn Array, column: &dyn Array) -> Result<ArrayRef> {
    per_distinct_value(codes, |codes| {
        let mut rows = Vec::with_capacity(codes.len());
        for_each(codes, |code| rows.push(row(code.and_then(EventCode::from_bytes))))?;
        Ok(take(column, &UInt32Array::from(rows), None)?)
    })
}

/// What is known of each value, from arrays of objects, resources and values.
fn reported_values(arguments: &[ArrayRef]) -> impl Iterator<Item = Option<ReportedValue>> {
    let [objects, resources, values] = [0, 1, 2].map(|i| arguments[i].as_primitive::<Int64Type>());
    objects.iter().zip(resources).zip(values).map(|((object, resource), value)| {
        ReportedValue::new(object?.try_into().ok()?, resource?.try_into().ok()?, value?)
    })
}

fn list_item() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Utf8View, true))
}

fn find_all(texts: &dyn Array) -> Result<ArrayRef> {
    let mut found = Found::with_capacity(texts.len());
    let mut lengths = Vec::with_capacity(texts.len());
    for_each(texts, |text| {
        let before = found.len();
        text.into_iter().flat_map(find_iter).for_each(|code| found.push(Some(code)));
        lengths.push(found.len() - before);
    })?;
    let nulls = texts.logical_nulls();
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(list_item(), offsets, found.finish()?, nulls)?))
}
