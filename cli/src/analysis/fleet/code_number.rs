//! Codes by number.

use std::num::NonZeroU32;

use event_log_codes::EventCode;

/// A code of the catalogue, or an uncatalogued one by the number that an interner gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeNumber(pub(super) NonZeroU32);

impl CodeNumber {
    pub fn catalogued(code: EventCode) -> Self {
        CodeNumber(NonZeroU32::MIN.saturating_add(code.index() as u32))
    }

    pub fn uncatalogued(number: u32) -> Self {
        CodeNumber(NonZeroU32::MIN.saturating_add(EventCode::COUNT as u32 + number))
    }

    /// The code, or the number of an uncatalogued one.
    pub fn get(self) -> Result<EventCode, u32> {
        let index = self.0.get() - 1;
        EventCode::from_index(index as usize).ok_or_else(|| index - EventCode::COUNT as u32)
    }
}
