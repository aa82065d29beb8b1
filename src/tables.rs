//! What `build.rs` made of `codes.csv`: the enums, the records, the map.

use crate::filter::Filter;
use crate::key::Hash;
use crate::{Section, Status};

/// One row of the catalogue.
pub(crate) struct Record {
    pub(crate) code: &'static str,
    pub(crate) portal_text: Option<&'static str>,
    pub(crate) explanation: Option<&'static str>,
    pub(crate) corrective_action: Option<&'static str>,
    pub(crate) section: Section,
    pub(crate) status: Status,
    pub(crate) family: Family,
    pub(crate) number: Option<i16>,
    pub(crate) documented: bool,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
