//! Which instructions the scanner runs on.

use super::FindIter;
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
use super::portable;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::simd::{Avx2, Sse2};

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
pub(super) use super::portable::word_bytes;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub(super) use super::simd::word_bytes;

#[derive(Clone, Copy, Debug)]
pub(super) enum Engine {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Avx2(Avx2),
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Sse2(Sse2),
    #[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
    Portable,
}

impl Engine {
    /// The fastest there is.
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    #[inline]
    pub(super) fn detect() -> Engine {
        Avx2::detect().map_or(Engine::Sse2(Sse2), Engine::Avx2)
    }

    /// The only one there is.
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    #[inline]
    pub(super) fn detect() -> Engine {
        Engine::Portable
    }

    /// Goes to the next chunk.
    pub(super) fn advance(self, iter: &mut FindIter<'_>) {
        match self {
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Engine::Avx2(avx2) => avx2.advance(iter),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Engine::Sse2(sse2) => sse2.advance(iter),
            #[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
            Engine::Portable => portable::advance(iter),
        }
    }
}
