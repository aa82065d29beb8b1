//! Codes that the catalogue lacks, by number.

use std::sync::Arc;

use crate::analysis::interner::{Lookup, SharedInterner};

/// Distinct uncatalogued codes that are told apart, so that hostile input cannot fill the memory; any
/// further ones count as one.
pub const MAX_UNCATALOGUED: u32 = 1 << 16;

/// Stands for those.
pub const OTHERS: &str = "(others)";

/// The numbers of the uncatalogued codes, the same for all threads.
pub struct Uncatalogued(SharedInterner);

impl Default for Uncatalogued {
    fn default() -> Self {
        Uncatalogued(SharedInterner::new(MAX_UNCATALOGUED))
    }
}

impl Uncatalogued {
    pub fn text(&self, number: u32) -> String {
        if number == MAX_UNCATALOGUED { OTHERS.to_owned() } else { self.0.lock().text(number) }
    }
}

/// The numbers that one thread knows.
pub struct UncataloguedLookup {
    all: Arc<Uncatalogued>,
    known: Lookup,
}

impl UncataloguedLookup {
    pub fn new(all: Arc<Uncatalogued>) -> Self {
        UncataloguedLookup { all, known: Lookup::default() }
    }

    pub fn number(&mut self, code: &[u8]) -> u32 {
        self.known.number(code, &self.all.0)
    }
}
