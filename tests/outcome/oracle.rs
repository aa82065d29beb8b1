//! A naive reading of the rules of outcomes: sorts the events of a device and walks through them.
//!
//! Uses `std` and nothing of the crate, so that it is independent of what it checks.

/// The service's own list: code and status.
const SERVICE: &str = include_str!("../fixtures/service-event-types.tsv");

/// An event as a log holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    pub code: &'static str,
    /// What the record states in `event_type_description`.
    pub stated: Option<&'static str>,
    pub time: Option<i64>,
    /// `success`, `fail`, `skipped`, or `info` for what decides nothing.
    pub verdict: &'static str,
}

impl Event {
    pub fn new(code: &'static str, stated: Option<&'static str>, time: Option<i64>) -> Self {
        Event { code, stated, time, verdict: verdict(code, stated) }
    }
}

/// What the rules say of a device.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub outcome: &'static str,
    pub reason: Option<&'static str>,
    pub skipped_by: Option<&'static str>,
    pub retrying: bool,
    pub attempts: usize,
    pub first_seen: Option<i64>,
    pub last_seen: Option<i64>,
    pub uncertain: bool,
}

fn verdict(code: &str, stated: Option<&str>) -> &'static str {
    if code == "UPD4_OK_M1" || code == "SYS_109" {
        return "info";
    }
    // The service's list lacks this one.
    if code == "SYS_102" {
        return "fail";
    }
    if let Some(status) = SERVICE.lines().find_map(|line| line.strip_prefix(code)?.strip_prefix('\t')) {
        return status;
    }
    match stated.map(str::to_uppercase).as_deref() {
        Some("SUCCESS") => "success",
        Some("FAIL") => "fail",
        Some("SKIPPED") => "skipped",
        Some("INFO" | "UNDETERMINED") => "info",
        _ if code.starts_with("UPD") && code.contains("_OK_") => "success",
        _ if code.starts_with("UPD") && code.contains("_FAIL_") => "fail",
        _ => "info",
    }
}

fn is_roll_up(event: &Event) -> bool {
    ["SYS_111", "SYS_112"].contains(&event.code)
}

fn shows_attempt(event: &Event) -> bool {
    let idle = ["UPD1_STATE_0", "UPD2_STATE_1"].contains(&event.code);
    let state = event.code.starts_with("UPD") && event.code.contains("_STATE_") && !idle;
    event.code == "SYS_108" || state && event.verdict == "info"
}

/// The oracle: sorts the events and walks through them.
pub fn expected(events: &[Event]) -> Answer {
    let mut sorted: Vec<&Event> = events.iter().collect();
    let badness = |event: &Event| match event.verdict {
        "fail" => 2,
        "success" => 1,
        _ => 0,
    };
    sorted.sort_by_key(|event| (event.time, is_roll_up(event), badness(event), event.code));
    let (mut outcome, mut deciding, mut reason) = ("in-progress", None, None);
    for &event in &sorted {
        match event.verdict {
            "success" => (outcome, deciding, reason) = ("updated", Some(event), None),
            "fail" => {
                (outcome, deciding) = ("failed", Some(event));
                if !is_roll_up(event) {
                    reason = Some(event.code);
                }
            }
            "skipped" if outcome != "updated" => (outcome, deciding) = ("skipped", Some(event)),
            _ => {}
        }
    }
    let removal = sorted.iter().find(|event| event.code == "SYS_109");
    if let (None, Some(&removal)) = (deciding, removal) {
        (outcome, deciding) = ("skipped", Some(removal));
    }
    let decided = deciding.and_then(|event| event.time);
    let times: Vec<i64> = events.iter().filter_map(|event| event.time).collect();
    let failures = events.iter().filter(|event| event.verdict == "fail" && !is_roll_up(event)).count();
    Answer {
        outcome,
        reason,
        skipped_by: deciding.filter(|_| outcome == "skipped").map(|event| event.code),
        // An event without a time is older than all others: `None` is less than `Some`.
        retrying: outcome == "failed"
            && events.iter().any(|event| shows_attempt(event) && event.time > decided),
        attempts: failures + usize::from(outcome == "updated"),
        first_seen: times.iter().min().copied(),
        last_seen: times.iter().max().copied(),
        uncertain: events
            .iter()
            .any(|event| event.time.is_none() && (event.verdict != "info" || event.code == "SYS_109")),
    }
}
