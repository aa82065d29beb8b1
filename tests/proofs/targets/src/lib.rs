//! Looks up and finds codes on targets without an operating system: `check` returns 0 if all is right.
//!
//! `scripts/targets` runs it as WebAssembly, and links it for a microcontroller to see its size.

#![no_std]

use core::hint::black_box;

use event_log_codes::{EventCode, Status, StreamFinder, find_iter, find_iter_ignore_ascii_case};

/// Returns 0, or the number of the first answer that is wrong.
#[unsafe(no_mangle)]
pub extern "C" fn check() -> u32 {
    let haystack = black_box(&b"<14>gw-7: \\u001b[31mUPD4_FAIL_218, then%0aSYS_111 and UPD9_NEW_1; nSYS_112"[..]);
    let mut found = [0_u32; 3];
    for next in find_iter(haystack) {
        match next.code().map(EventCode::status) {
            Some(Status::Fail) => found[0] += 1,
            Some(_) => found[1] += 1,
            None => found[2] += 1,
        }
    }
    let mut finder = StreamFinder::new();
    let mut in_stream = 0;
    for buffer in haystack.chunks(black_box(3)) {
        in_stream += finder.feed(buffer).count();
    }
    in_stream += finder.finish().iter().count();
    let mut answers = [
        found.iter().sum::<u32>() == 3,
        found[2] == 1,
        in_stream == 3,
        find_iter_ignore_ascii_case(black_box(b"/sys_112")).count() == 1,
        EventCode::from_bytes(black_box(b"UPD2_REPORT_VERSION")).is_some(),
        EventCode::from_bytes_ignore_ascii_case(black_box(b"sys_112")) == Some(EventCode::Sys112),
        EventCode::from_bytes(black_box(b"sys_112")).is_none(),
        true,
    ];
    #[cfg(feature = "texts")]
    {
        let code = black_box(EventCode::Upd4Fail303);
        answers[7] = code.portal_text() == Some("Resource network error, time out")
            && code.explanation().is_some()
            && code.corrective_action() == Some("Check network.");
    }
    black_box(&mut answers);
    answers.iter().position(|right| !right).map_or(0, |place| place as u32 + 1)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
