//! Charts as inline SVG; the page's style gives them their colours.

use event_log_codes::Status;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::analysis::timeline::{Counts, Timeline};

/// Units of a drawing, which is stretched to the width of the page; so no text stands in it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
const MAX_BARS: usize = 96;

/// From the bottom of a bar to its top: what matters most stands on the ground.
const STACK: [Status; 4] = [Status::Fail, Status::Skipped, Status::Success, Status::Info];

/// Occurrences over time, stacked by status; nothing if no record has a time.
pub fn timeline(timeline: Timeline) -> Option<Markup> {
    let (seconds, steps) = timeline.steps(MAX_BARS);
    let (first, last) = (steps.first()?.0, steps.last()?.0);
    let highest = steps.iter().map(|(_, counts)| counts.iter().sum()).max().unwrap_or(0);
    let top = round_up(highest);
    let bar = WIDTH / steps.len() as f64;
    let y = |count: u64| HEIGHT * (1.0 - count as f64 / top as f64);
    Some(html! {
        p.caption { (top) }
        svg #timeline role="img" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none"
            aria-label=(format!("Events {}, stacked by status", every(seconds))) {
            @for line in [0, top / 2, top] {
                line.grid x1="0" x2=(WIDTH) y1=(y(line)) y2=(y(line)) {}
            }
            @for (index, (start, counts)) in steps.iter().enumerate() {
                (stacked_bar(bar * index as f64, bar, *start, counts, &y))
            }
        }
        p.caption.ends { span { (minute(first)) } @if steps.len() > 1 { span { (minute(last)) } } }
        p.caption { "One bar " (every(seconds)) ", UTC; roll-ups are left out. " (legend()) }
    })
}

fn stacked_bar(x: f64, width: f64, start: Timestamp, counts: &Counts, y: &impl Fn(u64) -> f64) -> Markup {
    let told: Vec<_> =
        STACK.iter().map(|&status| (status, of(counts, status))).filter(|&(_, count)| count > 0).collect();
    let label: Vec<_> = told.iter().map(|(status, count)| format!("{count} {status}")).collect();
    let mut below = 0;
    html! {
        g {
            title { (minute(start)) ": " (label.join(", ")) }
            @for (status, count) in told {
                @let base = below;
                @let () = below += count;
                rect class=(status) x=(rounded(x)) width=(rounded((width * 0.86).max(1.0)))
                    y=(rounded(y(below))) height=(rounded(y(base) - y(below))) {}
            }
        }
    }
}

/// Shares of a whole as one bar.
pub fn shares(parts: &[(&'static str, u64)]) -> Markup {
    const HEIGHT: f64 = 10.0;
    let total = parts.iter().map(|(_, count)| count).sum::<u64>().max(1) as f64;
    let mut before = 0;
    html! {
        svg.shares role="img" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" aria-hidden="true" {
            @for &(class, count) in parts {
                @let x = WIDTH * before as f64 / total;
                @let () = before += count;
                rect class=(class) x=(rounded(x)) y="0" width=(rounded(WIDTH * count as f64 / total)) height=(HEIGHT) {}
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        @for status in STACK {
            span.key { i class=(status) {} (status) } " "
        }
    }
}

fn of(counts: &Counts, status: Status) -> u64 {
    counts[status as usize]
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

/// A time to the minute, in UTC.
pub fn minute(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M").to_string()
}
