//! What the command line can say. Help, completions and the man page are made of these definitions.

use std::path::PathBuf;

use clap::{ArgAction, Args, ColorChoice, Parser, Subcommand, ValueEnum};
use event_log_codes_records::time::time_zone;
use event_log_codes_records::{self as records, FieldName, Options};
use jiff::tz::TimeZone;
use serde::Serialize;

use wildmatch::WildMatch;

use crate::commands::{export, reply};
use crate::filter::{self, CodeFilter, TimeArgs};
use crate::lwm2m;
use crate::pattern;

/// What failed, on how many devices, and what to do: device-update event codes in any log.
#[derive(Debug, Parser)]
#[command(name = "eventcodes", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours; `auto` uses them on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,

    /// CSV file with the site's texts and codes [default: that of EVENTCODES_SITE_CODES, else
    /// eventcodes/site-codes.csv in $XDG_CONFIG_HOME or /etc]
    #[arg(long, global = true, value_name = "FILE")]
    pub site_codes: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Summary(SummaryArgs),
    Devices(DevicesArgs),
    Annotate(AnnotateArgs),
    Grep(GrepArgs),
    Explain(ExplainArgs),
    List(ListArgs),
    Export(ExportArgs),
    Report(ReportArgs),
    Watch(WatchArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
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
    #[arg(long, value_name = "GROUP", default_value = "code")]
    pub by: Grouping,

    /// Count each device once: by code, and by what became of it in each campaign
    #[arg(long)]
    pub devices: bool,

    /// Show when each code was first and last seen, as --devices does; it takes longer to read the times
    #[arg(long)]
    pub times: bool,

    #[command(flatten)]
    pub filter: CodeFilter,

    #[command(flatten)]
    pub time: TimeArgs,

    #[command(flatten)]
    pub input: InputArg,

    /// Only events of this campaign, by identifier or name
    #[arg(long, value_name = "CAMPAIGN", help_heading = "Which codes")]
    pub campaign: Option<String>,

    /// Show at most N rows of each table
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub top: Option<usize>,

    /// Show what changed since: other files, or the same length of time before the last 7d or 36h
    #[arg(long, value_name = "PATH|SPAN", help_heading = "Is it getting worse")]
    pub compare: Option<Compare>,

    /// Exit with 3 if more than this share of the decided devices failed, such as 5%
    #[arg(long, value_name = "PERCENT", value_parser = filter::percent, help_heading = "Is it getting worse")]
    pub fail_over: Option<f64>,

    /// Exit with 3 if such a code occurred
    #[arg(
        long,
        value_name = "PATTERN",
        value_delimiter = ',',
        value_parser = pattern::parse,
        conflicts_with = "by",
        help_heading = "Is it getting worse"
    )]
    pub fail_on: Vec<WildMatch>,

    /// Write the result in this format
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: SummaryFormat,
}

/// What a summary is compared with.
#[derive(Clone, Debug)]
pub enum Compare {
    Path(PathBuf),
    Before(filter::Seconds),
}

impl std::str::FromStr for Compare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        match filter::span(text) {
            _ if path.exists() => Ok(Compare::Path(path)),
            Ok(seconds) => Ok(Compare::Before(seconds)),
            Err(_) => Err("neither a file or directory nor a time span such as 7d".to_owned()),
        }
    }
}

/// The formats of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people, as wide as the terminal
    Table,
    /// One JSON document
    Json,
    /// Rows with a header
    Csv,
    /// Tables for tickets and wikis
    Markdown,
    /// Metrics for Prometheus and its like; implies --devices
    Openmetrics,
}

const SUMMARY_EXAMPLES: &str = "\
Examples:
  eventcodes summary /var/log/fleet            everything under a directory
  eventcodes summary --status fail --top 10 events.ndjson.gz
  eventcodes summary --devices --since 7d exports/
  eventcodes summary --compare 7d --fail-over 5% exports/
  curl -s https://.../v3/device-events/ | eventcodes summary --format json";

/// List devices by what became of them: which failed, why, since when
///
/// One line for each device of a campaign, those that need most attention first. A device is stuck if
/// it is in progress or retrying and had no event for some time before the newest event of all. Exits
/// with 1 if no device matches.
#[derive(Args, Debug)]
#[command(after_help = DEVICES_EXAMPLES)]
pub struct DevicesArgs {
    /// Files and directories to read
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Only events of this campaign, by identifier or name
    #[arg(long, value_name = "CAMPAIGN", help_heading = "Which devices")]
    pub campaign: Option<String>,

    /// Only devices with one of these outcomes
    #[arg(long, value_name = "OUTCOME", value_delimiter = ',', help_heading = "Which devices")]
    pub outcome: Vec<OutcomeFilter>,

    /// Only devices that failed or were skipped because of this code; `*` stands for any characters
    #[arg(
        long,
        value_name = "PATTERN",
        value_delimiter = ',',
        value_parser = pattern::parse,
        help_heading = "Which devices"
    )]
    pub reason: Vec<WildMatch>,

    /// Only devices that are stuck for so long, such as 2d or 36h
    #[arg(long, value_name = "SPAN", value_parser = filter::span, help_heading = "Which devices")]
    pub stuck_for: Option<filter::Seconds>,

    /// Only the device with this identifier
    #[arg(long, value_name = "ID", help_heading = "Which devices")]
    pub device: Option<String>,

    #[command(flatten)]
    pub time: TimeArgs,

    #[command(flatten)]
    pub input: InputArg,

    /// Print the events of the device in order, with their meanings
    #[arg(
        long,
        requires = "device",
        conflicts_with_all = ["outcome", "reason", "stuck_for", "ids", "top"],
        help_heading = "Output"
    )]
    pub history: bool,

    /// Print only the identifiers, each on a line
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    pub ids: bool,

    /// Show at most N devices
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub top: Option<usize>,

    #[command(flatten)]
    pub format: FormatArg,
}

const DEVICES_EXAMPLES: &str = "\
Examples:
  eventcodes devices --outcome failed --campaign meter-fw-4.2.0 exports/
  eventcodes devices --stuck-for 2d --ids exports/ | xargs -n 1 ./retry
  eventcodes devices --device 0198e0005b000000000000000001001a --history exports/";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutcomeFilter {
    Updated,
    Failed,
    /// Failed, with a sign of a new attempt since
    Retrying,
    Skipped,
    InProgress,
}

/// Write each line as it is, followed by the meaning of its codes
///
/// Reads files, or standard input line by line, so that `tail -F log | eventcodes annotate` works.
#[derive(Args, Debug)]
#[command(after_help = ANNOTATE_EXAMPLES)]
pub struct AnnotateArgs {
    /// Files and directories to read
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Write the meaning at the end of the line instead of below it
    #[arg(long, conflicts_with = "json")]
    pub inline: bool,

    /// Add `event_code` with `code`, `status`, `portal_text` and `corrective_action` to lines that are
    /// JSON objects: of the event's own type, else of the first code. Other codes of the line follow in
    /// `other_event_codes`. Nothing else changes
    #[arg(long)]
    pub json: bool,

    /// Run as a co-process of a log processor: answer each line of standard input with the meaning of its
    /// first code, as one line of JSON
    #[arg(long, value_name = "PROTOCOL", conflicts_with_all = ["inline", "json", "paths"])]
    pub reply: Option<reply::Protocol>,
}

const ANNOTATE_EXAMPLES: &str = "\
Examples:
  tail -F /var/log/gateway.log | eventcodes annotate
  eventcodes annotate --json events.ndjson | jq 'select(.event_code.status == \"fail\")'";

/// Print the records whose codes match
///
/// A record is a line of text, a row of a table, or an event in JSON. The first argument is a pattern of
/// codes, unless it can match none: then it is a path, as is everything after `--`, and a filter chooses
/// the codes. The pattern `*` matches every code.
///
/// Exits with 0 if a record was selected, with 1 if none was, with 2 if something could not be read.
#[derive(Args, Clone, Debug)]
#[command(after_help = GREP_EXAMPLES, disable_help_flag = true, override_usage = GREP_USAGE)]
pub struct GrepArgs {
    /// The codes to look for, separated by commas; `*` stands for any characters, `?` for one
    #[arg(value_name = "PATTERN")]
    pub pattern: Option<PathBuf>,

    /// Files and directories to read; standard input if none is named
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    #[arg(last = true, value_name = "PATH", hide = true)]
    pub paths_after_dashes: Vec<PathBuf>,

    /// Print help
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,

    #[command(flatten)]
    pub filter: CodeFilter,

    /// Only codes that are not in the catalogue
    #[arg(long, conflicts_with_all = ["status", "section"])]
    pub unknown: bool,

    /// Also find codes in lower or mixed case; without it, only as the type of an event
    #[arg(short, long)]
    pub ignore_case: bool,

    /// Select the records in which no code matches; of these, only those in the time range
    #[arg(short = 'v', long)]
    pub invert_match: bool,

    #[command(flatten)]
    pub time: TimeArgs,

    #[command(flatten)]
    pub input: InputArg,

    #[command(flatten)]
    pub output: GrepOutputArgs,
}

/// What `grep` prints.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct GrepOutputArgs {
    /// Print only how many records of each input are selected
    #[arg(short, long)]
    pub count: bool,

    /// Print only the codes that match, each on a line
    #[arg(short, long)]
    pub only_matching: bool,

    /// Print only the names of the inputs in which a record is selected
    #[arg(short = 'l', long)]
    pub files_with_matches: bool,

    /// Print only the names of the inputs in which no record is selected
    #[arg(short = 'L', long, conflicts_with = "files_with_matches")]
    pub files_without_match: bool,

    /// Print nothing, and exit with 0 at the first record that is selected
    #[arg(short, long, visible_alias = "silent")]
    pub quiet: bool,

    /// Select at most N records of each input
    #[arg(short, long, value_name = "N")]
    pub max_count: Option<u64>,

    /// Print the line that each record begins in
    #[arg(short = 'n', long)]
    pub line_number: bool,

    /// Print N records after each that is selected
    #[arg(short = 'A', long, value_name = "N")]
    pub after_context: Option<usize>,

    /// Print N records before each that is selected
    #[arg(short = 'B', long, value_name = "N")]
    pub before_context: Option<usize>,

    /// Print N records before and after each that is selected
    #[arg(short = 'C', long, value_name = "N")]
    pub context: Option<usize>,

    /// Print the name of the input with each record, as is done if there are several
    #[arg(short = 'H', long, overrides_with = "no_filename")]
    pub with_filename: bool,

    /// Never print the name of the input
    #[arg(short = 'h', long, overrides_with = "with_filename")]
    pub no_filename: bool,

    /// Print a JSON object for each record: its path, line, codes with their meanings, and text
    #[arg(
        long,
        conflicts_with_all = [
            "count", "only_matching", "files_with_matches", "files_without_match", "quiet",
            "after_context", "before_context", "context", "with_filename", "no_filename", "line_number",
        ]
    )]
    pub json: bool,
}

impl GrepOutputArgs {
    /// Whether records, or codes in them, are printed, and not only how many they are or where.
    pub fn shows_records(&self) -> bool {
        !(self.quiet || self.count || self.files_with_matches || self.files_without_match)
    }

    /// Whether records are printed as they are.
    pub fn shows_whole_records(&self) -> bool {
        self.shows_records() && !self.only_matching
    }
}

const GREP_USAGE: &str = "\
eventcodes grep [OPTIONS] PATTERN [PATH]...
       eventcodes grep [OPTIONS] --status STATUS [PATH]...";

const GREP_EXAMPLES: &str = "\
Examples:
  eventcodes grep 'UPD4_FAIL_3*' -n /var/log/fleet
  eventcodes grep --status fail --section update-fetching events.ndjson
  eventcodes grep -C 2 SYS_111 gateway.log
  eventcodes grep --unknown -oh exports/ | sort | uniq -c";

/// Explain codes: status, texts, what to do
///
/// Exits with 1 if something is unknown, and suggests the nearest codes.
#[derive(Args, Debug)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub struct ExplainArgs {
    /// Codes in either case, ranges such as UPD4_FAIL_310-314, or reported values such as
    /// /10252/0/3=218
    #[arg(value_name = "CODE", required_unless_present_any = ["lwm2m", "text"])]
    pub codes: Vec<String>,

    /// A value that a device reports, as /OBJECT/INSTANCE/RESOURCE=VALUE
    #[arg(long, value_name = "REPORT")]
    pub lwm2m: Vec<lwm2m::Report>,

    /// A text that the portal shows; several codes may have it
    #[arg(long, value_name = "TEXT")]
    pub text: Vec<String>,

    #[command(flatten)]
    pub format: FormatArg,
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  eventcodes explain UPD4_FAIL_207
  eventcodes explain sys_111 upd4_fail_218 --format json
  eventcodes explain UPD4_FAIL_310-314 10252/0/3=218
  eventcodes explain --text 'Manifest rejected, certificate not found'";

/// List the codes, or those whose texts contain all the words
///
/// Any letter case. Exits with 1 if there is none.
#[derive(Args, Debug)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    /// Words to look for in the code and its texts
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,

    #[command(flatten)]
    pub filter: CodeFilter,

    #[command(flatten)]
    pub format: FormatArg,
}

const LIST_EXAMPLES: &str = "\
Examples:
  eventcodes list certificate
  eventcodes list --section update-writing --format markdown";

/// Write the catalogue as a lookup table for a log processor
///
/// With `--config` it writes, instead of the table, the configuration that finds codes in messages and
/// looks them up in it.
#[derive(Args, Debug)]
#[command(after_help = EXPORT_EXAMPLES)]
pub struct ExportArgs {
    /// The processor that reads the table
    #[arg(value_name = "FORMAT")]
    pub format: export::Format,

    /// What to write about each code, separated by commas
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub fields: Vec<export::Field>,

    /// Write the configuration that reads the table at this path
    #[arg(long, value_name = "PATH")]
    pub config: Option<String>,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  eventcodes export rsyslog > /etc/rsyslog.d/event_codes.json
  eventcodes export rsyslog --config /etc/rsyslog.d/event_codes.json > /etc/rsyslog.d/30-event-codes.conf
  eventcodes export fluent-bit --fields corrective_action > event_codes.csv";

/// Write one self-contained page: what failed, when, in which campaigns, what to do
#[derive(Args, Debug)]
#[command(after_help = REPORT_EXAMPLES)]
pub struct ReportArgs {
    /// Files and directories to read
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// File to write; standard output if none is named
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Heading of the page
    #[arg(long, value_name = "TEXT", default_value = "Device update events")]
    pub title: String,

    /// Only events of this campaign, by identifier or name
    #[arg(long, value_name = "CAMPAIGN")]
    pub campaign: Option<String>,

    #[command(flatten)]
    pub time: TimeArgs,

    #[command(flatten)]
    pub input: InputArg,
}

const REPORT_EXAMPLES: &str = "\
Examples:
  eventcodes report exports/ -o report.html
  eventcodes report --since 7d /var/log/fleet -o week.html";

/// Follow logs and show how it stands now
///
/// Files are followed as by `tail -F`: through rotation and truncation, and with the files that appear
/// in directories; without a path, standard input. On a terminal a live screen, else a line every few
/// seconds. What is kept in memory is the same as with `summary --devices`.
#[derive(Args, Debug)]
#[command(after_help = WATCH_EXAMPLES)]
pub struct WatchArgs {
    /// Files and directories to follow
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Read what the files hold already, too
    #[arg(long)]
    pub from_start: bool,

    /// How often a line is written where there is no terminal
    #[arg(long, value_name = "SPAN", default_value = "10s", value_parser = filter::span)]
    pub every: filter::Seconds,

    /// Write lines even on a terminal
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub format: WatchFormat,

    /// The time zone of times without an offset, such as Europe/Berlin or +02:00; UTC if not given
    #[arg(long, value_name = "ZONE", value_parser = time_zone)]
    pub tz: Option<TimeZone>,

    #[command(flatten)]
    pub input: InputArg,
}

/// How `watch` shows what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// A screen on a terminal, else text
    Auto,
    /// A line of text now and then
    Text,
    /// A line of JSON now and then
    Ndjson,
}

const WATCH_EXAMPLES: &str = "\
Examples:
  eventcodes watch /var/log/fleet
  journalctl -f -o json | eventcodes watch --every 1m --format ndjson";

/// Write a completion script for a shell
#[derive(Args, Debug)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  eventcodes completions bash > ~/.local/share/bash-completion/completions/eventcodes
  eventcodes completions zsh > ~/.zfunc/_eventcodes
  eventcodes completions fish > ~/.config/fish/completions/eventcodes.fish";

/// Write the man page of the command, or of one of its subcommands
#[derive(Args, Debug)]
#[command(after_help = MAN_EXAMPLES)]
pub struct ManArgs {
    #[arg(value_name = "SUBCOMMAND")]
    pub subcommand: Option<String>,
}

const MAN_EXAMPLES: &str = "\
Examples:
  eventcodes man | man -l -
  eventcodes man summary > /usr/local/share/man/man1/eventcodes-summary.1";

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct InputArg {
    /// The format of the input; by default, recognised by its content
    #[arg(long, value_name = "FORMAT")]
    pub input: Option<InputFormat>,

    /// The name that a field has in the input, such as device=serial; may be repeated. Fields: event,
    /// device, time, campaign, campaign-name, status
    #[arg(long, value_name = "FIELD=NAME")]
    pub field: Vec<FieldName>,
}

/// What an input is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// A JSON object, or several, on each line
    Ndjson,
    /// JSON over several lines: objects, arrays of them, pages
    Json,
    /// Rows under a header, separated by commas, semicolons or tabs
    Csv,
    /// Lines of text, with or without JSON in them
    Text,
}

impl InputArg {
    /// How inputs are read, in which times without an offset are those of `zone`.
    pub fn options(&self, zone: Option<&TimeZone>) -> Options {
        let mut options = Options::default();
        options.format = self.input.map(|format| match format {
            InputFormat::Ndjson => records::Format::Ndjson,
            InputFormat::Json => records::Format::Json,
            InputFormat::Csv => records::Format::Csv,
            InputFormat::Text => records::Format::Text,
        });
        for FieldName { field, name } in &self.field {
            options.names.add(*field, name);
        }
        if let Some(zone) = zone {
            options.times = options.times.with_time_zone(zone.clone());
        }
        options
    }
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
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
    Campaign,
    Day,
    Hour,
    File,
    Device,
}

impl Grouping {
    pub fn name(self) -> &'static str {
        match self {
            Grouping::Code => "code",
            Grouping::Status => "status",
            Grouping::Section => "section",
            Grouping::Family => "family",
            Grouping::Campaign => "campaign",
            Grouping::Day => "day",
            Grouping::Hour => "hour",
            Grouping::File => "file",
            Grouping::Device => "device",
        }
    }

    /// Whether the catalogue alone decides the group of a code.
    pub fn is_of_catalogue(self) -> bool {
        matches!(self, Grouping::Code | Grouping::Status | Grouping::Section | Grouping::Family)
    }
}
