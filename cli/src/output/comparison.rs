//! A comparison as tables.

use std::io::{self, Write};

use super::{Cell, Column, Rows, Table, percent, title};
use crate::analysis::comparison::{CampaignChange, CodeChange, Comparison, Presence};
use crate::args::Format;

impl Comparison {
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Json => super::json(out, self),
            Format::Csv => super::csv(out, &self.codes()),
            Format::Table => super::table(out, self.tables()),
            Format::Markdown => super::markdown(out, self.tables()),
        }
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let row = |name: &str, side: &crate::analysis::comparison::Side| {
            vec![
                name.into(),
                side.devices.into(),
                side.failed_share.map(percent).as_deref().into(),
                side.first_event.into(),
                side.last_event.into(),
            ]
        };
        let mut columns =
            vec![Column::Text(""), Column::Number("devices"), Column::Number("failed of decided")];
        columns.extend(["first event", "last event"].map(Column::Text));
        let sides = Table {
            title: if self.complete { String::new() } else { "A partial result".to_owned() },
            columns,
            rows: vec![row("before", &self.before), row("now", &self.now)].into(),
        };
        let mut tables = vec![sides, self.codes(), self.campaigns()];
        tables.retain(|table| !table.rows.is_empty());
        tables
    }

    fn codes(&self) -> Table<'_> {
        let cells = |row: &CodeChange| {
            vec![
                row.code.as_str().into(),
                row.status.map_or("".into(), Cell::from),
                row.before.count.into(),
                row.now.count.into(),
                Cell::Signed(row.count_change),
                row.before.devices.into(),
                row.now.devices.into(),
                percent(row.before.share_of_devices).as_str().into(),
                percent(row.now.share_of_devices).as_str().into(),
                presence(row.presence).into(),
            ]
        };
        let mut columns: Vec<_> = ["code", "status"].map(Column::Text).into();
        let numbers = [
            "count before",
            "count now",
            "change",
            "devices before",
            "devices now",
            "share before",
            "share now",
        ];
        columns.extend(numbers.map(Column::Number));
        columns.push(Column::Text("note"));
        Table {
            title: title("Codes, by change in the share of devices", self.codes.len(), self.codes_not_shown),
            columns,
            rows: Rows::of(&self.codes, cells),
        }
    }

    fn campaigns(&self) -> Table<'_> {
        let cells = |row: &CampaignChange| {
            vec![
                row.name.as_deref().or(row.id.as_deref()).unwrap_or("(no campaign)").into(),
                row.before.devices.into(),
                row.now.devices.into(),
                row.before.failed.into(),
                row.now.failed.into(),
                row.before.success_rate.map(percent).as_deref().into(),
                row.now.success_rate.map(percent).as_deref().into(),
                presence(row.presence).into(),
            ]
        };
        let numbers = [
            "devices before",
            "devices now",
            "failed before",
            "failed now",
            "success rate before",
            "success rate now",
        ];
        let mut columns = vec![Column::Text("campaign")];
        columns.extend(numbers.map(Column::Number));
        columns.push(Column::Text("note"));
        Table {
            title: title("Campaigns", self.campaigns.len(), self.campaigns_not_shown),
            columns,
            rows: Rows::of(&self.campaigns, cells),
        }
    }
}

fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::New => "new",
        Presence::Gone => "gone",
        Presence::Both => "",
    }
}
