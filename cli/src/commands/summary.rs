//! `eventcodes summary`: how often each code occurs.

use std::io::{self, Write};
use std::sync::Arc;

use crate::analysis::collect::{Shared, Wanted};
use crate::analysis::count::count;
use crate::analysis::findings::{Findings, Options};
use crate::analysis::survey::survey;
use crate::args::SummaryArgs;
use crate::console::{ExitStatus, Messages};
use crate::input::{self, Source};

pub fn run(args: &SummaryArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let (mut findings, status) = find(args, &messages)?;
    if let Some(top) = args.top {
        findings.truncate(top);
    }
    findings.write(args.format.format, out)?;
    Ok(status)
}

fn find(args: &SummaryArgs, messages: &Arc<Messages>) -> io::Result<(Findings, ExitStatus)> {
    let sources = input::list(&args.paths, None, messages);
    let inputs: Vec<_> = sources.iter().map(Source::name).collect();
    messages.show_progress(sources.iter().map(|source| source.size).sum());
    let shared = Shared::new(Wanted {
        time: args.time.clone(),
        campaign: args.campaign.clone(),
        devices: args.devices,
        groups: (!args.by.is_of_catalogue()).then(|| (args.by, args.filter.clone())),
        ..Wanted::default()
    });
    let options = Options { by: args.by, filter: &args.filter, devices: args.devices, inputs: &inputs };
    if shared.wanted.needs_records() {
        let (survey, signal) = survey(sources, args.input.input, &shared, messages)?;
        messages.hide_progress();
        survey.problems.report(messages);
        let status = ExitStatus::of_run(signal, messages);
        let complete = status == ExitStatus::Success;
        Ok((Findings::of_survey(survey, &shared, &options, complete), status))
    } else {
        let (tally, signal) = count(sources, &shared.uncatalogued, messages)?;
        messages.hide_progress();
        let status = ExitStatus::of_run(signal, messages);
        let complete = status == ExitStatus::Success;
        Ok((Findings::of_tally(&tally, &shared, &options, complete), status))
    }
}
