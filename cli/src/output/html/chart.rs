//! Charts as inline SVG; the page's style gives them their colours.

use event_log_codes::Status;
use maud::{Markup, html};

use crate::analysis::timeline::{Step, Steps};

/// Units of a drawing, which is stretched to the width of the page; so no text stands in it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
/// Labels below the time axis.
const TICKS: usize = 5;

/// Failures over time; nothing if no event has a time.
pub fn timeline(timeline: &Steps) -> Markup {
    let Steps { seconds, steps, outliers } = timeline;
    let failures = |step: &Step| step.count(Status::Fail);
    let highest = steps.iter().map(failures).max().unwrap_or_default();
    let top = round_up(highest);
    let bar = WIDTH / steps.len().max(1) as f64;
    let y = |count: u64| HEIGHT * (1.0 - count as f64 / top as f64);
    let ticks = (0..TICKS).filter_map(|tick| steps.get(tick * steps.len() / TICKS));
    html! {
        @if !steps.is_empty() {
            section {
                h2 { "Failures over time" }
                div.chart {
                    div.scale { @for line in [top, top / 2, 0] { span { (line) } } }
                    svg #timeline role="img" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none"
                        aria-label=(format!("Failures {}", every(*seconds))) {
                        @for line in [0, top / 2, top] {
                            line.grid x1="0" x2=(WIDTH) y1=(y(line)) y2=(y(line)) {}
                        }
                        @for (index, step) in steps.iter().enumerate() {
                            @if step.total() > 0 {
                                g {
                                    title { (label(step)) }
                                    rect.hover x=(rounded(bar * index as f64)) width=(rounded(bar)) y="0" height=(HEIGHT) {}
                                    rect.fail x=(rounded(bar * index as f64)) width=(rounded((bar * 0.86).max(1.0)))
                                        y=(rounded(y(failures(step)))) height=(rounded(HEIGHT - y(failures(step)))) {}
                                }
                            }
                        }
                    }
                    div.ticks { @for step in ticks { span { (step.start.to_minutes()) } } }
                }
                p.caption { "One bar " (every(*seconds)) ", UTC; roll-ups are left out." }
                @if !outliers.is_empty() {
                    p.gap {
                        "Not in the chart, as they are far from all others (a wrong clock?): "
                        @for (index, step) in outliers.iter().take(5).enumerate() {
                            @if index > 0 { "; " } (label(step))
                        }
                        @if outliers.len() > 5 { "; and " (outliers.len() - 5) " more" }
                    }
                }
            }
        }
    }
}

fn label(step: &Step) -> String {
    let counts = Status::ALL.iter().map(|&status| (status, step.count(status)));
    let counts: Vec<_> =
        counts.filter(|&(_, count)| count > 0).map(|(status, count)| format!("{count} {status}")).collect();
    format!("{}: {}", step.start.to_minutes(), counts.join(", "))
}

/// Shares of a whole as one bar.
pub fn shares(parts: &[(&'static str, u64)]) -> Markup {
    const HEIGHT: f64 = 10.0;
    let total = parts.iter().map(|(_, count)| count).sum::<u64>().max(1) as f64;
    let mut before = 0;
    html! {
        svg.shares viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" aria-hidden="true" {
            @for &(class, count) in parts.iter().filter(|(_, count)| *count > 0) {
                @let x = WIDTH * before as f64 / total;
                @let () = before += count;
                rect class=(class) x=(rounded(x)) y="0" width=(rounded(WIDTH * count as f64 / total)) height=(HEIGHT) {}
            }
        }
    }
}

/// The next even number with at most two digits that are not zero.
fn round_up(number: u64) -> u64 {
    let unit = 10_u64.pow(number.max(1).ilog10().saturating_sub(1));
    number.max(2).div_ceil(2 * unit) * 2 * unit
}

fn rounded(coordinate: f64) -> f64 {
    (coordinate * 100.0).round() / 100.0
}

fn every(seconds: i64) -> String {
    match seconds {
        60 => "a minute".to_owned(),
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        604_800 => "a week".to_owned(),
        _ if seconds < 3600 => format!("every {} minutes", seconds / 60),
        _ if seconds < 86_400 => format!("every {} hours", seconds / 3600),
        _ => format!("every {} weeks", seconds / 604_800),
    }
}
