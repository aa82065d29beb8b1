//! What defmt sends for a code, seen by a logger that keeps the bytes.

use std::sync::Mutex;

use event_log_codes::{EventCode, Family, Section, Status};

static SENT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[defmt::global_logger]
struct Logger;

// SAFETY: the tests log from one thread at a time, under a lock of their own.
unsafe impl defmt::Logger for Logger {
    fn acquire() {}

    unsafe fn flush() {}

    unsafe fn release() {}

    unsafe fn write(bytes: &[u8]) {
        SENT.lock().unwrap().extend_from_slice(bytes);
    }
}

defmt::timestamp!("{=u8}", 0);

/// The bytes that one log statement sends.
fn sent(value: impl defmt::Format) -> Vec<u8> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap();
    defmt::println!("{}", value);
    std::mem::take(&mut SENT.lock().unwrap())
}

#[test]
fn values_are_sent_as_their_text() {
    for (value, text) in [
        (sent(EventCode::Upd4Fail207), "UPD4_FAIL_207"),
        (sent(Status::Skipped), "skipped"),
        (sent(Section::UpdateWriting), "update-writing"),
        (sent(Family::Sys), "SYS"),
    ] {
        // A text is its length and its bytes; two zeros end the value.
        let expected = [&(text.len() as u32).to_le_bytes(), text.as_bytes(), &[0, 0]].concat();
        assert!(value.ends_with(&expected), "{text:?} in {}", value.escape_ascii());
    }
}
