//! How many codes of each status occurred when.

use std::collections::BTreeMap;
use std::ops::Range;

use event_log_codes::Status;
use serde::Serialize;

use crate::analysis::time::Time;

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
    /// The step of the last occurrences, which the next one is likely to be in.
    latest: Option<Latest>,
}

struct Latest {
    step: i64,
    /// In microseconds: comparing takes less time than dividing.
    times: Range<i64>,
    counts: Counts,
}

/// By status, in the order of [`Status::ALL`].
pub type Counts = [u64; Status::ALL.len()];

/// Occurrences in steps of equal length.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Steps {
    /// How long a step is.
    pub seconds: i64,
    /// From the first occurrence to the last one, empty steps included, but for outliers.
    pub steps: Vec<Step>,
    /// The few occurrences that are so far from all others that steps up to them would hide the rest.
    pub outliers: Vec<Step>,
}

/// Occurrences from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    pub start: Time,
    pub success: u64,
    pub fail: u64,
    pub info: u64,
    pub skipped: u64,
}

impl Step {
    pub fn count(&self, status: Status) -> u64 {
        match status {
            Status::Success => self.success,
            Status::Fail => self.fail,
            Status::Skipped => self.skipped,
            _ => self.info,
        }
    }

    pub fn total(&self) -> u64 {
        self.success + self.fail + self.info + self.skipped
    }
}

impl Timeline {
    /// Adds an occurrence. The time is in microseconds since the Unix epoch.
    pub fn add(&mut self, time: i64, status: Status) {
        if let Some(latest) = &mut self.latest
            && latest.times.contains(&time)
        {
            latest.counts[status as usize] += 1;
            return;
        }
        // This may make the steps longer.
        self.settle();
        let length = self.seconds() * 1_000_000;
        let step = time.div_euclid(length);
        let start = step.saturating_mul(length);
        let mut counts = Counts::default();
        counts[status as usize] = 1;
        self.latest = Some(Latest { step, times: start..start.saturating_add(length), counts });
    }

    pub fn merge(&mut self, mut other: Timeline) {
        other.settle();
        self.settle();
        while self.length < other.length {
            self.coarsen();
        }
        for (&step, counts) in &other.steps {
            let step = (step * LENGTHS[other.length]).div_euclid(self.seconds());
            add(self.steps.entry(step).or_default(), counts);
        }
        self.keep_bounded();
    }

    /// At most `count` steps of equal length from the first to the last occurrence.
    pub fn steps(mut self, count: usize) -> Steps {
        self.settle();
        let outliers = self.take_outliers();
        let span = |steps: &BTreeMap<i64, Counts>| match (steps.keys().next(), steps.keys().next_back()) {
            (Some(first), Some(last)) => (last - first + 1) as usize,
            _ => 0,
        };
        while span(&self.steps) > count && self.length + 1 < LENGTHS.len() {
            self.coarsen();
        }
        let first = self.steps.keys().next().copied().unwrap_or_default();
        let steps = (first..first + span(&self.steps) as i64)
            .map(|step| self.step(step, &self.steps.get(&step).copied().unwrap_or_default()))
            .collect();
        Steps { seconds: self.seconds(), steps, outliers }
    }

    /// Takes away the occurrences at either end that are few and far from all others.
    fn take_outliers(&mut self) -> Vec<Step> {
        let total: u64 = self.steps.values().flatten().sum();
        // As many at each end may be outliers.
        let few = (total / 50).max(u64::from(total > 3));
        let first = nth(self.steps.iter(), few);
        let last = nth(self.steps.iter().rev(), few);
        let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
        let far = (10 * (last - first + 1)).max(86_400 / self.seconds());
        let is_outlier = |step: i64| step < first - far || step > last + far;
        let (outliers, others) =
            std::mem::take(&mut self.steps).into_iter().partition(|(step, _)| is_outlier(*step));
        self.steps = others;
        let outliers: BTreeMap<i64, Counts> = outliers;
        outliers.iter().map(|(&step, counts)| self.step(step, counts)).collect()
    }

    fn step(&self, step: i64, counts: &Counts) -> Step {
        let start = Time(step.saturating_mul(self.seconds()).saturating_mul(1_000_000));
        let of = |status: Status| counts[status as usize];
        Step {
            start,
            success: of(Status::Success),
            fail: of(Status::Fail),
            info: of(Status::Info),
            skipped: of(Status::Skipped),
        }
    }

    fn seconds(&self) -> i64 {
        LENGTHS[self.length]
    }

    fn settle(&mut self) {
        if let Some(Latest { step, counts, .. }) = self.latest.take() {
            add(self.steps.entry(step).or_default(), &counts);
            self.keep_bounded();
        }
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

/// The step of the occurrence that `count` others precede.
fn nth<'a>(mut steps: impl Iterator<Item = (&'a i64, &'a Counts)>, count: u64) -> Option<i64> {
    let mut before = 0;
    steps.find_map(|(&step, counts)| {
        before += counts.iter().sum::<u64>();
        (before > count).then_some(step)
    })
}

fn add(to: &mut Counts, from: &Counts) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

#[cfg(test)]
mod tests {
    use event_log_codes::Status;
    use proptest::prelude::*;

    use super::{MAX_STEPS, Timeline};

    fn timeline(seconds: &[i64]) -> Timeline {
        let mut timeline = Timeline::default();
        for &second in seconds {
            timeline.add(second * 1_000_000, Status::Fail);
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
            merged.merge(timeline(other));
            let steps = merged.steps(count);
            prop_assert_eq!(&steps, &timeline(&seconds).steps(count));
            prop_assert!(steps.steps.len() <= count);
            for step in &steps.steps {
                let start = step.start.0 / 1_000_000;
                let expected = seconds.iter().filter(|second| (start..start + steps.seconds).contains(*second)).count();
                prop_assert_eq!(step.total(), expected as u64);
            }
            let total = steps.steps.iter().chain(&steps.outliers).map(|step| step.total()).sum::<u64>();
            prop_assert_eq!(total, seconds.len() as u64);
        }
    }

    #[test]
    fn a_long_history_has_coarse_steps() {
        let seconds: Vec<_> = (0..10 * MAX_STEPS as i64).map(|step| step * 60).collect();
        assert!(timeline(&seconds).steps.len() <= MAX_STEPS);
    }

    #[test]
    fn a_wrong_clock_does_not_flatten_the_rest() {
        let mut seconds: Vec<_> = (0..600).map(|minute| 1_756_454_400 + minute * 60).collect();
        seconds.extend([0, 5_000_000_000]);
        let steps = timeline(&seconds).steps(96);
        assert_eq!(steps.seconds, 600);
        assert_eq!(steps.steps.len(), 60);
        let outliers: Vec<_> = steps.outliers.iter().map(|step| step.start.0 / 1_000_000).collect();
        assert_eq!(outliers, [0, 4_999_999_980]);
    }

    #[test]
    fn two_campaigns_far_apart_are_no_outliers() {
        let seconds: Vec<_> = (0..100).flat_map(|minute| [minute * 60, 90_000_000 + minute * 60]).collect();
        assert_eq!(timeline(&seconds).steps(96).outliers, []);
    }
}
