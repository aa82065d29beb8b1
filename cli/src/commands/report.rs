//! `eventcodes report`: one page that tells what failed, when, in which campaigns, what to do.

use std::env;
use std::io::{self, Write};
use std::sync::Arc;

use jiff::Timestamp;

use crate::analysis::campaign::{CampaignFilter, survey};
use crate::analysis::collect::Wanted;
use crate::analysis::findings::{Findings, Options};
use crate::args::{Grouping, ReportArgs};
use crate::clean::clean;
use crate::commands::time_range;
use crate::console::{ExitStatus, Messages};
use crate::filter::CodeFilter;
use crate::input::{self, Source};
use crate::output::file;
use crate::output::html::Page;

/// Devices of each failure that the page lists.
const MAX_DEVICES: usize = 50;

pub fn run(args: &ReportArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let Some(time) = time_range(&args.time, &messages) else {
        return Ok(ExitStatus::Failure);
    };
    let sources = input::list(&args.paths, args.output.as_deref(), &messages);
    let inputs: Vec<_> = sources.iter().map(Source::name).collect();
    messages.show_progress(sources.iter().map(|source| source.size).sum());
    let wanted = Wanted {
        time,
        campaign: args.campaign.as_deref().map(CampaignFilter::new),
        devices: true,
        timeline: true,
        ..Wanted::default()
    };
    let options_of_input = args.input.options(args.time.tz.as_ref());
    let (survey, shared, signal) = survey(sources, &options_of_input, wanted, &messages)?;
    messages.hide_progress();
    survey.problems.report(&messages);
    let status = ExitStatus::of_run(signal, &messages);
    let failed_devices = survey.fleet.failed_devices(MAX_DEVICES);
    let options =
        Options { by: Grouping::Code, filter: &CodeFilter::default(), devices: true, inputs: &inputs };
    let findings = Findings::of_survey(survey, &shared, &options, status == ExitStatus::Success);
    let page = Page {
        title: &args.title,
        findings: &findings,
        failed_devices: &failed_devices,
        inputs: &inputs,
        generated: now(),
    };
    let page = page.write().into_string();
    let page: String = page.split('\n').map(|line| clean(line)).collect::<Vec<_>>().join("\n");
    match &args.output {
        None => out.write_all(page.as_bytes())?,
        Some(path) => {
            if let Err(error) = file::write(path, page.as_bytes()) {
                messages.report(&path.display().to_string(), &error);
                return Ok(ExitStatus::of_run(signal, &messages));
            }
        }
    }
    Ok(status)
}

/// The time of the page; `SOURCE_DATE_EPOCH` sets it, so that a page can be made again byte for byte.
fn now() -> Timestamp {
    let stated = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    stated.and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_else(Timestamp::now)
}
