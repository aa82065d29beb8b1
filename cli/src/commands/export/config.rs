//! The configuration that makes a log processor find codes and look them up in a table.

use std::io::{self, Write};

use super::{Field, Format};

/// Before a code: nothing, a byte that no word has, or an escape sequence of any of the notations in
/// which logs write control characters. The groups count: it has two.
const BEFORE: &str = concat!(
    r"(^|[^A-Za-z0-9_]",
    r"|\\[abefnrtv0]|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[0-3][0-7]{2}",
    r"|%[0-9A-Fa-f]{2}|#[0-3][0-7]{2}",
    r"|([[:cntrl:]]|\\u001[Bb]|\\x1[Bb]|\\033|\\e|#033|\^\[)\[[0-9;:?]{0,31}[A-Za-z])",
);

const CODE: &str = r"UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+";

const AFTER: &str = r"([^A-Za-z0-9_]|$)";

/// A regular expression that finds what the library finds first in a text, for all the processors'
/// engines: POSIX, PCRE, Onigmo, Go and Rust. The group of the code opens with `group`.
fn pattern(group: &str) -> String {
    format!("{BEFORE}{group}{CODE}){AFTER}")
}

/// Number of the code's group in [`pattern`].
const CODE_GROUP: &str = "3";

/// Writes the configuration, or returns why there is none.
pub fn write(
    format: Format,
    table: &str,
    fields: &[Field],
    out: &mut dyn Write,
) -> io::Result<Result<(), String>> {
    let (template, pattern) = match format {
        // Inside of quotes a backslash escapes.
        Format::Rsyslog => (include_str!("config/rsyslog.conf"), pattern("(").replace('\\', r"\\")),
        Format::SyslogNg => (include_str!("config/syslog-ng.conf"), pattern("(?<code>")),
        Format::Logstash => (include_str!("config/logstash.conf"), pattern("(?<[event_code][code]>")),
        // Here too, and the collector takes `$` for a variable's.
        Format::Otel => {
            let pattern = pattern("(?P<event_code>").replace('\\', r"\\").replace('$', "$$");
            (include_str!("config/otel.yaml"), pattern)
        }
        Format::FluentBit => (include_str!("config/fluent-bit.yaml"), pattern("(?<event_code>")),
        Format::Splunk => (include_str!("config/splunk.conf"), pattern("(")),
        Format::Vector => (include_str!("config/vector.yaml"), pattern("(?P<code>")),
        Format::Sql | Format::Json => {
            return Ok(Err("this format needs no configuration; expected no --config".to_owned()));
        }
    };
    if table.contains(|character: char| character.is_control() || "'\"\\".contains(character)) {
        return Ok(Err(format!(
            "--config {table:?}: expected a path without quotes, backslashes and control characters"
        )));
    }
    let file_name = table.rsplit('/').next().unwrap_or(table);
    for line in template.lines() {
        let line = line
            .replace("@TABLE@", table)
            .replace("@FILE_NAME@", file_name)
            .replace("@PATTERN@", &pattern)
            .replace("@GROUP@", CODE_GROUP);
        if line.contains("@FIELD@") {
            for field in fields {
                writeln!(out, "{}", line.replace("@FIELD@", field.name()))?;
            }
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(Ok(()))
}
