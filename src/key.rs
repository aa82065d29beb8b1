//! What a lookup hashes and compares, shared by the library and the generator.

/// The bytes of a code, packed into two words.
///
/// Up to [`Key::EXACT_LEN`] bytes, words and length determine every byte. A longer code's words
/// are digests of all, each of every other eight bytes.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) words: [u64; 2],
    pub(crate) len: u32,
}

/// The numbers that send every key of a catalogue to a slot of its own among `1 << bits`.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    /// Bits of each word that make no difference.
    pub(crate) ignored: u64,
    /// One for each half of the words, in order; a zero costs nothing, a power of two very little.
    pub(crate) multipliers: [u32; 4],
    /// One for the sum. It tells sums apart that differ by no more than lengths do, so keys that
    /// differ in nothing but their length never share a slot.
    pub(crate) mix: u32,
    pub(crate) bits: u32,
}

impl Hash {
    /// Fewer than `1 << bits`.
    ///
    /// The top bits of a product depend on every bit of its factors.
    #[inline(always)]
    pub(crate) const fn slot(&self, key: &Key) -> usize {
        let [head, tail] = [key.words[0] & !self.ignored, key.words[1] & !self.ignored];
        let [m0, m1, m2, m3] = self.multipliers;
        let sum = (head as u32)
            .wrapping_mul(m0)
            .wrapping_add(((head >> 32) as u32).wrapping_mul(m1))
            .wrapping_add((tail as u32).wrapping_mul(m2))
            .wrapping_add(((tail >> 32) as u32).wrapping_mul(m3))
            .wrapping_add(key.len);
        (sum.wrapping_mul(self.mix) >> (u32::BITS - self.bits)) as usize
    }
}

impl Key {
    pub(crate) const EMPTY: Key = Key { words: [0; 2], len: 0 };

    /// Longest code whose key holds every byte.
    pub(crate) const EXACT_LEN: usize = 16;

    /// The key of 4 to 16 bytes; `None` for any other length.
    ///
    /// Four overlapping reads of four bytes cover every length in that range: the length moves
    /// the reads, and no branch depends on it.
    #[inline(always)]
    pub(crate) const fn exact(code: &[u8]) -> Option<Key> {
        let len = code.len();
        if len > Self::EXACT_LEN {
            return None;
        }
        let step = len / 8 * 4;
        // So for fewer than 4 bytes alone.
        if step + 4 > len {
            return None;
        }
        match (read(code, 0), read(code, step), read(code, len - step - 4), read(code, len - 4)) {
            (Some(first), Some(second), Some(third), Some(fourth)) => {
                Some(Key { words: [first | second << 32, third | fourth << 32], len: len as u32 })
            }
            _ => None,
        }
    }

    /// The key of 16 bytes or more.
    pub(crate) const fn digest(code: &[u8]) -> Option<Key> {
        // Odd, with bits all over: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let Some(last) = code.last_chunk() else {
            return None;
        };
        let [mut head, mut tail] = halves(last);
        let mut rest = code;
        while let Some((chunk, after)) = rest.split_first_chunk() {
            let [first, second] = halves(chunk);
            head = (head ^ first).wrapping_mul(MIX).rotate_left(29);
            tail = (tail ^ second).wrapping_mul(MIX).rotate_left(29);
            rest = after;
        }
        Some(Key { words: [head, tail], len: code.len() as u32 })
    }

    /// The key of a code of any length that a code can have.
    pub(crate) const fn new(code: &[u8]) -> Option<Key> {
        if code.len() <= Self::EXACT_LEN { Self::exact(code) } else { Self::digest(code) }
    }
}

/// In each byte of a word, the bit that tells small letters from capitals.
pub(crate) const CASE: u64 = u64::from_ne_bytes([0x20; 8]);

/// Sixteen bytes as two words.
const fn halves(bytes: &[u8; 16]) -> [u64; 2] {
    let bytes = u128::from_le_bytes(*bytes);
    [bytes as u64, (bytes >> 64) as u64]
}

/// The four bytes at `at`.
#[inline(always)]
const fn read(code: &[u8], at: usize) -> Option<u64> {
    match code.split_at_checked(at) {
        Some((_, rest)) => match rest.first_chunk() {
            Some(four) => Some(u32::from_le_bytes(*four) as u64),
            None => None,
        },
        None => None,
    }
}
