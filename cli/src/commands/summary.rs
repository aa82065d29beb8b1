//! `eventcodes summary`: how often each code occurs.

use std::io::{self, Write};
use std::sync::Arc;

use crate::analysis::count::count;
use crate::analysis::findings::{Findings, Found, Records};
use crate::analysis::survey::{Wanted, survey};
use crate::args::SummaryArgs;
use crate::console::{ExitStatus, Messages};
use crate::input::{self, Source};

pub fn run(args: &SummaryArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let sources = input::list(&args.paths, None, &messages);
    messages.show_progress(sources.iter().map(|source| source.size).sum());
    let (found, signal) = if args.devices || args.time.is_set() {
        look_at_records(args, sources, &messages)?
    } else {
        let (tally, signal) = count(sources, &messages)?;
        (Found { tally, devices: None, records: None }, signal)
    };
    messages.hide_progress();
    let status = ExitStatus::of_run(signal, &messages);
    let findings = Findings::new(args, found, status == ExitStatus::Success);
    findings.write(args.format.format, out)?;
    Ok(status)
}

fn look_at_records(
    args: &SummaryArgs,
    sources: Vec<Source>,
    messages: &Arc<Messages>,
) -> io::Result<(Found, Option<i32>)> {
    let wanted =
        Wanted { input: args.input.input, time: args.time.clone(), devices: args.devices, timeline: false };
    let (survey, unreadable, signal) = survey(sources, &wanted, messages)?;
    survey.tell_what_is_missing(&unreadable, messages);
    let records = Records {
        unreadable_count: survey.unreadable,
        unreadable,
        undated_codes: survey.undated,
        codes_without_device: survey.without_device,
    };
    let devices = args.devices.then_some(survey.devices);
    Ok((Found { tally: survey.tally, devices, records: Some(records) }, signal))
}
