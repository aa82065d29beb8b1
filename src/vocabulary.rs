//! The fixed words of the catalogue, shared by the library and the generator.

/// Whether an event is good or bad news about a device's update, as the service classifies it.
///
/// The status is the service's own and cannot be derived from the code: `SYS_100` ("could not be
/// reached") is information, not a failure. Two are inferred from their neighbours, because the
/// service's list lacks them: [`SYS_102`](crate::EventCode::Sys102) (fail) and
/// [`SYS_109`](crate::EventCode::Sys109) (info).
///
/// Statuses order as [`ALL`](Self::ALL) lists them. Non-exhaustive: the service may add one.
///
/// ```
/// use event_log_codes::{EventCode, Status};
///
/// assert_eq!(EventCode::Upd4Fail207.status(), Status::Fail);
/// assert_eq!("skipped".parse(), Ok(Status::Skipped));
/// assert_eq!(Status::Success.to_string(), "success");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Status {
    /// `success`: the device, or a step of its update, succeeded.
    Success,
    /// `fail`: the device, or a step of its update, failed.
    Fail,
    /// `info`: neither good nor bad news, such as a state, a report or a registration.
    Info,
    /// `skipped`: the device took no part, usually because it had no need to.
    Skipped,
}

impl Status {
    /// Every status.
    ///
    /// ```
    /// assert_eq!(event_log_codes::Status::ALL.len(), 4);
    /// ```
    pub const ALL: &'static [Status] = &[Status::Success, Status::Fail, Status::Info, Status::Skipped];

    /// Returns the status as `codes.csv` writes it, in lower case.
    ///
    /// ```
    /// assert_eq!(event_log_codes::Status::Fail.as_str(), "fail");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Success => "success",
            Status::Fail => "fail",
            Status::Info => "info",
            Status::Skipped => "skipped",
        }
    }

    /// Returns whether this is [`Success`](Self::Success).
    ///
    /// ```
    /// assert!(event_log_codes::EventCode::Sys112.status().is_success());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Status::Success)
    }

    /// Returns whether this is [`Fail`](Self::Fail).
    ///
    /// ```
    /// assert!(event_log_codes::EventCode::Sys111.status().is_failure());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Status::Fail)
    }

    /// Returns the status that a record of the service states in `event_type_description`, or `None`
    /// if it is not one of the service's words.
    ///
    /// Case does not matter, nor does white space around the word. `UNDETERMINED`, which the service
    /// wrote before it wrote `INFO`, is [`Info`](Status::Info).
    ///
    /// ```
    /// use event_log_codes::Status;
    ///
    /// assert_eq!(Status::from_record(b"FAIL"), Some(Status::Fail));
    /// assert_eq!(Status::from_record(b"undetermined"), Some(Status::Info));
    /// assert_eq!(Status::from_record(b"FAILED"), None);
    /// ```
    #[must_use]
    pub fn from_record(stated: &[u8]) -> Option<Status> {
        let stated = stated.trim_ascii();
        let formerly_info = stated.eq_ignore_ascii_case(b"undetermined").then_some(Status::Info);
        let is_stated = |status: &Status| stated.eq_ignore_ascii_case(status.as_str().as_bytes());
        Status::ALL.iter().copied().find(is_stated).or(formerly_info)
    }
}

/// The part of an update that a code belongs to: the sections of the document.
///
/// Sections order as [`ALL`](Self::ALL) lists them. Non-exhaustive: the document may add one.
///
/// ```
/// use event_log_codes::{EventCode, Section};
///
/// assert_eq!(EventCode::Upd4Fail207.section(), Section::ManifestValidation);
/// assert_eq!("update-fetching".parse(), Ok(Section::UpdateFetching));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Section {
    /// `general`: results of the older update client (`UPD2_*`).
    General,
    /// `update`: the update as a whole.
    Update,
    /// `manifest-validation`: the device checks the manifest of the update.
    ManifestValidation,
    /// `update-fetching`: the device downloads the payload.
    UpdateFetching,
    /// `update-processing`: the device unpacks or patches the payload.
    UpdateProcessing,
    /// `update-writing`: the device stores and activates the payload.
    UpdateWriting,
    /// `lwm2m-standard-object`: results of the LwM2M Firmware Update object, `/5` (`UPD1_*`).
    Lwm2mStandardObject,
    /// `service-generated`: events of the service, not of the device (`SYS_*`).
    ServiceGenerated,
}

impl Section {
    /// Every section, in the document's order.
    ///
    /// ```
    /// assert_eq!(event_log_codes::Section::ALL.len(), 8);
    /// ```
    pub const ALL: &'static [Section] = &[
        Section::General,
        Section::Update,
        Section::ManifestValidation,
        Section::UpdateFetching,
        Section::UpdateProcessing,
        Section::UpdateWriting,
        Section::Lwm2mStandardObject,
        Section::ServiceGenerated,
    ];

    /// Returns the section as `codes.csv` writes it, in lower case with hyphens.
    ///
    /// ```
    /// assert_eq!(event_log_codes::Section::UpdateWriting.as_str(), "update-writing");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Section::General => "general",
            Section::Update => "update",
            Section::ManifestValidation => "manifest-validation",
            Section::UpdateFetching => "update-fetching",
            Section::UpdateProcessing => "update-processing",
            Section::UpdateWriting => "update-writing",
            Section::Lwm2mStandardObject => "lwm2m-standard-object",
            Section::ServiceGenerated => "service-generated",
        }
    }
}
