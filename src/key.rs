//! What a lookup hashes and compares, shared by the library and the generator.

/// The bytes of a code, packed into a few words.
///
/// Up to [`Key::EXACT_LEN`] bytes, words and length determine every byte. The first word of a longer
/// code is a digest, so its text must be compared as well.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) words: [u64; 2],
    /// The bytes between those of the words; zero for codes of any but 17 to 20 bytes.
    pub(crate) middle: u32,
    pub(crate) len: u32,
}

/// A function that sends every key of a catalogue to a slot of its own among `1 << bits`.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    /// Bits of each word that make no difference.
    pub(crate) ignored: u64,
    /// One for each half of the words, in order, and one for the middle; a zero costs nothing, a
    /// power of two very little.
    pub(crate) multipliers: [u32; 5],
    /// The multiplier of the sum. Sums that differ by no more than lengths can differ have slots
    /// of their own, so keys that differ in nothing but their length never share a slot.
    pub(crate) mix: u32,
    pub(crate) bits: u32,
}

impl Hash {
    /// Returns the slot of a key, less than `1 << bits`.
    #[inline(always)]
    pub(crate) const fn slot(&self, key: &Key) -> usize {
        self.slot_of_sum(self.sum(key))
    }

    #[inline(always)]
    pub(crate) const fn sum(&self, key: &Key) -> u32 {
        let [head, tail] = [key.words[0] & !self.ignored, key.words[1] & !self.ignored];
        let [m0, m1, m2, m3, m4] = self.multipliers;
        (head as u32)
            .wrapping_mul(m0)
            .wrapping_add(((head >> 32) as u32).wrapping_mul(m1))
            .wrapping_add((tail as u32).wrapping_mul(m2))
            .wrapping_add(((tail >> 32) as u32).wrapping_mul(m3))
            .wrapping_add((key.middle & !self.ignored as u32).wrapping_mul(m4))
            .wrapping_add(key.len)
    }

    /// The top bits of a product depend on every bit of its factors.
    #[inline(always)]
    pub(crate) const fn slot_of_sum(&self, sum: u32) -> usize {
        (sum.wrapping_mul(self.mix) >> (u32::BITS - self.bits)) as usize
    }
}

impl Key {
    pub(crate) const EMPTY: Key = Key { words: [0; 2], middle: 0, len: 0 };

    /// Longest code whose words hold every byte.
    pub(crate) const SHORT_LEN: usize = 16;

    /// Longest code whose key holds every byte.
    pub(crate) const EXACT_LEN: usize = 20;

    /// Returns the key of 4 to 16 bytes; `None` for any other length.
    ///
    /// Four overlapping reads of four bytes cover every length in that range: the length moves
    /// the reads, and no branch depends on it.
    #[inline(always)]
    pub(crate) const fn short(code: &[u8]) -> Option<Key> {
        let len = code.len();
        if len > Self::SHORT_LEN {
            return None;
        }
        let step = len / 8 * 4;
        // Only if there are fewer than 4 bytes.
        if step + 4 > len {
            return None;
        }
        match (read(code, 0), read(code, step), read(code, len - step - 4), read(code, len - 4)) {
            (Some(first), Some(second), Some(third), Some(fourth)) => {
                let words = [first | second << 32, third | fourth << 32];
                Some(Key { words, middle: 0, len: len as u32 })
            }
            _ => None,
        }
    }

    /// Returns the key of 17 to 20 bytes; `None` for any other length.
    ///
    /// A fifth read for every length would make all other lookups slower.
    #[inline(always)]
    pub(crate) const fn with_middle(code: &[u8]) -> Option<Key> {
        if code.len() <= Self::SHORT_LEN || code.len() > Self::EXACT_LEN {
            return None;
        }
        match (code.first_chunk(), code.last_chunk(), read(code, 8)) {
            (Some(first), Some(last), Some(middle)) => {
                let words = [word(first, false), word(last, false)];
                Some(Key { words, middle: middle as u32, len: code.len() as u32 })
            }
            _ => None,
        }
    }

    /// Returns the key of more than 20 bytes, with its letters in upper case if `fold_case`; `None`
    /// for fewer.
    #[inline(always)]
    pub(crate) const fn digest(code: &[u8], fold_case: bool) -> Option<Key> {
        let Some(last) = code.last_chunk() else {
            return None;
        };
        let Some((first, mut rest)) = code.split_first_chunk() else {
            return None;
        };
        if code.len() <= Self::EXACT_LEN {
            return None;
        }
        let mut head = word(first, fold_case);
        while let Some((chunk, after)) = rest.split_first_chunk() {
            head = mix(head, word(chunk, fold_case));
            rest = after;
        }
        Some(Key { words: [head, word(last, fold_case)], middle: 0, len: code.len() as u32 })
    }

    /// Returns the key of 4 to 20 bytes; `None` for any other length.
    pub(crate) const fn exact(code: &[u8]) -> Option<Key> {
        if code.len() <= Self::SHORT_LEN { Self::short(code) } else { Self::with_middle(code) }
    }

    /// Returns the key of a code of any length that a code can have.
    pub(crate) const fn new(code: &[u8]) -> Option<Key> {
        if code.len() <= Self::EXACT_LEN { Self::exact(code) } else { Self::digest(code, false) }
    }
}

/// In each byte of a word, the bit that tells small letters from capitals.
pub(crate) const CASE: u64 = splat(0x20);

/// Folds a word into a digest. A difference in one bit of the word reaches half of the result's.
#[inline(always)]
const fn mix(digest: u64, word: u64) -> u64 {
    // Odd, with bits all over: 2^64 divided by the golden ratio.
    let product = (digest ^ word) as u128 * 0x9E37_79B9_7F4A_7C15;
    product as u64 ^ (product >> 64) as u64
}

/// Eight bytes as a word, with their letters in upper case if `fold_case`.
#[inline(always)]
pub(crate) const fn word(bytes: &[u8; 8], fold_case: bool) -> u64 {
    let word = u64::from_le_bytes(*bytes);
    if fold_case { to_uppercase(word) } else { word }
}

/// Changes the ASCII small letters among eight bytes to capitals.
#[inline(always)]
pub(crate) const fn to_uppercase(word: u64) -> u64 {
    const LOW: u64 = splat(0x7F);
    // The top bit of each byte: whether the other bits are at least `a`, and whether beyond `z`.
    let at_least_a = (word & LOW) + splat(0x80 - b'a');
    let beyond_z = (word & LOW) + splat(0x7F - b'z');
    let small = at_least_a & !beyond_z & !word & !LOW;
    word ^ (small >> 2)
}

const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
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
