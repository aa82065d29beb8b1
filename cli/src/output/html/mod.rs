//! The page itself: no script, nothing from the network.

mod chart;

use event_log_codes::{EventCode, Status};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::analysis::fleet::{CampaignReport, Distinct, Reason};
use crate::analysis::roll_up;
use crate::analysis::survey::{self, Survey, Unreadable};
use crate::analysis::tally::Tally;

/// Forbids the page, whatever it holds, to load or run anything.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const STYLE: &str = include_str!("style.css");

pub fn write(title: &str, survey: Survey, unreadable: &[Unreadable], complete: bool) -> Markup {
    let distinct = survey.devices.distinct();
    let campaigns = survey.devices.campaigns();
    let counts = by_frequency(&survey.tally);
    let uncatalogued = uncatalogued(&survey.tally);
    let gaps = gaps(&survey, unreadable, complete);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } }
                main {
                    (gaps)
                    (totals(&counts, &uncatalogued, &distinct, &campaigns))
                    @if let Some(timeline) = chart::timeline(survey.timeline) {
                        section { h2 { "Timeline" } (timeline) }
                    }
                    (failures(&counts, &distinct))
                    @for campaign in &campaigns { (campaign_section(campaign)) }
                    (uncatalogued_section(&uncatalogued, &distinct))
                    (all_codes(&counts, &distinct))
                }
            }
        }
    }
}

fn by_frequency(tally: &Tally) -> Vec<(EventCode, u64)> {
    let mut counts: Vec<_> = tally.catalogued().collect();
    counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    counts
}

fn uncatalogued(tally: &Tally) -> Vec<(&str, u64)> {
    let mut counts: Vec<_> = tally.uncatalogued().collect();
    counts.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    counts
}

/// What is in the input and not on the page.
fn gaps(found: &Survey, unreadable: &[Unreadable], complete: bool) -> Markup {
    html! {
        @if !complete {
            p.gap { strong { "This report is partial: " } "not all of the input could be read to its end." }
        }
        @if found.unreadable > 0 {
            details.gap {
                summary { "records that cannot be read, whose codes are counted and whose devices are not: " (found.unreadable) }
                ul {
                    @for record in unreadable { li { code { (record.input) ":" (record.line) } " " (record.cause) } }
                }
            }
        }
        @if found.undated > 0 {
            p.gap { (survey::undated(found.undated)) }
        }
        @if found.without_device > 0 {
            p.gap { (survey::without_device(found.without_device)) }
        }
    }
}

fn totals(
    counts: &[(EventCode, u64)],
    uncatalogued: &[(&str, u64)],
    distinct: &Distinct,
    campaigns: &[CampaignReport],
) -> Markup {
    let of = |status| sum(counts, |code| code.status() == status && !roll_up::is(code));
    let figures = [
        ("devices", distinct.devices(), ""),
        ("campaigns", campaigns.iter().filter(|campaign| campaign.id.is_some()).count() as u64, ""),
        ("failures", of(Status::Fail), "fail"),
        ("successes", of(Status::Success), "success"),
        ("skipped", of(Status::Skipped), "skipped"),
        ("information", of(Status::Info), "info"),
        ("roll-ups", sum(counts, roll_up::is), ""),
        ("uncatalogued", uncatalogued.iter().map(|(_, count)| count).sum(), ""),
    ];
    html! {
        dl #totals {
            @for (name, number, class) in figures {
                div class=(class) { dt { (name) } dd { (number) } }
            }
        }
    }
}

fn sum(counts: &[(EventCode, u64)], wanted: impl Fn(EventCode) -> bool) -> u64 {
    counts.iter().filter(|(code, _)| wanted(*code)).map(|(_, count)| count).sum()
}

fn failures(counts: &[(EventCode, u64)], distinct: &Distinct) -> Markup {
    let failures: Vec<_> =
        counts.iter().filter(|(code, _)| code.status() == Status::Fail && !roll_up::is(*code)).collect();
    let most = failures.first().map_or(1, |(_, count)| *count);
    html! {
        section #failures {
            h2 { "Failures" }
            @if failures.is_empty() { p { "None." } }
            @for &&(code, count) in &failures {
                article {
                    h3 { code { (code) } " " (occurrences(count, distinct.with([code]))) }
                    (chart::shares(&[("fail", count), ("rest", most - count)]))
                    (texts(code))
                }
            }
        }
    }
}

fn occurrences(count: u64, on: u64) -> String {
    let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
    if on == 0 { times } else { format!("{times}, on {}", devices(on)) }
}

fn devices(count: u64) -> String {
    format!("{count} {}", if count == 1 { "device" } else { "devices" })
}

fn texts(code: EventCode) -> Markup {
    html! {
        @if let Some(text) = code.portal_text() { p.portal { (text) } }
        @if let Some(text) = code.explanation() { p { (text) } }
        @if code.is_user_defined() { p { "The integrator of the device defines what this code means." } }
        @if let Some(text) = code.corrective_action() { p.action { strong { "What to do: " } (text) } }
    }
}

fn campaign_section(campaign: &CampaignReport) -> Markup {
    let parts = [
        ("success", "updated", campaign.updated),
        ("fail", "failed", campaign.failed),
        ("skipped", "skipped", campaign.skipped),
        ("info", "in progress", campaign.in_progress),
    ];
    html! {
        section.campaign {
            h2 { (campaign.title()) }
            @if let Some(id) = &campaign.id { p.caption { "Campaign " code { (id) } ", " (devices(campaign.devices)) } }
            (chart::shares(&parts.map(|(class, _, count)| (class, count))))
            p { @for (class, name, count) in parts { span.key { i class=(class) {} (count) " " (name) } " " } }
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
                            td { code { (reason.code.as_deref().unwrap_or("no reason reported")) } }
                            td.number { (reason.devices) }
                            td { (reason.portal_text.unwrap_or_default()) }
                            td { (reason.corrective_action.unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

fn uncatalogued_section(counts: &[(&str, u64)], distinct: &Distinct) -> Markup {
    html! {
        @if !counts.is_empty() {
            section #uncatalogued {
                h2 { "Uncatalogued codes" }
                p { "Code-shaped, and in no catalogue that this report was made with." }
                table {
                    thead { tr { th { "code" } th.number { "count" } th.number { "devices" } } }
                    tbody {
                        @for &(code, count) in counts {
                            tr { td { code { (code) } } td.number { (count) } td.number { (distinct.with_uncatalogued(code)) } }
                        }
                    }
                }
            }
        }
    }
}

fn all_codes(counts: &[(EventCode, u64)], distinct: &Distinct) -> Markup {
    html! {
        section {
            details {
                summary { "All codes" }
                table {
                    thead {
                        tr { th { "code" } th.number { "count" } th.number { "devices" } th { "status" } th { "portal text or explanation" } }
                    }
                    tbody {
                        @for &(code, count) in counts {
                            tr {
                                td { code { (code) } }
                                td.number { (count) }
                                td.number { (distinct.with([code])) }
                                td { span.key { i class=(code.status()) {} (code.status()) } }
                                td { (code.portal_text().or(code.explanation()).unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }
    }
}
