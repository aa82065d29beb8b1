//! The result of `summary`, as JSON shows it; every other output formats it.

use event_log_codes::{EventCode, Family, Section, Status};
use serde::Serialize;

use crate::analysis::fleet::{CampaignReport, Distinct, Fleet};
use crate::analysis::survey::Unreadable;
use crate::analysis::tally::Tally;
use crate::analysis::{roll_up, tally};
use crate::args::{Grouping, SummaryArgs};
use crate::filter::CodeFilter;

/// What reading the inputs gave.
pub struct Found {
    pub tally: Tally,
    pub devices: Option<Fleet>,
    pub records: Option<Records>,
}

/// What could not be made of the records.
#[derive(Serialize)]
pub struct Records {
    pub unreadable_count: u64,
    /// The first of them.
    pub unreadable: Vec<Unreadable>,
    pub undated_codes: u64,
    pub codes_without_device: u64,
}

/// The result, as JSON shows it.
#[derive(Serialize)]
pub struct Findings {
    pub by: Grouping,
    /// Most frequent first.
    pub counts: Vec<Row>,
    /// Rows beyond `--top`.
    pub not_shown: usize,
    pub roll_ups: Vec<Row>,
    pub uncatalogued: Vec<Uncatalogued>,
    pub totals: Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaigns: Option<Vec<CampaignReport>>,
    #[serde(flatten)]
    pub records: Option<Records>,
    /// Whether all input was read to its end.
    pub complete: bool,
}

#[derive(Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub group: Group,
    pub count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
}

/// One code, or the codes that have something in common.
#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Group {
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
pub struct Uncatalogued {
    pub code: String,
    pub count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
}

/// Occurrences; the roll-ups are in none of the statuses.
#[derive(Default, Serialize)]
pub struct Totals {
    pub success: u64,
    pub fail: u64,
    pub info: u64,
    pub skipped: u64,
    pub roll_ups: u64,
    pub uncatalogued: u64,
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

impl Findings {
    pub fn new(args: &SummaryArgs, found: Found, complete: bool) -> Self {
        let distinct = found.devices.as_ref().map(Fleet::distinct);
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
        Findings {
            by: args.by,
            counts,
            not_shown,
            roll_ups,
            uncatalogued,
            totals,
            devices: distinct.as_ref().map(Distinct::devices),
            campaigns: found.devices.as_ref().map(Fleet::campaigns),
            records: found.records,
            complete,
        }
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
            Status::Skipped => &mut self.skipped,
            _ => &mut self.info,
        } += count;
    }
}
