//! Any bytes as the command's input: cut into records the same whether it arrives whole or in pieces,
//! nothing of a line lost, and each record read or refused.
#![no_main]

use event_log_codes_cli::records::{Extent, Format, Reader, Splitter, recognise};
use libfuzzer_sys::fuzz_target;

type Cut = (u64, Vec<u8>, Extent);

fn records<'b>(format: Format, pieces: impl Iterator<Item = &'b [u8]>) -> Vec<Cut> {
    let mut records = Vec::new();
    let mut splitter = Splitter::new(format);
    for piece in pieces {
        splitter.feed(piece, &mut |record| records.push((record.line, record.bytes.to_vec(), record.extent)));
    }
    splitter.end(&mut |record| records.push((record.line, record.bytes.to_vec(), record.extent)));
    records
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, size, input @ ..] = bytes else { return };
    let format = match choice % 5 {
        0 => Format::Ndjson,
        1 => Format::Json,
        2 => Format::Csv,
        3 => Format::Text,
        _ => recognise(input, true),
    };
    let whole = records(format, std::iter::once(input));
    let pieces = records(format, input.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, pieces);
    if format.is_lines() {
        let together: Vec<u8> = whole.iter().flat_map(|(_, bytes, _)| bytes.iter().copied()).collect();
        assert_eq!(together, input);
    }
    let mut reader = Reader::new(format);
    for (line, record, _) in &whole {
        assert!(*line >= 1 && *line <= 1 + input.iter().filter(|byte| **byte == b'\n').count() as u64);
        match reader.read(record) {
            Ok(reading) => {
                reading.time();
            }
            Err(why) => assert!(!why.is_empty()),
        }
    }
});
