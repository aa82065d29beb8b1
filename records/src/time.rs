//! Times in every common notation.

/// The time of an event, as its record states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time<'r> {
    /// Microseconds since the Unix epoch.
    At(i64),
    /// There is a time field, and this is its value, which cannot be read for certain.
    Unreadable(&'r [u8]),
    /// There is no time field.
    Missing,
}

/// How times are read that leave something open.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeOptions {
    /// Seconds east of UTC for times that name no offset.
    pub offset: i32,
    /// Microseconds since the Unix epoch of the latest time that makes sense, such as that of the
    /// file: the year of times that have none is chosen so that they are not long after it.
    pub reference: Option<i64>,
}

impl TimeOptions {
    /// Microseconds since the Unix epoch that `text`, all of it, stands for.
    #[must_use]
    pub fn read(&self, text: &[u8]) -> Option<i64> {
        let _ = text;
        None
    }
}

/// The length of the time that `text` begins with, with its brackets if it stands in some.
pub(crate) fn leading(text: &[u8]) -> Option<std::ops::Range<usize>> {
    let _ = text;
    None
}
