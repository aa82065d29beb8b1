//! `eventcodes export`: the catalogue as a lookup table for a log processor.

mod config;
mod tables;

use std::io::{self, Write};

use crate::analysis::code::meaning;
use crate::args::ExportArgs;
use crate::console::{ExitStatus, Messages};
use crate::known_code::KnownCode;

/// A log processor, or another reader of lookup tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// JSON for `lookup_table`
    Rsyslog,
    /// CSV for `add-contextual-data`
    SyslogNg,
    /// YAML for the filter `translate`
    Logstash,
    /// YAML for the processor `lookup` of the OpenTelemetry Collector
    Otel,
    /// CSV of two columns for the filter `lookup`
    FluentBit,
    /// CSV for a lookup
    Splunk,
    /// CSV for an enrichment table
    Vector,
    /// A table with inserts
    Sql,
    /// One object with a member for each code
    Json,
}

/// What a table can hold about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Field {
    /// `success`, `fail`, `info` or `skipped`
    Status,
    /// The part of an update, such as `update-fetching`
    Section,
    /// `UPD1`, `UPD2`, `UPD4` or `SYS`
    Family,
    /// `document`, or `service` for a code that only the service's list or the site has
    Source,
    /// What the portal shows
    PortalText,
    /// Why it happens
    Explanation,
    /// What can be done about it
    CorrectiveAction,
    /// Status, text and action in one line
    Meaning,
}

impl Field {
    /// The fields of a table, unless some are asked for.
    const DEFAULT: [Field; 5] =
        [Field::Status, Field::Section, Field::PortalText, Field::Explanation, Field::CorrectiveAction];

    fn name(self) -> &'static str {
        match self {
            Field::Status => "status",
            Field::Section => "section",
            Field::Family => "family",
            Field::Source => "source",
            Field::PortalText => "portal_text",
            Field::Explanation => "explanation",
            Field::CorrectiveAction => "corrective_action",
            Field::Meaning => "meaning",
        }
    }

    /// What the field holds; `None` where nothing is known.
    fn value(self, code: KnownCode) -> Option<String> {
        match self {
            Field::Status => Some(code.status().as_str().to_owned()),
            Field::Section => Some(code.section().as_str().to_owned()),
            Field::Family => Some(code.family().to_owned()),
            Field::Source => Some(if code.is_documented() { "document" } else { "service" }.to_owned()),
            Field::PortalText => code.portal_text().map(str::to_owned),
            Field::Explanation => code.explanation().map(str::to_owned),
            Field::CorrectiveAction => code.corrective_action().map(str::to_owned),
            Field::Meaning => Some(meaning(code)),
        }
    }
}

pub fn run(args: &ExportArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let written = match fields(args) {
        Err(problem) => Err(problem),
        Ok(fields) => match &args.config {
            Some(table) => config::write(args.format, table, &fields, out)?,
            None => Ok(tables::write(args.format, &fields, out)?),
        },
    };
    Ok(match written {
        Ok(()) => ExitStatus::Success,
        Err(problem) => {
            Messages::default().say(&problem);
            ExitStatus::Failure
        }
    })
}

/// The fields to write, each once, in the order asked for.
fn fields(args: &ExportArgs) -> Result<Vec<Field>, String> {
    let mut fields: Vec<Field> = Vec::new();
    for field in &args.fields {
        if !fields.contains(field) {
            fields.push(*field);
        }
    }
    match (args.format, fields.len()) {
        (Format::FluentBit, 0) => Ok(vec![Field::Meaning]),
        (Format::FluentBit, 2..) => {
            Err("a table of Fluent Bit has two columns, the code and one field; expected one in --fields"
                .to_owned())
        }
        (_, 0) => Ok(Field::DEFAULT.to_vec()),
        _ => Ok(fields),
    }
}
