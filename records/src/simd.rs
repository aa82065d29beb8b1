//! Vector instructions of x86-64, and all unsafe code of the crate.
//!
//! Memory is read through references to arrays only; what is left to prove is that the processor has
//! the instructions.

#![allow(unsafe_code)]

use crate::index::{
    BLOCK, Masks, Strings, index_brackets_with, index_cells_with, index_with, write_positions,
};

/// The instructions to classify bytes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Detected),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Detected),
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Sse2,
    #[cfg_attr(all(target_arch = "x86_64", target_feature = "sse2"), allow(dead_code))]
    Portable,
}

impl Engine {
    /// The fastest that the running processor has.
    pub(crate) fn detect() -> Engine {
        #[cfg(target_arch = "x86_64")]
        if let Some(detected) = avx512::Detected::new() {
            return Engine::Avx512(detected);
        }
        #[cfg(target_arch = "x86_64")]
        if let Some(detected) = avx2::Detected::new() {
            return Engine::Avx2(detected);
        }
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        return Engine::Sse2;
        #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
        Engine::Portable
    }

    /// Writes the positions of the unescaped quotes and of the line feeds of `window`, counted from
    /// `start`, to `positions` from index `count` on, and returns the new count; appends a mask of
    /// backslashes for each block.
    pub(crate) fn index(
        self,
        window: &[u8],
        start: u32,
        carry: &mut u64,
        positions: &mut [u32],
        count: usize,
        backslashes: &mut Vec<u64>,
    ) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(detected) => detected.index(window, start, carry, positions, count, backslashes),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(detected) => detected.index(window, start, carry, positions, count, backslashes),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Engine::Sse2 => {
                let write = write_positions;
                index_with(window, start, carry, positions, count, backslashes, sse2::classify, write)
            }
            Engine::Portable => {
                let write = write_positions;
                index_with(window, start, carry, positions, count, backslashes, portable::classify, write)
            }
        }
    }

    /// Writes the positions of the brackets of `window` outside of strings, and of the line feeds in
    /// strings, counted from `start`, to `positions`; returns how many there are.
    pub(crate) fn index_brackets(
        self,
        window: &[u8],
        start: u32,
        strings: &mut Strings,
        positions: &mut [u32],
    ) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(detected) => detected.index_brackets(window, start, strings, positions),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(detected) => detected.index_brackets(window, start, strings, positions),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Engine::Sse2 => {
                index_brackets_with(window, start, strings, positions, sse2::classify, write_positions)
            }
            Engine::Portable => {
                index_brackets_with(window, start, strings, positions, portable::classify, write_positions)
            }
        }
    }

    /// Writes the positions of the quotes, delimiters and line feeds of `window`, counted from `start`, to
    /// `positions`, which has room for 64 more than there are bytes; returns how many there are.
    pub(crate) fn index_cells(
        self,
        window: &[u8],
        start: u32,
        delimiter: u8,
        positions: &mut [u32],
    ) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(detected) => detected.index_cells(window, start, delimiter, positions),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(detected) => detected.index_cells(window, start, delimiter, positions),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Engine::Sse2 => {
                let marks = |block: &[u8; BLOCK]| sse2::cell_marks(block, delimiter);
                index_cells_with(window, start, positions, marks, write_positions)
            }
            Engine::Portable => {
                let marks = |block: &[u8; BLOCK]| portable::cell_marks(block, delimiter);
                index_cells_with(window, start, positions, marks, write_positions)
            }
        }
    }

    /// The masks of a block.
    #[cfg(test)]
    fn classify(self, block: &[u8; BLOCK]) -> Masks {
        match self {
            #[cfg(target_arch = "x86_64")]
            Engine::Avx512(detected) => detected.classify(block),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(detected) => detected.classify(block),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Engine::Sse2 => sse2::classify(block),
            Engine::Portable => portable::classify(block),
        }
    }
}

/// Defines a module with the steps of an engine of x86-64, compiled for the features that it needs and
/// reached only through a proof that the processor has them. The block that is given defines, for these,
/// `classify`, `cell_marks` and `write`.
#[cfg(target_arch = "x86_64")]
macro_rules! detected {
    ($name:ident, $($feature:tt)|+, $features:literal, { $($steps:item)+ }) => {
        mod $name {
            use std::arch::x86_64::*;

            use super::*;

            /// Proof that the processor has the features.
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(crate) struct Detected(());

            impl Detected {
                pub(super) fn new() -> Option<Detected> {
                    let all = $(is_x86_feature_detected!($feature))&&+;
                    all.then_some(Detected(()))
                }

                pub(super) fn index(
                    self,
                    window: &[u8],
                    start: u32,
                    carry: &mut u64,
                    positions: &mut [u32],
                    count: usize,
                    backslashes: &mut Vec<u64>,
                ) -> usize {
                    // SAFETY: only `new` makes a `Detected`, where the processor has the features.
                    unsafe { index(window, start, carry, positions, count, backslashes) }
                }

                pub(super) fn index_brackets(
                    self,
                    window: &[u8],
                    start: u32,
                    strings: &mut Strings,
                    positions: &mut [u32],
                ) -> usize {
                    // SAFETY: only `new` makes a `Detected`, where the processor has the features.
                    unsafe { index_brackets(window, start, strings, positions) }
                }

                pub(super) fn index_cells(
                    self,
                    window: &[u8],
                    start: u32,
                    delimiter: u8,
                    positions: &mut [u32],
                ) -> usize {
                    // SAFETY: only `new` makes a `Detected`, where the processor has the features.
                    unsafe { index_cells(window, start, delimiter, positions) }
                }

                #[cfg(test)]
                pub(super) fn classify(self, block: &[u8; BLOCK]) -> Masks {
                    // SAFETY: only `new` makes a `Detected`, where the processor has the features.
                    unsafe { classify(block) }
                }
            }

            #[target_feature(enable = $features)]
            fn index(
                window: &[u8],
                start: u32,
                carry: &mut u64,
                positions: &mut [u32],
                count: usize,
                backslashes: &mut Vec<u64>,
            ) -> usize {
                index_with(
                    window,
                    start,
                    carry,
                    positions,
                    count,
                    backslashes,
                    |block| classify(block),
                    |out, count, base, bits| write(out, count, base, bits),
                )
            }

            #[target_feature(enable = $features)]
            fn index_brackets(
                window: &[u8],
                start: u32,
                strings: &mut Strings,
                positions: &mut [u32],
            ) -> usize {
                index_brackets_with(
                    window,
                    start,
                    strings,
                    positions,
                    |block| classify(block),
                    |out, count, base, bits| write(out, count, base, bits),
                )
            }

            #[target_feature(enable = $features)]
            fn index_cells(window: &[u8], start: u32, delimiter: u8, positions: &mut [u32]) -> usize {
                index_cells_with(
                    window,
                    start,
                    positions,
                    |block| cell_marks(block, delimiter),
                    |out, count, base, bits| write(out, count, base, bits),
                )
            }

            $(
                #[target_feature(enable = $features)]
                #[inline]
                $steps
            )+
        }
    };
}

#[cfg(target_arch = "x86_64")]
detected!(
    avx512,
    "avx512f" | "avx512bw" | "avx512vbmi2" | "bmi1" | "popcnt",
    "avx512f,avx512bw,avx512vbmi2,bmi1,popcnt",
    {
        fn cell_marks(block: &[u8; BLOCK], delimiter: u8) -> u64 {
            let block = load(block);
            let equal = |byte: u8| _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte as i8));
            equal(b'"') | equal(b'\n') | equal(delimiter)
        }

        fn classify(block: &[u8; BLOCK]) -> Masks {
            let block = load(block);
            // With the bit set that tells square brackets from curly ones.
            let curly = _mm512_or_si512(block, _mm512_set1_epi8(0x20));
            let equal = |block, byte: u8| _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte as i8));
            Masks {
                quotes: equal(block, b'"'),
                backslashes: equal(block, b'\\'),
                line_feeds: equal(block, b'\n'),
                brackets: equal(curly, b'{') | equal(curly, b'}'),
            }
        }

        /// [`write_positions`], sixteen at a time.
        fn write(out: &mut [u32], count: usize, base: u32, bits: u64) -> usize {
            const NUMBERS: [u8; BLOCK] = {
                let mut numbers = [0; BLOCK];
                let mut at = 0;
                while at < BLOCK {
                    numbers[at] = at as u8;
                    at += 1;
                }
                numbers
            };
            let after = count + bits.count_ones() as usize;
            let mut found = _mm512_maskz_compress_epi8(bits, load(&NUMBERS));
            let base = _mm512_set1_epi32(base as i32);
            let mut at = count;
            while at < after {
                let Some(slots) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<16>()) else {
                    break;
                };
                store(slots, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(found)), base));
                found = _mm512_shuffle_i32x4::<0b11_11_10_01>(found, found);
                at += 16;
            }
            after
        }

        fn load(block: &[u8; BLOCK]) -> __m512i {
            // SAFETY: the read of 64 bytes is that of the array, and needs no alignment.
            unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
        }

        fn store(slots: &mut [u32; 16], positions: __m512i) {
            // SAFETY: the 64 bytes written are those of the array, and need no alignment.
            unsafe { _mm512_storeu_si512(slots.as_mut_ptr().cast(), positions) }
        }
    }
);

#[cfg(target_arch = "x86_64")]
detected!(avx2, "avx2" | "bmi1" | "bmi2" | "popcnt", "avx2,bmi1,bmi2,popcnt", {
    fn cell_marks(block: &[u8; BLOCK], delimiter: u8) -> u64 {
        let [low, high] = halves(block).map(|half| {
            let equal = |byte: u8| _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte as i8));
            let marks = _mm256_or_si256(_mm256_or_si256(equal(b'"'), equal(b'\n')), equal(delimiter));
            _mm256_movemask_epi8(marks) as u32
        });
        u64::from(low) | u64::from(high) << 32
    }

    fn classify(block: &[u8; BLOCK]) -> Masks {
        let halves = halves(block);
        let equal = |byte: u8| {
            let [low, high] = halves.map(|half| {
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte as i8))) as u32
            });
            u64::from(low) | u64::from(high) << 32
        };
        let [low, high] = halves.map(|half| {
            // With the bit set that tells square brackets from curly ones.
            let curly = _mm256_or_si256(half, _mm256_set1_epi8(0x20));
            let opening = _mm256_cmpeq_epi8(curly, _mm256_set1_epi8(b'{' as i8));
            let closing = _mm256_cmpeq_epi8(curly, _mm256_set1_epi8(b'}' as i8));
            _mm256_movemask_epi8(_mm256_or_si256(opening, closing)) as u32
        });
        Masks {
            quotes: equal(b'"'),
            backslashes: equal(b'\\'),
            line_feeds: equal(b'\n'),
            brackets: u64::from(low) | u64::from(high) << 32,
        }
    }

    fn write(out: &mut [u32], count: usize, base: u32, bits: u64) -> usize {
        write_positions(out, count, base, bits)
    }

    fn halves(block: &[u8; BLOCK]) -> [__m256i; 2] {
        let at = block.as_ptr().cast::<__m256i>();
        // SAFETY: both reads of 32 bytes lie in the array of 64, and need no alignment.
        unsafe { [_mm256_loadu_si256(at), _mm256_loadu_si256(at.add(1))] }
    }
});

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod sse2 {
    use std::arch::x86_64::*;

    use super::{BLOCK, Masks};

    #[inline(always)]
    pub(super) fn cell_marks(block: &[u8; BLOCK], delimiter: u8) -> u64 {
        let (quarters, _) = block.as_chunks::<16>();
        let marks = quarters.iter().enumerate().map(|(index, quarter)| {
            // SAFETY: the read of 16 bytes lies in the array and needs no alignment; the module is
            // compiled only for targets that have SSE2.
            let mask = unsafe {
                let bytes = _mm_loadu_si128(quarter.as_ptr().cast());
                let equal = |byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
                let marks = _mm_or_si128(_mm_or_si128(equal(b'"'), equal(b'\n')), equal(delimiter));
                _mm_movemask_epi8(marks)
            };
            u64::from(mask as u16) << (16 * index)
        });
        marks.fold(0, |all, marks| all | marks)
    }

    #[inline(always)]
    pub(super) fn classify(block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::default();
        let (quarters, _) = block.as_chunks::<16>();
        for (index, quarter) in quarters.iter().enumerate() {
            // SAFETY: the read of 16 bytes lies in the array and needs no alignment; the module is
            // compiled only for targets that have SSE2.
            let bytes = unsafe { _mm_loadu_si128(quarter.as_ptr().cast()) };
            let equal = |bytes: __m128i, byte: u8| {
                // SAFETY: as above.
                let mask = unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8))) };
                u64::from(mask as u16) << (16 * index)
            };
            // SAFETY: as above.
            let curly = unsafe { _mm_or_si128(bytes, _mm_set1_epi8(0x20)) };
            masks.quotes |= equal(bytes, b'"');
            masks.backslashes |= equal(bytes, b'\\');
            masks.line_feeds |= equal(bytes, b'\n');
            masks.brackets |= equal(curly, b'{') | equal(curly, b'}');
        }
        masks
    }
}

mod portable {
    use super::{BLOCK, Masks};

    #[inline(always)]
    pub(super) fn cell_marks(block: &[u8; BLOCK], delimiter: u8) -> u64 {
        let (words, _) = block.as_chunks::<8>();
        let marks = words.iter().enumerate().map(|(index, word)| {
            let word = u64::from_le_bytes(*word);
            (equal(word, b'"') | equal(word, b'\n') | equal(word, delimiter)) << (8 * index)
        });
        marks.fold(0, |all, marks| all | marks)
    }

    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = LOW << 7;

    #[inline(always)]
    pub(super) fn classify(block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::default();
        let (words, _) = block.as_chunks::<8>();
        for (index, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let curly = word | (LOW * 0x20);
            let at = 8 * index;
            masks.quotes |= equal(word, b'"') << at;
            masks.backslashes |= equal(word, b'\\') << at;
            masks.line_feeds |= equal(word, b'\n') << at;
            masks.brackets |= (equal(curly, b'{') | equal(curly, b'}')) << at;
        }
        masks
    }

    /// A bit for each byte of `word` that is `byte`.
    #[inline(always)]
    fn equal(word: u64, byte: u8) -> u64 {
        let difference = word ^ (LOW * u64::from(byte));
        let zero = !(((difference & !HIGH) + !HIGH) | difference) & HIGH;
        // Each factor's bit moves one byte's bit to the top byte, each to a place of its own.
        ((zero >> 7).wrapping_mul(0x0102_0408_1020_4080)) >> 56
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Engine;
    use crate::index::{BLOCK, Masks, escaped};

    fn naive(block: &[u8; BLOCK]) -> Masks {
        let mask = |wanted: &[u8]| {
            block.iter().enumerate().map(|(i, byte)| u64::from(wanted.contains(byte)) << i).sum()
        };
        Masks {
            quotes: mask(b"\""),
            backslashes: mask(b"\\"),
            line_feeds: mask(b"\n"),
            brackets: mask(b"{}[]"),
        }
    }

    fn engines() -> Vec<Engine> {
        let mut engines = vec![Engine::detect(), Engine::Portable];
        #[cfg(target_arch = "x86_64")]
        engines.extend(super::avx2::Detected::new().map(Engine::Avx2));
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        engines.push(Engine::Sse2);
        engines
    }

    proptest! {
        #[test]
        fn every_engine_agrees_with_a_loop(bytes in any::<[u8; 32]>(), picks in any::<[u8; 32]>()) {
            let mut block = [0; BLOCK];
            block[..32].copy_from_slice(&bytes);
            for (to, pick) in block[32..].iter_mut().zip(picks) {
                *to = b"\"\\\n{}[]\x5c\x7b\xdb\xfd\x02a "[usize::from(pick) % 14];
            }
            for engine in engines() {
                prop_assert_eq!(engine.classify(&block), naive(&block), "{:?}", engine);
            }
        }

        #[test]
        fn every_engine_finds_the_marks_of_cells(
            text in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\",;\n\t".to_vec())], 0..200),
            delimiter in prop::sample::select(b",;\t|".to_vec()),
            start in 0u32..9,
        ) {
            let marks = |byte: u8| byte == b'"' || byte == b'\n' || byte == delimiter;
            let expected: Vec<u32> =
                text.iter().zip(start..).filter_map(|(byte, at)| marks(*byte).then_some(at)).collect();
            for engine in engines() {
                let mut positions = vec![0; text.len() + BLOCK];
                let count = engine.index_cells(&text, start, delimiter, &mut positions);
                positions.truncate(count);
                prop_assert_eq!(&positions, &expected, "{:?}", engine);
            }
        }

        #[test]
        fn escapes_as_a_loop_finds_them(text in "[\\\\\"a]{0,300}") {
            let mut expected = Vec::new();
            let mut behind = false;
            for byte in text.bytes() {
                expected.push(behind);
                behind = byte == b'\\' && !behind;
            }
            let mut carry = 0;
            let mut found = Vec::new();
            for block in text.as_bytes().chunks(BLOCK) {
                let mask = block.iter().enumerate().map(|(i, b)| u64::from(*b == b'\\') << i).sum();
                let bits = escaped(mask, &mut carry);
                found.extend((0..block.len()).map(|i| bits >> i & 1 == 1));
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn every_engine_indexes_alike(text in "[\\\\\"a\n{]{0,300}", start in 0u32..9) {
            let mut results = engines().into_iter().map(|engine| {
                let mut positions = vec![0; text.len() + BLOCK];
                let (mut carry, mut backslashes) = (0, Vec::new());
                let count =
                    engine.index(text.as_bytes(), start, &mut carry, &mut positions, 0, &mut backslashes);
                positions.truncate(count);
                (positions, backslashes)
            });
            let first = results.next().unwrap();
            let mut behind = false;
            let expected: Vec<u32> = text.bytes().zip(start..).filter_map(|(byte, at)| {
                let marked = byte == b'\n' || (byte == b'"' && !behind);
                behind = byte == b'\\' && !behind;
                marked.then_some(at)
            }).collect();
            prop_assert_eq!(&first.0, &expected);
            for other in results {
                prop_assert_eq!(&other, &first);
            }
        }
    }
}
