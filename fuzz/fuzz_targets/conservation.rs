//! Any bytes as an input: no code is lost, and the records are the same however the bytes arrive.
#![no_main]

#[path = "../../records/tests/records/common/law.rs"]
mod law;
#[path = "../../records/tests/records/common/read.rs"]
#[allow(dead_code)]
mod read;

use event_log_codes_records::{Format, Options};
use law::{assert_same, check, joined};
use libfuzzer_sys::fuzz_target;
use read::WHOLE;

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
    // Half of the inputs with records that are too long.
    let input = if choice & 0x80 == 0 {
        input.to_vec()
    } else {
        options.max_record = 0;
        input.repeat(2 + usize::from(choice >> 3 & 0xF))
    };
    let whole = joined(read::read(&input, WHOLE, &options));
    check(&input, &whole);
    let pieces = joined(read::read(&input, &[usize::from(*size).max(1)], &options));
    assert_same(&pieces, &whole);
});
