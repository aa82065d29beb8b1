//! What the records add up to: counts, devices and their campaigns, times.

pub mod code;
pub mod count;
pub mod findings;
pub mod fleet;
pub mod interner;
pub mod roll_up;
pub mod survey;
pub mod tally;
pub mod timeline;
