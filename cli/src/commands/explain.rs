//! `eventcodes explain`: everything known of a code.

use std::io::{self, Write};

use anstyle::Style;
use event_log_codes::{Section, Status};
use serde::Serialize;

use crate::args::{ExplainArgs, Format};
use crate::console::ExitStatus;
use crate::console::Messages;
use crate::known_code::KnownCode;
use crate::output::{self, Cell, Column, Rows, Table};
use crate::{lwm2m, suggest};

pub fn run(args: &ExplainArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut reports = Vec::new();
    for text in &args.codes {
        let codes = codes(text);
        match text.parse::<lwm2m::Report>() {
            Ok(report) => reports.push(report),
            Err(_) if codes.is_empty() => {
                unknown.push(meant(&format!("{text:?} is not a known code"), &suggest::codes(text)))
            }
            Err(_) => known.extend(codes.into_iter().map(Explanation::of)),
        }
    }
    reports.extend(&args.lwm2m);
    for report in &reports {
        match Explanation::of_report(report) {
            Some(explanation) => known.push(explanation),
            None => unknown.push(format!("neither a code nor a meaning is known for {report}")),
        }
    }
    for text in &args.text {
        let codes = KnownCode::all_with_portal_text(text);
        if codes.is_empty() {
            unknown.push(meant(&format!("no code has the portal text {text:?}"), &suggest::texts(text)));
        }
        known.extend(codes.into_iter().map(Explanation::of));
    }
    write(&known, args.format.format, out)?;
    let messages = Messages::default();
    unknown.iter().for_each(|message| messages.say(message));
    Ok(if unknown.is_empty() { ExitStatus::Success } else { ExitStatus::NoMatch })
}

/// The code that `text` is, or the codes of the range that it is, such as `UPD4_FAIL_310-314`.
fn codes(text: &str) -> Vec<KnownCode> {
    let code = |text: &str| KnownCode::of(text.as_bytes());
    let in_range = |(first, last): (&str, &str)| {
        let (prefix, first) = first.rsplit_once('_')?;
        // The end of a range may be written as a code too.
        let last = last.strip_prefix(prefix).and_then(|last| last.strip_prefix('_')).unwrap_or(last);
        let (first, last) = (first.parse::<u16>().ok()?, last.parse::<u16>().ok()?);
        Some((first..=last).filter_map(|number| code(&format!("{prefix}_{number}"))).collect())
    };
    match code(text) {
        Some(code) => vec![code],
        None => text.split_once('-').and_then(in_range).unwrap_or_default(),
    }
}

/// `problem` and what was probably meant.
pub(super) fn meant(problem: &str, near: &[impl AsRef<str>]) -> String {
    let near: Vec<_> = near.iter().map(AsRef::as_ref).collect();
    match near.split_last() {
        None => problem.to_owned(),
        Some((only, [])) => format!("{problem}; did you mean {only}?"),
        Some((last, others)) => format!("{problem}; did you mean {} or {last}?", others.join(", ")),
    }
}

/// Everything known of a code, or of a reported value without a code, as JSON shows it.
#[derive(Serialize)]
pub struct Explanation {
    /// None for a value whose meaning is known and whose code is not.
    pub code: Option<KnownCode>,
    pub status: Status,
    pub section: Option<Section>,
    pub family: Option<&'static str>,
    pub portal_text: Option<&'static str>,
    pub explanation: Option<&'static str>,
    pub corrective_action: Option<&'static str>,
    /// In the document; otherwise known from the service's list of event types alone, or from the site.
    pub documented: bool,
    /// The integrator of the device gives the code its meaning.
    pub user_defined: bool,
    /// What the device reports for it, as `/object/instance/resource=value`.
    pub lwm2m: Vec<String>,
}

impl Explanation {
    pub fn of(code: KnownCode) -> Self {
        Explanation {
            code: Some(code),
            status: code.status(),
            section: Some(code.section()),
            family: Some(code.family()),
            portal_text: code.portal_text(),
            explanation: code.explanation(),
            corrective_action: code.corrective_action(),
            documented: code.is_documented(),
            user_defined: code.is_user_defined(),
            lwm2m: code.catalogued().map(lwm2m::reports).unwrap_or_default(),
        }
    }

    /// Everything known of a value that a device reports, if anything is.
    pub fn of_report(report: &lwm2m::Report) -> Option<Self> {
        let value = report.meaning()?;
        Some(match value.code() {
            Some(code) => Explanation::of(KnownCode::Catalogued(code)),
            None => Explanation {
                code: None,
                status: value.status(),
                section: None,
                family: None,
                portal_text: None,
                explanation: value.meaning(),
                corrective_action: None,
                documented: false,
                user_defined: false,
                lwm2m: vec![report.to_string()],
            },
        })
    }

    fn source(&self) -> &'static str {
        match self.code {
            Some(KnownCode::OfSite(_)) => "the site's codes",
            Some(_) if self.documented => "the document of event log codes",
            Some(_) => "the service's list of event types",
            None => "the public device client; which code the service logs is not public",
        }
    }
}

/// Writes what is known of several codes.
pub fn write(known: &[Explanation], format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => blocks(known, output::wrap::terminal_width(), out),
        Format::Json => output::json(out, &known),
        Format::Csv => output::csv(out, &table(known)),
        Format::Markdown => output::markdown(out, [table(known)]),
    }
}

fn blocks(known: &[Explanation], width: Option<u16>, out: &mut dyn Write) -> io::Result<()> {
    for (index, explanation) in known.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        block(explanation, width, out)?;
    }
    Ok(())
}

fn block(explanation: &Explanation, width: Option<u16>, out: &mut dyn Write) -> io::Result<()> {
    const BOLD: Style = Style::new().bold();
    let status = explanation.status;
    let colour = output::status_style(status);
    let name = explanation.code.map_or("(no known code)", KnownCode::as_str);
    let section = explanation.section.map_or(String::new(), |section| format!("  {section}"));
    writeln!(out, "{BOLD}{name}{BOLD:#}  {colour}{status}{colour:#}{section}")?;
    let user_defined =
        explanation.user_defined.then_some("the integrator of the device defines what this code means");
    let lwm2m = explanation.lwm2m.join(", ");
    let lines = [
        ("Portal text", explanation.portal_text),
        ("Explanation", explanation.explanation),
        ("Corrective action", explanation.corrective_action),
        ("User-defined", user_defined),
        ("LwM2M", (!lwm2m.is_empty()).then_some(lwm2m.as_str())),
        ("Source", Some(explanation.source())),
    ];
    for (name, text) in lines {
        if let Some(text) = text {
            if output::wrap::is_narrow(width) {
                writeln!(out, "  {name}\n{}", output::wrap::wrapped("    ", 4, text, width))?;
            } else {
                writeln!(out, "{}", output::wrap::wrapped(&format!("  {name:<18} "), 21, text, width))?;
            }
        }
    }
    Ok(())
}

fn table(known: &[Explanation]) -> Table<'_> {
    let names = [
        "code",
        "status",
        "section",
        "family",
        "portal text",
        "explanation",
        "corrective action",
        "documented",
        "user defined",
        "lwm2m",
    ];
    let row = |explanation: &Explanation| -> Vec<Cell> {
        vec![
            explanation.code.map(KnownCode::as_str).into(),
            explanation.status.into(),
            explanation.section.map(Section::as_str).into(),
            explanation.family.into(),
            explanation.portal_text.into(),
            explanation.explanation.into(),
            explanation.corrective_action.into(),
            yes(explanation.documented),
            yes(explanation.user_defined),
            explanation.lwm2m.join(" ").as_str().into(),
        ]
    };
    Table { title: String::new(), columns: names.map(Column::Text).into(), rows: Rows::of(known, row) }
}

fn yes(holds: bool) -> Cell {
    if holds { "true" } else { "false" }.into()
}
