//! What became of the devices of each campaign, as tables for people.

use std::iter;

use crate::analysis::findings::NotShown;
use crate::analysis::fleet::{CampaignReport, Reason};
use crate::output::{Cell, Column, Rows, Table, percent, title};

/// One table of all campaigns, then the reasons of each campaign that has any.
pub fn tables<'a>(campaigns: &'a [CampaignReport], not_shown: &NotShown) -> impl Iterator<Item = Table<'a>> {
    let numbers = ["devices", "updated", "failed", "retrying", "skipped", "in progress"];
    let mut columns = vec![Column::Text("campaign")];
    columns.extend(numbers.map(Column::Number));
    columns.extend([Column::Number("success rate"), Column::Number("attempts")]);
    columns.extend(["first event", "last event", "top reason"].map(Column::Text));
    let overview = Table {
        title: title("Campaigns, in devices", campaigns.len(), not_shown.campaigns),
        columns,
        rows: Rows::of(campaigns, cells),
    };
    let reasons = campaigns.iter().flat_map(|campaign| {
        let by_outcome = [("Failed", &campaign.failed_by), ("Skipped", &campaign.skipped_by)];
        let present = by_outcome.into_iter().filter(|(_, reasons)| !reasons.is_empty());
        present.map(|(what, reasons)| reason_table(format!("{what} in {}", campaign.title()), reasons))
    });
    iter::once(overview).chain(reasons)
}

fn cells(campaign: &CampaignReport) -> Vec<Cell> {
    let CampaignReport { devices, updated, failed, retrying, skipped, in_progress, .. } = *campaign;
    let mut cells = vec![Cell::from(campaign.title())];
    cells.extend([devices, updated, failed, retrying, skipped, in_progress].map(Cell::from));
    cells.extend([success_rate(campaign).as_str().into(), campaign.attempts.into()]);
    cells.extend([campaign.first_event, campaign.last_event].map(Cell::from));
    cells.push(campaign.top_reason().map(reason_name).into());
    cells
}

/// The success rate with its denominator, as `87.5 % of 8`.
pub fn success_rate(campaign: &CampaignReport) -> String {
    match campaign.success_rate {
        Some(rate) => format!("{} of {}", percent(rate), campaign.decided),
        None => String::new(),
    }
}

/// The code of a reason, or words where there is none.
pub fn reason_name(reason: &Reason) -> &str {
    reason.code.as_deref().unwrap_or("(no reason reported)")
}

fn reason_table(title: String, reasons: &[Reason]) -> Table<'_> {
    let row = |reason: &Reason| {
        vec![
            reason_name(reason).into(),
            reason.devices.into(),
            reason.portal_text.or(reason.explanation).into(),
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
        rows: Rows::of(reasons, row),
    }
}
