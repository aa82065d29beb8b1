//! The Python package `event_log_codes_datafusion`: the SQL functions, for sessions of Python's `datafusion`.
//!
//! Both have a DataFusion of their own; functions cross between them by `datafusion-ffi`.
#![forbid(unsafe_code)]

#[pyo3::pymodule]
mod event_log_codes_datafusion {
    use datafusion_ffi::udaf::FFI_AggregateUDF;
    use datafusion_ffi::udf::FFI_ScalarUDF;
    use event_log_codes_datafusion::{device_outcome, functions};
    use pyo3::prelude::*;
    use pyo3::types::PyCapsule;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Register every function with a SessionContext of datafusion.
    ///
    /// >>> from datafusion import SessionContext
    /// >>> context = SessionContext()
    /// >>> register_all(context)
    /// >>> context.sql("SELECT event_code_status('UPD4_FAIL_303') AS s").to_pylist()
    /// [{'s': 'fail'}]
    #[pyfunction]
    #[pyo3(signature = (context, /))]
    fn register_all(context: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = context.py();
        let datafusion = py.import("datafusion")?;
        for function in functions::all() {
            let function = FFI_ScalarUDF::from(function);
            let function = PyCapsule::new_with_value(py, function, c"datafusion_scalar_udf")?;
            context.call_method1("register_udf", (datafusion.call_method1("udf", (function,))?,))?;
        }
        let function = FFI_AggregateUDF::from(device_outcome());
        let function = PyCapsule::new_with_value(py, function, c"datafusion_aggregate_udf")?;
        context.call_method1("register_udaf", (datafusion.call_method1("udaf", (function,))?,))?;
        Ok(())
    }
}
