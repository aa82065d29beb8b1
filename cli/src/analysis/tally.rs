//! How often each code occurs, and since when.

use std::sync::Arc;

use event_log_codes::{EventCode, Status};

use crate::analysis::event::Code;
use crate::analysis::time::Time;
use crate::analysis::uncatalogued::{Uncatalogued, UncataloguedLookup};

/// Occurrences.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub count: u64,
    /// The first and the last time, of the occurrences that have one.
    pub times: Option<(Time, Time)>,
}

impl Seen {
    pub fn add(&mut self, time: Option<i64>) {
        self.count += 1;
        if let Some(time) = time.map(Time) {
            self.times = Some(match self.times {
                Some((first, last)) => (first.min(time), last.max(time)),
                None => (time, time),
            });
        }
    }

    pub fn merge(&mut self, other: &Seen) {
        self.count += other.count;
        self.times = match (self.times, other.times) {
            (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
            (one, other) => one.or(other),
        };
    }
}

/// Occurrences of an uncatalogued code, whose status may differ between records.
#[derive(Clone, Copy, Debug, Default)]
pub struct SeenByStatus {
    pub seen: Seen,
    /// In the order of [`Status::ALL`]; the rest have no known status.
    by_status: [u64; Status::ALL.len()],
}

impl SeenByStatus {
    fn add(&mut self, status: Option<Status>, time: Option<i64>) {
        self.seen.add(time);
        if let Some(status) = status {
            self.by_status[status as usize] += 1;
        }
    }

    fn merge(&mut self, other: &SeenByStatus) {
        self.seen.merge(&other.seen);
        for (to, from) in self.by_status.iter_mut().zip(other.by_status) {
            *to += from;
        }
    }

    /// The occurrences of each status; of unknown status last.
    pub fn by_status(&self) -> impl Iterator<Item = (Option<Status>, u64)> {
        let unknown = self.seen.count - self.by_status.iter().sum::<u64>();
        let known = Status::ALL.iter().map(|&status| (Some(status), self.by_status[status as usize]));
        known.chain([(None, unknown)])
    }

    /// The most frequent status.
    pub fn status(&self) -> Option<Status> {
        self.by_status().max_by_key(|&(_, count)| count).and_then(|(status, _)| status)
    }
}

/// Occurrences by code.
pub struct Tally {
    catalogued: [Seen; EventCode::COUNT],
    /// By number.
    uncatalogued: Vec<SeenByStatus>,
    numbers: UncataloguedLookup,
}

impl Tally {
    pub fn new(uncatalogued: Arc<Uncatalogued>) -> Self {
        Tally {
            catalogued: [Seen::default(); EventCode::COUNT],
            uncatalogued: Vec::new(),
            numbers: UncataloguedLookup::new(uncatalogued),
        }
    }

    /// Adds an occurrence. `stated` is the status that its record states; the time is in microseconds since the
    /// Unix epoch.
    #[inline]
    pub fn add(&mut self, code: Code<'_>, stated: Option<Status>, time: Option<i64>) {
        match code {
            Code::Catalogued(code) => self.catalogued[code.index()].add(time),
            Code::Uncatalogued(text) => {
                let number = self.numbers.number(text);
                self.uncatalogued_mut(number).add(code.status(stated), time);
            }
        }
    }

    fn uncatalogued_mut(&mut self, number: u32) -> &mut SeenByStatus {
        let index = number as usize;
        if self.uncatalogued.len() <= index {
            self.uncatalogued.resize(index + 1, SeenByStatus::default());
        }
        &mut self.uncatalogued[index]
    }

    /// Adds what another thread counted.
    pub fn merge(&mut self, other: &Tally) {
        for (to, from) in self.catalogued.iter_mut().zip(&other.catalogued) {
            to.merge(from);
        }
        for (number, from) in (0..).zip(&other.uncatalogued) {
            self.uncatalogued_mut(number).merge(from);
        }
    }

    /// The codes that occur, in the order of the catalogue.
    pub fn catalogued(&self) -> impl Iterator<Item = (EventCode, Seen)> {
        EventCode::ALL
            .iter()
            .map(|&code| (code, self.catalogued[code.index()]))
            .filter(|(_, seen)| seen.count > 0)
    }

    /// The codes that occur and are not in the catalogue, by number.
    pub fn uncatalogued(&self) -> impl Iterator<Item = (u32, SeenByStatus)> {
        (0..).zip(self.uncatalogued.iter().copied()).filter(|(_, codes)| codes.seen.count > 0)
    }
}
