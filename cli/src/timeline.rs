//! How many codes of each status occurred when.

use std::collections::BTreeMap;

use event_log_codes::{EventCode, Status};
use jiff::Timestamp;

/// Steps kept at most; a longer history gets coarser steps.
const MAX_STEPS: usize = 2000;

/// Lengths of a step, in seconds: from a minute to centuries, for clocks that are wrong. Each
/// divides the next.
const LENGTHS: [i64; 9] = [60, 600, 3600, 21_600, 86_400, 604_800, 2_419_200, 12_096_000, 12_096_000 * 1000];

/// Occurrences by time and status.
#[derive(Default)]
pub struct Timeline {
    /// Index into [`LENGTHS`].
    length: usize,
    steps: BTreeMap<i64, Counts>,
}

/// By status, in the order of [`Status::ALL`].
pub type Counts = [u64; Status::ALL.len()];

impl Timeline {
    pub fn add(&mut self, time: Timestamp, code: EventCode) {
        let step = time.as_second().div_euclid(self.seconds());
        self.steps.entry(step).or_default()[code.status() as usize] += 1;
        self.keep_bounded();
    }

    pub fn merge(&mut self, other: &Timeline) {
        while self.length < other.length {
            self.coarsen();
        }
        for (&step, counts) in &other.steps {
            let step = (step * LENGTHS[other.length]).div_euclid(self.seconds());
            add(self.steps.entry(step).or_default(), counts);
        }
        self.keep_bounded();
    }

    /// At most `count` steps of equal length from the first to the last occurrence, empty ones
    /// included: when each begins and what it holds.
    pub fn steps(mut self, count: usize) -> (i64, Vec<(Timestamp, Counts)>) {
        let span = |steps: &BTreeMap<i64, Counts>| match (steps.keys().next(), steps.keys().next_back()) {
            (Some(first), Some(last)) => (last - first + 1) as usize,
            _ => 0,
        };
        while span(&self.steps) > count && self.length + 1 < LENGTHS.len() {
            self.coarsen();
        }
        let Some((&first, _)) = self.steps.first_key_value() else {
            return (self.seconds(), Vec::new());
        };
        let steps = (first..first + span(&self.steps) as i64)
            .filter_map(|step| {
                let start = Timestamp::from_second(step * self.seconds()).ok()?;
                Some((start, self.steps.get(&step).copied().unwrap_or_default()))
            })
            .collect();
        (self.seconds(), steps)
    }

    fn seconds(&self) -> i64 {
        LENGTHS[self.length]
    }

    fn keep_bounded(&mut self) {
        while self.steps.len() > MAX_STEPS && self.length + 1 < LENGTHS.len() {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        let ratio = LENGTHS[self.length + 1] / LENGTHS[self.length];
        self.length += 1;
        for (step, counts) in std::mem::take(&mut self.steps) {
            add(self.steps.entry(step.div_euclid(ratio)).or_default(), &counts);
        }
    }
}

fn add(to: &mut Counts, from: &Counts) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}
