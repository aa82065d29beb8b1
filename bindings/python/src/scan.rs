//! `lookup` and `find_iter`.

use std::vec;

use event_log_codes::{EventCode, find_iter};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::code::{self, PyEventCode, Text};

/// Return the EventCode that `text`, a str or bytes, spells exactly, or None.
///
/// >>> lookup("UPD4_FAIL_303")
/// EventCode('UPD4_FAIL_303')
/// >>> lookup(b"sys_111", ignore_case=True)
/// EventCode('SYS_111')
/// >>> lookup("UPD4_FAIL_999") is None
/// True
#[pyfunction]
#[pyo3(signature = (text, /, *, ignore_case = false))]
pub fn lookup(text: &Bound<'_, PyAny>, ignore_case: bool) -> PyResult<Option<Py<PyEventCode>>> {
    let bytes = Text::of(text)?;
    let code = if ignore_case {
        EventCode::from_bytes_ignore_ascii_case(&bytes.bytes())
    } else {
        EventCode::from_bytes(&bytes.bytes())
    };
    code.map(|code| code::object(text.py(), code)).transpose()
}

/// Return a list of all codes in the catalogue, in its order.
///
/// >>> len(codes())
/// 143
#[pyfunction]
pub fn codes(py: Python<'_>) -> PyResult<Vec<Py<PyEventCode>>> {
    EventCode::ALL.iter().map(|code| code::object(py, *code)).collect()
}

/// A code found by find_iter: its `text`, its `start` and `end` in the bytes, and its `code`, which is None if
/// the text has the shape of a code but is not in the catalogue.
#[pyclass(module = "event_log_codes", frozen, get_all)]
pub struct Match {
    start: usize,
    end: usize,
    text: String,
    code: Option<Py<PyEventCode>>,
}

#[pymethods]
impl Match {
    fn __repr__(&self) -> String {
        let catalogued = if self.code.is_some() { "" } else { ", not in the catalogue" };
        format!("<Match of {}, {} to {}{catalogued}>", self.text, self.start, self.end)
    }
}

/// Return an iterator over the codes in `haystack`, which is bytes, from left to right.
///
/// >>> for found in find_iter(b"UPD4_FAIL_303, then UPD4_FAIL_999"):
/// ...     print(found.start, found.end, found.text, found.code and found.code.status)
/// 0 13 UPD4_FAIL_303 fail
/// 20 33 UPD4_FAIL_999 None
#[pyfunction(name = "find_iter")]
#[pyo3(signature = (haystack, /))]
pub fn python_find_iter(haystack: &Bound<'_, PyBytes>) -> MatchIter {
    let haystack = haystack.as_bytes();
    let found: Vec<_> = find_iter(haystack)
        .map(|found| Found {
            start: found.start(),
            code: found.code(),
            uncatalogued: found.code().is_none().then(|| found.as_str().into()),
        })
        .collect();
    MatchIter(found.into_iter())
}

/// All matches are found at the start; Python's objects are created one by one.
#[pyclass(module = "event_log_codes")]
pub struct MatchIter(vec::IntoIter<Found>);

struct Found {
    start: usize,
    code: Option<EventCode>,
    uncatalogued: Option<Box<str>>,
}

#[pymethods]
impl MatchIter {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Match>> {
        let Some(Found { start, code, uncatalogued }) = self.0.next() else {
            return Ok(None);
        };
        let text = code.map(EventCode::as_str).or(uncatalogued.as_deref()).unwrap_or_default();
        let code = code.map(|code| code::object(py, code)).transpose()?;
        Ok(Some(Match { start, end: start + text.len(), text: text.to_owned(), code }))
    }
}
