//! `eventcodes summary`: how often each code occurs.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::analysis::campaign::{CampaignFilter, survey};
use crate::analysis::collect::Wanted;
use crate::analysis::comparison::Comparison;
use crate::analysis::findings::{Findings, Options};
use crate::args::{Compare, Format, Grouping, SummaryArgs, SummaryFormat};
use crate::commands::{report_patterns, time_range};
use crate::console::{ExitStatus, Messages};
use crate::filter::TimeFilter;
use crate::input::{self, Source};
use crate::output::{self, openmetrics};

pub fn run(args: &SummaryArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let Some((now, before)) = runs(args, &messages) else {
        return Ok(ExitStatus::Failure);
    };
    let (mut findings, status) = find(args, &now, &messages)?;
    // A run that was cut short has said that its result is partial.
    if !matches!(status, ExitStatus::Signal(_)) {
        report_nothing(args, &findings, &messages);
    }
    let alert = alert(args, &findings, &messages);
    let mut statuses = vec![status];
    if let Some(before) = before {
        let (earlier, status) = find(args, &before, &messages)?;
        statuses.push(status);
        let mut comparison = Comparison::new(&earlier, &findings);
        comparison.truncate(args.top.unwrap_or(usize::MAX));
        match table_format(args.format) {
            Some(format) => comparison.write(format, out)?,
            None => {
                messages.say("--compare has no openmetrics: scrape both times instead");
                return Ok(ExitStatus::Failure);
            }
        }
    } else if let Some(format) = table_format(args.format) {
        findings.truncate(args.top.unwrap_or(usize::MAX));
        findings.write(format, out)?;
    } else {
        openmetrics::write(out, &findings, args.top.unwrap_or(openmetrics::DEFAULT_TOP))?;
    }
    let failed = statuses.into_iter().find(|status| *status != ExitStatus::Success);
    Ok(failed.unwrap_or(if alert { ExitStatus::Alert } else { ExitStatus::Success }))
}

/// What to read for one result.
struct Run {
    paths: Vec<PathBuf>,
    time: TimeFilter,
}

/// What to read for the result, and for the one that it is compared with; nothing if that cannot be.
fn runs(args: &SummaryArgs, messages: &Messages) -> Option<(Run, Option<Run>)> {
    let time = time_range(&args.time, messages)?;
    let now = Run { paths: args.paths.clone(), time };
    let problem = match &args.compare {
        None => return Some((now, None)),
        Some(Compare::Path(path)) => {
            let before = Run { paths: vec![path.clone()], time };
            return Some((now, Some(before)));
        }
        Some(Compare::Before(_)) if args.paths.iter().all(|path| path.as_os_str() == "-") => {
            "--compare with a time span reads the input twice, which standard input cannot be"
        }
        Some(Compare::Before(_)) if args.time.since.is_some() => {
            "--compare with a time span says since when: leave out --since"
        }
        Some(Compare::Before(span)) => {
            let until = args.time.until.map_or_else(Timestamp::now, |until| args.time.timestamp(until));
            let span = SignedDuration::from_secs(span.seconds);
            let since = until.checked_sub(span).ok();
            let start = since.and_then(|since| since.checked_sub(span).ok());
            let micros = |time: Timestamp| Some(time.as_microsecond());
            let range = |since, until| Run {
                paths: args.paths.clone(),
                time: TimeFilter { since: micros(since), until: micros(until) },
            };
            match since.zip(start) {
                Some((since, start)) => return Some((range(since, until), Some(range(start, since)))),
                None => "--compare: the time span is too long",
            }
        }
    };
    messages.say(problem);
    None
}

fn find(args: &SummaryArgs, run: &Run, messages: &Arc<Messages>) -> io::Result<(Findings, ExitStatus)> {
    let sources = input::list(&run.paths, None, messages);
    let inputs: Vec<_> = sources.iter().map(Source::name).collect();
    messages.show_progress(sources.iter().map(|source| source.size).sum());
    let metrics = args.format == SummaryFormat::Openmetrics;
    let devices = args.devices || metrics || args.compare.is_some() || args.fail_over.is_some();
    let by = if metrics || args.compare.is_some() { Grouping::Code } else { args.by };
    let groups = if metrics { Some(Grouping::Campaign) } else { Some(by).filter(|by| !by.is_of_catalogue()) };
    let wanted = Wanted {
        time: run.time,
        campaign: args.campaign.as_deref().map(CampaignFilter::new),
        devices,
        first_and_last_seen: args.times,
        groups: groups.map(|by| (by, args.filter.clone())),
        ..Wanted::default()
    };
    let options = Options { by, filter: &args.filter, devices, inputs: &inputs };
    let options_of_input = args.input.options(args.time.tz.as_ref());
    let (survey, shared, signal) = survey(sources, &options_of_input, wanted, messages)?;
    messages.hide_progress();
    survey.problems.report(messages);
    let status = ExitStatus::of_run(signal, messages);
    let complete = status == ExitStatus::Success;
    Ok((Findings::of_survey(survey, &shared, &options, complete), status))
}

/// Reports a result without codes, and what was looked for.
fn report_nothing(args: &SummaryArgs, findings: &Findings, messages: &Messages) {
    let is_nothing =
        findings.counts.is_empty() && findings.roll_ups.is_empty() && findings.uncatalogued.is_empty();
    report_patterns(&args.filter.code, is_nothing, messages);
    if !is_nothing {
        return;
    }
    let mut looked_for = vec!["no event code found"];
    if !args.filter.is_empty() {
        looked_for.push("that the filter accepts");
    }
    if args.campaign.is_some() {
        looked_for.push("of the campaign");
    }
    if args.time.since.is_some() || args.time.until.is_some() {
        looked_for.push("in the time range");
    }
    messages.say(&looked_for.join(" "));
}

/// Whether the user is to be alerted of the result; says why.
fn alert(args: &SummaryArgs, findings: &Findings, messages: &Messages) -> bool {
    let mut alert = false;
    if let (Some(limit), Some(share)) = (args.fail_over, findings.failed_share())
        && share > limit
    {
        let (share, limit) = (output::percent(share), output::percent(limit));
        messages.say(&format!("alert: {share} of the decided devices failed, more than {limit}"));
        alert = true;
    }
    let catalogued = findings.counts.iter().chain(&findings.roll_ups);
    let catalogued = catalogued.filter_map(|row| Some((row.group.code()?.as_str(), row.count)));
    let uncatalogued = findings.uncatalogued.iter().map(|row| (row.code.as_str(), row.count));
    for (code, count) in catalogued.chain(uncatalogued) {
        if args.fail_on.iter().any(|pattern| pattern.matches(code)) {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            messages.say(&format!("alert: {code} occurred {times}"));
            alert = true;
        }
    }
    // One that nothing can match would never be noticed.
    report_patterns(&args.fail_on, !alert, messages);
    alert
}

/// The format if it is one of tables and documents.
fn table_format(format: SummaryFormat) -> Option<Format> {
    match format {
        SummaryFormat::Table => Some(Format::Table),
        SummaryFormat::Json => Some(Format::Json),
        SummaryFormat::Csv => Some(Format::Csv),
        SummaryFormat::Markdown => Some(Format::Markdown),
        SummaryFormat::Openmetrics => None,
    }
}
