//! Devices, and the events of one device.

use std::io::{self, Write};

use serde::Serialize;

use super::{Cell, Column, Rows, Table, title};
use crate::analysis::fleet::DeviceReport;
use crate::analysis::history::Step;
use crate::analysis::survey::Problems;
use crate::args::Format;
use crate::clean::clean;

/// The result of `devices`.
#[derive(Serialize)]
pub struct Devices {
    pub devices: Vec<DeviceReport>,
    /// Devices beyond `--top`.
    pub not_shown: usize,
    #[serde(flatten)]
    pub problems: Problems,
    /// Whether all input was read to its end.
    pub complete: bool,
}

impl Devices {
    /// Writes each identifier on a line, once.
    pub fn write_ids(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut written = hashbrown::HashSet::new();
        for device in &self.devices {
            if written.insert(device.device.as_str()) {
                writeln!(out, "{}", clean(&device.device))?;
            }
        }
        Ok(())
    }

    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Json => super::json(out, self),
            Format::Csv => super::csv(out, &self.table()),
            Format::Table => super::table(out, [self.table()]),
            Format::Markdown => super::markdown(out, [self.table()]),
        }
    }

    fn table(&self) -> Table<'_> {
        let names = ["device", "campaign", "outcome", "retrying", "reason", "portal text"];
        let mut columns: Vec<_> = names.map(Column::Text).into();
        columns.push(Column::Number("attempts"));
        columns.extend(["first seen", "last seen"].map(Column::Text));
        columns.push(Column::Number("age"));
        Table {
            title: title("", self.devices.len(), self.not_shown),
            columns,
            rows: Rows::of(&self.devices, cells),
        }
    }
}

fn cells(device: &DeviceReport) -> Vec<Cell> {
    vec![
        device.device.as_str().into(),
        device.campaign_name.as_deref().or(device.campaign.as_deref()).into(),
        device.outcome.as_str().into(),
        if device.retrying { "retrying" } else { "" }.into(),
        device.reason.as_deref().into(),
        device.portal_text.into(),
        u64::from(device.attempts).into(),
        device.first_seen.into(),
        device.last_seen.into(),
        Cell::Duration(device.age_seconds),
    ]
}

/// The events of one device, in order.
#[derive(Serialize)]
pub struct History {
    pub device: String,
    pub events: Vec<Step>,
    /// Events beyond those that are kept.
    pub not_shown: u64,
    #[serde(flatten)]
    pub problems: Problems,
    pub complete: bool,
}

impl History {
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Json => super::json(out, self),
            Format::Csv => super::csv(out, &self.table()),
            Format::Table => super::table(out, [self.table()]),
            Format::Markdown => super::markdown(out, [self.table()]),
        }
    }

    fn table(&self) -> Table<'_> {
        let row = |event: &Step| {
            vec![
                event.time.into(),
                event.code.as_str().into(),
                event.status.map_or("".into(), Cell::from),
                event.campaign.as_deref().into(),
                event.portal_text.or(event.explanation).into(),
                event.corrective_action.into(),
            ]
        };
        let columns = ["time", "code", "status", "campaign", "portal text", "corrective action"];
        Table {
            title: title("", self.events.len(), self.not_shown as usize),
            columns: columns.map(Column::Text).into(),
            rows: Rows::of(&self.events, row),
        }
    }
}
