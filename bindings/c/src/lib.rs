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
use core::{hint, slice};

use codes::{EventCode, ReportedValue, StreamFinder, StreamMatches};

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

/// A code found in a stream.
#[repr(C)]
pub struct StreamMatch {
    /// Offset in the stream of its first byte.
    pub start: u64,
    /// Offset in the stream just behind its last byte.
    pub end: u64,
    /// The word itself, readable until the stream's next `elc_stream_feed` or `elc_stream_finish`.
    pub text: Text,
    /// The code, or `ELC_NONE` for a word that has the shape of a code but isn't in the catalogue.
    pub code: Code,
}

/// The state of a search in a stream, in memory of the caller. Its content is private.
///
/// It owns nothing, so it needs no clean-up. It must stay where it is while it is in use.
#[repr(C)]
pub struct Stream {
    pub state: [u64; ELC_STREAM_WORDS],
}

/// Number of 64-bit words in an `elc_stream`: more than today's state takes, so that it can grow.
pub const ELC_STREAM_WORDS: usize = 160;

/// What a [`Stream`] holds.
#[repr(C)]
struct StreamState {
    /// [`READY`] if the rest is initialised: a stream of zeros finds nothing.
    ready: u64,
    finder: StreamFinder,
    /// The matches of the last buffer. They borrow from `finder`, which is left alone while they are there.
    matches: Option<StreamMatches<'static>>,
}

/// The bytes "elcready".
const READY: u64 = 0x656c_6372_6561_6479;

const _: () = assert!(size_of::<StreamState>() <= size_of::<Stream>());
const _: () = assert!(align_of::<StreamState>() <= align_of::<Stream>());
// A stream may be forgotten at any time.
const _: () = assert!(!core::mem::needs_drop::<StreamState>());

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

/// What `value` on the LwM2M resource `/object/0/resource` means; empty where nothing is known. Newer clients
/// report values whose meaning is known though their code isn't.
#[unsafe(no_mangle)]
pub extern "C" fn elc_reported_meaning(object: u16, resource: u16, value: i64) -> Text {
    static_text(ReportedValue::new(object, resource, value).and_then(ReportedValue::meaning))
}

/// Whether `value` on the LwM2M resource `/object/0/resource` is a success, a failure or information;
/// `ELC_STATUS_NONE` where nothing is known.
#[unsafe(no_mangle)]
pub extern "C" fn elc_reported_status(object: u16, resource: u16, value: i64) -> Status {
    ReportedValue::new(object, resource, value).map_or(Status::None, |reported| reported.status().into())
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
    // `fold` is quicker than a `for` loop: the iterator has a loop of its own, and the count stays in a register.
    // SAFETY: the caller's promise.
    codes::find_iter(unsafe { bytes(haystack, len) }).fold(0, move |count, found| {
        if count < room {
            // SAFETY: `matches` isn't NULL, and the caller promises room for `capacity` matches.
            unsafe { matches.add(count).write(found.into()) };
        }
        count + 1
    })
}

/// Begins a stream, or begins another one with the same memory. `stream` may be uninitialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_stream_init(stream: *mut Stream) {
    if stream.is_null() {
        return;
    }
    let state = StreamState { ready: READY, finder: StreamFinder::new(), matches: None };
    // SAFETY: the caller lets us write to `stream`, and the assertions above say that the state fits.
    unsafe { stream.cast::<StreamState>().write(state) };
}

/// Takes the next `len` bytes of the stream, which stay readable and unchanged until `elc_stream_next`
/// has returned 0. The codes in all buffers together are found, also across their edges.
///
/// Returns false, and takes nothing, while `elc_stream_next` has not returned 0 for the last buffer, so
/// that no code can be lost; and for a stream that was never begun.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_stream_feed(stream: *mut Stream, data: *const c_void, len: usize) -> bool {
    // SAFETY: the caller's promise.
    let Some(state) = (unsafe { stream_state(stream) }) else {
        return false;
    };
    // SAFETY: the state is initialised, and used by this call alone.
    if unsafe { (*state).matches.is_some() } {
        return false;
    }
    // SAFETY: there are no matches, so nothing borrows from `finder`. 'static stands for "until the
    // matches have been dropped", which happens before `finder` or the bytes are touched again.
    unsafe {
        let finder: &'static mut StreamFinder = &mut (*state).finder;
        (&raw mut (*state).matches).write(Some(finder.feed(bytes(data, len))));
    }
    true
}

/// Stores up to `capacity` of the codes that follow in the array `matches`, in order, and returns how
/// many; 0 when the last buffer has no more. A code is found once its end is known: one that reaches the
/// end of a buffer comes with the next buffer, or with `elc_stream_finish`.
///
/// A capacity of 1 reads well in a `while`; a larger one saves calls where a call is dear.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_stream_next(
    stream: *mut Stream,
    matches: *mut StreamMatch,
    capacity: usize,
) -> usize {
    // SAFETY: the caller's promise.
    let Some(state) = (unsafe { stream_state(stream) }) else {
        return 0;
    };
    if matches.is_null() {
        return 0;
    }
    // SAFETY: the state is initialised, and used by this call alone.
    let pending = unsafe { &mut (*state).matches };
    let mut count = 0;
    while count < capacity {
        let Some(found) = pending.as_mut().and_then(Iterator::next) else {
            *pending = None;
            break;
        };
        // SAFETY: `matches` isn't NULL, and the caller promises room for `capacity` matches.
        unsafe { matches.add(count).write(found.into()) };
        count += 1;
    }
    count
}

/// Ends the stream. If a code reaches its end, stores it in `found` and returns true; otherwise leaves
/// `found` as it is and returns false. `found` may be NULL.
///
/// Codes that `elc_stream_next` has not returned are dropped. The stream is then as if just begun.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn elc_stream_finish(stream: *mut Stream, found: *mut StreamMatch) -> bool {
    // SAFETY: the caller's promise.
    let Some(state) = (unsafe { stream_state(stream) }) else {
        return false;
    };
    // SAFETY: the state is initialised, and used by this call alone; once there are no matches, nothing
    // borrows from `finder`.
    let last = unsafe {
        (*state).matches = None;
        (*state).finder.finish()
    };
    let Some(last) = last else {
        return false;
    };
    if !found.is_null() {
        // SAFETY: `found` isn't NULL, so the caller lets us write to it.
        unsafe { found.write(last.into()) };
    }
    true
}

/// The code itself, such as `UPD4_FAIL_218`.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_name(code: Code) -> Text {
    text(code, |code| Some(code.as_str()))
}

/// What the event says about its device's update.
#[unsafe(no_mangle)]
pub extern "C" fn elc_code_status(code: Code) -> Status {
    event_code(code).map_or(Status::None, |code| code.status().into())
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

/// The state in a stream; `None` if there is none.
///
/// # Safety
/// `stream` is NULL, or points to a stream of zeros or one that [`elc_stream_init`] has begun, and no
/// other thread uses it now.
#[inline(always)]
unsafe fn stream_state(stream: *mut Stream) -> Option<*mut StreamState> {
    if stream.is_null() {
        return None;
    }
    // SAFETY: the first word of `stream` is initialised.
    let ready = unsafe { stream.cast::<u64>().read() };
    (ready == READY).then_some(stream.cast())
}

#[inline(always)]
fn event_code(code: Code) -> Option<EventCode> {
    usize::try_from(code).ok().and_then(EventCode::from_index)
}

#[inline(always)]
fn index(code: Option<EventCode>) -> Code {
    // No cast can wrap: a catalogue has at most 1024 codes.
    code.map_or(ELC_NONE, |code| code.index() as Code)
}

#[inline(always)]
fn text(code: Code, of: impl FnOnce(EventCode) -> Option<&'static str>) -> Text {
    static_text(event_code(code).and_then(of))
}

#[inline(always)]
fn static_text(text: Option<&'static str>) -> Text {
    // A third of the codes has no portal text, in no order that a processor could predict: no branch.
    Text {
        data: hint::select_unpredictable(text.is_some(), text.map_or("".as_ptr(), str::as_ptr), "".as_ptr())
            .cast(),
        len: hint::select_unpredictable(text.is_some(), text.map_or(0, str::len), 0),
    }
}

impl From<codes::Status> for Status {
    #[inline(always)]
    fn from(status: codes::Status) -> Self {
        match status {
            codes::Status::Success => Status::Success,
            codes::Status::Fail => Status::Fail,
            codes::Status::Info => Status::Info,
            codes::Status::Skipped => Status::Skipped,
            _ => Status::Other,
        }
    }
}

impl From<codes::Match<'_>> for Match {
    #[inline(always)]
    fn from(found: codes::Match<'_>) -> Self {
        Match { start: found.start(), end: found.end(), code: index(found.code()) }
    }
}

impl From<codes::StreamMatch<'_>> for StreamMatch {
    #[inline(always)]
    fn from(found: codes::StreamMatch<'_>) -> Self {
        let word = found.as_bytes();
        let text = Text { data: word.as_ptr().cast(), len: word.len() };
        StreamMatch { start: found.start(), end: found.end(), text, code: index(found.code()) }
    }
}
