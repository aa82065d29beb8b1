//! Nothing in the library allocates, whatever the outcome.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write;
use std::hint::black_box;

use event_log_codes::outcome::{DeviceOutcome, Effect};
use event_log_codes::{
    EVENT_CODES, EventCode, Family, ReportedValue, Section, Status, StreamFinder, find, find_iter,
    find_iter_ignore_ascii_case,
};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Allocations of this thread during `work`.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// A writer into a fixed buffer, as a logger without a heap would have.
struct Buffer {
    bytes: [u8; 256],
    len: usize,
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes[self.len..][..text.len()].copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

fn written(value: impl std::fmt::Display + std::fmt::Debug) {
    for debug in [false, true] {
        let mut buffer = Buffer { bytes: [0; 256], len: 0 };
        if debug { write!(buffer, "{value:?}") } else { write!(buffer, "{value:>30}") }.unwrap();
        assert!(black_box(buffer).len > 0);
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(black_box(vec![1_u8; 100]))), 1);
    assert_eq!(allocations(|| drop(black_box("SYS_111".to_string()))), 1);
    assert_eq!(allocations(|| ()), 0);
}

#[test]
fn lookups_do_not_allocate() {
    let long = [b'A'; 1 << 16];
    let count = allocations(|| {
        for code in EventCode::ALL {
            let text = code.as_str();
            assert_eq!(EventCode::from_bytes(text.as_bytes()), Some(*code));
            assert_eq!(EVENT_CODES.get(text), Some(code));
            assert_eq!(text.parse(), Ok(*code));
            let mut lower = [0; 64];
            lower[..text.len()].copy_from_slice(text.as_bytes());
            lower.make_ascii_lowercase();
            assert_eq!(EventCode::from_bytes_ignore_ascii_case(&lower[..text.len()]), Some(*code));
            assert_eq!(EventCode::from_bytes(&lower[..text.len()]), None);
        }
        for miss in [&b""[..], b"S", b"SYS_1", b"UPD4_FAIL_999", b"\xff\0\n", &long] {
            assert_eq!(EventCode::from_bytes(miss), None);
            assert_eq!(EventCode::from_bytes_ignore_ascii_case(miss), None);
            written(EventCode::try_from(miss).unwrap_err());
            written(Status::try_from(miss).unwrap_err());
            written(Section::try_from(miss).unwrap_err());
            written(Family::try_from(miss).unwrap_err());
        }
        for value in -2..600 {
            black_box(EventCode::from_lwm2m(10252, 3, value));
            black_box(EventCode::from_lwm2m(5, 5, value));
            black_box(ReportedValue::new(10252, 3, value).and_then(ReportedValue::meaning));
        }
        for text in ["Device registered", "no such text", ""] {
            black_box(EventCode::all_with_portal_text(text));
        }
    });
    assert_eq!(count, 0);
}

#[test]
fn accessors_do_not_allocate() {
    let count = allocations(|| {
        for code in EventCode::ALL {
            black_box((code.as_str(), code.portal_text(), code.explanation(), code.corrective_action()));
            black_box((code.status(), code.section(), code.family(), code.number()));
            black_box((code.is_documented(), code.is_user_defined(), code.index()));
            black_box((EventCode::from_index(code.index()), code.is_roll_up()));
            black_box((code.section().codes().count(), code.family().codes().count()));
            for text in [code.portal_text(), code.explanation(), code.corrective_action()] {
                black_box(EventCode::all_with_portal_text(text.unwrap_or_default()));
            }
            written(*code);
            written(code.status());
            written(code.section());
            written(code.family());
        }
        assert!(EVENT_CODES.entries().len() == EVENT_CODES.keys().zip(EVENT_CODES.values()).count());
    });
    assert_eq!(count, 0);
}

#[test]
fn outcomes_do_not_allocate() {
    let count = allocations(|| {
        let (mut device, mut other) = (DeviceOutcome::new(), DeviceOutcome::new());
        for (code, time) in EventCode::ALL.iter().zip(0..) {
            device.push(*code, Some(time));
            other.push(*code, None);
            device.merge(&other);
        }
        black_box((device.outcome(), device.reason(), device.skipped_by(), device.attempts()));
        black_box((device.is_retrying(), device.is_uncertain(), device.first_seen(), device.last_seen()));
        let (bytes, codes) = device.map_codes(EventCode::as_str).to_parts();
        black_box(DeviceOutcome::from_parts(bytes, codes));
        written(device.outcome());
        black_box(Effect::of_uncatalogued(b"UPD9_FAIL_1", Status::from_record(b"Fail")));
        black_box(Effect::of_text(b"upd9_fail_1", Status::from_record(b"Fail")));
    });
    assert_eq!(count, 0);
}

#[test]
fn scans_do_not_allocate() {
    let mut haystack = b"\xff{\"event_type\":\"UPD4_FAIL_218\"},SYS_111 UPD4_FAIL_999 upd4 SYS_".to_vec();
    haystack.extend([b'U'; 5000]);
    let haystack = haystack.repeat(50);
    let count = allocations(|| {
        assert_eq!(find(&haystack).and_then(|found| found.code()), Some(EventCode::Upd4Fail218));
        assert_eq!(find_iter(&haystack).count(), 150);
        assert_eq!(find_iter(&haystack).filter(|found| found.code().is_none()).count(), 50);
        black_box(find_iter(&haystack).clone().last());
        assert!(find(b"").is_none());
        assert_eq!(find_iter_ignore_ascii_case(&haystack).count(), 150);
    });
    assert_eq!(count, 0);
}

#[test]
fn streams_do_not_allocate() {
    let haystack = b"{\"log\":\"failed:\\nUPD4_FAIL_218\"},SYS_111 UPD4_FAIL_999 upd4 SYS_".repeat(50);
    let count = allocations(|| {
        for size in [1, 7, 300, 2000] {
            let mut finder = StreamFinder::starting_at(1, b"x");
            let mut found = 0;
            for buffer in haystack.chunks(size) {
                found += finder.feed(buffer).count();
            }
            assert!(finder.finish_before(b"UPD").is_none());
            assert_eq!(found, 150);
        }
    });
    assert_eq!(count, 0);
}
