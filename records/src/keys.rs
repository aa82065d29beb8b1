//! What the keys of objects mean, remembered from record to record.

use crate::fields::FieldNames;
use crate::slots::Meaning;
use crate::unescape::unescape;

/// Keys that were looked up: the records of an input have the same few, so that a look-up is mostly
/// one comparison, whatever the order of the keys.
#[derive(Debug)]
pub(crate) struct Keys {
    slots: [Slot; 1 << SLOTS_BITS],
    /// Each at a place that its ends and its length give.
    long: Vec<(Box<[u8]>, Meaning)>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: Key,
    meaning: Meaning,
}

/// The bytes of a key that has at most [`SHORT`], and its length. What the key does not have is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    first: u64,
    second: u64,
    len: u32,
}

/// Bytes of the longest key that has a slot.
pub(crate) const SHORT: usize = 16;

/// Bytes of the longest key that is remembered.
const LONG: usize = 64;

/// Long keys that are remembered at once.
const MAX_LONG: usize = 64;

/// Many more slots than keys, so that few share one; those of the keys alone are in the cache.
const SLOTS_BITS: u32 = 9;

const EMPTY: Slot = Slot { key: Key { first: 0, second: 0, len: u32::MAX }, meaning: Meaning::OTHER };

impl Key {
    /// The key that is the first `len` bytes. There is no branch in it: lengths are hard to predict.
    #[inline(always)]
    fn of(bytes: &[u8; SHORT], len: usize) -> Key {
        /// The bytes that belong to a key, by its length.
        const MASKS: [[u64; 2]; SHORT + 1] = {
            let mut masks = [[u64::MAX; 2]; SHORT + 1];
            let mut len = 0;
            while len < SHORT {
                let mask = (1 << (8 * (len % 8))) - 1;
                masks[len] = if len < 8 { [mask, 0] } else { [u64::MAX, mask] };
                len += 1;
            }
            masks
        };
        let bytes = u128::from_le_bytes(*bytes);
        let [first, second] = MASKS[len.min(SHORT)];
        Key { first: bytes as u64 & first, second: (bytes >> 64) as u64 & second, len: len as u32 }
    }

    #[inline(always)]
    fn is(&self, other: &Key) -> bool {
        self.first == other.first && self.second == other.second && self.len == other.len
    }

    #[inline(always)]
    fn slot(&self) -> usize {
        // Odd, with bits all over: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let sum = self.first ^ self.second.rotate_left(29);
        (sum.wrapping_mul(MIX) >> (u64::BITS - SLOTS_BITS)) as usize
    }
}

impl Keys {
    pub(crate) fn new() -> Keys {
        Keys { slots: [EMPTY; 1 << SLOTS_BITS], long: Vec::new() }
    }

    /// Forgets all keys: the names are others.
    pub(crate) fn clear(&mut self) {
        self.slots.fill(EMPTY);
        self.long.clear();
    }

    /// What `key` means.
    pub(crate) fn meaning(&mut self, key: &[u8], names: &FieldNames) -> Meaning {
        if key.len() <= SHORT { self.search(key, names) } else { self.meaning_of_long(key, names) }
    }

    /// What the key means that is the first `len` bytes, at most [`SHORT`].
    #[inline(always)]
    pub(crate) fn meaning_of_short(
        &mut self,
        bytes: &[u8; SHORT],
        len: usize,
        names: &FieldNames,
    ) -> Meaning {
        let key = Key::of(bytes, len);
        let slot = &self.slots[key.slot()];
        if slot.key.is(&key) {
            return slot.meaning;
        }
        self.search(&bytes[..len.min(SHORT)], names)
    }

    /// What a short key means, wherever it is.
    #[cold]
    #[inline(never)]
    fn search(&mut self, text: &[u8], names: &FieldNames) -> Meaning {
        let mut bytes = [0; SHORT];
        bytes[..text.len()].copy_from_slice(text);
        let key = Key::of(&bytes, text.len());
        // The keys of an input that share a slot have the three others of a group of four.
        let first = key.slot();
        let group = [first, first ^ 1, first ^ 2, first ^ 3];
        if let Some(slot) = group.into_iter().find(|slot| self.slots[*slot].key.is(&key)) {
            return self.slots[slot].meaning;
        }
        let meaning = meaning(text, names);
        let free = group.into_iter().find(|slot| self.slots[*slot].key.is(&EMPTY.key));
        self.slots[free.unwrap_or(first)] = Slot { key, meaning };
        meaning
    }

    #[inline(never)]
    pub(crate) fn meaning_of_long(&mut self, key: &[u8], names: &FieldNames) -> Meaning {
        let (Some(first), Some(last), true) = (key.first_chunk(), key.last_chunk(), key.len() <= LONG) else {
            return meaning(key, names);
        };
        let ends = Key { first: u64::from_le_bytes(*first), second: u64::from_le_bytes(*last), len: 0 };
        let place = (ends.slot() + key.len()) % MAX_LONG;
        if self.long.is_empty() {
            self.long.resize(MAX_LONG, (Box::default(), Meaning::OTHER));
        }
        let (known, known_meaning) = &mut self.long[place];
        if **known != *key {
            (*known, *known_meaning) = (key.into(), meaning(key, names));
        }
        *known_meaning
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
