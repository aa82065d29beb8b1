//! A page of its own: nothing from the network, and readable without its script.

mod chart;

use event_log_codes::Status;
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::analysis::findings::{Findings, Group, Row, Uncatalogued};
use crate::analysis::fleet::{CampaignReport, FailedDevices, Reason};
use crate::analysis::survey::{self, Problems};
use crate::analysis::time::Time;
use crate::output::campaigns::{reason_name, success_rate};

/// Forbids the page, whatever it holds, to load anything, or to run anything but the script.
const POLICY: &str = concat!(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; ",
    "script-src 'sha256-",
    include_str!("script.js.sha256"),
    "'"
);
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Campaigns that are shown at once; the others are folded.
const SHOWN_CAMPAIGNS: usize = 10;
/// Campaigns that are on the page: with more, it would be too large to open.
const MAX_CAMPAIGNS: usize = 10_000;
/// Failures that are shown at once; the others are folded.
const SHOWN_FAILURES: usize = 5;
/// Campaigns that have their reasons on the page.
const MAX_DETAILS: usize = 1000;

/// What the page is about.
pub struct Page<'a> {
    pub title: &'a str,
    pub findings: &'a Findings,
    pub failed_devices: &'a [FailedDevices],
    /// The names of the inputs.
    pub inputs: &'a [String],
    pub generated: Timestamp,
}

impl Page<'_> {
    pub fn write(&self) -> Markup {
        let Findings { campaigns, .. } = self.findings;
        let campaigns = campaigns.as_deref().unwrap_or_default();
        let failures = failures(self.findings);
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    title { (self.title) }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header { h1 { (self.title) } (self.about()) }
                    main {
                        (gaps(self.findings))
                        (tiles(self.findings, campaigns))
                        (campaign_table(campaigns))
                        (failure_section(&failures))
                        @if let Some(steps) = &self.findings.timeline {
                            (chart::timeline(steps))
                        }
                        h2 { "Details" }
                        (campaign_details(campaigns))
                        (failed_devices(self.failed_devices))
                        (all_codes(self.findings))
                        (uncatalogued_codes(&self.findings.uncatalogued))
                        (self.input_list())
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }

    /// The period, the inputs and when the page was made.
    fn about(&self) -> Markup {
        let period = self.period();
        let inputs = match self.inputs {
            [input] => input.clone(),
            inputs => format!("{} inputs", inputs.len()),
        };
        html! {
            dl.about {
                div { dt { "Events" } dd { (period) } }
                div { dt { "Read from" } dd { bdi { (inputs) } } }
                div { dt { "Generated" } dd { (Time(self.generated.as_microsecond()).to_minutes()) " UTC" } }
            }
        }
    }

    fn period(&self) -> String {
        let (Some(mut first), Some(mut last)) = (self.findings.first_event, self.findings.last_event) else {
            return "no event with a time".to_owned();
        };
        let mut note = "";
        if let Some(steps) = &self.findings.timeline
            && let (false, [start, .., end]) = (steps.outliers.is_empty(), &steps.steps[..])
        {
            first = first.max(start.start);
            last = last.min(Time(end.start.0 + steps.seconds * 1_000_000));
            note = ", outliers aside";
        }
        format!("{} to {} UTC{note}", first.to_minutes(), last.to_minutes())
    }

    fn input_list(&self) -> Markup {
        html! {
            details {
                summary { "Inputs (" (self.inputs.len()) ")" }
                ul.scroll { @for input in self.inputs { li { bdi { (input) } } } }
            }
        }
    }
}

/// What is in the input and not on the page.
fn gaps(findings: &Findings) -> Markup {
    let none = Problems::default();
    let problems = findings.problems.as_ref().unwrap_or(&none);
    let campaigns = findings.campaigns.as_deref().unwrap_or_default();
    let undated: u64 = campaigns.iter().map(|campaign| campaign.uncertain).sum();
    html! {
        @if !findings.complete {
            p.gap { strong { "This report is partial: " } "not all of the input could be read to its end." }
        }
        @if problems.unreadable_count > 0 {
            details.gap {
                summary { (plural(problems.unreadable_count, "unreadable record")) ": their codes are counted, their devices are not" }
                ul {
                    @for record in &problems.unreadable {
                        li { code { bdi { (record.input) } ":" (record.line) } " " (record.cause) }
                    }
                }
            }
        }
        @if problems.undated_codes > 0 {
            p.gap { (survey::undated(problems.undated_codes)) }
        }
        @if problems.codes_without_device > 0 {
            p.gap { (survey::without_device(problems.codes_without_device, &problems.device_names)) }
        }
        @if let Some(first) = &problems.outside_events {
            p.gap { bdi { (survey::outside_events(problems.codes_outside_events, first)) } }
        }
        @if let Some(first) = &problems.uncertain_value {
            p.gap { bdi { (survey::uncertain_values(problems.uncertain_values, first)) } }
        }
        @if let Some(first) = &problems.undated {
            p.gap { bdi { (survey::undated_events(problems.undated_events, first)) } }
        }
        @if problems.statistics_codes > 0 {
            p.gap { (survey::statistics(problems.statistics_codes)) }
        }
        @if undated > 0 {
            p.gap { (plural(undated, "device")) " with a deciding event that has no time: the outcome may be wrong" }
        }
    }
}

/// The figures that an owner looks for.
fn tiles(findings: &Findings, campaigns: &[CampaignReport]) -> Markup {
    let sum = |of: fn(&CampaignReport) -> u64| campaigns.iter().map(of).sum::<u64>();
    let (updated, decided) = (sum(|campaign| campaign.updated), sum(|campaign| campaign.decided));
    let rate = match decided {
        0 => "–".to_owned(),
        _ => super::percent(updated as f64 / decided as f64),
    };
    let number = |number: u64| number.to_string();
    let figures = [
        ("success rate", rate, format!("of {decided} decided"), "success"),
        ("updated", number(updated), String::new(), "success"),
        (
            "failed",
            number(sum(|campaign| campaign.failed)),
            format!("{} retrying", sum(|campaign| campaign.retrying)),
            "fail",
        ),
        ("in progress", number(sum(|campaign| campaign.in_progress)), String::new(), "info"),
        ("skipped", number(sum(|campaign| campaign.skipped)), String::new(), "skipped"),
        ("devices", number(findings.devices.unwrap_or_default()), String::new(), ""),
        (
            "campaigns",
            number(campaigns.iter().filter(|campaign| campaign.id.is_some()).count() as u64),
            String::new(),
            "",
        ),
    ];
    let counts = &findings.totals.by_status;
    html! {
        dl #totals {
            @for (name, figure, note, class) in figures {
                div class=(class) { dt { (name) } dd { (figure) } @if !note.is_empty() { dd.note { (note) } } }
            }
        }
        p.caption {
            "Events: " (plural(counts.fail, "failure")) ", " (counts.success) " successes, " (counts.info)
            " of information, " (counts.skipped) " skipped, " (plural(counts.roll_ups, "roll-up"))
            @if counts.unknown_status > 0 { ", " (counts.unknown_status) " of unknown status" }
            @if findings.totals.uncatalogued > 0 { "; of these, " (findings.totals.uncatalogued) " uncatalogued" }
            ". Devices count once in each campaign; roll-ups are the service's verdict beside the device's own reason."
        }
    }
}

fn campaign_table(campaigns: &[CampaignReport]) -> Markup {
    let (listed, left_out) = campaigns.split_at(campaigns.len().min(MAX_CAMPAIGNS));
    let (shown, folded) = listed.split_at(listed.len().min(SHOWN_CAMPAIGNS));
    html! {
        section #campaigns {
            h2 { "Campaigns" }
            @if campaigns.is_empty() { p { "None." } } @else { (campaign_rows(shown, 0)) }
            @if !folded.is_empty() {
                details {
                    summary { (folded.len()) " more campaigns" }
                    div.scroll { (campaign_rows(folded, shown.len())) }
                }
            }
            @if !left_out.is_empty() {
                p.gap {
                    (left_out.len()) " further campaigns are not on this page; "
                    code { "eventcodes summary --devices" } " lists all."
                }
            }
        }
    }
}

fn campaign_rows(campaigns: &[CampaignReport], first: usize) -> Markup {
    html! {
        table.sortable {
            thead {
                tr {
                    th { "campaign" } th.number { "success rate" } th.bar { "outcomes" } th.number { "devices" }
                    th.number { "failed" } th.number { "in progress" } th { "last event" } th { "top reason" }
                }
            }
            tbody {
                @for (index, campaign) in (first..).zip(campaigns) {
                    tr {
                        td.name {
                            @if index < MAX_DETAILS {
                                a href=(format!("#campaign-{index}")) { bdi { (campaign.title()) } }
                            } @else {
                                bdi { (campaign.title()) }
                            }
                        }
                        td.number { (success_rate(campaign)) }
                        td.bar { (shares(campaign)) }
                        td.number { (campaign.devices) }
                        td.number { (campaign.failed) }
                        td.number { (campaign.in_progress) }
                        td.time { @if let Some(time) = campaign.last_event { (time.to_minutes()) } }
                        td { @if let Some(reason) = campaign.top_reason() { code { (reason_name(reason)) } } }
                    }
                }
            }
        }
    }
}

fn shares(campaign: &CampaignReport) -> Markup {
    chart::shares(&[
        ("success", campaign.updated),
        ("fail", campaign.failed),
        ("skipped", campaign.skipped),
        ("info", campaign.in_progress),
    ])
}

/// A code that stands for failures.
struct Failure<'a> {
    code: &'a str,
    count: u64,
    devices: u64,
    times: Option<(Time, Time)>,
    portal_text: Option<&'a str>,
    explanation: Option<&'a str>,
    corrective_action: Option<&'a str>,
}

/// The failures, catalogued or not, most frequent first; roll-ups aside.
fn failures(findings: &Findings) -> Vec<Failure<'_>> {
    let catalogued = findings.counts.iter().filter_map(|row| match &row.group {
        Group::Code { code, status: Status::Fail, portal_text, explanation, corrective_action, .. } => {
            Some(Failure {
                code: code.as_str(),
                count: row.count,
                devices: row.devices.unwrap_or_default(),
                times: row.times.map(|times| (times.first_seen, times.last_seen)),
                portal_text: *portal_text,
                explanation: *explanation,
                corrective_action: *corrective_action,
            })
        }
        _ => None,
    });
    let uncatalogued = findings.uncatalogued.iter().filter(|row| row.status == Some(Status::Fail));
    let uncatalogued = uncatalogued.map(|row| Failure {
        code: &row.code,
        count: row.count,
        devices: row.devices.unwrap_or_default(),
        times: row.times.map(|times| (times.first_seen, times.last_seen)),
        portal_text: None,
        explanation: Some("Not in the catalogue."),
        corrective_action: None,
    });
    let mut failures: Vec<_> = catalogued.chain(uncatalogued).collect();
    failures.sort_by_key(|failure| std::cmp::Reverse((failure.devices, failure.count)));
    failures
}

fn failure_section(failures: &[Failure<'_>]) -> Markup {
    let most = failures.first().map_or(1, |failure| failure.devices.max(1));
    let (shown, folded) = failures.split_at(failures.len().min(SHOWN_FAILURES));
    html! {
        section #failures {
            h2 { "Failures" }
            @if failures.is_empty() { p { "None." } }
            @for failure in shown { (article(failure, most)) }
            @if !folded.is_empty() {
                details {
                    summary { (folded.len()) " more codes of failures" }
                    div.scroll { @for failure in folded { (article(failure, most)) } }
                }
            }
        }
    }
}

fn article(failure: &Failure<'_>, most: u64) -> Markup {
    html! {
        article {
            h3 { code { (failure.code) } " " (occurrences(failure.count, failure.devices)) }
            (chart::shares(&[("fail", failure.devices), ("rest", most.saturating_sub(failure.devices))]))
            @if failure.portal_text.or(failure.explanation).is_none() { p { "No text is known for this code." } }
            @if let Some(text) = failure.portal_text { p.portal { (text) } }
            @if let Some(text) = failure.explanation { p { (text) } }
            @if let Some(text) = failure.corrective_action { p.action { strong { "What to do: " } (text) } }
            @if let Some((first, last)) = failure.times {
                p.caption { "first " (first.to_minutes()) ", last " (last.to_minutes()) }
            }
        }
    }
}

fn occurrences(count: u64, devices: u64) -> String {
    let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
    if devices == 0 { times } else { format!("{times}, on {}", plural(devices, "device")) }
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn campaign_details(campaigns: &[CampaignReport]) -> Markup {
    html! {
        @if !campaigns.is_empty() {
            details {
                summary { "Campaigns and their reasons (" (campaigns.len()) ")" }
                div.scroll {
                    @for (index, campaign) in campaigns.iter().enumerate().take(MAX_DETAILS) {
                        (campaign_section(campaign, index))
                    }
                    @if campaigns.len() > MAX_DETAILS {
                        p { "The first " (MAX_DETAILS) ". All: " code { "eventcodes summary --devices --format json" } }
                    }
                }
            }
        }
    }
}

fn campaign_section(campaign: &CampaignReport, index: usize) -> Markup {
    let parts = [
        ("success", "updated", campaign.updated),
        ("fail", "failed", campaign.failed),
        ("skipped", "skipped", campaign.skipped),
        ("info", "in progress", campaign.in_progress),
    ];
    html! {
        section.campaign id=(format!("campaign-{index}")) {
            h3 { bdi { (campaign.title()) } }
            p.caption {
                @if let Some(id) = &campaign.id { code { bdi { (id) } } ", " }
                (plural(campaign.devices, "device")) ", " (plural(campaign.attempts, "attempt"))
                @if let (Some(first), Some(last)) = (campaign.first_event, campaign.last_event) {
                    ", " (first.to_minutes()) " to " (last.to_minutes())
                }
            }
            (shares(campaign))
            p {
                @for (class, name, count) in parts { span.key { i class=(class) {} (count) " " (name) } " " }
                @if campaign.retrying > 0 { "(" (campaign.retrying) " of the failed are retrying)" }
            }
            (reasons("Failed", &campaign.failed_by))
            (reasons("Skipped", &campaign.skipped_by))
        }
    }
}

fn reasons(title: &str, reasons: &[Reason]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            table {
                thead { tr { th { (title) } th.number { "devices" } th { "portal text" } th { "corrective action" } } }
                tbody {
                    @for reason in reasons {
                        tr {
                            td { code { (reason_name(reason)) } }
                            td.number { (reason.devices) }
                            td { (reason.portal_text.or(reason.explanation).unwrap_or_default()) }
                            td { (reason.corrective_action.unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

fn failed_devices(all: &[FailedDevices]) -> Markup {
    html! {
        @if !all.is_empty() {
            details {
                summary { "Failed devices by reason (" (all.len()) ")" }
                div.scroll { @for failed in all { (devices_with_reason(failed)) } }
            }
        }
    }
}

/// The first devices with a failure, and how to list all of them.
fn devices_with_reason(failed: &FailedDevices) -> Markup {
    let code = failed.reason.as_deref();
    html! {
        details {
            summary { code { (code.unwrap_or("no reason reported")) } " " (plural(failed.total, "device")) }
            div {
                table.sortable {
                    thead { tr { th { "device" } th { "campaign" } th.number { "attempts" } th { "last seen" } th { "" } } }
                    tbody {
                        @for device in &failed.first {
                            tr {
                                td { code { bdi { (device.device) } } }
                                td.name { bdi { (device.campaign_name.as_deref().or(device.campaign.as_deref()).unwrap_or_default()) } }
                                td.number { (device.attempts) }
                                td.time { @if let Some(time) = device.last_seen { (time.to_minutes()) } }
                                td { @if device.retrying { "retrying" } }
                            }
                        }
                    }
                }
                @if let (Some(code), true) = (code, failed.total > failed.first.len() as u64) {
                    p { "The first " (failed.first.len()) ". All: " code { "eventcodes devices --outcome failed --reason " (code) " PATH" } }
                }
            }
        }
    }
}

fn all_codes(findings: &Findings) -> Markup {
    let rows: Vec<_> = findings.counts.iter().chain(&findings.roll_ups).collect();
    html! {
        details {
            summary { "All codes of the catalogue that occurred (" (rows.len()) ")" }
            div.scroll {
                table.sortable {
                    thead {
                        tr {
                            th { "code" } th.number { "count" } th.number { "devices" } th { "status" }
                            th { "first seen" } th { "last seen" } th { "portal text or explanation" }
                        }
                    }
                    tbody { @for row in rows { (code_row(row)) } }
                }
            }
        }
    }
}

fn code_row(row: &Row) -> Markup {
    let Group::Code { code, status, portal_text, explanation, .. } = &row.group else {
        return html! {};
    };
    html! {
        tr {
            td { code { (code) } }
            td.number { (row.count) }
            td.number { (row.devices.unwrap_or_default()) }
            td { span.key { i class=(status) {} (status) } }
            td.time { @if let Some(times) = row.times { (times.first_seen.to_minutes()) } }
            td.time { @if let Some(times) = row.times { (times.last_seen.to_minutes()) } }
            td { (portal_text.or(*explanation).unwrap_or_default()) }
        }
    }
}

fn uncatalogued_codes(rows: &[Uncatalogued]) -> Markup {
    html! {
        @if !rows.is_empty() {
            details #uncatalogued {
                summary { "Uncatalogued codes (" (rows.len()) ")" }
                p { "Code-shaped, but not in the catalogue. The status is what their records state, or what the code itself says." }
                div.scroll {
                    table.sortable {
                        thead { tr { th { "code" } th.number { "count" } th.number { "devices" } th { "status" } th { "first seen" } th { "last seen" } } }
                        tbody {
                            @for row in rows {
                                tr {
                                    td { code { (row.code) } }
                                    td.number { (row.count) }
                                    td.number { (row.devices.unwrap_or_default()) }
                                    td { @if let Some(status) = row.status { span.key { i class=(status) {} (status) } } }
                                    td.time { @if let Some(times) = row.times { (times.first_seen.to_minutes()) } }
                                    td.time { @if let Some(times) = row.times { (times.last_seen.to_minutes()) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
