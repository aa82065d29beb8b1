//! `reported-values.csv` -> source text: the integers that devices report and that have no code.

use std::path::Path;

use csv::Reader;
use serde::Deserialize;

use super::Diagnostic;
use super::catalogue::camel_case;
use super::rows::Source;
use super::vocabulary::Status;

const HEADER: &str = "\
// Generated from reported-values.csv. Do not edit: change that file and build again.
// The generator is in codegen/, run by build.rs.
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    object: u16,
    resource: u16,
    value: i64,
    status: String,
    meaning: String,
}

/// Returns the table of the values, in the order of the file, or every error in it.
pub fn generate(source: &Source) -> Result<String, Vec<Diagnostic>> {
    let path = &source.path;
    let mut reader = Reader::from_reader(&source.bytes[..]);
    let mut rows = Vec::new();
    let mut diagnostics = Vec::new();
    let mut previous = None;
    for row in reader.deserialize::<Row>() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                diagnostics.push(match error.position() {
                    Some(position) => Diagnostic::on_line(path, position.line(), &error),
                    None => Diagnostic::in_file(path, &error),
                });
                continue;
            }
        };
        let place = (row.object, row.resource, row.value);
        if previous.replace(place).is_some_and(|previous| previous >= place) {
            let message = format!("{place:?} is not in ascending order; expected each value once, in order");
            diagnostics.push(Diagnostic::in_file(path, message));
        }
        rows.extend(item(path, place, &row, &mut diagnostics));
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    Ok(format!("{HEADER}\nstatic REPORTED_VALUES: [Row; {}] = [\n{}];\n", rows.len(), rows.concat()))
}

fn item(path: &Path, place: (u16, u16, i64), row: &Row, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let status = Status::ALL.iter().find(|status| status.as_str() == row.status);
    if status.is_none() {
        let names: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
        let message = format!("unknown status {:?} of {place:?}; expected {}", row.status, names.join(", "));
        diagnostics.push(Diagnostic::in_file(path, message));
    }
    if row.meaning.trim().is_empty() {
        diagnostics.push(Diagnostic::in_file(path, format!("no meaning of {place:?}; expected a sentence")));
    }
    Some(format!(
        "    Row {{
        place: {place:?},
        status: Status::{},
        #[cfg(feature = \"texts\")]
        meaning: {:?},
    }},
",
        camel_case(status?.as_str()),
        row.meaning,
    ))
}
