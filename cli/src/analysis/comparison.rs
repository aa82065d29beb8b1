//! Two results beside each other: is it getting worse?

use std::collections::BTreeMap;

use event_log_codes::Status;
use serde::Serialize;

use crate::analysis::findings::Findings;
use crate::analysis::fleet::CampaignReport;
use crate::analysis::time::Time;

/// What changed from one result to another.
#[derive(Serialize)]
pub struct Comparison {
    pub before: Side,
    pub now: Side,
    /// The largest change in the share of devices first.
    pub codes: Vec<CodeChange>,
    pub campaigns: Vec<CampaignChange>,
    /// Rows beyond `--top`.
    pub codes_not_shown: usize,
    pub campaigns_not_shown: usize,
    /// Whether all input was read to its end, both times.
    pub complete: bool,
}

/// What one of the results is about.
#[derive(Serialize)]
pub struct Side {
    pub devices: u64,
    pub failed_share: Option<f64>,
    pub first_event: Option<Time>,
    pub last_event: Option<Time>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CodeFigures {
    pub count: u64,
    pub devices: u64,
    /// Of all devices of its side.
    pub share_of_devices: f64,
}

#[derive(Serialize)]
pub struct CodeChange {
    pub code: String,
    pub status: Option<Status>,
    pub before: CodeFigures,
    pub now: CodeFigures,
    /// What `now` has more than `before`.
    pub count_change: i64,
    pub share_change: f64,
    pub presence: Presence,
}

#[derive(Serialize)]
pub struct CampaignChange {
    pub id: Option<String>,
    pub name: Option<String>,
    pub before: CampaignFigures,
    pub now: CampaignFigures,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CampaignFigures {
    pub devices: u64,
    pub failed: u64,
    pub decided: u64,
    pub success_rate: Option<f64>,
}

/// Where something occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    New,
    Gone,
    Both,
}

impl Presence {
    fn of(before: u64, now: u64) -> Self {
        match (before, now) {
            (0, _) => Presence::New,
            (_, 0) => Presence::Gone,
            _ => Presence::Both,
        }
    }
}

impl Comparison {
    pub fn new(before: &Findings, now: &Findings) -> Self {
        let mut codes: BTreeMap<&str, (Option<Status>, [CodeFigures; 2])> = BTreeMap::new();
        let mut campaigns: BTreeMap<Option<&str>, (Option<&str>, [CampaignFigures; 2])> = BTreeMap::new();
        for (side, findings) in [before, now].into_iter().enumerate() {
            for (code, status, figures) in code_figures(findings) {
                let row = codes.entry(code).or_default();
                row.0 = status;
                row.1[side] = figures;
            }
            for campaign in findings.campaigns.iter().flatten() {
                let row = campaigns.entry(campaign.id.as_deref()).or_default();
                row.0 = campaign.name.as_deref();
                row.1[side] = campaign_figures(campaign);
            }
        }
        let mut codes: Vec<_> = codes.into_iter().map(code_change).collect();
        codes.sort_by(|a, b| {
            b.share_change
                .abs()
                .total_cmp(&a.share_change.abs())
                .then_with(|| b.count_change.abs().cmp(&a.count_change.abs()))
        });
        let mut campaigns: Vec<_> = campaigns.into_iter().map(campaign_change).collect();
        campaigns.sort_by_key(|row| std::cmp::Reverse(row.before.devices.max(row.now.devices)));
        Comparison {
            before: Side::of(before),
            now: Side::of(now),
            codes,
            campaigns,
            codes_not_shown: 0,
            campaigns_not_shown: 0,
            complete: before.complete && now.complete,
        }
    }

    /// Keeps at most `top` rows of each table.
    pub fn truncate(&mut self, top: usize) {
        self.codes_not_shown = self.codes.len().saturating_sub(top);
        self.codes.truncate(top);
        self.campaigns_not_shown = self.campaigns.len().saturating_sub(top);
        self.campaigns.truncate(top);
    }
}

impl Side {
    fn of(findings: &Findings) -> Self {
        Side {
            devices: findings.devices.unwrap_or_default(),
            failed_share: findings.failed_share(),
            first_event: findings.first_event,
            last_event: findings.last_event,
        }
    }
}

/// The codes of a result, roll-ups and uncatalogued ones included.
fn code_figures(findings: &Findings) -> impl Iterator<Item = (&str, Option<Status>, CodeFigures)> {
    let all = findings.devices.unwrap_or_default().max(1) as f64;
    let figures = move |count: u64, devices: Option<u64>| {
        let devices = devices.unwrap_or_default();
        CodeFigures { count, devices, share_of_devices: devices as f64 / all }
    };
    let catalogued = findings.counts.iter().chain(&findings.roll_ups).filter_map(move |row| {
        let code = row.group.code()?;
        Some((code.as_str(), Some(code.status()), figures(row.count, row.devices)))
    });
    let uncatalogued = findings.uncatalogued.iter();
    catalogued
        .chain(uncatalogued.map(move |row| (row.code.as_str(), row.status, figures(row.count, row.devices))))
}

fn code_change((code, (status, [before, now])): (&str, (Option<Status>, [CodeFigures; 2]))) -> CodeChange {
    CodeChange {
        code: code.to_owned(),
        status,
        before,
        now,
        count_change: now.count as i64 - before.count as i64,
        share_change: now.share_of_devices - before.share_of_devices,
        presence: Presence::of(before.count, now.count),
    }
}

fn campaign_figures(campaign: &CampaignReport) -> CampaignFigures {
    CampaignFigures {
        devices: campaign.devices,
        failed: campaign.failed,
        decided: campaign.decided,
        success_rate: campaign.success_rate,
    }
}

type CampaignRow<'a> = (Option<&'a str>, (Option<&'a str>, [CampaignFigures; 2]));

fn campaign_change((id, (name, [before, now])): CampaignRow<'_>) -> CampaignChange {
    CampaignChange {
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        before,
        now,
        presence: Presence::of(before.devices, now.devices),
    }
}
