//! The configuration that makes a log processor find codes and look them up in a table.

use std::io::{self, Write};

use super::{Field, Format};

/// A regular expression that finds what the library finds first in a text: a code at the start of a word,
/// or directly behind an escape sequence of any of the notations in which logs write control characters.
/// It is the same for POSIX, PCRE, Onigmo, Go and Rust but for `esc`, which matches the character ESC, and
/// `group`, which opens the group of the code.
fn pattern(esc: &str, group: &str) -> String {
    [
        r"(^|[^A-Za-z0-9_]",
        r"|\\[abefnrtv0]|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[0-3][0-7]{2}",
        r"|%[0-9A-Fa-f]{2}|#[0-3][0-7]{2}",
        r"|(",
        esc,
        r"|\\u001[Bb]|\\x1[Bb]|\\033|\\e|#033|\^\[)\[[0-9;:?]{0,32}[A-Za-z])",
        group,
        r"UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)([^A-Za-z0-9_]|$)",
    ]
    .concat()
}

/// The character that begins a control sequence of a terminal.
const ESC: &str = r"\x1b";

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
        // POSIX names no single control character. Inside of quotes a backslash escapes.
        Format::Rsyslog => {
            let pattern = pattern("[[:cntrl:]]", "(").replace('\\', r"\\");
            (include_str!("config/rsyslog.conf"), pattern)
        }
        Format::SyslogNg => (include_str!("config/syslog-ng.conf"), pattern(ESC, "(?<code>")),
        Format::Logstash => (include_str!("config/logstash.conf"), pattern(ESC, "(?<[event_code][code]>")),
        // Here too, and the collector takes `$` for a variable's.
        Format::Otel => {
            let pattern = pattern(ESC, "(?P<event_code>").replace('\\', r"\\").replace('$', "$$");
            (include_str!("config/otel.yaml"), pattern)
        }
        Format::FluentBit => (include_str!("config/fluent-bit.yaml"), pattern(ESC, "(?<event_code>")),
        Format::Splunk => (include_str!("config/splunk.conf"), pattern(ESC, "(")),
        Format::Vector => (include_str!("config/vector.yaml"), pattern(ESC, "(?P<code>")),
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
