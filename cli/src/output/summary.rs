//! The findings of `summary` as tables.

use std::io::{self, Write};

use super::{Cell, Column, Table, campaigns};
use crate::analysis::findings::{Findings, Group, Row, Totals, Uncatalogued};
use crate::args::{Format, Grouping};

impl Findings {
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => super::table(out, &self.tables()),
            Format::Markdown => super::markdown(out, &self.tables()),
            Format::Json => super::json(out, self),
            Format::Csv => super::csv(out, &self.rows()),
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

impl Totals {
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
