//! What the command line can say. Help, completions and the man page are made of these definitions.

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::filter::CodeFilter;

/// What failed, on how many devices, and what to do: device-update event codes in any log.
#[derive(Debug, Parser)]
#[command(name = "eventcodes", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// When to colour: a terminal decides unless told; NO_COLOR is obeyed
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Summary(SummaryArgs),
    Explain(ExplainArgs),
}

/// Count the codes in logs, most frequent first
///
/// Reads NDJSON, JSON pages, CSV, syslog, any bytes; plain, gzip or zstd, whatever the names say.
/// Directories are read recursively; without a path, or for `-`, standard input is read.
///
/// The roll-ups SYS_111 and SYS_112 are the service's verdict on a device, whose own reason is
/// another event: they stand apart, so that no device is counted twice.
#[derive(Args, Debug)]
#[command(after_help = SUMMARY_EXAMPLES)]
pub struct SummaryArgs {
    /// Files and directories to read
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// What to count by
    #[arg(long, value_name = "WHAT", default_value = "code")]
    pub by: Grouping,

    #[command(flatten)]
    pub filter: CodeFilter,

    /// Show only the most frequent
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,

    #[command(flatten)]
    pub format: FormatArg,
}

const SUMMARY_EXAMPLES: &str = "\
Examples:
  eventcodes summary /var/log/fleet            everything under a directory
  eventcodes summary --status fail --top 10 events.ndjson.gz
  curl -s https://.../v3/device-events/ | eventcodes summary --format json";

/// Tell everything known of a code
///
/// Any letter case. Exits with 1 if a code is unknown, and suggests the nearest.
#[derive(Args, Debug)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub struct ExplainArgs {
    /// Codes, as logs write them
    #[arg(value_name = "CODE", required = true)]
    pub codes: Vec<String>,

    #[command(flatten)]
    pub format: FormatArg,
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  eventcodes explain UPD4_FAIL_207
  eventcodes explain sys_111 upd4_fail_218 --format json";

#[derive(Args, Debug)]
pub struct FormatArg {
    /// How to write the result
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, as wide as the terminal
    Table,
    /// One JSON document
    Json,
    /// Rows with a header
    Csv,
    /// Tables for tickets and wikis
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Grouping {
    Code,
    Status,
    Section,
    Family,
}

impl Grouping {
    pub fn name(self) -> &'static str {
        match self {
            Grouping::Code => "code",
            Grouping::Status => "status",
            Grouping::Section => "section",
            Grouping::Family => "family",
        }
    }
}
