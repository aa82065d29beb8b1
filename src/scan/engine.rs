//! Chooses the instructions that the scanner uses.

#[cfg(neon)]
use super::neon::Neon;
#[cfg(any(test, not(any(simd, neon))))]
use super::portable;
#[cfg(simd)]
use super::simd::{Avx2, Sse2};
use super::{Block, FindIter, Match};

#[cfg(neon)]
pub(super) use super::neon::word_bytes;
#[cfg(not(any(simd, neon)))]
pub(super) use super::portable::word_bytes;
#[cfg(simd)]
pub(super) use super::simd::word_bytes;

/// An implementation of the scanner's tests.
#[derive(Clone, Copy, Debug)]
pub(super) enum Engine {
    #[cfg(simd)]
    Avx2(Avx2),
    #[cfg(simd)]
    Sse2(Sse2),
    #[cfg(neon)]
    Neon(Neon),
    #[cfg(any(test, not(any(simd, neon))))]
    Portable,
}

impl Engine {
    /// Returns the fastest engine that the processor can run.
    #[cfg(simd)]
    #[inline]
    pub(super) fn detect() -> Engine {
        Avx2::detect().map_or(Engine::Sse2(Sse2), Engine::Avx2)
    }

    /// Returns the fastest engine of this target.
    #[cfg(neon)]
    #[inline]
    pub(super) fn detect() -> Engine {
        Engine::Neon(Neon)
    }

    /// Returns the only engine of this target.
    #[cfg(not(any(simd, neon)))]
    #[inline]
    pub(super) fn detect() -> Engine {
        Engine::Portable
    }

    /// Goes to the next chunk, or to what is left of the haystack.
    pub(super) fn next_chunk<const IGNORE_ASCII_CASE: bool>(
        self,
        iter: &mut FindIter<'_, IGNORE_ASCII_CASE>,
    ) {
        match self {
            #[cfg(simd)]
            Engine::Avx2(avx2) => avx2.next_chunk(iter),
            #[cfg(simd)]
            Engine::Sse2(sse2) => sse2.next_chunk(iter),
            #[cfg(neon)]
            Engine::Neon(neon) => neon.next_chunk(iter),
            #[cfg(any(test, not(any(simd, neon))))]
            Engine::Portable => portable::next_chunk(iter),
        }
    }

    /// Returns the first block from `at` on that has candidates, or one at the end that has none.
    pub(super) fn next_block<const IGNORE_ASCII_CASE: bool>(self, haystack: &[u8], at: usize) -> Block {
        match self {
            #[cfg(simd)]
            Engine::Avx2(avx2) => avx2.next_block::<IGNORE_ASCII_CASE>(haystack, at),
            #[cfg(simd)]
            Engine::Sse2(sse2) => sse2.next_block::<IGNORE_ASCII_CASE>(haystack, at),
            #[cfg(neon)]
            Engine::Neon(neon) => neon.next_block::<IGNORE_ASCII_CASE>(haystack, at),
            #[cfg(any(test, not(any(simd, neon))))]
            Engine::Portable => portable::next_block::<IGNORE_ASCII_CASE>(haystack, at),
        }
    }

    /// [`FindIter::fold`] from `start` on.
    #[inline]
    pub(super) fn fold<'h, const IGNORE_ASCII_CASE: bool, B>(
        self,
        haystack: &'h [u8],
        start: usize,
        init: B,
        f: impl FnMut(B, Match<'h>) -> B,
    ) -> B {
        match self {
            #[cfg(simd)]
            Engine::Avx2(avx2) => avx2.fold::<IGNORE_ASCII_CASE, B>(haystack, start, init, f),
            #[cfg(simd)]
            Engine::Sse2(sse2) => sse2.fold::<IGNORE_ASCII_CASE, B>(haystack, start, init, f),
            #[cfg(neon)]
            Engine::Neon(neon) => neon.fold::<IGNORE_ASCII_CASE, B>(haystack, start, init, f),
            #[cfg(any(test, not(any(simd, neon))))]
            Engine::Portable => portable::fold::<IGNORE_ASCII_CASE, B>(haystack, start, init, f),
        }
    }
}
