//! The findings of `summary` as tables.

use std::io::{self, Write};

use super::{Cell, Column, Rows, Table, campaigns, title};
use crate::analysis::findings::{Findings, Group, Row, Times, Totals, Uncatalogued};
use crate::args::{Format, Grouping};

impl Findings {
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => super::table(out, self.tables()),
            Format::Markdown => super::markdown(out, self.tables()),
            Format::Json => super::json(out, self),
            Format::Csv => super::csv(out, &self.rows()),
        }
    }

    /// For people: each part its own table, empty parts left out.
    fn tables(&self) -> impl Iterator<Item = Table<'_>> {
        let counts = self.table(self.title(), self.by, &self.counts);
        let roll_ups = self.table(
            "Roll-ups: the service's verdict on a device, beside the device's own reason".to_owned(),
            Grouping::Code,
            &self.roll_ups,
        );
        let uncatalogued = Table {
            title: title("Uncatalogued codes", self.uncatalogued.len(), self.not_shown.uncatalogued),
            columns: self.columns(Grouping::Code).drain(..2 + self.numbers() + self.times()).collect(),
            rows: Rows::of(&self.uncatalogued, |row| self.uncatalogued_cells(row)),
        };
        let tables = [counts, roll_ups, uncatalogued].into_iter().filter(|table| !table.rows.is_empty());
        let totals = self.totals.table(if self.complete { "Totals" } else { "Totals of a partial result" });
        let campaigns = self.campaigns.iter();
        tables
            .chain([totals])
            .chain(campaigns.flat_map(|campaigns| campaigns::tables(campaigns, &self.not_shown)))
    }

    fn title(&self) -> String {
        let (shown, more) = (self.counts.len(), self.not_shown.counts);
        match self.by {
            _ if more == 0 => String::new(),
            Grouping::Day | Grouping::Hour => format!("The {shown} newest of {}", shown + more),
            _ => format!("The {shown} most frequent of {}", shown + more),
        }
    }

    /// For programs: everything but the campaigns in one table.
    fn rows(&self) -> Table<'_> {
        let mut table = self.table(String::new(), self.by, &self.counts);
        let width = table.columns.len();
        if self.by == Grouping::Code {
            let uncatalogued = move |row| {
                let mut cells = self.uncatalogued_cells(row);
                cells.resize_with(width, || Cell::from(""));
                cells
            };
            let roll_ups = Rows::of(&self.roll_ups, |row| self.cells(row));
            table.rows = table.rows.chain(roll_ups).chain(Rows::of(&self.uncatalogued, uncatalogued));
        } else if self.by.is_of_catalogue() {
            // The status of a code is no column of these.
            let without_status = |mut cells: Vec<Cell>| {
                cells.drain(1 + self.numbers()..cells.len() - self.times());
                cells
            };
            let roll_ups = Rows::of(&self.roll_ups, move |row| without_status(self.cells(row)));
            let uncatalogued =
                Rows::of(&self.uncatalogued, move |row| without_status(self.uncatalogued_cells(row)));
            table.rows = table.rows.chain(roll_ups).chain(uncatalogued);
        }
        table
    }

    fn table<'a>(&'a self, title: String, by: Grouping, rows: &'a [Row]) -> Table<'a> {
        Table { title, columns: self.columns(by), rows: Rows::of(rows, |row| self.cells(row)) }
    }

    fn columns(&self, by: Grouping) -> Vec<Column> {
        let mut columns = vec![Column::Text(by.name()), Column::Number("count")];
        if self.devices.is_some() && by.is_of_catalogue() {
            columns.push(Column::Number("devices"));
        }
        match by {
            Grouping::Code => columns.push(Column::Text("status")),
            _ if by.is_of_catalogue() => {}
            _ => {
                let statuses = ["success", "fail", "info", "skipped", "roll-ups", "unknown status"];
                columns.extend(statuses.map(Column::Number));
            }
        }
        if self.times() > 0 {
            columns.extend(["first seen", "last seen"].map(Column::Text));
        }
        if by == Grouping::Code {
            columns.extend(["portal text", "corrective action"].map(Column::Text));
        }
        columns
    }

    /// Columns of numbers.
    fn numbers(&self) -> usize {
        1 + usize::from(self.devices.is_some())
    }

    /// Columns of times.
    fn times(&self) -> usize {
        if self.first_event.is_some() { 2 } else { 0 }
    }

    fn time_cells(&self, times: Option<Times>) -> impl Iterator<Item = Cell> {
        let (first, last) = (times.map(|times| times.first_seen), times.map(|times| times.last_seen));
        [first, last].into_iter().map(Cell::from).take(self.times())
    }

    fn cells(&self, row: &Row) -> Vec<Cell> {
        let mut cells = vec![match &row.group {
            Group::Code { code, .. } => code.as_str().into(),
            Group::Status { status } => (*status).into(),
            Group::Section { section } => section.as_str().into(),
            Group::Family { family } => (*family).into(),
            Group::Campaign { campaign } => campaign.as_deref().unwrap_or("(no campaign)").into(),
            Group::Day { day } => day.as_deref().unwrap_or("(no time)").into(),
            Group::Hour { hour } => hour.as_deref().unwrap_or("(no time)").into(),
            Group::File { file } => file.as_deref().into(),
            Group::Device { device } => device.as_deref().unwrap_or("(no device)").into(),
        }];
        cells.push(row.count.into());
        cells.extend(row.devices.map(Cell::from));
        if let Group::Code { status, .. } = row.group {
            cells.push(status.into());
        }
        if let Some(counts) = &row.by_status {
            let numbers = [
                counts.success,
                counts.fail,
                counts.info,
                counts.skipped,
                counts.roll_ups,
                counts.unknown_status,
            ];
            cells.extend(numbers.map(Cell::from));
        }
        cells.extend(self.time_cells(row.times));
        if let Group::Code { portal_text, explanation, corrective_action, .. } = row.group {
            cells.extend([portal_text.or(explanation).into(), corrective_action.into()]);
        }
        cells
    }

    fn uncatalogued_cells(&self, row: &Uncatalogued) -> Vec<Cell> {
        let mut cells = vec![row.code.as_str().into(), row.count.into()];
        cells.extend(row.devices.map(Cell::from));
        cells.push(row.status.map_or("".into(), Cell::from));
        cells.extend(self.time_cells(row.times));
        cells
    }
}

impl Totals {
    fn table(&self, title: &str) -> Table<'static> {
        let counts = &self.by_status;
        let numbers = [
            counts.success,
            counts.fail,
            counts.info,
            counts.skipped,
            counts.roll_ups,
            counts.unknown_status,
            self.uncatalogued,
        ];
        let names =
            ["success", "fail", "info", "skipped", "roll-ups", "unknown status", "uncatalogued of these"];
        Table {
            title: title.to_owned(),
            columns: names.map(Column::Number).into(),
            rows: vec![numbers.map(Cell::from).into()].into(),
        }
    }
}
