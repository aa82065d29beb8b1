//! `EventCode`. There is one object for each code; all are created when the first is needed.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use event_log_codes::EventCode;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyString};

static OBJECTS: PyOnceLock<Vec<Py<PyEventCode>>> = PyOnceLock::new();

/// Returns the object of a code.
pub fn object(py: Python<'_>, code: EventCode) -> PyResult<Py<PyEventCode>> {
    let objects = OBJECTS.get_or_try_init(py, || {
        EventCode::ALL.iter().map(|code| Py::new(py, PyEventCode(*code))).collect::<PyResult<_>>()
    })?;
    Ok(objects[code.index()].clone_ref(py))
}

/// An argument that is `str` or `bytes`.
pub enum Text<'py> {
    Str(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

impl<'py> Text<'py> {
    pub fn of(value: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = value.cast::<PyString>() {
            Ok(Text::Str(text.clone()))
        } else if let Ok(bytes) = value.cast::<PyBytes>() {
            Ok(Text::Bytes(bytes.clone()))
        } else {
            let name = value.get_type().name()?;
            Err(PyTypeError::new_err(format!("expected str or bytes, not {name}")))
        }
    }

    /// Returns the text in UTF-8. A lone surrogate, which no code contains, is replaced.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Text::Str(text) => match text.to_string_lossy() {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
            Text::Bytes(bytes) => Cow::Borrowed(bytes.as_bytes()),
        }
    }
}

/// An event code in the catalogue.
///
/// >>> code = EventCode("UPD4_FAIL_303")
/// >>> code.status, code.section, code.corrective_action
/// ('fail', 'update-fetching', 'Check network.')
/// >>> EventCode("UPD4_FAIL_999")
/// Traceback (most recent call last):
///     ...
/// ValueError: not an event code: "UPD4_FAIL_999"
///
/// Codes compare in the order of the catalogue, and equal only to themselves.
#[pyclass(name = "EventCode", module = "event_log_codes", frozen, eq, ord)]
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
pub struct PyEventCode(pub EventCode);

#[pymethods]
impl PyEventCode {
    #[new]
    #[pyo3(signature = (text, /))]
    fn new(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = Text::of(text)?;
        match EventCode::try_from(&*text.bytes()) {
            Ok(code) => Ok(PyEventCode(code)),
            Err(error) => Err(PyValueError::new_err(error.to_string())),
        }
    }

    /// The code as it appears in logs.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.as_str()
    }

    /// The status: 'success', 'fail', 'info' or 'skipped'.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status().as_str()
    }

    /// The section of the catalogue that the code belongs to, such as 'update-fetching'.
    #[getter]
    fn section(&self) -> &'static str {
        self.0.section().as_str()
    }

    /// The prefix of the code: 'UPD1', 'UPD2', 'UPD4' or 'SYS'.
    #[getter]
    fn family(&self) -> &'static str {
        self.0.family().as_str()
    }

    /// The number that the code ends in, -1 for UPD4_OK_M1, or None if it ends in a word.
    #[getter]
    fn number(&self) -> Option<i16> {
        self.0.number()
    }

    /// The text that the portal shows for the event, or None if none is documented.
    #[getter]
    fn portal_text(&self) -> Option<&'static str> {
        self.0.portal_text()
    }

    /// Why the event happens, or None if that is not known.
    #[getter]
    fn explanation(&self) -> Option<&'static str> {
        self.0.explanation()
    }

    /// What to do about the event, or None if none is documented.
    #[getter]
    fn corrective_action(&self) -> Option<&'static str> {
        self.0.corrective_action()
    }

    /// Whether the public document lists the code.
    #[getter]
    fn is_documented(&self) -> bool {
        self.0.is_documented()
    }

    /// Whether the integrator of the device defines what the code means.
    #[getter]
    fn is_user_defined(&self) -> bool {
        self.0.is_user_defined()
    }

    /// Whether the service logs the code as its verdict on a device, after the device's own result.
    #[getter]
    fn is_roll_up(&self) -> bool {
        self.0.is_roll_up()
    }

    fn __str__(&self) -> &'static str {
        self.0.as_str()
    }

    fn __repr__(&self) -> String {
        format!("EventCode('{}')", self.0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.as_str().hash(&mut hasher);
        hasher.finish()
    }

    /// Pickles the text, since an index may differ in another build.
    fn __getnewargs__(&self) -> (&'static str,) {
        (self.0.as_str(),)
    }
}
