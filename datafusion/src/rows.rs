//! Reading codes and texts out of every kind of Arrow array that holds bytes.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;

/// Whether an array of this type can be read here.
pub(crate) fn holds_bytes(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => holds_bytes(values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => true,
        DataType::FixedSizeBinary(_) => true,
        _ => false,
    }
}

/// Calls `each` with the bytes of every row, `None` for a null.
///
/// The closure is compiled once per kind of array, so that the loop over the rows has no branch on
/// the kind.
pub(crate) fn for_each<'a>(array: &'a dyn Array, mut each: impl FnMut(Option<&'a [u8]>)) -> Result<()> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().for_each(|row| each(row.map(str::as_bytes))),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().for_each(|row| each(row.map(str::as_bytes))),
        DataType::Utf8View => array.as_string_view().iter().for_each(|row| each(row.map(str::as_bytes))),
        DataType::Binary => array.as_binary::<i32>().iter().for_each(each),
        DataType::LargeBinary => array.as_binary::<i64>().iter().for_each(each),
        DataType::BinaryView => array.as_binary_view().iter().for_each(each),
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary().iter().for_each(each),
        DataType::Null => (0..array.len()).for_each(|_| each(None)),
        other => return exec_err!("expected text or bytes, got {other}"),
    }
    Ok(())
}

/// Applies `function` to the distinct values of a dictionary and spreads the results over its rows;
/// any other array goes to `function` as it is.
pub(crate) fn per_distinct_value(
    array: &dyn Array,
    function: impl Fn(&dyn Array) -> Result<ArrayRef>,
) -> Result<ArrayRef> {
    match array.as_any_dictionary_opt() {
        Some(dictionary) => {
            let results = function(dictionary.values())?;
            Ok(take(&results, dictionary.keys(), None)?)
        }
        None => function(array),
    }
}
