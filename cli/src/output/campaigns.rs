//! What became of the devices of each campaign, as tables for people.

use crate::analysis::fleet::{CampaignReport, Reason};
use crate::output::{Cell, Column, Table};

/// One table of all campaigns, then the reasons of each campaign that has any.
pub fn tables(campaigns: &[CampaignReport]) -> Vec<Table> {
    let names = ["devices", "updated", "failed", "skipped", "in progress"].map(Column::Number);
    let mut columns = vec![Column::Text("campaign")];
    columns.extend(names);
    let overview = Table {
        title: "Campaigns, in devices".to_owned(),
        columns,
        rows: campaigns
            .iter()
            .map(|campaign| {
                let CampaignReport { devices, updated, failed, skipped, in_progress, .. } = *campaign;
                let mut cells = vec![Cell::from(campaign.title().as_str())];
                cells.extend([devices, updated, failed, skipped, in_progress].map(Cell::from));
                cells
            })
            .collect(),
    };
    let mut tables = vec![overview];
    for campaign in campaigns {
        for (what, reasons) in [("Failed", &campaign.failed_by), ("Skipped", &campaign.skipped_by)] {
            if !reasons.is_empty() {
                tables.push(reason_table(format!("{what} in {}", campaign.title()), reasons));
            }
        }
    }
    tables
}

fn reason_table(title: String, reasons: &[Reason]) -> Table {
    let row = |reason: &Reason| {
        vec![
            reason.code.as_deref().unwrap_or("(no reason reported)").into(),
            reason.devices.into(),
            reason.portal_text.into(),
            reason.corrective_action.into(),
        ]
    };
    Table {
        title,
        columns: vec![
            Column::Text("code"),
            Column::Number("devices"),
            Column::Text("portal text"),
            Column::Text("corrective action"),
        ],
        rows: reasons.iter().map(row).collect(),
    }
}
