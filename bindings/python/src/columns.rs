//! The functions that take many texts at once, in lists and in Arrow arrays of any library.

use std::sync::{Arc, OnceLock};

use arrow_array::cast::AsArray;
use arrow_array::types::Int16Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int16Array, LargeStringArray, StringArray};
use arrow_schema::{DataType, Field};
use event_log_codes::EventCode;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyString, PyTuple};
use pyo3_arrow::input::AnyArray;
use pyo3_arrow::{PyArray, PyChunkedArray};

use crate::code::Text;

/// A property of a code that is a text.
pub struct Property {
    text: fn(EventCode) -> Option<&'static str>,
    arrow: OnceLock<Dictionary>,
    python: PyOnceLock<Vec<Option<Py<PyString>>>>,
}

/// The distinct texts of a property, and the index among them of each code's text.
struct Dictionary {
    texts: ArrayRef,
    keys: Vec<Option<i16>>,
}

pub static STATUS: Property = Property::new(|code| Some(code.status().as_str()));
pub static SECTION: Property = Property::new(|code| Some(code.section().as_str()));
pub static PORTAL_TEXT: Property = Property::new(EventCode::portal_text);
pub static EXPLANATION: Property = Property::new(EventCode::explanation);
pub static CORRECTIVE_ACTION: Property = Property::new(EventCode::corrective_action);

impl Property {
    const fn new(text: fn(EventCode) -> Option<&'static str>) -> Self {
        Property { text, arrow: OnceLock::new(), python: PyOnceLock::new() }
    }

    /// Returns the property of each value: a list for a list, an Arrow array for an Arrow array.
    pub fn of<'py>(&'static self, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(list) = items(values)? {
            let py = values.py();
            let texts = self.strings(py);
            return map_list(py, &list, |text| {
                let text = EventCode::from_bytes(&text.bytes()).and_then(|code| texts[code.index()].as_ref());
                text.map(|text| text.bind(py).clone())
            });
        }
        let data_type = DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8));
        map_arrow(values, data_type, |array| self.of_array(array))
    }

    /// Returns the text of each code as a Python string.
    fn strings(&self, py: Python<'_>) -> &[Option<Py<PyString>>] {
        self.python.get_or_init(py, || {
            let text = |code: &EventCode| (self.text)(*code).map(|text| PyString::intern(py, text).unbind());
            EventCode::ALL.iter().map(text).collect()
        })
    }

    fn of_array(&self, array: &dyn Array) -> Option<ArrayRef> {
        let dictionary = self.arrow.get_or_init(|| Dictionary::new(self.text));
        let key = |text: &[u8]| EventCode::from_bytes(text).and_then(|code| dictionary.keys[code.index()]);
        let keys: Int16Array = map_array(array, &key)?;
        // Every key is an index of `texts`.
        Some(Arc::new(DictionaryArray::<Int16Type>::new(keys, dictionary.texts.clone())))
    }
}

impl Dictionary {
    fn new(text: fn(EventCode) -> Option<&'static str>) -> Self {
        let mut texts: Vec<&str> = Vec::new();
        let mut key = |code: &EventCode| {
            let text = text(*code)?;
            let key = texts.iter().position(|known| *known == text).unwrap_or_else(|| {
                texts.push(text);
                texts.len() - 1
            });
            // A catalogue has at most 1024 codes.
            i16::try_from(key).ok()
        };
        let keys = EventCode::ALL.iter().map(&mut key).collect();
        Dictionary { texts: Arc::new(StringArray::from(texts)), keys }
    }
}

/// Returns the first code in each value: a list for a list, an Arrow array of large strings for an Arrow array.
pub fn find<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static NAMES: Property = Property::new(|code| Some(code.as_str()));
    if let Some(list) = items(values)? {
        let py = values.py();
        let names = NAMES.strings(py);
        return map_list(py, &list, |text| {
            let bytes = text.bytes();
            event_log_codes::find(&bytes).map(|found| {
                match found.code().and_then(|code| names[code.index()].as_ref()) {
                    Some(name) => name.bind(py).clone(),
                    None => PyString::new(py, found.as_str()),
                }
            })
        });
    }
    map_arrow(values, DataType::LargeUtf8, |array| {
        let found: LargeStringArray =
            map_array(array, &|text| event_log_codes::find(text).map(|found| found.as_str()))?;
        Some(Arc::new(found))
    })
}

/// Returns the items of a list or tuple, or `None` for anything else.
fn items<'py>(values: &Bound<'py, PyAny>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if let Ok(list) = values.cast::<PyList>() {
        return Ok(Some(list.iter().collect()));
    }
    Ok(values.cast::<PyTuple>().ok().map(|tuple| tuple.iter().collect()))
}

/// Applies `text` to each item that is not None.
fn map_list<'py>(
    py: Python<'py>,
    items: &[Bound<'py, PyAny>],
    text: impl Fn(&Text<'py>) -> Option<Bound<'py, PyString>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        texts.push(if item.is_none() { None } else { text(&Text::of(item)?) });
    }
    Ok(PyList::new(py, texts)?.into_any())
}

/// Applies `map` to an Arrow array or to each chunk of a stream; returns an array of the same library.
fn map_arrow<'py>(
    values: &Bound<'py, PyAny>,
    data_type: DataType,
    map: impl Fn(&dyn Array) -> Option<ArrayRef> + Sync,
) -> PyResult<Bound<'py, PyAny>> {
    let py = values.py();
    let Ok(array) = values.extract::<AnyArray>() else {
        let name = values.get_type().name()?;
        return Err(PyTypeError::new_err(format!("expected a list of str or an Arrow array, not {name}")));
    };
    let is_chunked = matches!(array, AnyArray::Stream(_));
    let chunks = array.into_chunked_array()?;
    let mapped: Option<Vec<ArrayRef>> =
        py.detach(|| chunks.chunks().iter().map(|chunk| map(chunk)).collect());
    let Some(mut mapped) = mapped else {
        let given = chunks.data_type();
        return Err(PyTypeError::new_err(format!(
            "expected an Arrow array of strings or binary, not of {given}"
        )));
    };
    let field = Arc::new(Field::new("", data_type, true));
    let module = values.get_type().module()?;
    let library = module.to_str()?.split('.').next().unwrap_or_default();
    if library == "polars" {
        let chunked = PyChunkedArray::try_new(mapped, field)?.into_pyobject(py)?;
        // The name of a series comes from the Arrow field, whatever is passed.
        let series = py.import("polars")?.call_method1("Series", (chunked,))?;
        return series.call_method1("alias", (values.getattr("name")?,));
    }
    if is_chunked {
        let chunked = PyChunkedArray::try_new(mapped, field)?;
        return if library == "pyarrow" {
            chunked.into_pyarrow(py)
        } else {
            Ok(chunked.into_pyobject(py)?.into_any())
        };
    }
    let array = PyArray::from_array_ref(mapped.swap_remove(0));
    let array = array.into_pyobject(py)?.into_any();
    if library == "pyarrow" { py.import("pyarrow")?.call_method1("array", (array,)) } else { Ok(array) }
}

/// Applies `map` to each text that is not null, and to each value of a dictionary once. Returns `None` if the
/// array does not hold texts.
fn map_array<'a, T: Copy, A: FromIterator<Option<T>>>(
    array: &'a dyn Array,
    map: &impl Fn(&'a [u8]) -> Option<T>,
) -> Option<A> {
    macro_rules! map_each {
        ($texts:expr) => {
            Some($texts.iter().map(|text| text.and_then(|text| map(text.as_ref()))).collect())
        };
    }
    match array.data_type() {
        DataType::Utf8 => map_each!(array.as_string::<i32>()),
        DataType::LargeUtf8 => map_each!(array.as_string::<i64>()),
        DataType::Utf8View => map_each!(array.as_string_view()),
        DataType::Binary => map_each!(array.as_binary::<i32>()),
        DataType::LargeBinary => map_each!(array.as_binary::<i64>()),
        DataType::BinaryView => map_each!(array.as_binary_view()),
        DataType::Null => Some((0..array.len()).map(|_| None).collect()),
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            let mapped: Vec<Option<T>> = map_array(dictionary.values().as_ref(), map)?;
            // With no values every key is null, and `normalized_keys` would panic.
            let keys = if mapped.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
            let value = |(row, key): (usize, usize)| {
                if array.is_null(row) { None } else { mapped.get(key).copied().flatten() }
            };
            Some(keys.into_iter().enumerate().map(value).collect())
        }
        _ => None,
    }
}
