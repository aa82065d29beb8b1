//! The C border: every function that `include/event_log_codes.h` declares.
//!
//! The doc comments are also the header's, so they speak to readers of C. This file holds all the
//! unsafe code of the package. Nothing unwinds out of it: the library has no path that panics, and
//! Rust aborts the process rather than unwind out of an `extern "C"` function.
#![warn(clippy::undocumented_unsafe_blocks)]
#![allow(
    clippy::missing_safety_doc,
    reason = "a header says what a pointer must point to without such a heading"
)]

use core::ffi::{c_char, c_void};
use core::slice;

use codes::EventCode;

/// A code of the catalogue: its index, from 0 to `elc_count() - 1`; or `ELC_NONE`.
///
/// Indices are dense, so an array of `elc_count()` counters needs no map. They can differ between
/// two builds of the library: store the texts, not the indices.
///
/// Every function that takes an `elc_code` accepts any integer. For one that is no code it returns
/// an empty text, `ELC_STATUS_NONE` or false.
pub type Code = i32;

/// No code of the catalogue.
pub const ELC_NONE: Code = -1;

/// A static text in UTF-8 of `len` bytes at `data`, without a NUL in it or behind it.
///
/// Where there is no text, `len` is 0 and `data` still isn't NULL. To print one:
/// `printf("%.*s", (int)text.len, text.data)`.
#[repr(C)]
pub struct Text {
    pub data: *const c_char,
    pub len: usize,
}

/// What an event says about its device's update.
#[repr(C)]
pub enum Status {
    /// No status, because the argument was no code of the catalogue.
    None = 0,
    Success = 1,
    Fail = 2,
    Info = 3,
    Skipped = 4,
    /// A status that is newer than this header; `elc_code_status_name` returns its name.
    Other = 255,
}

/// A code found in a haystack.
#[repr(C)]
pub struct Match {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset just behind its last byte.
    pub end: usize,
    /// The code, or `ELC_NONE` for a word that has the shape of a code but isn't in the catalogue.
    pub code: Code,
}

/// The version of the library, such as `1.2.3`, with a NUL at its end.
#[unsafe(no_mangle)]
pub extern "C" fn elc_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Number of codes in the catalogue.
#[unsafe(no_mangle)]
pub extern "C" fn elc_count() -> usize {
    EventCode::COUNT
}

/// The code that the `len` bytes at `text` spell exactly, or `ELC_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_lookup(text: *const c_void, len: usize) -> Code {
    // SAFETY: the caller's promise.
    index(EventCode::from_bytes(unsafe { bytes(text, len) }))
}

/// The code that the `len` bytes at `text` spell in any mix of ASCII cases, or `ELC_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_lookup_ignore_case(text: *const c_void, len: usize) -> Code {
    // SAFETY: the caller's promise.
    index(EventCode::from_bytes_ignore_ascii_case(unsafe { bytes(text, len) }))
}

/// The code that the service logs when a device reports `value` on the LwM2M resource
/// `/object/0/resource`, or `ELC_NONE` where none is known: `elc_from_lwm2m(10252, 3, 218)` is
/// `UPD4_FAIL_218`.
#[unsafe(no_mangle)]
pub extern "C" fn elc_from_lwm2m(object: u16, resource: u16, value: i64) -> Code {
    index(EventCode::from_lwm2m(object, resource, value))
}

/// Finds the first code in the `len` bytes at `haystack`; stores it in `found` and returns true, or
/// leaves `found` as it is and returns false. `found` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_find(haystack: *const c_void, len: usize, found: *mut Match) -> bool {
    // SAFETY: the caller's promise.
    let Some(first) = codes::find(unsafe { bytes(haystack, len) }) else {
        return false;
    };
    if !found.is_null() {
        // SAFETY: `found` isn't NULL, so the caller lets us write to it.
        unsafe { found.write(first.into()) };
    }
    true
}

/// Finds all codes in the `len` bytes at `haystack`, in order. Stores the first `capacity` of them in
/// the array `matches` and returns how many there are, which can be more.
///
/// `matches` is NULL, to count only, or has room for `capacity` matches.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_find_all(
    haystack: *const c_void,
    len: usize,
    matches: *mut Match,
    capacity: usize,
) -> usize {
    let room = if matches.is_null() { 0 } else { capacity };
    let mut count = 0;
    // SAFETY: the caller's promise.
    for found in codes::find_iter(unsafe { bytes(haystack, len) }) {
        if count < room {
            // SAFETY: `matches` isn't NULL, and the caller promises room for `capacity` matches.
            unsafe { matches.add(count).write(found.into()) };
        }
        count += 1;
    }
    count
}

/// The code itself, such as `UPD4_FAIL_218`.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_name(code: Code) -> Text {
    text(code, |code| Some(code.as_str()))
}

/// What the event says about its device's update.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_status(code: Code) -> Status {
    match event_code(code) {
        Some(code) => status(code),
        None => Status::None,
    }
}

/// The same in a word: `success`, `fail`, `info` or `skipped`.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_status_name(code: Code) -> Text {
    text(code, |code| Some(code.status().as_str()))
}

/// What the portal shows for the event; empty where the document gives no text.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_portal_text(code: Code) -> Text {
    text(code, EventCode::portal_text)
}

/// Why the event happens; empty where that isn't known.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_explanation(code: Code) -> Text {
    text(code, EventCode::explanation)
}

/// What can be done about it; empty where the document doesn't say.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_corrective_action(code: Code) -> Text {
    text(code, EventCode::corrective_action)
}

/// The part of an update that the code belongs to, such as `update-fetching`.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_section(code: Code) -> Text {
    text(code, |code| Some(code.section().as_str()))
}

/// What the code begins with: `UPD1`, `UPD2`, `UPD4` or `SYS`.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_family(code: Code) -> Text {
    text(code, |code| Some(code.family().as_str()))
}

/// Stores the number that the code ends in (-1 for `UPD4_OK_M1`) in `number` and returns true; returns
/// false and leaves `number` as it is for a code that ends in a word. `number` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_code_number(code: Code, number: *mut i16) -> bool {
    let Some(value) = event_code(code).and_then(EventCode::number) else {
        return false;
    };
    if !number.is_null() {
        // SAFETY: `number` isn't NULL, so the caller lets us write to it.
        unsafe { number.write(value) };
    }
    true
}

/// Whether the public document lists the code. The others are known from the service's list of event
/// types, which gives a status and no text.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_is_documented(code: Code) -> bool {
    event_code(code).is_some_and(EventCode::is_documented)
}

/// Whether the integrator of the device gives the code its meaning.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_is_user_defined(code: Code) -> bool {
    event_code(code).is_some_and(EventCode::is_user_defined)
}

/// The bytes that a caller passes; none for NULL.
///
/// # Safety
/// `data` is NULL or points to `len` bytes that stay readable and unchanged for `'a`.
#[inline(always)]
unsafe fn bytes<'a>(data: *const c_void, len: usize) -> &'a [u8] {
    if data.is_null() {
        return &[];
    }
    // SAFETY: `data` isn't NULL; the caller promises the rest.
    unsafe { slice::from_raw_parts(data.cast(), len) }
}

#[inline(always)]
fn event_code(code: Code) -> Option<EventCode> {
    usize::try_from(code).ok().and_then(EventCode::from_index)
}

#[inline(always)]
const fn status(code: EventCode) -> Status {
    match code.status() {
        codes::Status::Success => Status::Success,
        codes::Status::Fail => Status::Fail,
        codes::Status::Info => Status::Info,
        codes::Status::Skipped => Status::Skipped,
        _ => Status::Other,
    }
}

#[inline(always)]
fn index(code: Option<EventCode>) -> Code {
    // No cast can wrap: a catalogue has at most 1024 codes.
    code.map_or(ELC_NONE, |code| code.index() as Code)
}

#[inline(always)]
fn text(code: Code, of: impl FnOnce(EventCode) -> Option<&'static str>) -> Text {
    let text = event_code(code).and_then(of).unwrap_or("");
    Text { data: text.as_ptr().cast(), len: text.len() }
}

impl From<codes::Match<'_>> for Match {
    #[inline(always)]
    fn from(found: codes::Match<'_>) -> Self {
        Match { start: found.start(), end: found.end(), code: index(found.code()) }
    }
}
