//! The groups of codes: families and sections.

use crate::tables::{ALL_FAMILIES, FAMILY_NAMES};
use crate::{EventCode, Family, Section};

impl Family {
    /// Every family: those of the devices by number, then that of the service.
    ///
    /// ```
    /// use event_log_codes::Family;
    ///
    /// assert_eq!(Family::ALL, [Family::Upd1, Family::Upd2, Family::Upd4, Family::Sys]);
    /// ```
    pub const ALL: &'static [Family] = &ALL_FAMILIES;

    /// Returns the prefix of the family's codes, up to the first underscore.
    ///
    /// ```
    /// assert_eq!(event_log_codes::Family::Upd4.as_str(), "UPD4");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        FAMILY_NAMES[self as usize]
    }

    /// Returns the codes of the family, in the order of [`EventCode::ALL`].
    ///
    /// Walks the catalogue; never empty.
    ///
    /// ```
    /// use event_log_codes::{EventCode, Family};
    ///
    /// assert_eq!(Family::Sys.codes().next(), Some(EventCode::Sys100));
    /// assert!(Family::Sys.codes().all(|code| code.as_str().starts_with("SYS_")));
    /// ```
    #[must_use = "iterators are lazy"]
    pub fn codes(self) -> impl DoubleEndedIterator<Item = EventCode> + Clone {
        EventCode::ALL.iter().copied().filter(move |code| code.family() == self)
    }
}

impl Section {
    /// Returns the codes of the section, in the order of [`EventCode::ALL`].
    ///
    /// Walks the catalogue.
    ///
    /// ```
    /// use event_log_codes::{EventCode, Section};
    ///
    /// let codes: Vec<EventCode> = Section::ManifestValidation.codes().collect();
    /// assert!(codes.contains(&EventCode::Upd4Fail207));
    /// ```
    #[must_use = "iterators are lazy"]
    pub fn codes(self) -> impl DoubleEndedIterator<Item = EventCode> + Clone {
        EventCode::ALL.iter().copied().filter(move |code| code.section() == self)
    }
}
