//! The extension module behind the Python package `event_log_codes`.
#![forbid(unsafe_code)]

mod code;
mod columns;
mod outcome;
mod scan;

#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::code::PyEventCode;
    use crate::columns;
    #[pymodule_export]
    use crate::outcome::PyDeviceOutcome;
    #[pymodule_export]
    use crate::scan::{Match, codes, lookup, python_find_iter};

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Return the status of each code in `values`.
    ///
    /// `values` is a list or tuple of str, bytes and None, for which the result is a list; or an Arrow array of
    /// pyarrow, polars or another library, for which the result is an Arrow array. The result for a value that
    /// isn't a code in the catalogue is None.
    ///
    /// >>> status(["UPD4_FAIL_303", "SYS_112", "UPD4_FAIL_999", None])
    /// ['fail', 'success', None, None]
    #[pyfunction]
    #[pyo3(signature = (values, /))]
    fn status<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        columns::STATUS.of(values)
    }

    /// Return the section of each code in `values`; see status.
    ///
    /// >>> section(["UPD4_FAIL_303"])
    /// ['update-fetching']
    #[pyfunction]
    #[pyo3(signature = (values, /))]
    fn section<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        columns::SECTION.of(values)
    }

    /// Return the text that the portal shows for each code in `values`; see status.
    ///
    /// >>> portal_text(["UPD4_FAIL_303", "SYS_113"])
    /// ['Resource network error, time out', None]
    #[pyfunction]
    #[pyo3(signature = (values, /))]
    fn portal_text<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        columns::PORTAL_TEXT.of(values)
    }

    /// Return why the event of each code in `values` happens; see status.
    ///
    /// >>> explanation(["UPD4_FAIL_301"])
    /// ['Generic network error.']
    #[pyfunction]
    #[pyo3(signature = (values, /))]
    fn explanation<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        columns::EXPLANATION.of(values)
    }

    /// Return what to do about each code in `values`; see status.
    ///
    /// >>> corrective_action(["UPD4_FAIL_303", "UPD4_OK_100"])
    /// ['Check network.', None]
    #[pyfunction]
    #[pyo3(signature = (values, /))]
    fn corrective_action<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        columns::CORRECTIVE_ACTION.of(values)
    }

    /// Return the first code in each text of `values`, whether or not the catalogue has it, or None.
    ///
    /// `values` and the result are as for status.
    ///
    /// >>> find(["device failed, UPD4_FAIL_303", "nothing here", None])
    /// ['UPD4_FAIL_303', None, None]
    #[pyfunction]
    #[pyo3(signature = (values, /))]
    fn find<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        columns::find(values)
    }
}
