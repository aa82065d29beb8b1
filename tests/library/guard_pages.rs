//! Shows that nothing outside a haystack or key is read: each begins, or ends, at a page that the process
//! may not touch. Reading one byte too far ends the test with a segmentation fault.

use std::ptr;

use event_log_codes::{EVENT_CODES, EventCode, StreamFinder, find, find_iter, find_iter_ignore_ascii_case};

use crate::oracle;

/// A page between two that may not be touched.
struct Guarded {
    start: *mut u8,
    page: usize,
}

impl Guarded {
    fn new() -> Guarded {
        // SAFETY: `sysconf` takes any name.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        // SAFETY: three fresh pages of no file, wherever the system puts them.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                3 * page,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(start, libc::MAP_FAILED);
        // SAFETY: the middle one of those pages.
        let opened =
            unsafe { libc::mprotect(start.byte_add(page), page, libc::PROT_READ | libc::PROT_WRITE) };
        assert_eq!(opened, 0);
        Guarded { start: start.cast(), page }
    }

    /// The bytes right after the first guard.
    fn at_start(&mut self, bytes: &[u8]) -> &[u8] {
        self.put(0, bytes)
    }

    /// The bytes right before the second guard.
    fn at_end(&mut self, bytes: &[u8]) -> &[u8] {
        self.put(self.page - bytes.len(), bytes)
    }

    fn put(&mut self, at: usize, bytes: &[u8]) -> &[u8] {
        assert!(at + bytes.len() <= self.page);
        // SAFETY: within the middle page, which is ours to read and write, and borrowed from `self`.
        unsafe {
            let place = self.start.add(self.page + at);
            ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len());
            std::slice::from_raw_parts(place, bytes.len())
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: what `new` mapped, and nothing borrows it any more.
        unsafe { libc::munmap(self.start.cast(), 3 * self.page) };
    }
}

fn scan(haystack: &[u8]) {
    let expected = oracle::find_all(haystack);
    let found: Vec<_> = find_iter(haystack)
        .map(|found| (found.start(), found.end(), found.code().map(EventCode::as_str)))
        .collect();
    assert_eq!(found, expected, "{}", haystack.escape_ascii());
    assert_eq!(find(haystack), find_iter(haystack).next());
    let found: Vec<_> = find_iter_ignore_ascii_case(haystack)
        .map(|found| (found.start(), found.end(), found.code().map(EventCode::as_str)))
        .collect();
    assert_eq!(found, oracle::find_all_ignore_ascii_case(haystack), "{}", haystack.escape_ascii());
    let mut finder = StreamFinder::new();
    let in_stream = finder.feed(haystack).count();
    assert_eq!(in_stream + finder.finish().iter().count(), expected.len(), "{}", haystack.escape_ascii());
}

fn look_up(key: &[u8]) {
    assert_eq!(EventCode::from_bytes(key).map(|code| code.as_str()), oracle::lookup(key));
    let found = EventCode::from_bytes_ignore_ascii_case(key);
    assert_eq!(found.map(|code| code.as_str()), oracle::lookup_ignore_ascii_case(key));
    if let Ok(key) = std::str::from_utf8(key) {
        assert_eq!(EVENT_CODES.get(key).copied(), EventCode::from_bytes(key.as_bytes()));
        assert_eq!(key.parse().ok(), EventCode::from_bytes(key.as_bytes()));
        assert!(EventCode::all_with_portal_text(key).is_empty());
    }
}

#[test]
fn haystacks_of_every_length() {
    // What may make a scanner read on, or back: words, halves of codes, codes, escapes, nothing at all.
    let texts: [&[u8]; 9] = [
        b"UPD4_FAIL_207 ",
        b"SYS_111,",
        b"UPD2_REPORT_VERSION\n",
        b"UPD4_FAIL_",
        b"\\nSYS_111",
        b"0;31mUPD1_OK_1;",
        b"_",
        b"\xff",
        b"{\"event_type\":\"SYS_1\"} U UP UPD SYS_",
    ];
    let mut guarded = Guarded::new();
    for text in texts {
        let long: Vec<u8> = text.iter().copied().cycle().take(2300).collect();
        // Longer ones are looked at in another way, up to what fits between the guards.
        for len in (0..=160).chain(2045..2060) {
            // Each text begins and ends at each of its places.
            for offset in 0..if len > 160 { 2 } else { text.len().min(16) } {
                scan(guarded.at_end(&long[offset..offset + len]));
                scan(guarded.at_start(&long[offset..offset + len]));
            }
        }
    }
}

/// A code as the last and as the first thing in memory, after or before other bytes.
#[test]
fn codes_at_the_edge() {
    let mut guarded = Guarded::new();
    for code in oracle::codes() {
        for len in 0..=66 {
            for filler in [b' ', b'A'] {
                let mut haystack = vec![filler; len];
                haystack.extend_from_slice(code.as_bytes());
                scan(guarded.at_end(&haystack));
                haystack.rotate_left(len);
                scan(guarded.at_start(&haystack));
            }
        }
    }
}

/// A code after an escape of which memory begins with only a part.
#[test]
fn escapes_at_the_edge() {
    let mut guarded = Guarded::new();
    for escape in
        [r"\\n", r"\u000a", r"\x0a", r"\012", "%22", "#012", r"\u001b[01234567890123456789012345678901m"]
    {
        for code in ["SYS_111", "UPD4_FAIL_207", "UPD2_REPORT_VERSION"] {
            let haystack = format!("{escape}{code}");
            for start in 0..escape.len() {
                scan(guarded.at_start(&haystack.as_bytes()[start..]));
                scan(guarded.at_end(&haystack.as_bytes()[start..]));
            }
        }
    }
}

#[test]
fn keys_at_the_edge() {
    let mut guarded = Guarded::new();
    for code in oracle::codes() {
        let longer = format!("{code}_{code}_{code}_{code}_{code}_{code}_{code}_{code}");
        for len in 0..=longer.len() {
            let key = &longer.as_bytes()[..len];
            for key in [key, &key.to_ascii_lowercase()] {
                look_up(guarded.at_end(key));
                look_up(guarded.at_start(key));
            }
        }
    }
}

#[test]
fn portal_texts_at_the_edge() {
    let mut guarded = Guarded::new();
    for code in EventCode::ALL {
        let Some(text) = code.portal_text() else { continue };
        for text in [text, text.trim_end_matches('.')] {
            let at_end = std::str::from_utf8(guarded.at_end(text.as_bytes())).unwrap();
            assert!(EventCode::all_with_portal_text(at_end).contains(code));
            let at_start = std::str::from_utf8(guarded.at_start(text.as_bytes())).unwrap();
            assert!(EventCode::all_with_portal_text(at_start).contains(code));
        }
    }
}

/// The control: a process that reads one byte too far, on either side, is killed.
#[test]
fn a_read_too_far_is_seen() {
    for side in ["before", "after"] {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["guard_pages::read_too_far", "--exact", "--ignored"])
            .env("READ_TOO_FAR", side)
            .output()
            .unwrap();
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        // AddressSanitizer catches the signal, reports it, and exits.
        let reported = String::from_utf8_lossy(&output.stderr).contains("AddressSanitizer:DEADLYSIGNAL");
        assert!(
            reported || [Some(libc::SIGSEGV), Some(libc::SIGBUS)].contains(&signal),
            "{side}: {output:?}"
        );
    }
}

#[test]
#[ignore = "`a_read_too_far_is_seen` runs it and expects it to be killed"]
fn read_too_far() {
    let mut guarded = Guarded::new();
    let byte = match std::env::var("READ_TOO_FAR").as_deref() {
        Ok("before") => guarded.at_start(b"x").as_ptr().wrapping_sub(1),
        Ok("after") => guarded.at_end(b"x").as_ptr().wrapping_add(1),
        _ => return,
    };
    // SAFETY: none. The page is mapped without access, so the process is killed here, as intended.
    unsafe { std::hint::black_box(byte.read_volatile()) };
}
