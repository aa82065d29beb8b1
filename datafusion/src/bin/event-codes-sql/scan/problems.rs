//! What could not be read of the files, counted while they are, and reported after the query.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::common::exec_datafusion_err;
use datafusion::error::DataFusionError;
use object_store::{ObjectMeta, ObjectStore};

use super::input::lines_before;

/// What is wrong with a line or a record, in the order in which it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A file without text.
    NotRead,
    BadLine,
    Unreadable,
    Statistics,
    OutsideEvents,
    Undated,
}

impl Problem {
    fn describe(self, count: u64) -> String {
        let plural = |one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        match self {
            Problem::NotRead => plural("file is left out", "files are left out"),
            Problem::BadLine => format!("skipped {}", plural("line", "lines")),
            Problem::Unreadable => plural("unreadable record", "unreadable records"),
            Problem::Statistics => {
                format!(
                    "skipped {}",
                    plural("record of counts, not of events", "records of counts, not of events")
                )
            }
            Problem::OutsideEvents => plural("code belongs to no event", "codes belong to no event"),
            Problem::Undated => {
                format!("{} without a time that can be read", plural("event", "events"))
            }
        }
    }
}

/// A part of a file.
#[derive(Clone)]
pub struct Part {
    pub store: Arc<dyn ObjectStore>,
    pub file: ObjectMeta,
    /// What the file is called in messages.
    pub name: String,
    pub start: u64,
}

impl Part {
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
        exec_datafusion_err!("{}: {place} line {}: {mistake}", self.name, self.line(line_in_part).await)
    }
}

/// The problems of all parts that were read.
#[derive(Default)]
pub struct Problems {
    found: Mutex<BTreeMap<Key, (Part, Tally)>>,
    /// Whether each part says what it has found when it ends, because nobody asks.
    said_at_once: bool,
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
    /// In an executor, which does not know when a query ends.
    pub fn said_at_once() -> Self {
        Self { said_at_once: true, ..Self::default() }
    }

    pub fn in_part(self: &Arc<Self>, part: Part) -> PartProblems {
        PartProblems { problems: self.clone(), part, tallies: BTreeMap::new() }
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
            let name = &part.name;
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
        if self.problems.said_at_once {
            for (problem, Tally { count, line, what }) in &self.tallies {
                let place = if self.part.start == 0 {
                    format!("line {line}")
                } else {
                    format!("line {line} of those behind byte {}", self.part.start)
                };
                let what = format!("{}: in {}, {place}: {what}", problem.describe(*count), self.part.name);
                log::warn!("{}", what.escape_debug());
            }
            return;
        }
        let mut all = self.problems.lock();
        for (problem, tally) in mem::take(&mut self.tallies) {
            let key = (problem, self.part.name.clone(), self.part.start);
            all.insert(key, (self.part.clone(), tally));
        }
    }
}
