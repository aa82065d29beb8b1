//! The accessors of a code.

#[cfg(feature = "texts")]
use crate::portal_text;
use crate::tables::{ALL_CODES, RECORDS, Record};
#[cfg(feature = "texts")]
use crate::tables::{PORTAL_TEXTS, TEXTS, Texts};
use crate::{EventCode, Family, Section, Status, lookup};

impl EventCode {
    /// Number of codes in the catalogue, overlay included.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// let mut seen = [0_u64; EventCode::COUNT];
    /// seen[EventCode::Sys111.index()] += 1;
    /// ```
    pub const COUNT: usize = ALL_CODES.len();

    /// Every code, in the order of this build's catalogue: by section of the document, family and
    /// number, then the codes of the overlay in the order of its file.
    ///
    /// ```
    /// use event_log_codes::{EventCode, Status};
    ///
    /// let failures = EventCode::ALL.iter().filter(|code| code.status() == Status::Fail);
    /// assert!(failures.count() > 80);
    /// ```
    pub const ALL: &'static [EventCode] = &ALL_CODES;

    /// Returns the code whose text is exactly `code`, or `None`.
    ///
    /// Constant time, no allocation, no panic; a miss costs no more than a hit.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::from_bytes(b"UPD4_FAIL_207"), Some(EventCode::Upd4Fail207));
    /// assert_eq!(EventCode::from_bytes(b"upd4_fail_207"), None);
    /// assert_eq!(EventCode::from_bytes(b"UPD4_FAIL_207 "), None);
    ///
    /// const REGISTERED: EventCode = EventCode::from_bytes(b"SYS_106").unwrap();
    /// assert_eq!(REGISTERED, EventCode::Sys106);
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_bytes(code: &[u8]) -> Option<EventCode> {
        lookup::exact(code)
    }

    /// Returns the code whose text is `code` in any mix of ASCII upper and lower case, or `None`.
    ///
    /// The campaign statistics API, for one, writes codes in lower case.
    ///
    /// Constant time, no allocation, no panic.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::from_bytes_ignore_ascii_case(b"sys_112"), Some(EventCode::Sys112));
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_bytes_ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
        lookup::ignore_ascii_case(code)
    }

    #[inline(always)]
    const fn record(self) -> &'static Record {
        &RECORDS[self.index()]
    }

    #[cfg(feature = "texts")]
    #[inline(always)]
    const fn texts(self) -> &'static Texts {
        &TEXTS[self.index()]
    }

    /// Returns the code as logs write it.
    ///
    /// ```
    /// assert_eq!(event_log_codes::EventCode::Upd4OkM1.as_str(), "UPD4_OK_M1");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.record().code
    }

    /// Returns the text that the portal shows for the event; `None` where the document gives none.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::Sys105.portal_text(), Some("Device deregistered."));
    /// assert_eq!(EventCode::Sys113.portal_text(), None);
    /// ```
    #[cfg(feature = "texts")]
    #[inline]
    #[must_use]
    pub const fn portal_text(self) -> Option<&'static str> {
        self.texts().portal_text
    }

    /// Returns why the event happens, where that is known: in the document's words for the codes
    /// it explains, in ours where the LwM2M objects define the value.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::Upd4Fail301.explanation(), Some("Generic network error."));
    /// ```
    #[cfg(feature = "texts")]
    #[inline]
    #[must_use]
    pub const fn explanation(self) -> Option<&'static str> {
        self.texts().explanation
    }

    /// Returns what can be done about the event, where the document says so.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::Upd4Fail505.corrective_action(), Some("Retry update."));
    /// assert_eq!(EventCode::Upd4Ok100.corrective_action(), None);
    /// ```
    #[cfg(feature = "texts")]
    #[inline]
    #[must_use]
    pub const fn corrective_action(self) -> Option<&'static str> {
        self.texts().corrective_action
    }

    /// Returns whether the event is a success, a failure, information or a skipped device.
    ///
    /// ```
    /// use event_log_codes::{EventCode, Status};
    ///
    /// assert_eq!(EventCode::Sys100.status(), Status::Info);
    /// ```
    #[inline]
    #[must_use]
    pub const fn status(self) -> Status {
        self.record().status
    }

    /// Returns the part of the update that the code belongs to.
    ///
    /// ```
    /// use event_log_codes::{EventCode, Section};
    ///
    /// assert_eq!(EventCode::Upd4Fail303.section(), Section::UpdateFetching);
    /// ```
    #[inline]
    #[must_use]
    pub const fn section(self) -> Section {
        self.record().section
    }

    /// Returns the family, which is the prefix of the code: `UPD4`, `SYS`.
    ///
    /// ```
    /// use event_log_codes::{EventCode, Family};
    ///
    /// assert_eq!(EventCode::Upd2State1.family(), Family::Upd2);
    /// ```
    #[inline]
    #[must_use]
    pub const fn family(self) -> Family {
        self.record().family
    }

    /// Returns the number at the end of the code, where `M` is a minus sign; `None` if the code
    /// ends in a word.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::Upd4Fail207.number(), Some(207));
    /// assert_eq!(EventCode::Upd4OkM1.number(), Some(-1));
    /// assert_eq!(EventCode::Upd2ReportHash.number(), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn number(self) -> Option<i16> {
        self.record().number
    }

    /// Returns whether the document lists the code. The others are known from the service's list
    /// of event types, which gives a status and no text.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert!(EventCode::Upd4Fail211.is_documented());
    /// assert!(!EventCode::Upd4Fail212.is_documented());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_documented(self) -> bool {
        self.record().documented
    }

    /// Returns whether the document leaves the meaning of the code to the integrator of the
    /// device: `UPD4_FAIL_310` to `314`, `401` to `405` and `506` to `510`. It stays so when an
    /// overlay gives the code texts.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert!(EventCode::Upd4Fail310.is_user_defined());
    /// assert!(!EventCode::Upd4Fail315.is_user_defined());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_user_defined(self) -> bool {
        self.record().user_defined
    }

    /// Returns the position of the code in [`ALL`](Self::ALL), which is less than
    /// [`COUNT`](Self::COUNT): an array of counters needs no map.
    ///
    /// Valid in this build only: another version of the catalogue, or another overlay, may number
    /// codes otherwise. Store [`as_str`](Self::as_str) instead.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::ALL[EventCode::Sys111.index()], EventCode::Sys111);
    /// ```
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Returns the code at a position of [`ALL`](Self::ALL).
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(EventCode::from_index(EventCode::Sys111.index()), Some(EventCode::Sys111));
    /// assert_eq!(EventCode::from_index(EventCode::COUNT), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_index(index: usize) -> Option<EventCode> {
        if index < Self::COUNT { Some(ALL_CODES[index]) } else { None }
    }

    /// Returns all codes whose [portal text](Self::portal_text) is `text`: several codes can share
    /// a text.
    ///
    /// A final full stop, ASCII case and outer white space are ignored. A binary search over the
    /// distinct texts: no allocation, no panic.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert_eq!(
    ///     EventCode::all_with_portal_text(" manifest rejected, certificate not found. "),
    ///     [EventCode::Upd2Fail6, EventCode::Upd4Fail208],
    /// );
    /// assert!(EventCode::all_with_portal_text("Idle").is_empty());
    /// ```
    #[cfg(feature = "texts")]
    #[must_use]
    pub fn all_with_portal_text(text: &str) -> &'static [EventCode] {
        let wanted = portal_text::significant(text);
        let found = PORTAL_TEXTS.binary_search_by(|(known, _)| portal_text::compare(known, wanted));
        found.ok().and_then(|place| PORTAL_TEXTS.get(place)).map_or(&[], |(_, codes)| codes)
    }
}
