//! The tables themselves, one function for each format.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Field, Format};
use crate::known_code::KnownCode;

pub fn write(format: Format, fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Rsyslog => rsyslog(fields, out),
        Format::SyslogNg => syslog_ng(fields, out),
        Format::Logstash | Format::Otel => yaml(fields, out),
        Format::FluentBit | Format::Splunk | Format::Vector => csv(fields, out),
        Format::Sql => sql(fields, out),
        Format::Json => json(fields, out),
    }
}

/// What is known about a code, as an object without the fields that aren't.
struct Meaning<'a> {
    code: KnownCode,
    fields: &'a [Field],
}

impl Serialize for Meaning<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.fields {
            if let Some(value) = field.value(self.code) {
                map.serialize_entry(field.name(), &value)?;
            }
        }
        map.end()
    }
}

/// A value of a table is one string: the JSON that the configuration parses.
fn rsyslog(fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, r#"{{"version": 1, "nomatch": "", "type": "string", "table": ["#)?;
    let mut codes = KnownCode::all().peekable();
    while let Some(code) = codes.next() {
        let meaning = serde_json::to_string(&Meaning { code, fields })?;
        let comma = if codes.peek().is_some() { "," } else { "" };
        writeln!(out, r#"{{"index": "{code}", "value": {}}}{comma}"#, serde_json::to_string(&meaning)?)?;
    }
    writeln!(out, "]}}")
}

/// A row for each field: selector, name, value.
fn syslog_ng(fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for code in KnownCode::all() {
        for field in fields {
            if let Some(value) = field.value(code) {
                writer.write_record([code.as_str(), field.name(), &value])?;
            }
        }
    }
    writer.flush()
}

/// Strings as JSON writes them are strings of YAML.
fn yaml(fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    for code in KnownCode::all() {
        writeln!(out, "{code}:")?;
        for field in fields {
            if let Some(value) = field.value(code) {
                writeln!(out, "  {}: {}", field.name(), serde_json::to_string(&value)?)?;
            }
        }
    }
    Ok(())
}

/// A row for each code, with a header.
fn csv(fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["code"].into_iter().chain(fields.iter().map(|field| field.name())))?;
    for code in KnownCode::all() {
        let values = fields.iter().map(|field| field.value(code).unwrap_or_default());
        writer.write_record([code.to_string()].into_iter().chain(values))?;
    }
    writer.flush()
}

fn sql(fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    writeln!(out, "CREATE TABLE event_codes (")?;
    for field in fields {
        writeln!(out, "    {} TEXT,", field.name())?;
    }
    writeln!(out, "    code VARCHAR(64) NOT NULL PRIMARY KEY\n);")?;
    let columns: Vec<_> = fields.iter().map(|field| field.name()).collect();
    let columns = columns.join(", ");
    for code in KnownCode::all() {
        write!(out, "INSERT INTO event_codes ({columns}, code) VALUES (")?;
        for field in fields {
            let value = field.value(code).map_or("NULL".to_owned(), |value| quoted(&value));
            write!(out, "{value}, ")?;
        }
        writeln!(out, "{});", quoted(code.as_str()))?;
    }
    Ok(())
}

fn json(fields: &[Field], out: &mut dyn Write) -> io::Result<()> {
    struct Catalogue<'a>(&'a [Field]);

    impl Serialize for Catalogue<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let meaning = |code: KnownCode| (code.as_str(), Meaning { code, fields: self.0 });
            serializer.collect_map(KnownCode::all().map(meaning))
        }
    }

    crate::output::json(out, &Catalogue(fields))
}
