//! Writes the event log of a made-up fleet: `events/*.ndjson` and, of the same events, `syslog/*.ndjson`.

#[path = "../tests/fleet/mod.rs"]
mod fleet;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [directory, files, events] = &arguments[..] else {
        eprintln!("usage: generate-fleet DIRECTORY FILES EVENTS");
        std::process::exit(2);
    };
    let directory = PathBuf::from(directory);
    let count =
        |text: &str| text.parse::<u64>().map_err(|error| io::Error::other(format!("{text}: {error}")));
    let (files, events) = (count(files)?, count(events)?);
    fs::create_dir_all(directory.join("events"))?;
    fs::create_dir_all(directory.join("syslog"))?;
    for file in 0..files {
        let create =
            |kind: &str| File::create(directory.join(format!("{kind}/{file:04}.ndjson"))).map(BufWriter::new);
        let (mut json, mut syslog) = (create("events")?, create("syslog")?);
        for number in file * events / files..(file + 1) * events / files {
            let event = fleet::event(number);
            event.write_json(&mut json)?;
            event.write_syslog(&mut syslog)?;
        }
        json.flush()?;
        syslog.flush()?;
    }
    Ok(())
}
