//! What an integer means that a device reports.

use crate::{EventCode, Status};

/// An integer that a device reports on an LwM2M resource, of which something is known: the code that
/// the service logs for it, or at least its meaning.
///
/// Newer clients report 21 to 49 on `/10252/0/3`. Their source says what these mean, but no public
/// source says which code the service logs for them.
///
/// ```
/// use event_log_codes::{EventCode, ReportedValue};
///
/// let known = ReportedValue::new(10252, 3, 218).unwrap();
/// assert_eq!(known.code(), Some(EventCode::Upd4Fail218));
///
/// let newer = ReportedValue::new(10252, 3, 33).unwrap();
/// assert_eq!(newer.code(), None);
/// assert!(newer.status().is_failure());
/// # #[cfg(feature = "texts")]
/// assert_eq!(newer.meaning(), Some("The device has no room to store the candidate."));
///
/// assert_eq!(ReportedValue::new(10252, 3, 50), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReportedValue(Known);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Known {
    Code(EventCode),
    Meaning(&'static Row),
}

/// A row of `reported-values.csv`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Row {
    /// Object, resource and value.
    place: (u16, u16, i64),
    status: Status,
    #[cfg(feature = "texts")]
    meaning: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/reported_values.rs"));

impl ReportedValue {
    /// Returns what is known of `value` on `/object/0/resource`, or `None`.
    ///
    /// No allocation, no panic. Sources: those of [`EventCode::from_lwm2m`] and, for 21 to 49, the
    /// source of the public device client.
    ///
    /// ```
    /// use event_log_codes::ReportedValue;
    ///
    /// assert!(ReportedValue::new(10252, 3, 25).is_some());
    /// assert!(ReportedValue::new(5, 5, 25).is_none());
    /// ```
    #[must_use]
    pub fn new(object: u16, resource: u16, value: i64) -> Option<ReportedValue> {
        if let Some(code) = EventCode::from_lwm2m(object, resource, value) {
            return Some(ReportedValue(Known::Code(code)));
        }
        let place = (object, resource, value);
        let index = REPORTED_VALUES.binary_search_by_key(&place, |row| row.place).ok()?;
        REPORTED_VALUES.get(index).map(|row| ReportedValue(Known::Meaning(row)))
    }

    /// Returns the code that the service logs for the value, if it is known.
    ///
    /// ```
    /// use event_log_codes::{EventCode, ReportedValue};
    ///
    /// let value = ReportedValue::new(5, 5, 3).unwrap();
    /// assert_eq!(value.code(), Some(EventCode::Upd1Fail3));
    /// ```
    #[must_use]
    pub fn code(self) -> Option<EventCode> {
        match self.0 {
            Known::Code(code) => Some(code),
            Known::Meaning(_) => None,
        }
    }

    /// Returns what the value means, if it is known: the explanation of its code, else the portal text
    /// of its code; for a value without a code, our own words.
    ///
    /// ```
    /// use event_log_codes::ReportedValue;
    ///
    /// let value = ReportedValue::new(10252, 3, 40).unwrap();
    /// assert_eq!(value.meaning(), Some("The installation failed."));
    /// ```
    #[cfg(feature = "texts")]
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        match self.0 {
            Known::Code(code) => code.explanation().or(code.portal_text()),
            Known::Meaning(row) => Some(row.meaning),
        }
    }

    /// Returns whether the value is a success, a failure or information: the status of its code, or,
    /// for a value without a code, what its name in the device client says.
    ///
    /// ```
    /// use event_log_codes::{ReportedValue, Status};
    ///
    /// assert_eq!(ReportedValue::new(10252, 3, 40).unwrap().status(), Status::Fail);
    /// assert_eq!(ReportedValue::new(10252, 2, 4).unwrap().status(), Status::Info);
    /// ```
    #[must_use]
    pub fn status(self) -> Status {
        match self.0 {
            Known::Code(code) => code.status(),
            Known::Meaning(row) => row.status,
        }
    }
}
