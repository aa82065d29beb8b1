//! Occurrences by what codes have in common beyond the catalogue: a campaign, a day, a file, a device.

use event_log_codes::Status;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::Serialize;

use crate::analysis::event::Event;
use crate::analysis::tally::Seen;
use crate::analysis::time::Time;
use crate::args::Grouping;

/// Counts by group.
pub struct Groups {
    by: Grouping,
    counts: HashMap<Key, Counts, RandomState>,
}

/// What the codes of a group have in common; a text or number is missing if their records lack it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// The identifier of a campaign or of a device.
    Text(Option<Box<[u8]>>),
    /// Microseconds since the Unix epoch at which a day or an hour begins.
    Start(Option<i64>),
    /// The number of an input.
    Input(usize),
}

/// Occurrences by status.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    pub success: u64,
    pub fail: u64,
    pub info: u64,
    pub skipped: u64,
    /// Roll-ups are in none of the statuses.
    pub roll_ups: u64,
    pub unknown_status: u64,
    #[serde(skip)]
    pub seen: Seen,
}

impl Counts {
    /// All of them, roll-ups included.
    pub fn total(&self) -> u64 {
        self.success + self.fail + self.info + self.skipped + self.roll_ups + self.unknown_status
    }

    pub fn add(&mut self, status: Option<Status>, is_roll_up: bool, count: u64) {
        *match status {
            _ if is_roll_up => &mut self.roll_ups,
            Some(Status::Success) => &mut self.success,
            Some(Status::Fail) => &mut self.fail,
            Some(Status::Info) => &mut self.info,
            Some(Status::Skipped) => &mut self.skipped,
            _ => &mut self.unknown_status,
        } += count;
    }

    fn merge(&mut self, other: &Counts) {
        self.success += other.success;
        self.fail += other.fail;
        self.info += other.info;
        self.skipped += other.skipped;
        self.roll_ups += other.roll_ups;
        self.unknown_status += other.unknown_status;
        self.seen.merge(&other.seen);
    }
}

impl Groups {
    pub fn new(by: Grouping) -> Self {
        Groups { by, counts: HashMap::default() }
    }

    pub fn add(&mut self, event: &Event<'_>) {
        const HOUR: i64 = 3_600_000_000;
        let start = |len: i64| Key::Start(event.time.map(|time| time.div_euclid(len) * len));
        let text = |text: Option<&[u8]>| Key::Text(text.map(Into::into));
        let key = match self.by {
            Grouping::Campaign => text(event.campaign),
            Grouping::Device => text(event.device),
            Grouping::Day => start(24 * HOUR),
            Grouping::Hour => start(HOUR),
            _ => Key::Input(event.input),
        };
        let counts = self.counts.entry(key).or_default();
        counts.add(event.code.status(event.status), event.code.is_roll_up(), 1);
        counts.seen.add(event.time);
    }

    pub fn merge(&mut self, other: Groups) {
        for (key, counts) in other.counts {
            self.counts.entry(key).or_default().merge(&counts);
        }
    }

    /// The groups: days and hours from the newest to the oldest, others with the most occurrences
    /// first.
    pub fn into_sorted(self) -> Vec<(Key, Counts)> {
        let mut groups: Vec<_> = self.counts.into_iter().collect();
        groups.sort_by(|(a, a_counts), (b, b_counts)| match (a, b) {
            (Key::Start(a), Key::Start(b)) => b.cmp(a),
            (Key::Text(a), Key::Text(b)) => b_counts.seen.count.cmp(&a_counts.seen.count).then(a.cmp(b)),
            (Key::Input(a), Key::Input(b)) => b_counts.seen.count.cmp(&a_counts.seen.count).then(a.cmp(b)),
            _ => std::cmp::Ordering::Equal,
        });
        groups
    }
}

impl Key {
    /// What people call the group; `inputs` are the names of the inputs.
    pub fn text(&self, by: Grouping, inputs: &[String]) -> Option<String> {
        match self {
            Key::Text(text) => text.as_deref().map(|text| String::from_utf8_lossy(text).into_owned()),
            Key::Start(start) => {
                let start = Time((*start)?).to_seconds();
                Some(if by == Grouping::Day { start[..10].to_owned() } else { start[..16].to_owned() })
            }
            Key::Input(input) => inputs.get(*input).cloned(),
        }
    }
}
