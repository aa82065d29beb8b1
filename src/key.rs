//! What a lookup hashes and compares, shared by the library and the generator.

/// The bytes of a code, packed into two words.
///
/// Up to [`Key::EXACT_LEN`] bytes, words and length determine every byte. A longer code's words
/// are its first and last four bytes around a digest of all.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) words: [u64; 2],
    len: u32,
}

/// The numbers that send every key of a catalogue to a slot of its own among `1 << bits`.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    /// One for each half of the words, in order; a zero costs nothing.
    pub(crate) multipliers: [u32; 4],
    pub(crate) bits: u32,
}

impl Hash {
    /// Fewer than `1 << bits`.
    ///
    /// The top bits of a product depend on every bit of its factors. The length is added to the
    /// slot itself, so keys that differ in nothing but their length never share one.
    #[inline(always)]
    pub(crate) const fn slot(&self, key: &Key) -> usize {
        let [head, tail] = key.words;
        let [m0, m1, m2, m3] = self.multipliers;
        let shift = u32::BITS - self.bits;
        let sum = (head as u32)
            .wrapping_mul(m0)
            .wrapping_add(((head >> 32) as u32).wrapping_mul(m1))
            .wrapping_add((tail as u32).wrapping_mul(m2))
            .wrapping_add(((tail >> 32) as u32).wrapping_mul(m3))
            .wrapping_add(key.len << shift);
        (sum >> shift) as usize
    }
}

impl Key {
    /// Longest code whose key holds every byte.
    pub(crate) const EXACT_LEN: usize = 16;

    /// The key of 4 to 16 bytes; `None` for any other length.
    ///
    /// Four overlapping reads of four bytes cover every length in that range: the length moves
    /// the reads, and no branch depends on it.
    #[inline(always)]
    pub(crate) const fn exact(code: &[u8]) -> Option<Key> {
        let len = code.len();
        if len < 4 || len > Self::EXACT_LEN {
            return None;
        }
        let step = len / 8 * 4;
        // Never so; saying it lets the compiler drop the checks of the inner reads.
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

    /// The key of the same text in upper case; `None` if it cannot be a code's.
    ///
    /// Right for letters, digits and `_`; other bytes become bytes that no code has.
    #[inline(always)]
    pub(crate) const fn to_ascii_uppercase(self) -> Option<Key> {
        const BIT_6: u64 = u64::from_ne_bytes([0x40; 8]);
        const BIT_7: u64 = u64::from_ne_bytes([0x80; 8]);
        const ONES: u64 = u64::from_ne_bytes([1; 8]);
        let [head, tail] = self.words;
        // DEL is the one byte that would become a code's, `_`. Only in words with bytes beyond
        // ASCII, which are no code's, can a carry set the bit by mistake.
        if (head.wrapping_add(ONES) | tail.wrapping_add(ONES)) & BIT_7 != 0 {
            return None;
        }
        // Bit 5 tells lower case from upper case in the bytes that have bit 6.
        Some(Key { words: [head & !((head & BIT_6) >> 1), tail & !((tail & BIT_6) >> 1)], len: self.len })
    }

    /// The key of 8 bytes or more.
    pub(crate) const fn digest(code: &[u8]) -> Option<Key> {
        // Odd, with bits all over: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let (Some(first), Some(last), Some(tail)) = (read(code, 0), code.last_chunk(), code.last_chunk())
        else {
            return None;
        };
        let mut digest = u64::from_le_bytes(*tail);
        let mut rest = code;
        while let Some((chunk, after)) = rest.split_first_chunk() {
            digest = (digest ^ u64::from_le_bytes(*chunk)).wrapping_mul(MIX).rotate_left(29);
            rest = after;
        }
        let last = u32::from_le_bytes(*last) as u64;
        Some(Key { words: [first | digest << 32, digest >> 32 | last << 32], len: code.len() as u32 })
    }

    /// The key of a code of any length that a code can have.
    pub(crate) const fn new(code: &[u8]) -> Option<Key> {
        if code.len() <= Self::EXACT_LEN { Self::exact(code) } else { Self::digest(code) }
    }
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
