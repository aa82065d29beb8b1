//! What a lookup hashes and compares, shared by the library and the generator.

/// A code's bytes packed into two words.
///
/// Up to [`Key::EXACT_LEN`] bytes, words and length determine every byte, so comparing keys
/// compares codes. A longer code's words are a digest of it.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Key {
    head: u64,
    tail: u64,
    len: u64,
}

/// The multipliers that send every key of a catalogue to a slot of its own among `1 << bits`.
#[derive(Clone, Copy)]
pub(crate) struct Hash {
    pub(crate) head_multiplier: u64,
    pub(crate) tail_multiplier: u64,
    pub(crate) bits: u32,
}

impl Hash {
    /// Fewer than `1 << bits`. The top bits of a product depend on every bit of its factors.
    #[inline(always)]
    pub(crate) const fn slot(&self, key: Key) -> usize {
        let head = (key.head ^ key.len).wrapping_mul(self.head_multiplier);
        let tail = key.tail.wrapping_mul(self.tail_multiplier);
        (head.wrapping_add(tail) >> (u64::BITS - self.bits)) as usize
    }
}

impl Key {
    /// Longest code whose key holds every byte.
    pub(crate) const EXACT_LEN: usize = 16;

    /// Equal to the key of no bytes.
    pub(crate) const ABSENT: Key = Key { head: 0, tail: 0, len: 0 };

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
        let (Some((_, after_step)), Some((before_step, _))) =
            (code.split_at_checked(step), code.split_at_checked(len - step))
        else {
            return None;
        };
        match (code.first_chunk(), after_step.first_chunk(), before_step.last_chunk(), code.last_chunk()) {
            (Some(first), Some(second), Some(third), Some(fourth)) => {
                Some(Key { head: join(first, second), tail: join(third, fourth), len: len as u64 })
            }
            _ => None,
        }
    }

    /// The key of 8 bytes or more: a digest of all of them.
    pub(crate) const fn digest(code: &[u8]) -> Option<Key> {
        // Odd, with bits all over: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let Some(last) = code.last_chunk() else {
            return None;
        };
        let mut head = 0;
        let mut rest = code;
        while let Some((chunk, after)) = rest.split_first_chunk() {
            head = (head ^ u64::from_le_bytes(*chunk)).wrapping_mul(MIX).rotate_left(29);
            rest = after;
        }
        Some(Key { head, tail: u64::from_le_bytes(*last), len: code.len() as u64 })
    }

    /// The key of a code of any length that a code can have.
    pub(crate) const fn new(code: &[u8]) -> Option<Key> {
        if code.len() <= Self::EXACT_LEN { Self::exact(code) } else { Self::digest(code) }
    }

    /// Whether both keys are the same, without a branch.
    #[inline(always)]
    pub(crate) const fn equals(self, other: Key) -> bool {
        (self.head ^ other.head) | (self.tail ^ other.tail) | (self.len ^ other.len) == 0
    }
}

const fn join(low: &[u8; 4], high: &[u8; 4]) -> u64 {
    u32::from_le_bytes(*low) as u64 | (u32::from_le_bytes(*high) as u64) << 32
}
