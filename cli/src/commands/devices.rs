//! `eventcodes devices`: what became of each device, and the events of one.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::sync::Arc;

use event_log_codes::outcome::Outcome;

use crate::analysis::campaign::{CampaignFilter, survey};
use crate::analysis::collect::Wanted;
use crate::analysis::fleet::DeviceReport;
use crate::args::{DevicesArgs, Format, OutcomeFilter};
use crate::commands::{report_patterns, time_range};
use crate::console::{ExitStatus, Messages};
use crate::input;
use crate::output::devices::{Devices, History};

pub fn run(args: &DevicesArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let Some(time) = time_range(&args.time, &messages) else {
        return Ok(ExitStatus::Failure);
    };
    let sources = input::list(&args.paths, None, &messages);
    messages.show_progress(sources.iter().map(|source| source.size).sum());
    let wanted = Wanted {
        time,
        campaign: args.campaign.as_deref().map(CampaignFilter::new),
        devices: true,
        history: args.device.clone().filter(|_| args.history),
        ..Wanted::default()
    };
    let options_of_input = args.input.options(args.time.tz.as_ref());
    let (survey, _, signal) = survey(sources, &options_of_input, wanted, &messages)?;
    messages.hide_progress();
    survey.problems.report(&messages);
    let status = ExitStatus::of_run(signal, &messages);
    let complete = status == ExitStatus::Success;
    let found = if let (Some(device), true) = (&args.device, args.history) {
        let (events, not_shown) = survey.collected.history.into_sorted();
        let history =
            History { device: device.clone(), events, not_shown, problems: survey.problems, complete };
        let found = !history.events.is_empty();
        if found || args.format.format == Format::Json {
            history.write(args.format.format, out)?;
        }
        found
    } else {
        let top = args.top.unwrap_or(usize::MAX);
        let (devices, count) = survey.fleet.devices(|device| wants(args, device), order, top);
        let not_shown = count - devices.len();
        let devices = Devices { devices, not_shown, problems: survey.problems, complete };
        let found = !devices.devices.is_empty();
        if args.ids {
            devices.write_ids(out)?;
        } else if found || args.format.format == Format::Json {
            devices.write(args.format.format, out)?;
        }
        found
    };
    report_patterns(&args.reason, !found, &messages);
    if !found {
        messages.say("no device matches");
    }
    Ok(if status == ExitStatus::Success && !found { ExitStatus::NoMatch } else { status })
}

fn wants(args: &DevicesArgs, device: &DeviceReport) -> bool {
    let is_reason =
        |pattern: &wildmatch::WildMatch| device.reason.as_ref().is_some_and(|reason| pattern.matches(reason));
    (args.outcome.is_empty() || args.outcome.iter().any(|filter| filter.accepts(device)))
        && (args.reason.is_empty() || args.reason.iter().any(is_reason))
        && args.device.as_ref().is_none_or(|id| *id == device.device)
        && args.stuck_for.is_none_or(|span| is_stuck(device, span.seconds))
}

/// Whether a device that is on its way has had no event for so long before the newest of all.
fn is_stuck(device: &DeviceReport, seconds: i64) -> bool {
    let is_undecided = device.outcome == Outcome::InProgress || device.retrying;
    is_undecided && device.age_seconds.is_none_or(|age| age >= seconds)
}

impl OutcomeFilter {
    fn accepts(self, device: &DeviceReport) -> bool {
        match self {
            OutcomeFilter::Updated => device.outcome == Outcome::Updated,
            OutcomeFilter::Failed => device.outcome == Outcome::Failed,
            OutcomeFilter::Retrying => device.retrying,
            OutcomeFilter::Skipped => device.outcome == Outcome::Skipped,
            OutcomeFilter::InProgress => device.outcome == Outcome::InProgress,
        }
    }
}

/// Those that need most attention first: failed, in progress, skipped, updated; then the most attempts,
/// then the longest without an event.
fn order(one: &DeviceReport, other: &DeviceReport) -> std::cmp::Ordering {
    fn key(device: &DeviceReport) -> impl Ord + '_ {
        let urgency = match device.outcome {
            Outcome::Failed => 0,
            Outcome::InProgress => 1,
            Outcome::Skipped => 2,
            Outcome::Updated => 3,
        };
        (urgency, Reverse(device.attempts), device.last_seen, &device.device, &device.campaign)
    }
    key(one).cmp(&key(other))
}
