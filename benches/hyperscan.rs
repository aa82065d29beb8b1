//! Hyperscan, or Vectorscan, which has the same interface: built only where pkg-config finds `libhs`.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr;

const SUCCESS: c_int = 0;
const MODE_BLOCK: c_uint = 1;

type OnMatch = unsafe extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

#[repr(C)]
struct CompileError {
    message: *const c_char,
    expression: c_int,
}

unsafe extern "C" {
    fn hs_compile_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut CompileError,
    ) -> c_int;
    fn hs_compile_lit_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        lens: *const usize,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut CompileError,
    ) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
}

/// A compiled set of patterns, and the memory for a search. Both live as long as the process.
pub struct Database {
    database: *mut c_void,
    scratch: *mut c_void,
}

impl Database {
    /// A database of one regular expression.
    pub fn expression(expression: &str) -> Database {
        let expression = CString::new(expression).expect("no NUL");
        Database::compiled(|database, error| {
            // SAFETY: each array has one element, and all outlive the call.
            unsafe {
                let expressions = [expression.as_ptr()];
                let (no_flags, platform) = (ptr::null(), ptr::null());
                hs_compile_multi(
                    expressions.as_ptr(),
                    no_flags,
                    [0].as_ptr(),
                    1,
                    MODE_BLOCK,
                    platform,
                    database,
                    error,
                )
            }
        })
    }

    /// A database of literal texts. A match has the index of its text as its id.
    pub fn literals(texts: &[&str]) -> Database {
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr().cast()).collect();
        let lens: Vec<usize> = texts.iter().map(|text| text.len()).collect();
        let count = c_uint::try_from(texts.len()).expect("not many");
        let ids: Vec<c_uint> = (0..count).collect();
        let flags = vec![0; texts.len()];
        Database::compiled(|database, error| {
            // SAFETY: each array has `count` elements, and all outlive the call.
            unsafe {
                hs_compile_lit_multi(
                    pointers.as_ptr(),
                    flags.as_ptr(),
                    ids.as_ptr(),
                    lens.as_ptr(),
                    count,
                    MODE_BLOCK,
                    ptr::null(),
                    database,
                    error,
                )
            }
        })
    }

    fn compiled(compile: impl FnOnce(*mut *mut c_void, *mut *mut CompileError) -> c_int) -> Database {
        let (mut database, mut error, mut scratch) =
            (ptr::null_mut(), ptr::null_mut::<CompileError>(), ptr::null_mut());
        let status = compile(&raw mut database, &raw mut error);
        if status != SUCCESS {
            // SAFETY: on failure `error` is set, and its message is a C string.
            let message = unsafe { CStr::from_ptr((*error).message) };
            panic!("{}", message.to_string_lossy());
        }
        // SAFETY: the database was compiled.
        let status = unsafe { hs_alloc_scratch(database, &raw mut scratch) };
        assert_eq!(status, SUCCESS);
        Database { database, scratch }
    }

    /// Calls `on_match` with the id and the end of each match. Matches of different patterns come in the
    /// order of their ends.
    pub fn scan<F: FnMut(usize, usize)>(&self, haystack: &[u8], mut on_match: F) {
        unsafe extern "C" fn call<F: FnMut(usize, usize)>(
            id: c_uint,
            _start: c_ulonglong,
            end: c_ulonglong,
            _flags: c_uint,
            context: *mut c_void,
        ) -> c_int {
            // SAFETY: `context` is the closure that `scan` was given, which nothing else uses meanwhile.
            unsafe { (*context.cast::<F>())(id as usize, end as usize) };
            0
        }
        let len = c_uint::try_from(haystack.len()).expect("below 4 GB");
        // SAFETY: `len` bytes can be read; one thread at a time uses the scratch, as `Database` is not `Sync`.
        let status = unsafe {
            hs_scan(
                self.database,
                haystack.as_ptr().cast(),
                len,
                0,
                self.scratch,
                call::<F>,
                (&raw mut on_match).cast(),
            )
        };
        assert_eq!(status, SUCCESS);
    }
}
