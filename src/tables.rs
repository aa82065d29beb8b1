//! The output of `build.rs`, made from `codes.csv`: the enums, the records, the map.

use crate::key::Hash;
use crate::{Section, Status};

/// One row of the catalogue, but for its [`Texts`].
pub(crate) struct Record {
    pub(crate) code: &'static str,
    pub(crate) section: Section,
    pub(crate) status: Status,
    pub(crate) family: Family,
    pub(crate) number: Option<i16>,
    pub(crate) documented: bool,
    pub(crate) user_defined: bool,
}

/// What the catalogue tells people about a code.
#[cfg(feature = "texts")]
pub(crate) struct Texts {
    pub(crate) portal_text: Option<&'static str>,
    pub(crate) explanation: Option<&'static str>,
    pub(crate) corrective_action: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
