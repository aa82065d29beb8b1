//! Any bytes as an input: the records are the same whether it arrives whole or in pieces.
#![no_main]

use event_log_codes_records::{Format, Options, Record, Records};
use libfuzzer_sys::fuzz_target;

/// The line, bytes and codes of a record, and the codes and devices of its events.
type Owned = (u64, Vec<u8>, Vec<Vec<u8>>, Vec<(Vec<u8>, Option<Vec<u8>>)>);

fn own(record: Record<'_>) -> Owned {
    let codes = record.codes().map(|(_, code)| code.as_bytes().to_vec()).collect();
    let event = |event: event_log_codes_records::Event<'_>| {
        (event.code().as_bytes().to_vec(), event.device().map(<[u8]>::to_vec))
    };
    (record.line(), record.bytes().to_vec(), codes, record.events().map(event).collect())
}

fn records<'b>(options: &Options, pieces: impl Iterator<Item = &'b [u8]>) -> Vec<Owned> {
    let mut owned = Vec::new();
    let mut records = Records::new(options);
    for piece in pieces {
        records.push(piece, |record| owned.push(own(record)));
    }
    records.finish(|record| owned.push(own(record)));
    owned
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, size, input @ ..] = bytes else { return };
    let mut options = Options::default();
    options.format = match choice % 5 {
        0 => Some(Format::Ndjson),
        1 => Some(Format::Json),
        2 => Some(Format::Csv),
        3 => Some(Format::Text),
        _ => None,
    };
    let whole = records(&options, std::iter::once(input));
    let pieces = records(&options, input.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, pieces, "{:?}", options.format);
});
