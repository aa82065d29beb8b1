//! Events per second with our functions, with VRL's `parse_regex`, alone and with a lookup object, and with
//! neither. A program that sets the same fields to constants shows what VRL itself takes.
//!
//! ```sh
//! cargo run --release -p event-log-codes-vrl --example measure
//! ```
//!
//! Each figure is a median over rounds in which the programs take turns on the same events. The two programs
//! that explain codes must give the same result for every event.

mod host;

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use event_log_codes::EventCode;
use host::Host;
use host::enrichment_table::{GetEnrichmentTableRecord, table, transform};
use vrl::value::Value;

/// Events in a round: few, so that most rounds run without an interruption.
const EVENTS: usize = 2 * EventCode::COUNT;

const ROUNDS: usize = 101;

const FIELDS: [&str; 3] = ["status", "portal_text", "corrective_action"];

fn main() {
    let events: Vec<Event> = (0..EVENTS).map(Event::new).collect();
    let table = Arc::new(table());
    let sources = [
        ("neither", ".seen = true".to_owned()),
        ("the same four fields, constant", with_constants()),
        ("find_event_code, event_code_*", with_functions()),
        ("parse_regex, no meaning", PARSE_REGEX.to_owned()),
        ("parse_regex, lookup object", with_lookup_object()),
        ("exported transform, table", transform()),
    ];
    let mut programs = sources.map(|(name, source)| {
        let mut functions = event_log_codes_vrl::functions();
        functions.push(Box::new(GetEnrichmentTableRecord(Arc::clone(&table))));
        let host = Host::compile(&source, functions).unwrap_or_else(|error| panic!("{error}"));
        Measured { name, host, in_memory: Vec::new(), with_json: Vec::new() }
    });
    let [_, _, ours, _, theirs, _] = &mut programs;
    for Event { value, .. } in &events {
        let result = ours.host.run(value.clone()).unwrap();
        assert_eq!(result, theirs.host.run(value.clone()).unwrap(), "the programs disagree");
        assert_ne!(result.as_object().unwrap()["status"], Value::Null, "an event was not explained");
    }
    for _ in 0..ROUNDS {
        programs.iter_mut().for_each(|program| program.round(&events));
    }
    println!("{:<32}{:>12}{:>12}{:>18}", "program", "events/s", "ns/event", "events/s, NDJSON");
    for program in &mut programs {
        let (in_memory, with_json) = (median(&mut program.in_memory), median(&mut program.with_json));
        println!(
            "{:<32}{:>12.0}{:>12.0}{:>18.0}",
            program.name,
            1.0 / in_memory,
            in_memory * 1e9,
            1.0 / with_json
        );
    }
}

struct Event {
    line: Vec<u8>,
    value: Value,
}

impl Event {
    fn new(number: usize) -> Event {
        let code = EventCode::ALL[number * 37 % EventCode::COUNT];
        let message = format!("gw-7 update[311]: device {number:08x} reported {code} after 12 s");
        let event = serde_json::json!({ "message": message, "host": "gw-7", "number": number });
        Event { line: event.to_string().into_bytes(), value: event.into() }
    }
}

struct Measured {
    name: &'static str,
    host: Host,
    /// Seconds an event, of the program alone.
    in_memory: Vec<f64>,
    /// Seconds an event, with reading and writing the JSON.
    with_json: Vec<f64>,
}

impl Measured {
    fn round(&mut self, events: &[Event]) {
        let values: Vec<Value> = events.iter().map(|event| event.value.clone()).collect();
        let start = Instant::now();
        for value in values {
            black_box(self.host.run(value).unwrap());
        }
        self.in_memory.push(start.elapsed().as_secs_f64() / EVENTS as f64);

        let start = Instant::now();
        for Event { line, .. } in events {
            self.host.run_line(line, &mut io::sink()).unwrap();
        }
        self.with_json.push(start.elapsed().as_secs_f64() / EVENTS as f64);
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn with_constants() -> String {
    let mut source = ".code = \"UPD4_FAIL_303\"\n".to_owned();
    for field in FIELDS {
        source += &format!(".{field} = \"{field}\"\n");
    }
    source
}

fn with_functions() -> String {
    let mut source = "code = find_event_code(string!(.message))\n.code = code\n".to_owned();
    for field in FIELDS {
        source += &format!(".{field} = event_code_{field}(code)\n");
    }
    source
}

const PARSE_REGEX: &str = r"
    found = parse_regex!(string!(.message), r'\b(?P<code>UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)\b')
    .code = found.code
";

/// The catalogue as an object literal, as a program without our functions would have it.
fn with_lookup_object() -> String {
    let mut source = PARSE_REGEX.to_owned() + "codes = {\n";
    for code in EventCode::ALL {
        let texts = [Some(code.status().as_str()), code.portal_text(), code.corrective_action()];
        let fields = FIELDS.iter().zip(texts).map(|(field, text)| {
            format!("\"{field}\": {}", text.map_or("null".to_owned(), |text| format!("{text:?}")))
        });
        source += &format!("\"{code}\": {{ {} }},\n", fields.collect::<Vec<_>>().join(", "));
    }
    source += "}\nmeaning = object!(get!(codes, [found.code]))\n";
    for field in FIELDS {
        source += &format!(".{field} = meaning.{field}\n");
    }
    source
}
