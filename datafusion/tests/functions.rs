//! Every function on every kind of input, against answers read straight from `codes.csv`.

mod oracle;

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryViewArray, DictionaryArray, FixedSizeBinaryArray,
    Int16Array, Int64Array, LargeBinaryArray, LargeStringArray, StringArray, StringViewArray, UInt8Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Int16Type, Int64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::ScalarValue;
use datafusion::common::config::ConfigOptions;
use datafusion::logical_expr::type_coercion::functions::fields_with_udf;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF};
use event_log_codes_datafusion::functions;

use oracle::Oracle;

/// Calls a function as the engine does: coerce, ask for the return type, invoke.
fn call(function: &ScalarUDF, arguments: Vec<ColumnarValue>) -> ColumnarValue {
    let number_rows =
        arguments.iter().map(|a| if let ColumnarValue::Array(a) = a { a.len() } else { 1 }).max();
    let fields: Vec<_> = arguments.iter().map(|a| Arc::new(Field::new("", a.data_type(), true))).collect();
    let arg_fields = fields_with_udf(&fields, function).unwrap();
    let args: Vec<_> =
        arguments.iter().zip(&arg_fields).map(|(a, f)| a.cast_to(f.data_type(), None).unwrap()).collect();
    let scalars: Vec<_> =
        args.iter().map(|a| if let ColumnarValue::Scalar(s) = a { Some(s) } else { None }).collect();
    let return_field = function
        .return_field_from_args(ReturnFieldArgs { arg_fields: &arg_fields, scalar_arguments: &scalars })
        .unwrap();
    let result = function
        .invoke_with_args(ScalarFunctionArgs {
            args,
            arg_fields,
            number_rows: number_rows.unwrap(),
            return_field: Arc::clone(&return_field),
            config_options: Arc::new(ConfigOptions::default()),
        })
        .unwrap();
    assert_eq!(&result.data_type(), return_field.data_type(), "{}", function.name());
    result
}

/// The rows of an array as text, `None` for a null.
fn rows(array: &dyn Array) -> Vec<Option<String>> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).unwrap();
    (0..array.len()).map(|row| array.is_valid(row).then(|| formatter.value(row).to_string())).collect()
}

fn call_on_array(function: &ScalarUDF, array: ArrayRef) -> Vec<Option<String>> {
    let ColumnarValue::Array(result) = call(function, vec![ColumnarValue::Array(array)]) else {
        panic!("{}: an array gives an array", function.name())
    };
    rows(&result)
}

/// The same rows in every kind of array that can hold them.
fn every_kind(rows: &[Option<String>]) -> Vec<ArrayRef> {
    let text = || rows.iter().map(Option::as_deref);
    let bytes = || text().map(|row| row.map(str::as_bytes));
    let views = Arc::new(text().collect::<StringViewArray>());

    // A dictionary with its values in another order than the rows, one value twice, a null among
    // the values and values that no row uses.
    let mut values: Vec<Option<&str>> = text().collect();
    values.sort();
    values.dedup();
    values.extend([values[values.len() / 2], None, Some("never used")]);
    let keys = |row: Option<&str>| values.iter().rposition(|&value| value == row).unwrap();
    let small_keys: Int16Array =
        text().map(|row| row.map(|row| i16::try_from(keys(Some(row))).unwrap())).collect();
    let large_keys: Int64Array = text().map(|row| Some(keys(row) as i64)).collect();
    let values_as_text = Arc::new(values.iter().copied().collect::<StringArray>());
    let values_as_bytes =
        Arc::new(values.iter().map(|value| value.map(str::as_bytes)).collect::<BinaryViewArray>());

    let mut kinds: Vec<ArrayRef> = vec![
        Arc::new(text().collect::<StringArray>()),
        Arc::new(text().collect::<LargeStringArray>()),
        views.clone(),
        Arc::new(bytes().collect::<BinaryArray>()),
        Arc::new(bytes().collect::<LargeBinaryArray>()),
        Arc::new(bytes().collect::<BinaryViewArray>()),
        Arc::new(DictionaryArray::<Int16Type>::new(small_keys, values_as_text)),
        Arc::new(DictionaryArray::<Int64Type>::new(large_keys, values_as_bytes)),
    ];
    // A slice in the middle of a longer array, so that its offset and its nulls do not start at 0.
    for kind in kinds.clone() {
        let twice =
            datafusion::arrow::compute::concat(&[kind.as_ref(), kind.as_ref(), kind.as_ref()]).unwrap();
        kinds.push(twice.slice(rows.len(), rows.len()));
    }
    kinds
}

/// Checks a function of one text against an oracle, on every kind of array and as a scalar.
fn check(function: &ScalarUDF, inputs: &[Option<String>], oracle: impl Fn(&str) -> Option<String>) {
    let expected: Vec<_> = inputs.iter().map(|input| input.as_deref().and_then(&oracle)).collect();
    for array in every_kind(inputs) {
        let kind = array.data_type().clone();
        assert_eq!(call_on_array(function, array), expected, "{} of {kind}", function.name());
    }
    for (input, expected) in inputs.iter().zip(&expected) {
        for scalar in [
            ScalarValue::Utf8(input.clone()),
            ScalarValue::BinaryView(input.clone().map(String::into_bytes)),
            ScalarValue::Dictionary(Box::new(DataType::UInt8), Box::new(ScalarValue::Utf8(input.clone()))),
        ] {
            let ColumnarValue::Scalar(result) = call(function, vec![ColumnarValue::Scalar(scalar)]) else {
                panic!("{}: a scalar gives a scalar", function.name())
            };
            assert_eq!(&rows(&result.to_array().unwrap())[0], expected, "{}({input:?})", function.name());
        }
    }
}

/// Every code, near misses of every code, other texts and nulls, so that each stands beside each.
fn codes_and_misses(oracle: &Oracle) -> Vec<Option<String>> {
    let mut inputs = Vec::new();
    for code in oracle.codes() {
        inputs.push(Some(code.to_owned()));
        inputs.push(Some(format!("{code}0")));
        inputs.push(None);
        inputs.push(Some(code[..code.len() - 1].to_owned()));
        inputs.push(Some(code.to_lowercase()));
        inputs.push(Some(format!(" {code}")));
    }
    inputs.extend(["", "é", "UPD4_FAIL_9999", "SYS_0"].map(|text| Some(text.to_owned())));
    inputs
}

#[test]
fn columns_of_the_catalogue() {
    let oracle = Oracle::read();
    let inputs = codes_and_misses(&oracle);
    for (function, column) in [
        (functions::event_code_status(), "status"),
        (functions::event_code_section(), "section"),
        (functions::event_code_portal_text(), "portal_text"),
        (functions::event_code_explanation(), "explanation"),
        (functions::event_code_corrective_action(), "corrective_action"),
    ] {
        check(&function, &inputs, |code| oracle.cell(code, column));
    }
}

#[test]
fn parts_of_a_code() {
    let oracle = Oracle::read();
    let inputs = codes_and_misses(&oracle);
    check(&functions::event_code_family(), &inputs, |code| {
        oracle.contains(code).then(|| code.split('_').next().unwrap().to_owned())
    });
    check(&functions::event_code_number(), &inputs, |code| {
        let last = code.rsplit('_').next().unwrap().replace('M', "-");
        oracle.contains(code).then(|| last.parse::<i16>().ok()).flatten().map(|number| number.to_string())
    });
    check(&functions::is_event_code(), &inputs, |code| Some(oracle.contains(code).to_string()));
}

fn texts(oracle: &Oracle) -> Vec<Option<String>> {
    let mut texts: Vec<_> = codes_and_misses(oracle);
    for pair in oracle.codes().collect::<Vec<_>>().chunks(2) {
        texts.push(Some(format!("device=7 [{}] then {}", pair[0], pair.last().unwrap())));
        texts.push(Some(format!("{}{} x{} {}_", pair[0], pair[0], pair[0], pair[0])));
        texts.push(None);
    }
    texts.extend(
        [
            "UPD4_FAIL_9999,SYS_111,UPD9_NEW_A1 UPD4_FAIL_9999",
            "SYS_12345678901234567890123456789012345678901234567890123456789012345",
            "UPD_FAIL_1 UPD44_FAIL_1 UPD4_fail_1 UPD4_FAIL_ SYS_1a SYS_",
            "ünïcode SYS_100ü SYS_101",
        ]
        .map(|text| Some(text.to_owned())),
    );
    texts
}

#[test]
fn finding_codes() {
    let oracle = Oracle::read();
    let texts = texts(&oracle);
    check(&functions::find_event_code(), &texts, |text| {
        oracle.find(text).first().map(|&code| code.to_owned())
    });
    check(&functions::find_event_codes(), &texts, |text| Some(format!("[{}]", oracle.find(text).join(", "))));
}

#[test]
fn bytes_that_are_not_text() {
    let bytes: [&[u8]; 3] = [b"\xff\xfeSYS_111\xff", b"\xffSYS_9999\x80UPD4_FAIL_207", b"SYS_11\xff1"];
    let array: ArrayRef = Arc::new(BinaryArray::from_iter_values(bytes));
    let of = |function: &ScalarUDF| call_on_array(function, Arc::clone(&array));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(of(&functions::find_event_code()), [some("SYS_111"), some("SYS_9999"), some("SYS_11")]);
    assert_eq!(of(&functions::find_event_codes())[1], some("[SYS_9999, UPD4_FAIL_207]"));
    assert_eq!(of(&functions::is_event_code()), [some("false"), some("false"), some("false")]);
    assert_eq!(of(&functions::event_code_status()), [None, None, None]);
}

#[test]
fn fixed_size_bytes() {
    let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(
        [Some("UPD4_FAIL_207"), None, Some("UPD4_FAIL_9xx")].into_iter(),
        13,
    )
    .unwrap();
    assert_eq!(
        call_on_array(&functions::event_code_status(), Arc::new(array)),
        [Some("fail".into()), None, None]
    );
}

#[test]
fn empty_arrays() {
    for function in functions::all().iter().filter(|function| !function.name().ends_with("_from_lwm2m")) {
        for array in every_kind(&[Some("SYS_111".into())]) {
            assert!(call_on_array(function, array.slice(0, 0)).is_empty(), "{}", function.name());
        }
    }
}

#[test]
fn integers_from_a_device() {
    let oracle = Oracle::read();
    let function = functions::event_code_from_lwm2m();
    for object in [0, 5, 6, 10252, 10253, 65_535 + 1 + 5] {
        for resource in [-1, 0, 2, 3, 4, 5, 6, 7, 65_536 + 3] {
            let mut values: Vec<Option<i64>> = (-300..700).map(Some).collect();
            values.extend([None, Some(i64::MAX), Some(i64::MIN), Some(65_536 + 1)]);
            let array = ColumnarValue::Array(Arc::new(values.iter().copied().collect::<Int64Array>()));
            let scalar = |n: i64| ColumnarValue::Scalar(ScalarValue::Int64(Some(n)));
            let result = call(&function, vec![scalar(object), scalar(resource), array]);
            let expected: Vec<_> =
                values.iter().map(|value| oracle.lwm2m(object, resource, (*value)?)).collect();
            assert_eq!(rows(&result.to_array(values.len()).unwrap()), expected, "/{object}/0/{resource}");
        }
    }
    // Arrays of the narrow kinds that a device table would have, and a null in each place.
    let result = call(
        &function,
        vec![
            ColumnarValue::Array(Arc::new(Int16Array::from(vec![Some(10252), None, Some(5), Some(5)]))),
            ColumnarValue::Array(Arc::new(UInt8Array::from(vec![Some(3), Some(3), None, Some(5)]))),
            ColumnarValue::Array(Arc::new(UInt8Array::from(vec![Some(207), Some(1), Some(1), None]))),
        ],
    );
    assert_eq!(rows(&result.to_array(4).unwrap()), [Some("UPD4_FAIL_207".to_owned()), None, None, None]);
}

#[test]
fn meanings_of_integers_without_a_code() {
    let values = ColumnarValue::Array(Arc::new(Int64Array::from(vec![Some(207), Some(33), Some(50), None])));
    let scalar = |n: i64| ColumnarValue::Scalar(ScalarValue::Int64(Some(n)));
    let meanings = call(&functions::event_meaning_from_lwm2m(), vec![scalar(10252), scalar(3), values]);
    let expected = [
        Oracle::read().cell("UPD4_FAIL_207", "explanation"),
        Some("The device has no room to store the candidate.".to_owned()),
        None,
        None,
    ];
    assert_eq!(rows(&meanings.to_array(4).unwrap()), expected);
}

/// The views of the rows point into a buffer that all results share: no text was copied.
#[test]
fn texts_are_not_copied() {
    let buffer = |codes: &[&str]| {
        let codes: ArrayRef = Arc::new(StringArray::from(codes.to_vec()));
        let result = call(&functions::event_code_explanation(), vec![ColumnarValue::Array(codes)]);
        let ColumnarValue::Array(result) = result else { panic!("an array gives an array") };
        let buffers = result.as_string_view().data_buffers().to_vec();
        assert_eq!(buffers.len(), 1);
        buffers[0].as_ptr()
    };
    assert_eq!(buffer(&["UPD4_FAIL_207", "UPD4_FAIL_218"]), buffer(&["SYS_111"; 9000]));
}
