//! `DeviceOutcome`: what became of a device in a campaign.

use event_log_codes::outcome::{DeviceOutcome, Effect};
use event_log_codes::{EventCode, Status};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyDelta, PyTzInfo, PyTzInfoAccess};

use crate::code::Text;

/// What became of a device in a campaign, folded from its events in any order.
///
/// >>> from datetime import datetime, timezone
/// >>> device = DeviceOutcome()
/// >>> device.push("UPD4_FAIL_303", datetime(2025, 8, 29, 8, 14, tzinfo=timezone.utc))
/// >>> device.push("SYS_111", datetime(2025, 8, 29, 8, 15, tzinfo=timezone.utc))
/// >>> device.outcome, device.reason, device.attempts
/// ('failed', 'UPD4_FAIL_303', 1)
///
/// Outcomes can be merged in any order, so each thread or file can have its own.
#[pyclass(name = "DeviceOutcome", module = "event_log_codes")]
#[derive(Clone, Default)]
pub struct PyDeviceOutcome {
    /// A code is its index in the catalogue, or the catalogue's length plus its index in `uncatalogued`.
    fold: DeviceOutcome<u32>,
    uncatalogued: Vec<Box<str>>,
}

#[pymethods]
impl PyDeviceOutcome {
    #[new]
    fn new() -> Self {
        PyDeviceOutcome::default()
    }

    /// Add an event.
    ///
    /// `code` is str or bytes in any letter case, and `time` an aware datetime, or None if the event has none. `status` is the status
    /// that the record states, such as 'FAIL'; it counts if the code is not in the catalogue.
    #[pyo3(signature = (code, time = None, *, status = None))]
    fn push(
        &mut self,
        code: &Bound<'_, PyAny>,
        time: Option<&Bound<'_, PyDateTime>>,
        status: Option<&str>,
    ) -> PyResult<()> {
        let text = Text::of(code)?;
        let bytes = text.bytes();
        let time = time.map(microseconds).transpose()?;
        let stated = match status {
            None => None,
            Some(stated) => match Status::from_record(stated.as_bytes()) {
                Some(status) => Some(status),
                None => return Err(PyValueError::new_err(format!("not a status: {stated:?}"))),
            },
        };
        let Some((effect, code)) = Effect::of_text(&bytes, stated) else {
            return Err(PyValueError::new_err(format!("not an event code: \"{}\"", bytes.escape_ascii())));
        };
        let number = match code {
            Some(code) => code.index() as u32,
            None => self.number(&String::from_utf8_lossy(&bytes).to_ascii_uppercase()),
        };
        self.add(&DeviceOutcome::of(effect, number, time));
        Ok(())
    }

    /// Add the events of another outcome of the same device and campaign.
    fn merge(&mut self, other: PyRef<'_, Self>) {
        let fold = other.fold.map_codes(|number| match other.uncatalogued_name(number) {
            Some(name) => self.number(name),
            None => number,
        });
        self.add(&fold);
    }

    /// 'updated', 'failed', 'skipped' or 'in-progress'.
    #[getter]
    fn outcome(&self) -> &'static str {
        self.fold.outcome().as_str()
    }

    /// The code of the latest failure that is not a roll-up, unless a success is later.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.fold.reason().map(|number| self.name(number))
    }

    /// The code of the latest event that skipped the device, if it was skipped.
    #[getter]
    fn skipped_by(&self) -> Option<&str> {
        self.fold.skipped_by().map(|number| self.name(number))
    }

    /// Whether the device failed and has shown a new attempt since.
    #[getter]
    fn is_retrying(&self) -> bool {
        self.fold.is_retrying()
    }

    /// The number of attempts: failures that are not roll-ups, and the success if the device was updated.
    #[getter]
    fn attempts(&self) -> u32 {
        self.fold.attempts()
    }

    /// Whether a deciding event had no time. It counts as the oldest, so the outcome may be wrong.
    #[getter]
    fn is_uncertain(&self) -> bool {
        self.fold.is_uncertain()
    }

    /// The time of the first event that has one, as an aware datetime.
    #[getter]
    fn first_seen<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.fold.first_seen().map(|time| datetime(py, time)).transpose()
    }

    /// The time of the last event that has one, as an aware datetime.
    #[getter]
    fn last_seen<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.fold.last_seen().map(|time| datetime(py, time)).transpose()
    }

    fn __repr__(&self) -> String {
        let reason = self.reason().map(|code| format!(", {code}")).unwrap_or_default();
        format!("<DeviceOutcome: {}{reason}>", self.outcome())
    }
}

impl PyDeviceOutcome {
    fn add(&mut self, other: &DeviceOutcome<u32>) {
        let uncatalogued = &self.uncatalogued;
        self.fold.merge_by(other, |one, other| name(uncatalogued, *one).cmp(name(uncatalogued, *other)));
    }

    /// The number of an uncatalogued code.
    fn number(&mut self, code: &str) -> u32 {
        let index = self.uncatalogued.iter().position(|known| **known == *code).unwrap_or_else(|| {
            self.uncatalogued.push(code.into());
            self.uncatalogued.len() - 1
        });
        (EventCode::COUNT + index) as u32
    }

    fn uncatalogued_name(&self, number: u32) -> Option<&str> {
        let index = (number as usize).checked_sub(EventCode::COUNT)?;
        self.uncatalogued.get(index).map(|name| &**name)
    }

    fn name(&self, number: u32) -> &str {
        name(&self.uncatalogued, number)
    }
}

fn name(uncatalogued: &[Box<str>], number: u32) -> &str {
    let number = number as usize;
    match EventCode::from_index(number) {
        Some(code) => code.as_str(),
        None => number
            .checked_sub(EventCode::COUNT)
            .and_then(|index| uncatalogued.get(index))
            .map_or("", |name| name),
    }
}

/// Returns microseconds since the Unix epoch. A time without a zone is an error, since any guess of the zone
/// could be wrong.
fn microseconds(time: &Bound<'_, PyDateTime>) -> PyResult<i64> {
    if time.get_tzinfo().is_none() {
        return Err(PyValueError::new_err("the time has no timezone; expected an aware datetime"));
    }
    let py = time.py();
    let since = time.sub(epoch(py)?)?;
    since.call_method1("__floordiv__", (PyDelta::new(py, 0, 0, 1, false)?,))?.extract()
}

fn datetime(py: Python<'_>, microseconds: i64) -> PyResult<Bound<'_, PyAny>> {
    let delta = py.import("datetime")?.call_method1("timedelta", (0, 0, microseconds))?;
    epoch(py)?.add(delta)
}

fn epoch(py: Python<'_>) -> PyResult<Bound<'_, PyDateTime>> {
    let utc = PyTzInfo::utc(py)?;
    PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc))
}
