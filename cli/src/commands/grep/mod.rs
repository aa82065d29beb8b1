//! `eventcodes grep`: the records whose codes match.

mod found;
mod output;
mod search;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use event_log_codes::Status;

use crate::analysis::event::Code;
use crate::args::GrepArgs;
use crate::clean::clean;
use crate::commands::{explain, report_patterns, time_range};
use crate::console::{ExitStatus, Messages};
use crate::filter::{CodeFilter, TimeFilter};
use crate::input;
use crate::input::in_order::InOrder;
use crate::input::pool::{self, Schedule, Stop, lock};
use crate::input::records;
use crate::{pattern, suggest};
use output::Output;
use search::Search;

pub fn run(args: &GrepArgs, colour: bool) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let (filter, paths) = match operands(args) {
        Ok(operands) => operands,
        Err(hint) => {
            messages.say(&hint);
            return Ok(ExitStatus::Failure);
        }
    };
    let Some(time) = time_range(&args.time, &messages) else {
        return Ok(ExitStatus::Failure);
    };
    let sources = input::list(&paths, None, &messages);
    let (output, time_is_set) = (&args.output, time.is_set());
    let several = paths.len() > 1 || paths.iter().any(|path| path.is_dir());
    let context = |lines: Option<usize>| lines.or(output.context);
    let (before, after) = (context(output.before_context), context(output.after_context));
    let grep = Arc::new(Grep {
        filter: filter.clone(),
        args: args.clone(),
        time,
        names: sources.iter().map(|source| clean(&source.name()).into_owned()).collect(),
        show_names: (several || output.with_filename) && !output.no_filename,
        context: (output.shows_whole_records() && (before.is_some() || after.is_some()))
            .then(|| Context { before: before.unwrap_or(0), after: after.unwrap_or(0) }),
        colour: colour && !output.json,
        messages: messages.clone(),
    });
    let (threads, stop) = (pool::threads(), Arc::<Stop>::default());
    let output = Arc::new(Mutex::new(Output::new(grep.clone(), stop.clone())));
    let sink: search::Sink = Box::new({
        let output = output.clone();
        move |found| lock(&output).write(found)
    });
    let in_order = Arc::new(InOrder::new(threads, stop.clone(), sink));
    let searches: Vec<_> =
        (0..threads).map(|_| Arc::new(Mutex::new(Search::new(grep.clone(), in_order.clone())))).collect();
    let mut options = args.input.options(args.time.tz.as_ref());
    // Those without a code are selected by their time.
    options.read_every_line = args.invert_match && time_is_set;
    let result = records::read(sources, &options, Schedule::InOrder, &searches, stop, &messages);
    let mut output = lock(&output);
    if !output.has_seen_enough()
        && let Some(signal) = result?
    {
        return Ok(ExitStatus::Signal(signal));
    }
    output.report_undated();
    report_patterns(&filter.code, !output.any(), &messages);
    output.flush()?;
    Ok(match ExitStatus::of_run(None, &messages) {
        _ if output.any() && args.output.quiet => ExitStatus::Success,
        ExitStatus::Success if !output.any() => ExitStatus::NoMatch,
        status => status,
    })
}

/// The filter with the pattern of codes in it, and the paths; or why this searches for nothing.
fn operands(args: &GrepArgs) -> Result<(CodeFilter, Vec<PathBuf>), String> {
    let mut filter = args.filter.clone();
    let mut paths = Vec::new();
    if let Some(first) = &args.pattern {
        // As with `-e` of other greps, a pattern that is an option leaves only paths.
        match first.to_str().filter(|_| filter.code.is_empty()).and_then(patterns) {
            Some(patterns) => filter.code = patterns,
            None => paths.push(first.clone()),
        }
    }
    let is_filtered =
        !filter.is_empty() || args.unknown || args.time.since.is_some() || args.time.until.is_some();
    match &args.pattern {
        None if !is_filtered => {
            Err("which codes? Name a pattern, such as `eventcodes grep 'UPD4_FAIL_3*' FILE`, \
             or a filter, such as --status fail"
                .to_owned())
        }
        Some(first) if !is_filtered => Err(no_pattern(first, &args.paths)),
        Some(first) if !paths.is_empty() && !first.exists() && !near(first).is_empty() => {
            Err(no_pattern(first, &args.paths))
        }
        _ => {
            paths.extend(args.paths.iter().chain(&args.paths_after_dashes).cloned());
            Ok((filter, paths))
        }
    }
}

/// The patterns of which `text` is made, if each may match a code.
fn patterns(text: &str) -> Option<Vec<wildmatch::WildMatch>> {
    let parts = || text.split(',');
    parts().all(pattern::may_match).then(|| parts().filter_map(|part| pattern::parse(part).ok()).collect())
}

/// The hint for a first argument that is no pattern of codes.
fn no_pattern(first: &Path, others: &[PathBuf]) -> String {
    let problem = format!("{:?} is no pattern of codes", first.display().to_string());
    let near = near(first);
    if !near.is_empty() {
        return explain::meant(&problem, &near);
    }
    let paths = [first].into_iter().chain(others.iter().map(PathBuf::as_path));
    let paths = paths.map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
    format!("{problem}; for every record that holds a code: eventcodes grep '*' {paths}")
}

/// The codes that a path is nearest to.
fn near(path: &Path) -> Vec<&'static str> {
    suggest::codes(&path.to_string_lossy())
}

/// What is searched for and how it is shown.
struct Grep {
    filter: CodeFilter,
    args: GrepArgs,
    time: TimeFilter,
    /// The names of the inputs.
    names: Vec<String>,
    /// Whether the name of the input is shown with each record.
    show_names: bool,
    /// None without records around those that are selected.
    context: Option<Context>,
    colour: bool,
    messages: Arc<Messages>,
}

/// How many records are shown around each that is selected.
#[derive(Clone, Copy)]
struct Context {
    before: usize,
    after: usize,
}

impl Grep {
    /// Whether a code matches whose record states a status.
    fn wants(&self, code: Code<'_>, stated: Option<Status>) -> bool {
        match code.known() {
            Some(code) => !self.args.unknown && self.filter.wants(code),
            None => {
                let status = code.status(stated);
                let text = String::from_utf8_lossy(code.as_bytes()).to_ascii_uppercase();
                self.filter.section.is_empty()
                    && (self.filter.status.is_empty() || status.is_some())
                    && self.filter.may_want(&text, status)
            }
        }
    }
}
