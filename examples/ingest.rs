//! Ingests events over TCP, one a line, and shows what looking up each code costs.
//!
//! It sends itself the same events twice over the loopback interface. The first time it reads the lines
//! and does no more; the second time it also finds and looks up the code of each.
//!
//! ```sh
//! cargo run --release --example ingest 2000000
//! ```

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use event_log_codes::{EventCode, Status, find};

fn main() -> io::Result<()> {
    let events = match std::env::args().nth(1) {
        Some(count) => count.parse().map_err(|_| io::Error::other("expected a number of events"))?,
        None => 1_000_000,
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    for look_up in [false, true] {
        let sender = thread::spawn(move || send(TcpStream::connect(address)?, events));
        let (connection, _) = listener.accept()?;
        let start = Instant::now();
        let Ingested { lines, failures } = ingest(connection, look_up)?;
        let rate = lines as f64 / start.elapsed().as_secs_f64();
        sender.join().expect("the sender does not panic")?;
        match look_up {
            false => println!("without lookups: {rate:>10.0} events/s, {lines} events"),
            true => println!("with lookups:    {rate:>10.0} events/s, {lines} events, {failures} failures"),
        }
    }
    Ok(())
}

struct Ingested {
    lines: u64,
    failures: u64,
}

/// Reads lines until the sender closes the connection.
fn ingest(connection: TcpStream, look_up: bool) -> io::Result<Ingested> {
    let mut connection = BufReader::with_capacity(1 << 16, connection);
    let mut ingested = Ingested { lines: 0, failures: 0 };
    let mut line = Vec::new();
    while connection.read_until(b'\n', &mut line)? > 0 {
        ingested.lines += 1;
        if look_up && is_failure(&line) {
            ingested.failures += 1;
        }
        line.clear();
    }
    Ok(ingested)
}

fn is_failure(line: &[u8]) -> bool {
    find(line).and_then(|found| found.code()).is_some_and(|code| code.status() == Status::Fail)
}

/// Sends events with every code of the catalogue in turn.
fn send(connection: TcpStream, events: usize) -> io::Result<()> {
    let mut connection = BufWriter::with_capacity(1 << 16, connection);
    for (number, code) in EventCode::ALL.iter().cycle().take(events).enumerate() {
        writeln!(connection, r#"{{"device_id":"{number:032x}","event_type":"{code}"}}"#)?;
    }
    connection.flush()
}
