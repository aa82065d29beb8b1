//! How often each code occurs.

use std::collections::HashMap;

use event_log_codes::{EventCode, Match};

/// Distinct uncatalogued codes that are counted one by one, so that hostile input cannot fill the
/// memory; the occurrences of any further ones are counted together.
const MAX_UNCATALOGUED: usize = 1 << 16;

/// Stands for those.
pub const OTHERS: &str = "(others)";

/// Occurrences by code.
pub struct Tally {
    catalogued: [u64; EventCode::COUNT],
    uncatalogued: HashMap<Box<str>, u64>,
    beyond: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Tally { catalogued: [0; EventCode::COUNT], uncatalogued: HashMap::new(), beyond: 0 }
    }
}

impl Tally {
    #[inline]
    pub fn add(&mut self, found: Match<'_>) {
        match found.code() {
            Some(code) => self.catalogued[code.index()] += 1,
            None => self.add_uncatalogued(&String::from_utf8_lossy(found.as_bytes()), 1),
        }
    }

    fn add_uncatalogued(&mut self, code: &str, count: u64) {
        if let Some(known) = self.uncatalogued.get_mut(code) {
            *known += count;
        } else if self.uncatalogued.len() < MAX_UNCATALOGUED {
            self.uncatalogued.insert(code.into(), count);
        } else {
            self.beyond += count;
        }
    }

    pub fn merge(&mut self, other: &Tally) {
        for (to, from) in self.catalogued.iter_mut().zip(&other.catalogued) {
            *to += from;
        }
        for (code, &count) in &other.uncatalogued {
            self.add_uncatalogued(code, count);
        }
        self.beyond += other.beyond;
    }

    /// The codes that occur, in the order of the catalogue.
    pub fn catalogued(&self) -> impl Iterator<Item = (EventCode, u64)> {
        EventCode::ALL
            .iter()
            .map(|&code| (code, self.catalogued[code.index()]))
            .filter(|&(_, count)| count > 0)
    }

    /// The codes that occur and are not in the catalogue, in no order.
    pub fn uncatalogued(&self) -> impl Iterator<Item = (&str, u64)> {
        self.uncatalogued.iter().map(|(code, &count)| (&**code, count))
    }

    /// Occurrences of uncatalogued codes beyond those counted one by one.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}
