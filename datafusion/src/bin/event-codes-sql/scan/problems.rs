//! What could not be read of the files, counted while they are, and reported after the query.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use datafusion::common::exec_datafusion_err;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use serde_json::{Value, json};
use url::Url;

use super::input::lines_before;
use super::name_of;

/// As many places an executor reports of each problem in a task. What is behind them is counted with the last.
const PLACES: usize = 16;
/// As much of a cause it reports, in characters.
const LONGEST_CAUSE: usize = 200;

/// What is wrong with a line or a record, in the order in which it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A file without text.
    NotRead,
    Comment,
    BadLine,
    Unreadable,
    Statistics,
    OutsideEvents,
    UncertainValue,
    Undated,
}

impl Problem {
    /// All of them, by the names that they have in metrics.
    const NAMES: [(&str, Self); 8] = [
        ("files_not_read", Self::NotRead),
        ("comments", Self::Comment),
        ("bad_lines", Self::BadLine),
        ("unreadable_records", Self::Unreadable),
        ("statistics_records", Self::Statistics),
        ("codes_outside_events", Self::OutsideEvents),
        ("uncertain_values", Self::UncertainValue),
        ("undated_events", Self::Undated),
    ];

    fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    fn describe(self, count: u64) -> String {
        let plural = |one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        match self {
            Problem::NotRead => plural("file is left out", "files are left out"),
            Problem::Comment => format!("skipped {} above a header", plural("comment", "comments")),
            Problem::BadLine => format!("skipped {}", plural("line", "lines")),
            Problem::Unreadable => plural("unreadable record", "unreadable records"),
            Problem::Statistics => {
                format!(
                    "skipped {}",
                    plural("record of counts, not of events", "records of counts, not of events")
                )
            }
            Problem::OutsideEvents => plural("code belongs to no event", "codes belong to no event"),
            Problem::UncertainValue => {
                plural("value may go on behind a space or sign", "values may go on behind a space or sign")
            }
            Problem::Undated => {
                format!("{} without a time that can be read", plural("event", "events"))
            }
        }
    }
}

/// A part of a file.
#[derive(Clone)]
pub struct Part {
    /// The URL of the store.
    pub base: Url,
    pub store: Arc<dyn ObjectStore>,
    pub file: ObjectMeta,
    pub start: u64,
}

impl Part {
    /// What the file is called in messages.
    pub fn name(&self) -> String {
        name_of(&self.base, &self.file.location)
    }

    /// The number in the file, from 1 on, of a line of this part.
    pub async fn line(&self, line_in_part: u64) -> u64 {
        // Lines that cannot be counted are as good as none: the message is about something else.
        lines_before(&self.store, &self.file, self.start).await.unwrap_or(0) + line_in_part
    }

    /// A mistake in a line of this part, or after it. Only then are the lines before the part counted.
    pub async fn blame(
        &self,
        place: &str,
        line_in_part: u64,
        mistake: &(dyn Display + Sync),
    ) -> DataFusionError {
        exec_datafusion_err!("{}: {place} line {}: {mistake}", self.name(), self.line(line_in_part).await)
    }
}

/// The problems of all parts that were read.
#[derive(Default)]
pub struct Problems {
    found: Mutex<BTreeMap<Key, (Part, Tally)>>,
    /// In an executor: nobody asks there what was found, so each part adds it to the metrics of its scan when it ends.
    reported: Option<Mutex<BTreeMap<Problem, Vec<Count>>>>,
}

/// A part that is read twice in a query counts once.
type Key = (Problem, String, u64);

#[derive(Clone)]
struct Tally {
    count: u64,
    /// Of the first, its line in the part, from 1 on.
    line: u64,
    what: String,
}

impl Problems {
    pub fn of_executor() -> Self {
        Self { reported: Some(Mutex::default()), ..Self::default() }
    }

    pub fn in_part(self: &Arc<Self>, part: Part, metrics: ExecutionPlanMetricsSet) -> PartProblems {
        PartProblems { problems: self.clone(), part, metrics, tallies: BTreeMap::new() }
    }

    /// Adds what an executor has counted, if that is what a metric says. `open` opens the store with a URL.
    pub fn add_metric<E>(
        &self,
        name: &str,
        count: u64,
        open: impl FnOnce(&Url) -> Result<Arc<dyn ObjectStore>, E>,
    ) -> Option<()> {
        let (problem, place) = name.split_at(name.find('{')?);
        let (_, problem) = Problem::NAMES.into_iter().find(|(name, _)| *name == problem)?;
        let place: Value = serde_json::from_str(place).ok()?;
        let base = Url::parse(place["store"].as_str()?).ok()?;
        let file = ObjectMeta {
            location: Path::parse(place["file"].as_str()?).ok()?,
            last_modified: UNIX_EPOCH.into(),
            size: place["size"].as_u64()?,
            e_tag: None,
            version: None,
        };
        let part = Part { store: open(&base).ok()?, base, file, start: place["start"].as_u64()? };
        let tally = Tally { count, line: place["line"].as_u64()?, what: place["cause"].as_str()?.to_owned() };
        self.lock().insert((problem, part.name(), part.start), (part, tally));
        Some(())
    }

    /// Takes out a line for each kind of problem.
    pub async fn take_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut parts = mem::take(&mut *self.lock()).into_iter().peekable();
        while let Some(((problem, ..), (part, first))) = parts.next() {
            let mut count = first.count;
            while let Some((_, (_, tally))) = parts.next_if(|((other, ..), _)| *other == problem) {
                count += tally.count;
            }
            let mut line = format!("{}: ", problem.describe(count));
            let name = part.name();
            let _ = match (problem, count) {
                (Problem::NotRead, 1) => write!(line, "{name}"),
                (Problem::NotRead, _) => write!(line, "the first is {name}"),
                (_, 1) => write!(line, "in {name}, line {}", part.line(first.line).await),
                _ => write!(line, "the first in {name}, line {}", part.line(first.line).await),
            };
            if !first.what.is_empty() {
                let _ = write!(line, ": {}", first.what);
            }
            lines.push(line);
        }
        lines
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, (Part, Tally)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The problems of one part, added to those of all when its reader ends.
pub struct PartProblems {
    problems: Arc<Problems>,
    part: Part,
    metrics: ExecutionPlanMetricsSet,
    tallies: BTreeMap<Problem, Tally>,
}

impl PartProblems {
    /// Counts problems in a line of the part.
    pub fn add(&mut self, problem: Problem, count: u64, line: u64, what: impl FnOnce() -> String) {
        if count > 0 {
            let tally = self.tallies.entry(problem);
            tally.or_insert_with(|| Tally { count: 0, line, what: what() }).count += count;
        }
    }

    pub fn part(&self) -> &Part {
        &self.part
    }
}

impl Drop for PartProblems {
    fn drop(&mut self) {
        let part = &self.part;
        let Some(reported) = &self.problems.reported else {
            let mut all = self.problems.lock();
            for (problem, tally) in mem::take(&mut self.tallies) {
                all.insert((problem, part.name(), part.start), (part.clone(), tally));
            }
            return;
        };
        let mut reported = reported.lock().unwrap_or_else(PoisonError::into_inner);
        for (problem, Tally { count, line, what }) in &self.tallies {
            let place = if part.start == 0 {
                format!("line {line}")
            } else {
                format!("line {line} of those behind byte {}", part.start)
            };
            let message = format!("{}: in {}, {place}: {what}", problem.describe(*count), part.name());
            log::warn!("{}", message.escape_debug());

            let counters = reported.entry(*problem).or_default();
            if counters.len() < PLACES {
                let place = json!({
                    "store": part.base.as_str(),
                    "file": part.file.location.as_ref(),
                    "size": part.file.size,
                    "start": part.start,
                    "line": line,
                    "cause": what.chars().take(LONGEST_CAUSE).collect::<String>(),
                });
                let name = format!("{}{place}", problem.name());
                counters.push(MetricBuilder::new(&self.metrics).global_counter(name));
            }
            if let Some(counter) = counters.last() {
                counter.add(*count as usize);
            }
        }
    }
}
