//! What the keys of objects mean, remembered from record to record.

use crate::fields::{Field, FieldNames, Rank};
use crate::unescape::unescape;

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Other,
    Field(Field, Rank),
    /// Its number says how often something happened.
    Count,
}

/// Keys that were looked up: the records of an input have the same few, so that a look-up is mostly
/// one comparison, whatever the order of the keys.
#[derive(Debug)]
pub(crate) struct Keys {
    slots: Box<[Slot; 1 << SLOTS_BITS]>,
}

/// A key of at most [`LONGEST`] bytes.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: Key,
    meaning: Meaning,
    /// Whether a name of a field begins with the key; `None` if that was not yet wanted.
    begins_name: Option<bool>,
}

/// The bytes of a key: the first and the last eight, and for one of more than sixteen the eight that
/// come next from each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    ends: [u64; 2],
    middle: [u64; 2],
    len: usize,
}

/// Bytes of the longest key that is remembered.
const LONGEST: usize = 32;

const SLOTS_BITS: u32 = 8;

const EMPTY: Slot = Slot {
    key: Key { ends: [0; 2], middle: [0; 2], len: usize::MAX },
    meaning: Meaning::Other,
    begins_name: None,
};

impl Key {
    #[inline(always)]
    fn new(text: &[u8], start: usize, end: usize) -> Option<Key> {
        let window = text.get(start..)?.first_chunk::<LONGEST>()?;
        let len = end - start;
        let read = |at: usize| window.get(at..at + 8).and_then(|bytes| bytes.first_chunk());
        let read = |at: usize| read(at).map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let (mut ends, mut middle) = ([read(0), 0], [0; 2]);
        if len < 8 {
            ends[0] &= (1 << (8 * len)) - 1;
        } else if len <= LONGEST {
            ends[1] = read(len - 8);
            if len > 16 {
                middle = [read(8), read(len - 16)];
            }
        } else {
            return None;
        }
        Some(Key { ends, middle, len })
    }

    #[inline(always)]
    fn is(&self, other: &Key) -> bool {
        let differences =
            (self.ends[0] ^ other.ends[0]) | (self.ends[1] ^ other.ends[1]) | (self.len ^ other.len) as u64;
        differences == 0 && (other.len <= 16 || self.middle == other.middle)
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
        let Some(key) = Key::new(text, start, end) else {
            return uncached(&text[start..end], names);
        };
        let slot = key.slot();
        // A key has two places, for those of an input may share one.
        for slot in [slot, slot ^ 1] {
            let slot = &self.slots[slot];
            if slot.key.is(&key) {
                return slot.meaning;
            }
        }
        self.insert(slot, key, uncached(&text[start..end], names))
    }

    #[cold]
    fn insert(&mut self, slot: usize, key: Key, meaning: Meaning) -> Meaning {
        self.slots[slot ^ 1] = self.slots[slot];
        self.slots[slot] = Slot { key, meaning, ..EMPTY };
        meaning
    }

    /// Whether a name of a field begins with the key `text[start..end]`.
    pub(crate) fn begins_name(&mut self, text: &[u8], start: usize, end: usize, names: &FieldNames) -> bool {
        let name = &text[start..end];
        if let Some(key) = Key::new(text, start, end) {
            let slot = key.slot();
            for slot in [slot, slot ^ 1] {
                if self.slots[slot].key == key {
                    return *self.slots[slot].begins_name.get_or_insert_with(|| names.begins_name(name));
                }
            }
        }
        names.begins_name(name)
    }
}

#[inline(never)]
fn uncached(key: &[u8], names: &FieldNames) -> Meaning {
    let meaning = if memchr::memchr(b'\\', key).is_none() {
        names.get(key)
    } else {
        let mut unescaped = Vec::new();
        unescape(key, &mut unescaped);
        names.get(&unescaped)
    };
    match meaning {
        Some((field, rank)) => Meaning::Field(field, rank),
        None if key == b"count" => Meaning::Count,
        None => Meaning::Other,
    }
}
