//! How it stands now: a screen, or a line now and then.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::time::Duration;

use event_log_codes::Status;
use serde::Serialize;

use super::{Cell, Column, Rows, Table, campaigns, json_line, percent};
use crate::analysis::findings::{Findings, Group};
use crate::analysis::fleet::CampaignReport;
use crate::analysis::survey::Problems;
use crate::analysis::time::Time;
use crate::known_code::KnownCode;

/// What has been seen so far, and what is new.
pub struct Figures {
    pub time: Time,
    pub running: Duration,
    pub inputs: usize,
    pub events: u64,
    /// Since the last figures.
    pub new_events: u64,
    pub new_failures: u64,
    pub findings: Findings,
}

/// A failure that just happened.
pub struct Failure {
    pub time: Option<Time>,
    pub code: String,
    pub device: Option<String>,
    pub campaign: Option<String>,
    pub known: Option<KnownCode>,
}

/// Devices by outcome, in all campaigns.
#[derive(Serialize)]
struct Outcomes {
    updated: u64,
    failed: u64,
    retrying: u64,
    skipped: u64,
    in_progress: u64,
    success_rate: Option<f64>,
}

/// The figures as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    time: Time,
    events: u64,
    new_events: u64,
    failures: u64,
    new_failures: u64,
    devices: Option<u64>,
    #[serde(flatten)]
    outcomes: Outcomes,
    #[serde(flatten)]
    problems: Option<&'a Problems>,
}

impl Figures {
    fn outcomes(&self) -> Outcomes {
        let campaigns = self.findings.campaigns.as_deref().unwrap_or_default();
        let sum = |of: fn(&CampaignReport) -> u64| campaigns.iter().map(of).sum::<u64>();
        let (updated, failed) = (sum(|campaign| campaign.updated), sum(|campaign| campaign.failed));
        Outcomes {
            updated,
            failed,
            retrying: sum(|campaign| campaign.retrying),
            skipped: sum(|campaign| campaign.skipped),
            in_progress: sum(|campaign| campaign.in_progress),
            success_rate: (updated + failed > 0).then(|| updated as f64 / (updated + failed) as f64),
        }
    }

    pub fn write_line(&self, out: &mut dyn Write) -> io::Result<()> {
        let Outcomes { updated, failed, retrying, skipped, in_progress, success_rate } = self.outcomes();
        let rate = success_rate.map_or("none decided".to_owned(), |rate| {
            format!("success rate {} of {}", percent(rate), updated + failed)
        });
        let gaps = self.gaps().into_iter().map(|(name, count)| format!("; {name} {count}"));
        let gaps: String = gaps.collect();
        writeln!(
            out,
            "{} events {} (+{}), failures {} (+{}); devices {}: updated {updated}, failed {failed} \
             ({retrying} retrying), skipped {skipped}, in progress {in_progress}; {rate}{gaps}",
            self.time.to_seconds(),
            self.events,
            self.new_events,
            self.findings.totals.by_status.fail,
            self.new_failures,
            self.findings.devices.unwrap_or_default(),
        )
    }

    /// What of the input is not in the figures, or not for certain: each kind with its number.
    fn gaps(&self) -> Vec<(&'static str, u64)> {
        let counts = self.findings.problems.iter().flat_map(Problems::counts);
        counts.filter(|(.., count)| *count > 0).map(|(name, _, count)| (name, count)).collect()
    }

    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let line = Line {
            time: self.time,
            events: self.events,
            new_events: self.new_events,
            failures: self.findings.totals.by_status.fail,
            new_failures: self.new_failures,
            devices: self.findings.devices,
            outcomes: self.outcomes(),
            problems: self.findings.problems.as_ref(),
        };
        json_line(out, &line)
    }
}

/// The alternate screen of a terminal, drawn again and again.
pub struct Screen {
    colour: bool,
    rate: Rate,
}

/// How many events come in a second.
#[derive(Default)]
struct Rate {
    per_second: f64,
    /// Since when, and how many events there were then.
    running: Duration,
    events: u64,
}

impl Rate {
    /// Over a second at least: the screen is drawn more often.
    fn update(&mut self, figures: &Figures) {
        let time = figures.running.saturating_sub(self.running);
        if time >= Duration::from_secs(1) {
            let per_second = (figures.events - self.events) as f64 / time.as_secs_f64();
            *self = Rate { per_second, running: figures.running, events: figures.events };
        }
    }
}

impl Screen {
    pub fn open(out: &mut dyn Write, colour: bool) -> io::Result<Self> {
        // The alternate screen; no cursor.
        write!(out, "\x1b[?1049h\x1b[?25l")?;
        Ok(Screen { colour, rate: Rate::default() })
    }

    pub fn draw(
        &mut self,
        out: &mut dyn Write,
        figures: &Figures,
        newest: &VecDeque<Failure>,
    ) -> io::Result<()> {
        let height = terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0));
        self.rate.update(figures);
        let mut tables = vec![overview(figures, self.rate.per_second)];
        tables.extend(gap_table(figures));
        // A third for each: campaigns, top failures, newest failures.
        let rows = (height.saturating_sub(6 + 4 * tables.len()) / 3).max(1);
        tables.extend(campaign_table(figures, rows));
        tables.push(top_failures(figures, rows));
        tables.push(newest_failures(newest, rows));
        tables.retain(|table| !table.rows.is_empty());
        let text = self.text(tables)?;
        write!(out, "\x1b[H")?;
        for line in text.lines().take(height.saturating_sub(1)) {
            // What the line held before is erased.
            write!(out, "{line}\x1b[K\r\n")?;
        }
        write!(out, "\x1b[J")
    }

    /// Leaves the terminal as it was, and the last figures on it.
    pub fn close(self, out: &mut dyn Write, figures: &Figures) -> io::Result<()> {
        write!(out, "\x1b[?25h\x1b[?1049l")?;
        figures.write_line(out)
    }

    fn text(&self, tables: Vec<Table<'_>>) -> io::Result<String> {
        let mut text = Vec::new();
        if self.colour {
            super::table(&mut text, tables)?;
        } else {
            super::table(&mut anstream::StripStream::new(&mut text), tables)?;
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

fn overview(figures: &Figures, rate: f64) -> Table<'static> {
    let Outcomes { updated, failed, retrying, skipped, in_progress, success_rate } = figures.outcomes();
    let running = super::duration(figures.running.as_secs() as i64);
    let numbers =
        ["events", "failures", "devices", "updated", "failed", "retrying", "skipped", "in progress"];
    let mut columns: Vec<_> = numbers.map(Column::Number).into();
    columns.push(Column::Number("success rate"));
    let devices = figures.findings.devices.unwrap_or_default();
    let failures = figures.findings.totals.by_status.fail;
    let mut row: Vec<_> =
        [figures.events, failures, devices, updated, failed, retrying, skipped, in_progress]
            .map(Cell::from)
            .into();
    row.push(success_rate.map(percent).as_deref().into());
    Table {
        title: format!("{} inputs for {running}, {rate:.0} events/s (Ctrl-C quits)", figures.inputs),
        columns,
        rows: vec![row].into(),
    }
}

fn gap_table(figures: &Figures) -> Option<Table<'static>> {
    let gaps = figures.gaps();
    (!gaps.is_empty()).then(|| Table {
        title: "Not in the figures, or not for certain".to_owned(),
        columns: gaps.iter().map(|(name, _)| Column::Number(name)).collect(),
        rows: vec![gaps.iter().map(|(_, count)| Cell::from(*count)).collect()].into(),
    })
}

fn campaign_table(figures: &Figures, rows: usize) -> Option<Table<'_>> {
    let all = figures.findings.campaigns.as_deref()?;
    let row = |campaign: &CampaignReport| {
        vec![
            campaign.title().into(),
            campaign.devices.into(),
            campaign.failed.into(),
            campaign.in_progress.into(),
            campaigns::success_rate(campaign).as_str().into(),
            campaign.last_event.into(),
        ]
    };
    let mut columns = vec![Column::Text("campaign")];
    columns.extend(["devices", "failed", "in progress", "success rate"].map(Column::Number));
    columns.push(Column::Text("last event"));
    Some(Table {
        title: super::title("Campaigns", all.len().min(rows), all.len().saturating_sub(rows)),
        columns,
        rows: Rows::of(&all[..all.len().min(rows)], row),
    })
}

fn top_failures(figures: &Figures, rows: usize) -> Table<'static> {
    let catalogued = figures.findings.counts.iter().filter_map(|row| match &row.group {
        Group::Code { code, status: Status::Fail, .. } => {
            Some((code.as_str(), row.count, row.devices, code.corrective_action()))
        }
        _ => None,
    });
    let uncatalogued = figures.findings.uncatalogued.iter().filter(|row| row.status == Some(Status::Fail));
    let uncatalogued = uncatalogued.map(|row| (row.code.as_str(), row.count, row.devices, None));
    let mut all: Vec<_> = catalogued.chain(uncatalogued).collect();
    all.sort_by_key(|&(_, count, devices, _)| std::cmp::Reverse((devices, count)));
    let row = |&(code, count, devices, action): &(&str, u64, Option<u64>, Option<&str>)| {
        vec![code.into(), count.into(), devices.unwrap_or_default().into(), action.into()]
    };
    Table {
        title: super::title("Failures", all.len().min(rows), all.len().saturating_sub(rows)),
        columns: vec![
            Column::Text("code"),
            Column::Number("count"),
            Column::Number("devices"),
            Column::Text("corrective action"),
        ],
        rows: all.iter().take(rows).map(row).collect::<Vec<_>>().into(),
    }
}

fn newest_failures(newest: &VecDeque<Failure>, rows: usize) -> Table<'static> {
    let row = |failure: &Failure| {
        vec![
            failure.time.into(),
            failure.code.as_str().into(),
            failure.device.as_deref().into(),
            failure.campaign.as_deref().into(),
            failure.known.and_then(KnownCode::portal_text).into(),
        ]
    };
    Table {
        title: "Newest failures".to_owned(),
        columns: ["time", "code", "device", "campaign", "portal text"].map(Column::Text).into(),
        rows: newest.iter().take(rows).map(row).collect::<Vec<_>>().into(),
    }
}
