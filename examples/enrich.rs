//! Adds what an event means to each line of NDJSON on standard input.
//!
//! ```sh
//! cargo run --release --example enrich < tests/data/device-events.ndjson
//! ```

use std::io::{self, BufRead, BufWriter, Write};

use event_log_codes::{EventCode, find};

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        enrich(&line, &mut output)?;
        line.clear();
    }
    output.flush()
}

/// Writes the line with fields for its first code; as it is if it has none, or is not an object.
fn enrich(line: &[u8], output: &mut impl Write) -> io::Result<()> {
    let code = find(line).and_then(|found| found.code());
    match (code, line.trim_ascii_end().strip_suffix(b"}")) {
        (Some(code), Some(open)) => {
            output.write_all(open)?;
            for (name, text) in fields(code) {
                // A text may hold quotes.
                write!(output, ",\"{name}\":{}", serde_json::Value::from(text))?;
            }
            output.write_all(b"}\n")
        }
        _ => output.write_all(line),
    }
}

/// The fields to add, where the catalogue has a text for them.
fn fields(code: EventCode) -> impl Iterator<Item = (&'static str, &'static str)> {
    let fields = [
        ("event_status", Some(code.status().as_str())),
        ("event_meaning", code.portal_text().or(code.explanation())),
        ("event_action", code.corrective_action()),
    ];
    fields.into_iter().filter_map(|(name, text)| Some((name, text?)))
}
