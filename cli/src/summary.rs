//! `eventcodes summary`: how often each code occurs.

use std::io::{self, Write};
use std::sync::Arc;

use event_log_codes::{EventCode, Family, Section, Status};
use serde::Serialize;

use crate::args::{Format, Grouping, SummaryArgs};
use crate::count::count;
use crate::devices::{CampaignReport, Devices, Distinct};
use crate::ending::Ending;
use crate::filter::CodeFilter;
use crate::input::{self, Source};
use crate::render::{self, Cell, Column, Table};
use crate::survey::{Unreadable, Wanted, survey};
use crate::tally::Tally;
use crate::trouble::Troubles;
use crate::{campaigns, roll_up, tally};

pub fn run(args: &SummaryArgs, out: &mut dyn Write) -> io::Result<Ending> {
    let troubles = Arc::new(Troubles::default());
    let sources = input::list(&args.paths, &troubles);
    troubles.show_progress(sources.iter().map(|source| source.size).sum());
    let (found, signal) = if args.devices || args.time.is_set() {
        look_at_records(args, sources, &troubles)?
    } else {
        let (tally, signal) = count(sources, &troubles)?;
        (Found { tally, devices: None, records: None }, signal)
    };
    troubles.hide_progress();
    let ending = Ending::of_run(signal, &troubles);
    let summary = Summary::new(args, found, ending == Ending::Fine);
    summary.write(args.format.format, out)?;
    Ok(ending)
}

fn look_at_records(
    args: &SummaryArgs,
    sources: Vec<Source>,
    troubles: &Arc<Troubles>,
) -> io::Result<(Found, Option<i32>)> {
    let wanted =
        Wanted { input: args.input.input, time: args.time.clone(), devices: args.devices, timeline: false };
    let (survey, unreadable, signal) = survey(sources, &wanted, troubles)?;
    survey.tell_what_is_missing(&unreadable, troubles);
    let records = Records {
        unreadable_count: survey.unreadable,
        unreadable,
        undated_codes: survey.undated,
        codes_without_device: survey.without_device,
    };
    let devices = args.devices.then_some(survey.devices);
    Ok((Found { tally: survey.tally, devices, records: Some(records) }, signal))
}

struct Found {
    tally: Tally,
    devices: Option<Devices>,
    records: Option<Records>,
}

/// What could not be made of the records.
#[derive(Serialize)]
struct Records {
    unreadable_count: u64,
    /// The first of them.
    unreadable: Vec<Unreadable>,
    undated_codes: u64,
    codes_without_device: u64,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaigns: Option<Vec<CampaignReport>>,
    #[serde(flatten)]
    records: Option<Records>,
    /// Whether all input was read to its end.
    complete: bool,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    group: Group,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<u64>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<u64>,
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

    fn code(&self) -> Option<EventCode> {
        match *self {
            Group::Code { code, .. } => Some(code),
            Group::Status { .. } | Group::Section { .. } | Group::Family { .. } => None,
        }
    }
}

impl Summary {
    fn new(args: &SummaryArgs, found: Found, complete: bool) -> Self {
        let distinct = found.devices.as_ref().map(Devices::distinct);
        let (mut counts, mut roll_ups) = (Vec::new(), Vec::new());
        let mut totals = Totals::default();
        for (code, count) in found.tally.catalogued().filter(|&(code, _)| args.filter.wants(code)) {
            totals.add(code, count);
            let (rows, by) =
                if roll_up::is(code) { (&mut roll_ups, Grouping::Code) } else { (&mut counts, args.by) };
            Row::add(rows, Group::of(code, by), count);
        }
        counts.sort_by_key(|row| std::cmp::Reverse(row.count));
        let not_shown = counts.len().saturating_sub(args.top.unwrap_or(usize::MAX));
        counts.truncate(counts.len() - not_shown);
        let mut uncatalogued = uncatalogued(&found.tally, &args.filter);
        totals.uncatalogued = uncatalogued.iter().map(|row| row.count).sum();
        if let Some(distinct) = &distinct {
            for row in &mut counts {
                let of_row = |code: &EventCode| {
                    args.filter.wants(*code) && !roll_up::is(*code) && Group::of(*code, args.by) == row.group
                };
                row.devices = Some(distinct.with(EventCode::ALL.iter().copied().filter(of_row)));
            }
            for row in &mut roll_ups {
                row.devices = row.group.code().map(|code| distinct.with([code]));
            }
            for row in &mut uncatalogued {
                row.devices = Some(distinct.with_uncatalogued(&row.code));
            }
        }
        Summary {
            by: args.by,
            counts,
            not_shown,
            roll_ups,
            uncatalogued,
            totals,
            devices: distinct.as_ref().map(Distinct::devices),
            campaigns: found.devices.as_ref().map(Devices::campaigns),
            records: found.records,
            complete,
        }
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
        let shown = self.counts.len();
        let counts = self.table(match self.not_shown {
            0 => String::new(),
            more => format!("The {shown} most frequent of {}", shown + more),
        });
        let roll_ups = Table {
            title: "Roll-ups: the service's verdict on a device, beside the device's own reason".to_owned(),
            columns: self.columns(Grouping::Code),
            rows: self.roll_ups.iter().map(Row::cells).collect(),
        };
        let uncatalogued = Table {
            title: "Uncatalogued codes".to_owned(),
            columns: self.columns(Grouping::Code).drain(..self.numbers() + 1).collect(),
            rows: self.uncatalogued.iter().map(Uncatalogued::cells).collect(),
        };
        let mut tables = vec![counts, roll_ups, uncatalogued];
        tables.retain(|table| !table.rows.is_empty());
        tables.push(self.totals.table(if self.complete { "Totals" } else { "Totals of a partial result" }));
        if let Some(campaigns) = &self.campaigns {
            tables.extend(campaigns::tables(campaigns));
        }
        tables
    }

    /// For programs: everything but the campaigns in one table.
    fn rows(&self) -> Table {
        let mut table = self.table(String::new());
        let texts = table.columns.len() - 1 - self.numbers();
        let padded = |mut cells: Vec<Cell>| {
            cells.extend((0..texts).map(|_| Cell::from("")));
            cells
        };
        if self.by == Grouping::Code {
            table.rows.extend(self.roll_ups.iter().map(Row::cells));
            table.rows.extend(self.uncatalogued.iter().map(Uncatalogued::cells).map(padded));
        } else {
            table.rows.extend(self.roll_ups.iter().map(Row::cells).map(|mut cells| {
                cells.truncate(1 + self.numbers());
                cells
            }));
            table.rows.extend(self.uncatalogued.iter().map(Uncatalogued::cells));
        }
        table
    }

    fn table(&self, title: String) -> Table {
        Table { title, columns: self.columns(self.by), rows: self.counts.iter().map(Row::cells).collect() }
    }

    fn columns(&self, by: Grouping) -> Vec<Column> {
        let mut columns = vec![Column::Text(by.name()), Column::Number("count")];
        if self.devices.is_some() {
            columns.push(Column::Number("devices"));
        }
        if by == Grouping::Code {
            columns.extend(["status", "portal text", "corrective action"].map(Column::Text));
        }
        columns
    }

    /// Columns of numbers.
    fn numbers(&self) -> usize {
        1 + usize::from(self.devices.is_some())
    }
}

impl Row {
    /// Adds `count` to the row of `group`.
    fn add(rows: &mut Vec<Row>, group: Group, count: u64) {
        match rows.iter_mut().find(|row| row.group == group) {
            Some(row) => row.count += count,
            None => rows.push(Row { group, count, devices: None }),
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![match self.group {
            Group::Code { code, .. } => code.as_str().into(),
            Group::Status { status } => status.into(),
            Group::Section { section } => section.as_str().into(),
            Group::Family { family } => family.as_str().into(),
        }];
        cells.push(self.count.into());
        cells.extend(self.devices.map(Cell::from));
        if let Group::Code { status, portal_text, corrective_action, .. } = self.group {
            cells.extend([status.into(), portal_text.into(), corrective_action.into()]);
        }
        cells
    }
}

impl Uncatalogued {
    fn cells(&self) -> Vec<Cell> {
        let mut cells = vec![self.code.as_str().into(), self.count.into()];
        cells.extend(self.devices.map(Cell::from));
        cells
    }
}

/// Most frequent first, then by spelling.
fn uncatalogued(tally: &Tally, filter: &CodeFilter) -> Vec<Uncatalogued> {
    let mut rows: Vec<_> = tally
        .uncatalogued()
        .filter(|(code, _)| filter.may_want(code))
        .map(|(code, count)| Uncatalogued { code: code.to_owned(), count, devices: None })
        .collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    if tally.beyond() > 0 {
        rows.push(Uncatalogued { code: tally::OTHERS.to_owned(), count: tally.beyond(), devices: None });
    }
    rows
}

impl Totals {
    fn add(&mut self, code: EventCode, count: u64) {
        *match code.status() {
            _ if roll_up::is(code) => &mut self.roll_ups,
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
