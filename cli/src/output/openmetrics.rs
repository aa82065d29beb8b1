//! The findings as OpenMetrics text, for node_exporter's text collector and other scrapers.

use std::io::{self, Write};

use event_log_codes::Status;
use event_log_codes::outcome::Outcome;

use crate::analysis::uncatalogued::OTHERS;
use crate::clean::is_unsafe;

use crate::analysis::findings::Findings;
use crate::analysis::fleet::CampaignReport;
use crate::analysis::time::Time;

/// Codes, and campaigns, that have series of their own unless the user says otherwise.
pub const DEFAULT_TOP: usize = 200;

/// Writes at most `top` codes and campaigns one by one, and the others together.
pub fn write(out: &mut dyn Write, findings: &Findings, top: usize) -> io::Result<()> {
    let campaigns = findings.campaigns.as_deref().unwrap_or_default();
    events(out, findings, top)?;
    campaign_events(out, findings, top)?;
    devices(out, campaigns, top)?;
    last_events(out, findings, campaigns, top)?;
    problems(out, findings)?;
    writeln!(out, "# EOF")
}

fn family(out: &mut dyn Write, name: &str, kind: &str, help: &str) -> io::Result<()> {
    writeln!(out, "# TYPE {name} {kind}")?;
    writeln!(out, "# HELP {name} {help}")
}

fn sample(
    out: &mut dyn Write,
    name: &str,
    labels: &[(&str, &str)],
    value: impl std::fmt::Display,
) -> io::Result<()> {
    write!(out, "{name}")?;
    if !labels.is_empty() {
        let labels: Vec<_> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        write!(out, "{{{}}}", labels.join(","))?;
    }
    writeln!(out, " {value}")
}

/// What a label may hold. Other control characters are allowed, but not worth the risk.
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '\n' => escaped.push_str("\\n"),
            character if is_unsafe(character) => {
                escaped.push('\\');
                escaped.extend(character.escape_unicode());
            }
            character => escaped.push(character),
        }
    }
    escaped
}

fn events(out: &mut dyn Write, findings: &Findings, top: usize) -> io::Result<()> {
    family(out, "eventcodes_events", "counter", "Occurrences of event codes.")?;
    let catalogued = findings.counts.iter().chain(&findings.roll_ups).filter_map(|row| {
        let code = row.group.code()?;
        Some((code.as_str(), Some(code.status()), row.count))
    });
    let uncatalogued = findings.uncatalogued.iter().map(|row| (row.code.as_str(), row.status, row.count));
    let mut codes: Vec<_> = catalogued.chain(uncatalogued).collect();
    codes.sort_by_key(|&(_, _, count)| std::cmp::Reverse(count));
    let mut series: Vec<_> = codes.iter().copied().take(top).collect();
    for &(_, status, count) in codes.iter().skip(top) {
        // Uncatalogued codes beyond those that are told apart may have that name already.
        match series.iter_mut().find(|(code, of, _)| (*code, *of) == (OTHERS, status)) {
            Some((_, _, total)) => *total += count,
            None => series.push((OTHERS, status, count)),
        }
    }
    for (code, status, count) in series {
        let labels = [("code", code), ("status", status_name(status))];
        sample(out, "eventcodes_events_total", &labels, count)?;
    }
    Ok(())
}

fn status_name(status: Option<Status>) -> &'static str {
    status.map_or("unknown", Status::as_str)
}

fn campaign_events(out: &mut dyn Write, findings: &Findings, top: usize) -> io::Result<()> {
    family(
        out,
        "eventcodes_campaign_events",
        "counter",
        "Occurrences of event codes by campaign, roll-ups aside.",
    )?;
    let mut others = [0; 5];
    for (index, (campaign, counts)) in findings.campaign_events.iter().enumerate() {
        let by_status = [counts.success, counts.fail, counts.info, counts.skipped, counts.unknown_status];
        if index >= top {
            others.iter_mut().zip(by_status).for_each(|(others, count)| *others += count);
            continue;
        }
        campaign_sample(out, campaign.as_deref().unwrap_or_default(), &by_status)?;
    }
    if findings.campaign_events.len() > top {
        campaign_sample(out, OTHERS, &others)?;
    }
    Ok(())
}

fn campaign_sample(out: &mut dyn Write, campaign: &str, by_status: &[u64; 5]) -> io::Result<()> {
    let names = ["success", "fail", "info", "skipped", "unknown"];
    for (status, &count) in names.iter().zip(by_status).filter(|(_, count)| **count > 0) {
        let labels = [("campaign", campaign), ("status", status)];
        sample(out, "eventcodes_campaign_events_total", &labels, count)?;
    }
    Ok(())
}

fn devices(out: &mut dyn Write, campaigns: &[CampaignReport], top: usize) -> io::Result<()> {
    const NAME: &str = "eventcodes_devices";
    family(out, NAME, "gauge", "Devices by campaign and outcome, each once in a campaign.")?;
    let counts = |campaign: &CampaignReport| {
        [campaign.updated, campaign.failed, campaign.skipped, campaign.in_progress, campaign.retrying]
    };
    let mut others = [0; 5];
    let outcomes = [Outcome::Updated, Outcome::Failed, Outcome::Skipped, Outcome::InProgress];
    let mut retrying = Vec::new();
    for (index, campaign) in campaigns.iter().enumerate() {
        if index >= top {
            others.iter_mut().zip(counts(campaign)).for_each(|(others, count)| *others += count);
            continue;
        }
        let labels = campaign_labels(campaign);
        for (outcome, count) in outcomes.iter().zip(counts(campaign)) {
            sample(out, NAME, &[&labels[..], &[("outcome", outcome.as_str())]].concat(), count)?;
        }
        retrying.push((labels, campaign.retrying));
    }
    let other_labels = [("campaign", OTHERS), ("campaign_name", "")];
    if campaigns.len() > top {
        for (outcome, count) in outcomes.iter().zip(others) {
            sample(out, NAME, &[&other_labels[..], &[("outcome", outcome.as_str())]].concat(), count)?;
        }
        retrying.push((other_labels, others[4]));
    }
    family(out, "eventcodes_retrying_devices", "gauge", "Failed devices with a sign of a new attempt.")?;
    for (labels, count) in retrying {
        sample(out, "eventcodes_retrying_devices", &labels, count)?;
    }
    Ok(())
}

fn campaign_labels(campaign: &CampaignReport) -> [(&'static str, &str); 2] {
    let CampaignReport { id, name, .. } = campaign;
    [("campaign", id.as_deref().unwrap_or_default()), ("campaign_name", name.as_deref().unwrap_or_default())]
}

fn last_events(
    out: &mut dyn Write,
    findings: &Findings,
    campaigns: &[CampaignReport],
    top: usize,
) -> io::Result<()> {
    let seconds = |time: Time| time.0 as f64 / 1e6;
    const NAME: &str = "eventcodes_last_event_timestamp_seconds";
    if let Some(last) = findings.last_event {
        writeln!(out, "# TYPE {NAME} gauge\n# UNIT {NAME} seconds")?;
        writeln!(out, "# HELP {NAME} Time of the newest event.")?;
        sample(out, NAME, &[], seconds(last))?;
    }
    const OF_CAMPAIGN: &str = "eventcodes_campaign_last_event_timestamp_seconds";
    writeln!(out, "# TYPE {OF_CAMPAIGN} gauge\n# UNIT {OF_CAMPAIGN} seconds")?;
    writeln!(out, "# HELP {OF_CAMPAIGN} Time of the newest event of a campaign.")?;
    for campaign in campaigns.iter().take(top) {
        if let Some(last) = campaign.last_event {
            sample(out, OF_CAMPAIGN, &campaign_labels(campaign), seconds(last))?;
        }
    }
    Ok(())
}

fn problems(out: &mut dyn Write, findings: &Findings) -> io::Result<()> {
    if let Some(problems) = &findings.problems {
        for (name, help, count) in problems.counts() {
            let name = format!("eventcodes_{}", name.replace(' ', "_"));
            family(out, &name, "counter", help)?;
            sample(out, &format!("{name}_total"), &[], count)?;
        }
    }
    family(out, "eventcodes_complete", "gauge", "1 if all input was read to its end.")?;
    sample(out, "eventcodes_complete", &[], u8::from(findings.complete))
}
