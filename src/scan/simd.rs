//! The scanner's tests in the vector instructions of x86-64.
//!
//! Memory is only read through references to arrays, so no read can leave the haystack. What remains to
//! be shown is that the processor has the instructions.

// On Rust 1.85 every intrinsic is unsafe; since 1.87 they are safe where the feature is enabled, and
// blocks around them would be reported as unused.
#![allow(unsafe_op_in_unsafe_fn)]

use core::arch::x86_64::*;

use super::filter::{Filter, filter};
use super::word::WINDOW;
use super::{BLOCK, Block, FindIter, LOOKAHEAD, Match, fold_with, next_block_with};

/// Proof that the processor has AVX2.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
    /// Asks the processor, or without the feature `std` the compiler's target.
    #[inline]
    pub(super) fn detect() -> Option<Avx2> {
        #[cfg(feature = "std")]
        let detected = std::is_x86_feature_detected!("avx2");
        #[cfg(not(feature = "std"))]
        let detected = cfg!(target_feature = "avx2");
        detected.then_some(Avx2(()))
    }

    // Called once per chunk: inlined, it would take registers from `next`.
    #[inline(never)]
    pub(super) fn next_chunk<const IGNORE_ASCII_CASE: bool>(
        self,
        iter: &mut FindIter<'_, IGNORE_ASCII_CASE>,
    ) {
        // SAFETY: only `detect` makes an `Avx2`, where the processor has the feature.
        unsafe { avx2::next_chunk(iter) }
    }

    #[inline(never)]
    pub(super) fn next_block<const IGNORE_ASCII_CASE: bool>(self, haystack: &[u8], at: usize) -> Block {
        // SAFETY: only `detect` makes an `Avx2`, where the processor has the feature.
        unsafe { avx2::next_block::<IGNORE_ASCII_CASE>(haystack, at) }
    }

    #[inline]
    pub(super) fn fold<'h, const IGNORE_ASCII_CASE: bool, B>(
        self,
        haystack: &'h [u8],
        start: usize,
        init: B,
        f: impl FnMut(B, Match<'h>) -> B,
    ) -> B {
        // SAFETY: only `detect` makes an `Avx2`, where the processor has the feature.
        unsafe { avx2::fold::<IGNORE_ASCII_CASE, B>(haystack, start, init, f) }
    }
}

/// SSE2, which every target has that this module is compiled for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sse2;

impl Sse2 {
    // Called once per chunk: inlined, it would take registers from `next`.
    #[inline(never)]
    pub(super) fn next_chunk<const IGNORE_ASCII_CASE: bool>(
        self,
        iter: &mut FindIter<'_, IGNORE_ASCII_CASE>,
    ) {
        // SAFETY: the module is compiled only for targets that have the feature.
        unsafe { sse2::next_chunk(iter) }
    }

    #[inline(never)]
    pub(super) fn next_block<const IGNORE_ASCII_CASE: bool>(self, haystack: &[u8], at: usize) -> Block {
        // SAFETY: the module is compiled only for targets that have the feature.
        unsafe { sse2::next_block::<IGNORE_ASCII_CASE>(haystack, at) }
    }

    #[inline]
    pub(super) fn fold<'h, const IGNORE_ASCII_CASE: bool, B>(
        self,
        haystack: &'h [u8],
        start: usize,
        init: B,
        f: impl FnMut(B, Match<'h>) -> B,
    ) -> B {
        // SAFETY: the module is compiled only for targets that have the feature.
        unsafe { sse2::fold::<IGNORE_ASCII_CASE, B>(haystack, start, init, f) }
    }
}

/// Returns a bit for each byte of the window that is a word byte.
#[inline]
pub(super) fn word_bytes(window: &[u8; WINDOW]) -> u32 {
    #[target_feature(enable = "sse2")]
    #[inline]
    unsafe fn word_bytes(window: &[u8; WINDOW]) -> u32 {
        let bytes = sse2::load(window);
        // Without the bit in which upper and lower case differ.
        let letter = sse2::in_range(_mm_andnot_si128(_mm_set1_epi8(0x20), bytes), b'A', b'Z');
        let digit = sse2::in_range(bytes, b'0', b'9');
        let underscore = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'_' as i8));
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letter, digit), underscore)) as u32
    }
    // SAFETY: the module is compiled only for targets that have the feature.
    unsafe { word_bytes(window) }
}

/// Defines the tests for vectors of one width.
macro_rules! engine {
    (
        $name:ident, $feature:literal, $vector:ty, $width:literal,
        $load:ident, $splat:ident, $or:ident, $and:ident, $and_not:ident, $equal:ident, $greater:ident,
        $add:ident, $bits:ident,
    ) => {
        mod $name {
            use super::*;

            #[target_feature(enable = $feature)]
            pub(super) unsafe fn next_chunk<const IGNORE_ASCII_CASE: bool>(
                iter: &mut FindIter<'_, IGNORE_ASCII_CASE>,
            ) {
                iter.next_chunk_with(|block| candidates::<IGNORE_ASCII_CASE>(block));
            }

            #[target_feature(enable = $feature)]
            pub(super) unsafe fn next_block<const IGNORE_ASCII_CASE: bool>(
                haystack: &[u8],
                at: usize,
            ) -> Block {
                next_block_with(haystack, at, |block| candidates::<IGNORE_ASCII_CASE>(block))
            }

            #[target_feature(enable = $feature)]
            #[inline]
            pub(super) unsafe fn fold<'h, const IGNORE_ASCII_CASE: bool, B>(
                haystack: &'h [u8],
                start: usize,
                init: B,
                f: impl FnMut(B, Match<'h>) -> B,
            ) -> B {
                fold_with::<IGNORE_ASCII_CASE, B>(haystack, start, init, f, |block| {
                    candidates::<IGNORE_ASCII_CASE>(block)
                })
            }

            /// Returns a bit for each byte of the block at which a code may begin.
            #[target_feature(enable = $feature)]
            #[inline]
            unsafe fn candidates<const IGNORE_ASCII_CASE: bool>(block: &[u8; BLOCK + LOOKAHEAD]) -> u64 {
                let Filter { ignored, wanted, case } = const { filter(IGNORE_ASCII_CASE) };
                let [ignored_first, ignored_second] = ignored.map(|byte| $splat(byte as i8));
                let [first, second] = wanted.map(|byte| $splat(byte as i8));
                let case = $splat(case as i8);
                let mut found = 0;
                for at in (0..BLOCK).step_by($width) {
                    let bytes = |offset: usize| block[at + offset..].first_chunk().map(|bytes| load(bytes));
                    if let (Some(b0), Some(b1), Some(b3)) = (bytes(0), bytes(1), bytes(3)) {
                        let b0 = $equal($or(b0, ignored_first), first);
                        let b1 = $equal($or(b1, ignored_second), second);
                        let letter = in_range($and_not(case, b3), b'A', b'Z');
                        let here = $and_not(letter, $and(b0, b1));
                        found |= u64::from($bits(here) as u32) << at;
                    }
                }
                found
            }

            /// Sets all bits of each byte that is in a range of ASCII.
            #[target_feature(enable = $feature)]
            #[inline]
            pub(super) unsafe fn in_range(bytes: $vector, first: u8, last: u8) -> $vector {
                // Shifted so that the range ends at the largest signed byte.
                let moved = $add(bytes, $splat((i8::MAX as u8 - last) as i8));
                $greater(moved, $splat(i8::MAX - (last - first + 1) as i8))
            }

            #[target_feature(enable = $feature)]
            #[inline]
            pub(super) unsafe fn load(bytes: &[u8; $width]) -> $vector {
                // SAFETY: the reference is valid for a read of the vector's width, and the
                // instruction requires no alignment.
                unsafe { $load(bytes.as_ptr().cast()) }
            }
        }
    };
}

engine! {
    avx2, "avx2", __m256i, 32,
    _mm256_loadu_si256, _mm256_set1_epi8, _mm256_or_si256, _mm256_and_si256, _mm256_andnot_si256,
    _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_add_epi8, _mm256_movemask_epi8,
}

engine! {
    sse2, "sse2", __m128i, 16,
    _mm_loadu_si128, _mm_set1_epi8, _mm_or_si128, _mm_and_si128, _mm_andnot_si128,
    _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_add_epi8, _mm_movemask_epi8,
}
