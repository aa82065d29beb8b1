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

#[cfg(test)]
mod tests {
    use event_log_codes::EventCode;
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{MAX_STEPS, Timeline};

    fn timeline(seconds: &[i64]) -> Timeline {
        let mut timeline = Timeline::default();
        for &second in seconds {
            timeline.add(Timestamp::from_second(second).unwrap(), EventCode::Upd4Fail207);
        }
        timeline
    }

    proptest! {
        /// Times from minutes to millennia apart, in two threads.
        #[test]
        fn nothing_is_lost_and_steps_stay_few(
            seconds in prop::collection::vec(0_i64..1_000_000, 1..300),
            spread in prop::sample::select(vec![1, 60, 3600, 100_000]),
            split in any::<prop::sample::Index>(),
            count in 60_usize..200,
        ) {
            let seconds: Vec<_> = seconds.iter().map(|second| second * spread).collect();
            let (one, other) = seconds.split_at(split.index(seconds.len()));
            let mut merged = timeline(one);
            merged.merge(&timeline(other));
            let (length, steps) = merged.steps(count);
            prop_assert_eq!(&(length, steps.clone()), &timeline(&seconds).steps(count));
            prop_assert!(steps.len() <= count);
            for (start, counts) in &steps {
                let start = start.as_second();
                let expected = seconds.iter().filter(|second| (start..start + length).contains(*second)).count();
                prop_assert_eq!(counts.iter().sum::<u64>(), expected as u64);
            }
            prop_assert_eq!(steps.iter().flat_map(|(_, counts)| counts).sum::<u64>(), seconds.len() as u64);
        }
    }

    #[test]
    fn a_long_history_has_coarse_steps() {
        let seconds: Vec<_> = (0..10 * MAX_STEPS as i64).map(|step| step * 60).collect();
        assert!(timeline(&seconds).steps.len() <= MAX_STEPS);
    }
}
