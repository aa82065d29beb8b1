//! The scanner's tests in NEON, the vector instructions of AArch64.
//!
//! Memory is only read through references to arrays, so no read can leave the haystack. What remains to
//! be shown is that the processor has the instructions: the module is compiled only for targets whose
//! every processor has them.

// On Rust 1.85 every intrinsic is unsafe; since 1.87 they are safe where the feature is enabled, and
// blocks around them would be reported as unused.
#![allow(unsafe_op_in_unsafe_fn)]

use core::arch::aarch64::*;

use super::filter::{Filter, filter};
use super::word::WINDOW;
use super::{BLOCK, Block, FindIter, LOOKAHEAD, Match, fold_with, next_block_with};

/// NEON, which every target has that this module is compiled for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neon;

impl Neon {
    // Called once per chunk: inlined, it would take registers from `next`.
    #[inline(never)]
    pub(super) fn next_chunk<const IGNORE_ASCII_CASE: bool>(
        self,
        iter: &mut FindIter<'_, IGNORE_ASCII_CASE>,
    ) {
        iter.next_chunk_with(candidates::<IGNORE_ASCII_CASE>);
    }

    #[inline(never)]
    pub(super) fn next_block<const IGNORE_ASCII_CASE: bool>(self, haystack: &[u8], at: usize) -> Block {
        next_block_with(haystack, at, candidates::<IGNORE_ASCII_CASE>)
    }

    #[inline]
    pub(super) fn fold<'h, const IGNORE_ASCII_CASE: bool, B>(
        self,
        haystack: &'h [u8],
        start: usize,
        init: B,
        f: impl FnMut(B, Match<'h>) -> B,
    ) -> B {
        fold_with::<IGNORE_ASCII_CASE, B>(haystack, start, init, f, candidates::<IGNORE_ASCII_CASE>)
    }
}

/// Returns a bit for each byte of the window that is a word byte.
#[inline]
pub(super) fn word_bytes(window: &[u8; WINDOW]) -> u32 {
    #[target_feature(enable = "neon")]
    #[inline]
    unsafe fn word_bytes(window: &[u8; WINDOW]) -> u32 {
        let bytes = load(window);
        // Without the bit in which upper and lower case differ.
        let letter = in_range(vbicq_u8(bytes, vdupq_n_u8(0x20)), b'A', b'Z');
        let digit = in_range(bytes, b'0', b'9');
        let underscore = vceqq_u8(bytes, vdupq_n_u8(b'_'));
        let word = weigh(vorrq_u8(vorrq_u8(letter, digit), underscore));
        let none = vdupq_n_u8(0);
        add_weights([word, none, none, none]) as u32
    }
    // SAFETY: the module is compiled only for targets that have the feature.
    unsafe { word_bytes(window) }
}

/// Returns a bit for each byte of the block at which a code may begin.
#[inline]
fn candidates<const IGNORE_ASCII_CASE: bool>(block: &[u8; BLOCK + LOOKAHEAD]) -> u64 {
    #[target_feature(enable = "neon")]
    #[inline]
    unsafe fn candidates<const IGNORE_ASCII_CASE: bool>(block: &[u8; BLOCK + LOOKAHEAD]) -> u64 {
        let Filter { ignored, wanted, case } = const { filter(IGNORE_ASCII_CASE) };
        let [ignored_first, ignored_second] = [vdupq_n_u8(ignored[0]), vdupq_n_u8(ignored[1])];
        let [first, second] = [vdupq_n_u8(wanted[0]), vdupq_n_u8(wanted[1])];
        let mut found = [vdupq_n_u8(0); 4];
        for (at, found) in (0..BLOCK).step_by(16).zip(&mut found) {
            if let (Some(b0), Some(b1)) = (block[at..].first_chunk(), block[at + 1..].first_chunk()) {
                let b0 = vceqq_u8(vorrq_u8(load(b0), ignored_first), first);
                let b1 = vceqq_u8(vorrq_u8(load(b1), ignored_second), second);
                *found = vandq_u8(b0, b1);
            }
        }
        // Most blocks end here. To move bits side by side takes many instructions, unlike on x86-64.
        let [a, b, c, d] = found;
        let any = vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d));
        if vmaxvq_u32(vreinterpretq_u32_u8(any)) == 0 {
            return 0;
        }
        let case = vdupq_n_u8(case);
        for (at, found) in (0..BLOCK).step_by(16).zip(&mut found) {
            if let Some(b3) = block[at + 3..].first_chunk() {
                let letter = in_range(vbicq_u8(load(b3), case), b'A', b'Z');
                *found = weigh(vbicq_u8(*found, letter));
            }
        }
        add_weights(found)
    }
    // SAFETY: the module is compiled only for targets that have the feature.
    unsafe { candidates::<IGNORE_ASCII_CASE>(block) }
}

/// Keeps one bit of each byte that is set: another one for each of eight bytes.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn weigh(bytes: uint8x16_t) -> uint8x16_t {
    vandq_u8(bytes, load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]))
}

/// Moves the bits of [weighed](weigh) vectors side by side, by adding neighbours three times.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn add_weights([a, b, c, d]: [uint8x16_t; 4]) -> u64 {
    let fours = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(fours, fours)))
}

/// Sets all bits of each byte that is in a range.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn in_range(bytes: uint8x16_t, first: u8, last: u8) -> uint8x16_t {
    vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(last - first + 1))
}

#[target_feature(enable = "neon")]
#[inline]
unsafe fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the reference is valid for a read of sixteen bytes, and the instruction requires no
    // alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
