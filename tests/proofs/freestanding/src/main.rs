//! Looks up and finds codes without `std`, `alloc` or a C library. Exits with status 0 if all is right.

#![no_std]
#![no_main]
// Otherwise the compiler turns the loops below into calls of themselves.
#![no_builtins]

use core::arch::{asm, global_asm};
use core::hint::black_box;

use event_log_codes::outcome::{DeviceOutcome, Outcome};
use event_log_codes::{EVENT_CODES, EventCode, StreamFinder, find_iter, find_iter_ignore_ascii_case};

global_asm!(".globl _start", "_start:", "and rsp, -16", "call {start}", start = sym start);

extern "C" fn start() -> ! {
    let haystack = black_box(&b"<14>gw-7: UPD4_FAIL_218, then SYS_111 and UPD9_NEW_1"[..]);
    let mut counts = [0_u8; EventCode::COUNT];
    let mut unknown = 0;
    let mut device = DeviceOutcome::new();
    for found in find_iter(haystack) {
        match found.code() {
            Some(code) => {
                counts[code.index()] += 1;
                device.push(code, None);
            }
            None => unknown += 1,
        }
    }
    let mut finder = StreamFinder::new();
    let mut in_stream = 0;
    for buffer in haystack.chunks(black_box(3)) {
        in_stream += finder.feed(buffer).count();
    }
    in_stream += finder.finish().iter().count();
    let works = unknown == 1
        && device.outcome() == Outcome::Failed
        && device.reason() == Some(EventCode::Upd4Fail218)
        && in_stream == 3
        && find_iter_ignore_ascii_case(black_box(b"\\nsys_112")).count() == 1
        && counts[EventCode::Upd4Fail218.index()] == 1
        && counts[EventCode::Sys111.index()] == 1
        && EventCode::from_bytes_ignore_ascii_case(black_box(b"sys_112")) == Some(EventCode::Sys112)
        && EventCode::from_bytes(black_box(b"sys_112")).is_none()
        && EVENT_CODES.get(black_box("UPD4_OK_M1")) == Some(&EventCode::Upd4OkM1)
        && EventCode::all_with_portal_text(black_box("device registered")) == [EventCode::Sys106]
        && black_box(EventCode::Upd4Fail207).corrective_action().is_some();
    exit(if works { 0 } else { 1 })
}

fn exit(status: i32) -> ! {
    // SAFETY: system call 60 of x86-64 Linux ends the program.
    unsafe { asm!("syscall", in("rax") 60, in("edi") status, options(noreturn)) }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(101)
}

/// The functions that compilers require of every environment.
mod environment {
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
        for at in 0..len {
            // SAFETY: the caller owns `len` bytes at both places.
            unsafe { to.add(at).write(from.add(at).read()) }
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
        for at in 0..len {
            // SAFETY: the caller owns `len` bytes there.
            unsafe { to.add(at).write(byte as u8) }
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
        for at in 0..len {
            // SAFETY: the caller owns `len` bytes at both places.
            let (left, right) = unsafe { (left.add(at).read(), right.add(at).read()) };
            if left != right {
                return i32::from(left) - i32::from(right);
            }
        }
        0
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
        // SAFETY: as the caller's.
        unsafe { memcmp(left, right, len) }
    }

    /// The prebuilt `core`, which can unwind, refers to it; never called where a panic ends the program.
    #[unsafe(no_mangle)]
    extern "C" fn rust_eh_personality() {}
}
