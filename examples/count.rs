//! Counts the codes on standard input, each in its place of an array.
//!
//! ```sh
//! cargo run --release --example count < tests/data/gateway-syslog.log
//! ```

use std::io::{self, Read, Write};

use event_log_codes::{EventCode, find_iter};

fn main() -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;

    let mut counts = [0_u64; EventCode::COUNT];
    let mut uncatalogued = 0_u64;
    for found in find_iter(&input) {
        match found.code() {
            Some(code) => counts[code.index()] += 1,
            None => uncatalogued += 1,
        }
    }

    let mut output = io::stdout().lock();
    for (code, count) in EventCode::ALL.iter().zip(counts) {
        if count > 0 {
            writeln!(output, "{count:>8}  {code:<16}  {}", code.status())?;
        }
    }
    writeln!(output, "{uncatalogued:>8}  not in the catalogue")
}
