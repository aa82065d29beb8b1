//! Prints what the records of a file say: `cargo run --example dump FILE`.

use std::io::Read;

use event_log_codes_records::{Options, Records};

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/dev/stdin".to_owned());
    let mut file = std::fs::File::open(path)?;
    let mut records = Records::new(&Options::default());
    let mut buffer = vec![0; 64 << 10];
    loop {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            break;
        }
        records.push(&buffer[..len], print);
    }
    println!("{:?}", records.format());
    records.finish(print);
    Ok(())
}

fn print(record: event_log_codes_records::Record<'_>) {
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    for event in record.events() {
        println!(
            "{}: {} device {:?} campaign {:?} ({:?}) {:?} {:?}",
            record.line(),
            String::from_utf8_lossy(event.code().as_bytes()),
            text(event.device()),
            text(event.campaign()),
            text(event.campaign_name()),
            event.status(),
            event.time(),
        );
    }
    if record.codes_outside_events() > 0 {
        println!("{}: {} codes outside events", record.line(), record.codes_outside_events());
    }
    if let Some(problem) = record.problem() {
        println!("{}: {problem}", record.line());
    }
}
