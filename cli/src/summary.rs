//! `eventcodes summary`: how often each code occurs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use event_log_codes::{EventCode, Family, Section, Status};
use serde::Serialize;

use crate::args::{Format, Grouping, SummaryArgs};
use crate::ending::Ending;
use crate::filter::CodeFilter;
use crate::input::{self, pool};
use crate::render::{self, Cell, Column, Table};
use crate::tally::Tally;
use crate::trouble::Troubles;
use crate::words::Words;

/// The service's verdict on a device, which has a reason of its own beside it.
pub const ROLL_UPS: [EventCode; 2] = [EventCode::Sys111, EventCode::Sys112];

pub fn run(args: &SummaryArgs, out: &mut dyn Write) -> io::Result<Ending> {
    let troubles = Arc::new(Troubles::default());
    let sources = input::list(&args.paths, &troubles);
    troubles.show_progress(sources.iter().map(|source| source.size).sum());
    let workers: Vec<_> = (0..pool::threads()).map(|_| Arc::new(Counter::default())).collect();
    let signal = pool::run(sources, &workers, &troubles)?;
    troubles.hide_progress();
    let mut tally = Tally::default();
    for worker in &workers {
        tally.merge(&worker.tally());
    }
    let summary = Summary::new(args, &tally, signal.is_none() && !troubles.any());
    summary.write(args.format.format, out)?;
    Ok(Ending::new(signal, &troubles))
}

/// Counts the codes in the bytes that one thread reads.
#[derive(Default)]
struct Counter(Mutex<Tally>);

impl Counter {
    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl pool::Worker for Counter {
    type Kind = ();
    type Cursor = Words;
    const HEAD: usize = 0;

    fn kind(&self, _head: &[u8]) -> Option<()> {
        Some(())
    }

    fn start(&self, _source: usize) -> Words {
        Words::default()
    }

    fn start_piece(&self, _source: usize, _piece: usize, (): (), before: Option<u8>) -> Words {
        before.map_or_else(Words::default, Words::after)
    }

    fn feed(&self, words: &mut Words, bytes: &[u8]) {
        let mut tally = self.tally();
        words.feed(bytes, &mut |found| tally.add(found));
    }

    fn feed_open(&self, words: &mut Words, bytes: &[u8]) -> bool {
        words.feed_open(bytes)
    }

    fn end(&self, mut words: Words) {
        let mut tally = self.tally();
        words.end(&mut |found| tally.add(found));
    }
}

/// The result, as JSON shows it.
#[derive(Serialize)]
struct Summary {
    by: Grouping,
    /// Most frequent first.
    counts: Vec<Row>,
    /// Rows beyond `--top`.
    not_shown: usize,
    roll_ups: Vec<Row>,
    uncatalogued: Vec<Uncatalogued>,
    totals: Totals,
    /// Whether all input was read to its end.
    complete: bool,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    group: Group,
    count: u64,
}

/// One code, or the codes that have something in common.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
enum Group {
    Code {
        code: EventCode,
        status: Status,
        section: Section,
        portal_text: Option<&'static str>,
        corrective_action: Option<&'static str>,
    },
    Status {
        status: Status,
    },
    Section {
        section: Section,
    },
    Family {
        family: Family,
    },
}

#[derive(Serialize)]
struct Uncatalogued {
    code: String,
    count: u64,
}

/// Occurrences; the roll-ups are in none of the statuses.
#[derive(Default, Serialize)]
struct Totals {
    success: u64,
    fail: u64,
    info: u64,
    skipped: u64,
    roll_ups: u64,
    uncatalogued: u64,
}

impl Group {
    fn of(code: EventCode, by: Grouping) -> Self {
        match by {
            Grouping::Code => Group::Code {
                code,
                status: code.status(),
                section: code.section(),
                portal_text: code.portal_text(),
                corrective_action: code.corrective_action(),
            },
            Grouping::Status => Group::Status { status: code.status() },
            Grouping::Section => Group::Section { section: code.section() },
            Grouping::Family => Group::Family { family: code.family() },
        }
    }
}

impl Summary {
    fn new(args: &SummaryArgs, tally: &Tally, complete: bool) -> Self {
        let mut summary = Summary {
            by: args.by,
            counts: Vec::new(),
            not_shown: 0,
            roll_ups: Vec::new(),
            uncatalogued: uncatalogued(tally, &args.filter),
            totals: Totals::default(),
            complete,
        };
        for (code, count) in tally.catalogued().filter(|&(code, _)| args.filter.wants(code)) {
            summary.totals.add(code, count);
            if ROLL_UPS.contains(&code) {
                summary.roll_ups.push(Row { group: Group::of(code, Grouping::Code), count });
                continue;
            }
            let group = Group::of(code, args.by);
            match summary.counts.iter_mut().find(|row| row.group == group) {
                Some(row) => row.count += count,
                None => summary.counts.push(Row { group, count }),
            }
        }
        summary.totals.uncatalogued = summary.uncatalogued.iter().map(|row| row.count).sum();
        summary.counts.sort_by_key(|row| std::cmp::Reverse(row.count));
        if let Some(top) = args.top {
            summary.not_shown = summary.counts.len().saturating_sub(top);
            summary.counts.truncate(top);
        }
        summary
    }

    fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => render::table(out, &self.tables()),
            Format::Markdown => render::markdown(out, &self.tables()),
            Format::Json => render::json(out, self),
            Format::Csv => render::csv(out, &self.rows()),
        }
    }

    /// For people: each part its own table, empty parts left out.
    fn tables(&self) -> Vec<Table> {
        let counts = self.table(match self.not_shown {
            0 => String::new(),
            more => format!("The {} most frequent; {more} more are not shown", self.counts.len()),
        });
        let roll_ups = Table {
            title: "Roll-ups: the service's verdict on a device, beside the device's own reason".to_owned(),
            columns: code_columns(),
            rows: self.roll_ups.iter().map(Row::cells).collect(),
        };
        let uncatalogued = Table {
            title: "Uncatalogued codes".to_owned(),
            columns: vec![Column::Text("code"), Column::Number("count")],
            rows: self
                .uncatalogued
                .iter()
                .map(|row| vec![row.code.as_str().into(), row.count.into()])
                .collect(),
        };
        let mut tables = vec![counts, roll_ups, uncatalogued];
        tables.retain(|table| !table.rows.is_empty());
        tables.push(self.totals.table(if self.complete { "Totals" } else { "Totals of a partial result" }));
        tables
    }

    fn table(&self, title: String) -> Table {
        let columns = match self.by {
            Grouping::Code => code_columns(),
            by => vec![Column::Text(by.name()), Column::Number("count")],
        };
        Table { title, columns, rows: self.counts.iter().map(Row::cells).collect() }
    }

    /// For programs: everything in one table.
    fn rows(&self) -> Table {
        let mut table = self.table(String::new());
        if self.by == Grouping::Code {
            table.rows.extend(self.roll_ups.iter().map(Row::cells));
            let texts = table.columns.len() - 2;
            table.rows.extend(self.uncatalogued.iter().map(|row| {
                let mut cells = vec![row.code.as_str().into(), row.count.into()];
                cells.extend((0..texts).map(|_| Cell::from("")));
                cells
            }));
        } else {
            table.rows.push(vec!["roll-ups".into(), self.totals.roll_ups.into()]);
            table.rows.push(vec!["uncatalogued".into(), self.totals.uncatalogued.into()]);
        }
        table
    }
}

fn code_columns() -> Vec<Column> {
    vec![
        Column::Text("code"),
        Column::Number("count"),
        Column::Text("status"),
        Column::Text("portal text"),
        Column::Text("corrective action"),
    ]
}

impl Row {
    fn cells(&self) -> Vec<Cell> {
        let count = Cell::from(self.count);
        match self.group {
            Group::Code { code, status, portal_text, corrective_action, .. } => {
                vec![code.as_str().into(), count, status.into(), portal_text.into(), corrective_action.into()]
            }
            Group::Status { status } => vec![status.into(), count],
            Group::Section { section } => vec![section.as_str().into(), count],
            Group::Family { family } => vec![family.as_str().into(), count],
        }
    }
}

/// Most frequent first, then by spelling.
fn uncatalogued(tally: &Tally, filter: &CodeFilter) -> Vec<Uncatalogued> {
    let mut rows: Vec<_> = tally
        .uncatalogued()
        .filter(|(code, _)| filter.may_want(code))
        .map(|(code, count)| Uncatalogued { code: code.to_owned(), count })
        .collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    if tally.beyond() > 0 {
        rows.push(Uncatalogued { code: "(others)".to_owned(), count: tally.beyond() });
    }
    rows
}

impl Totals {
    fn add(&mut self, code: EventCode, count: u64) {
        *match code.status() {
            _ if ROLL_UPS.contains(&code) => &mut self.roll_ups,
            Status::Success => &mut self.success,
            Status::Fail => &mut self.fail,
            Status::Info => &mut self.info,
            Status::Skipped => &mut self.skipped,
        } += count;
    }

    fn table(&self, title: &str) -> Table {
        Table {
            title: title.to_owned(),
            columns: ["success", "fail", "info", "skipped", "roll-ups", "uncatalogued"]
                .map(Column::Number)
                .into(),
            rows: vec![
                [self.success, self.fail, self.info, self.skipped, self.roll_ups, self.uncatalogued]
                    .map(Cell::from)
                    .into(),
            ],
        }
    }
}
