//! What the records add up to: counts, devices and their campaigns, times.

pub mod campaign;
pub mod code;
pub mod collect;
pub mod comparison;
pub mod event;
pub mod findings;
pub mod fleet;
pub mod groups;
pub mod history;
pub mod interner;
pub mod survey;
pub mod tally;
pub mod time;
pub mod timeline;
pub mod uncatalogued;
