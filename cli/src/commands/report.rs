//! `eventcodes report`: one page that tells what failed, when, in which campaigns, what to do.

use std::io::{self, Write};
use std::sync::Arc;

use crate::analysis::survey::{Wanted, survey};
use crate::args::ReportArgs;
use crate::console::{ExitStatus, Messages};
use crate::input;
use crate::output::{file, html};

pub fn run(args: &ReportArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let sources = input::list(&args.paths, args.output.as_deref(), &messages);
    messages.show_progress(sources.iter().map(|source| source.size).sum());
    let wanted = Wanted { input: args.input.input, time: args.time.clone(), devices: true, timeline: true };
    let (survey, unreadable, signal) = survey(sources, &wanted, &messages)?;
    messages.hide_progress();
    survey.tell_what_is_missing(&unreadable, &messages);
    let status = ExitStatus::of_run(signal, &messages);
    let page = html::write(&args.title, survey, &unreadable, status == ExitStatus::Success).into_string();
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
