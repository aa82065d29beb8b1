//! Runs a VRL program on each line of NDJSON from standard input, and writes the events that result.
//!
//! ```sh
//! cargo run --release -p event-log-codes-vrl --example ndjson -- \
//!     bindings/vrl/examples/explain.vrl < tests/data/device-events.ndjson
//! ```
//!
//! A line that isn't JSON, or on which the program fails, is written unchanged and reported on standard
//! error; the exit status is then 1.

#[allow(dead_code, reason = "the tests and the other example use the rest of it")]
mod host;

use std::error::Error;
use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;
use std::{env, fs};

use host::Host;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path] = &arguments[..] else {
        return Err("expected one argument, the path of a VRL program".into());
    };
    let mut host = Host::compile(&fs::read_to_string(path)?, event_log_codes_vrl::functions())?;
    let mut input = io::stdin().lock();
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut line, mut lines, mut failures) = (Vec::new(), 0_u64, 0_u64);
    while input.read_until(b'\n', &mut line)? > 0 {
        lines += 1;
        if let Err(error) = host.run_line(&line, &mut out) {
            failures += 1;
            eprintln!("line {lines}: {error}");
            out.write_all(&line)?;
        }
        line.clear();
    }
    out.flush()?;
    eprintln!("{lines} lines, {failures} failures");
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
