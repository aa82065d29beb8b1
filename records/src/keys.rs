//! What the keys of objects mean, remembered from record to record.

use crate::fields::FieldNames;
use crate::slots::Meaning;
use crate::unescape::unescape;

/// Keys that were looked up: the records of an input have the same few, so that a look-up is mostly
/// one comparison, whatever the order of the keys.
#[derive(Debug)]
pub(crate) struct Keys {
    slots: Box<[Slot; 1 << SLOTS_BITS]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: Key,
    meaning: Meaning,
}

/// The bytes of a key that has at most [`LONGEST`]: the first and the last eight, and of one that is
/// longer than sixteen the eight that come next from each side. What a key does not have is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    ends: [u64; 2],
    middle: [u64; 2],
    len: usize,
}

/// Bytes of the longest key that is remembered.
const LONGEST: usize = 32;

/// Many more slots than keys, so that few share one; those of the keys alone are in the cache.
const SLOTS_BITS: u32 = 9;

const EMPTY: Slot =
    Slot { key: Key { ends: [0; 2], middle: [0; 2], len: usize::MAX }, meaning: Meaning::OTHER };

impl Key {
    /// The key of `len` bytes that `head` begins with and `tail` ends with. There is no branch in it:
    /// lengths are hard to predict.
    #[inline(always)]
    fn of(head: &[u8; 16], tail: &[u8; 16], len: usize) -> Key {
        /// The bytes that belong to a key of at most eight, by its length.
        const FIRST: [u64; 9] = {
            let mut masks = [u64::MAX; 9];
            let mut len = 0;
            while len < 8 {
                masks[len] = (1 << (8 * len)) - 1;
                len += 1;
            }
            masks
        };
        let words = |bytes: &[u8; 16]| {
            let both = u128::from_le_bytes(*bytes);
            [both as u64, (both >> 64) as u64]
        };
        let ([first, second], [last_but_one, last]) = (words(head), words(tail));
        let from_8 = u64::from(len >= 8).wrapping_neg();
        let from_17 = u64::from(len > 16).wrapping_neg();
        Key {
            ends: [first & FIRST[len.min(8)], last & from_8],
            middle: [second & from_17, last_but_one & from_17],
            len,
        }
    }

    /// The same; `None` for a key that is too long.
    fn from_bytes(key: &[u8]) -> Option<Key> {
        if key.len() > LONGEST {
            return None;
        }
        let (mut head, mut tail) = ([0; 16], [0; 16]);
        let len = key.len().min(16);
        head[..len].copy_from_slice(&key[..len]);
        tail[16 - len..].copy_from_slice(&key[key.len() - len..]);
        Some(Key::of(&head, &tail, key.len()))
    }

    #[inline(always)]
    fn is(&self, other: &Key) -> bool {
        let differences = (self.ends[0] ^ other.ends[0])
            | (self.ends[1] ^ other.ends[1])
            | (self.middle[0] ^ other.middle[0])
            | (self.middle[1] ^ other.middle[1])
            | (self.len ^ other.len) as u64;
        differences == 0
    }

    #[inline(always)]
    fn slot(&self) -> usize {
        // Odd, with bits all over: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let [first, last] = self.ends;
        let sum = (first ^ last.rotate_left(29)).wrapping_add(self.len as u64);
        (sum.wrapping_mul(MIX) >> (u64::BITS - SLOTS_BITS)) as usize
    }
}

impl Keys {
    pub(crate) fn new() -> Keys {
        Keys { slots: Box::new([EMPTY; 1 << SLOTS_BITS]) }
    }

    /// Forgets all keys: the names are others.
    pub(crate) fn clear(&mut self) {
        self.slots.fill(EMPTY);
    }

    /// What the key `text[start..end]` means.
    #[inline(always)]
    pub(crate) fn meaning(&mut self, text: &[u8], start: usize, end: usize, names: &FieldNames) -> Meaning {
        let head = text.get(start..).and_then(|rest| rest.first_chunk());
        let tail = text.get(..end).and_then(|before| before.last_chunk());
        // Near an edge of the text there may be fewer bytes than that.
        if let (Some(head), Some(tail)) = (head, tail) {
            let key = Key::of(head, tail, end - start);
            let slot = &self.slots[key.slot()];
            if slot.key.is(&key) {
                return slot.meaning;
            }
        }
        self.search(&text[start..end], names)
    }

    /// What a key means that is not in the slot where it is looked for first.
    #[cold]
    #[inline(never)]
    fn search(&mut self, text: &[u8], names: &FieldNames) -> Meaning {
        let Some(key) = Key::from_bytes(text) else {
            return meaning(text, names);
        };
        // The keys of an input that share a slot have the three others of a group of four.
        let first = key.slot();
        let group = [first, first ^ 1, first ^ 2, first ^ 3];
        if let Some(slot) = group.into_iter().find(|slot| self.slots[*slot].key.is(&key)) {
            return self.slots[slot].meaning;
        }
        let meaning = meaning(text, names);
        let free = group.into_iter().find(|slot| self.slots[*slot].key == EMPTY.key);
        self.slots[free.unwrap_or(first)] = Slot { key, meaning };
        meaning
    }
}

#[inline(never)]
fn meaning(key: &[u8], names: &FieldNames) -> Meaning {
    let found = if memchr::memchr(b'\\', key).is_none() {
        names.get(key)
    } else {
        let mut unescaped = Vec::new();
        unescape(key, &mut unescaped);
        names.get(&unescaped)
    };
    let meaning = match found {
        Some((field, rank)) => Meaning::of(field, rank),
        None if key == b"count" => Meaning::COUNT,
        None => Meaning::OTHER,
    };
    meaning.with_begins_name(names.begins_name(key))
}
