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

/// The bytes of a key that has at most [`SHORT`], the quote behind them, and zeros: so no two keys have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    first: u64,
    second: u64,
    third: u64,
}

/// Bytes of the longest key that has a slot.
const SHORT: usize = KEY - 1;

/// Bytes of a [`Key`].
pub(crate) const KEY: usize = 24;

/// Bytes of the longest key that is remembered.
const LONG: usize = 64;

/// Long keys that are remembered at once.
const MAX_LONG: usize = 64;

/// Many more slots than keys, so that few share one; those of the keys alone are in the cache.
const SLOTS_BITS: u32 = 9;

const EMPTY: Slot = Slot { key: Key { first: 0, second: 0, third: 0 }, meaning: Meaning::OTHER };

impl Key {
    /// The key that is the first `len` bytes, with a quote behind it; none if it has more than [`SHORT`].
    #[inline(always)]
    fn of(bytes: &[u8; KEY], len: usize) -> Option<Key> {
        /// The bytes that belong to a key and its quote, by its length: shifted, they would take a branch.
        const MASKS: [[u64; 3]; KEY] = {
            let mut masks = [[0; 3]; KEY];
            let mut len = 0;
            while len < KEY {
                let mut byte = 0;
                while byte <= len {
                    masks[len][byte / 8] |= 0xFF << (8 * (byte % 8));
                    byte += 1;
                }
                len += 1;
            }
            masks
        };
        let [first, second, third] = MASKS.get(len)?;
        let (words, _) = bytes.as_chunks();
        let &[a, b, c] = words else { return None };
        let word = |bytes: [u8; 8], mask| u64::from_le_bytes(bytes) & mask;
        Some(Key { first: word(a, first), second: word(b, second), third: word(c, third) })
    }

    #[inline(always)]
    fn is(&self, other: &Key) -> bool {
        self.first == other.first && self.second == other.second && self.third == other.third
    }

    #[inline(always)]
    fn slot(&self) -> usize {
        // Odd, with bits all over: 2^64 divided by the golden ratio.
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        ((self.first ^ self.second ^ self.third).wrapping_mul(MIX) >> (u64::BITS - SLOTS_BITS)) as usize
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
    #[inline(never)]
    pub(crate) fn meaning(&mut self, key: &[u8], names: &FieldNames) -> Meaning {
        if key.len() <= SHORT { self.search(key, names) } else { self.meaning_of_long(key, names) }
    }

    /// What the key means that is the first `len` bytes, with a quote behind it, if it is short and was looked up
    /// before.
    #[inline(always)]
    pub(crate) fn known_meaning(&self, bytes: &[u8; KEY], len: usize) -> Option<Meaning> {
        let key = Key::of(bytes, len)?;
        let slot = &self.slots[key.slot()];
        slot.key.is(&key).then_some(slot.meaning)
    }

    /// What a short key means, wherever it is.
    fn search(&mut self, text: &[u8], names: &FieldNames) -> Meaning {
        let mut bytes = [0; KEY];
        bytes[..text.len()].copy_from_slice(text);
        bytes[text.len()] = b'"';
        let Some(key) = Key::of(&bytes, text.len()) else {
            return meaning(text, names);
        };
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

    fn meaning_of_long(&mut self, key: &[u8], names: &FieldNames) -> Meaning {
        let (Some(first), Some(last), true) = (key.first_chunk(), key.last_chunk(), key.len() <= LONG) else {
            return meaning(key, names);
        };
        let ends = Key { first: u64::from_le_bytes(*first), second: u64::from_le_bytes(*last), third: 0 };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KEY, Keys, meaning};
    use crate::fields::FieldNames;
    use crate::slots::Meaning;

    /// Keys that have bytes in common, with what may end one: zeros and quotes.
    fn key() -> impl Strategy<Value = Vec<u8>> {
        let known = prop::sample::select(vec!["device_id", "event_type", "count", "campaign_name", "data"]);
        prop_oneof![
            known.prop_map(|name| name.as_bytes().to_vec()),
            "[a\0]{0,20}".prop_map(String::into_bytes),
            r#"([ab\x00]|\\"){0,70}"#.prop_map(String::into_bytes),
        ]
    }

    proptest! {
        #[test]
        fn what_is_remembered_is_what_was_found(keys in prop::collection::vec(key(), 1..60)) {
            let names = FieldNames::default();
            let mut remembered = Keys::new();
            for key in &keys {
                prop_assert_eq!(remembered.meaning(key, &names), meaning(key, &names));
            }
            let mut short = 0;
            for key in &keys {
                let mut bytes = [key.as_slice(), b"\":\"device_id\":\""].concat();
                bytes.resize(bytes.len().max(KEY), 0);
                let known = remembered.known_meaning(bytes.first_chunk().unwrap(), key.len());
                short += usize::from(known.is_some());
                prop_assert!(known.is_none_or(|known| known == meaning(key, &names)), "{key:?}");
            }
            prop_assert!(short > 0 || keys.iter().all(|key| key.len() >= KEY));
        }

        #[test]
        fn another_key_is_not_known(keys in prop::collection::vec(key(), 2)) {
            let names = FieldNames::default();
            let mut remembered = Keys::new();
            remembered.slots.iter_mut().for_each(|slot| slot.meaning = Meaning::COUNT);
            remembered.meaning(&keys[0], &names);
            let mut bytes = [keys[1].as_slice(), b"\":0,\"a\":\"m1\",\""].concat();
            bytes.resize(bytes.len().max(KEY), 0);
            let known = remembered.known_meaning(bytes.first_chunk().unwrap(), keys[1].len());
            let is_same = keys[0] == keys[1] && keys[0].len() < KEY;
            prop_assert_eq!(known, is_same.then(|| meaning(&keys[0], &names)));
        }
    }
}
