//! `eventcodes report`: one page that tells what failed, when, in which campaigns, what to do.

mod chart;
mod page;

use std::fs;
use std::io::{self, Write};
use std::sync::Arc;

use crate::args::ReportArgs;
use crate::ending::Ending;
use crate::input;
use crate::survey::{Wanted, survey};
use crate::trouble::Troubles;

pub fn run(args: &ReportArgs, out: &mut dyn Write) -> io::Result<Ending> {
    let troubles = Arc::new(Troubles::default());
    let sources = input::list(&args.paths, &troubles);
    troubles.show_progress(sources.iter().map(|source| source.size).sum());
    let wanted = Wanted { input: args.input.input, time: args.time.clone(), devices: true, timeline: true };
    let (survey, unreadable, signal) = survey(sources, &wanted, &troubles)?;
    troubles.hide_progress();
    survey.tell_what_is_missing(&unreadable, &troubles);
    let ending = Ending::of_run(signal, &troubles);
    let page = page::write(&args.title, survey, &unreadable, ending == Ending::Fine).into_string();
    match &args.output {
        None => out.write_all(page.as_bytes())?,
        Some(path) => {
            if let Err(error) = fs::write(path, page) {
                troubles.report(&path.display().to_string(), &error);
                return Ok(Ending::of_run(signal, &troubles));
            }
        }
    }
    Ok(ending)
}
