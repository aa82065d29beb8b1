//! The families of codes.

use crate::Family;
use crate::tables::{ALL_FAMILIES, FAMILY_NAMES};

impl Family {
    /// Every family: those of the devices by number, then that of the service.
    ///
    /// ```
    /// use event_log_codes::Family;
    ///
    /// assert_eq!(Family::ALL, [Family::Upd1, Family::Upd2, Family::Upd4, Family::Sys]);
    /// ```
    pub const ALL: &'static [Family] = &ALL_FAMILIES;

    /// What the codes of the family begin with, up to the first underscore.
    ///
    /// ```
    /// assert_eq!(event_log_codes::Family::Upd4.as_str(), "UPD4");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        FAMILY_NAMES[self as usize]
    }
}
