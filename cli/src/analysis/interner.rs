//! Texts that occur again and again, each kept once.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::{FixedState, RandomState};
use hashbrown::{HashMap, HashTable};

/// Longer texts are kept as their start and a hash of the whole.
pub const MAX_TEXT: usize = 256;

/// Gives each distinct text a small number. A text costs its length and about 16 bytes.
#[derive(Default)]
pub struct Interner {
    /// One text after another.
    bytes: Vec<u8>,
    /// Where each ends, by number.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Interner {
    /// The number of `text`; the next free one if it is new.
    pub fn number(&mut self, text: &[u8]) -> u32 {
        let text = &*clipped(text);
        let (bytes, ends) = (&self.bytes, &self.ends);
        let hash = self.hasher.hash_one(text);
        if let Some(&number) = self.numbers.find(hash, |&number| get(bytes, ends, number) == text) {
            return number;
        }
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        self.numbers.insert_unique(hash, number, |&number| hasher.hash_one(get(bytes, ends, number)));
        number
    }

    pub fn get(&self, text: &[u8]) -> Option<u32> {
        let text = &*clipped(text);
        let hash = self.hasher.hash_one(text);
        self.numbers.find(hash, |&number| self.bytes(number) == text).copied()
    }

    pub fn bytes(&self, number: u32) -> &[u8] {
        get(&self.bytes, &self.ends, number)
    }

    /// Replaces what is not UTF-8.
    pub fn text(&self, number: u32) -> String {
        String::from_utf8_lossy(self.bytes(number)).into_owned()
    }

    /// How many distinct texts there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// Bytes that are allocated.
    pub fn allocated(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<usize>() + self.numbers.allocation_size()
    }
}

fn get<'a>(bytes: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start..ends[number]]
}

/// `text`, or something as distinct that is no longer than [`MAX_TEXT`].
fn clipped(text: &[u8]) -> Cow<'_, [u8]> {
    if text.len() <= MAX_TEXT {
        return Cow::Borrowed(text);
    }
    let hash = FixedState::default().hash_one(text);
    let mut clipped = text[..MAX_TEXT - 20].to_vec();
    clipped.extend_from_slice(format!("...{hash:016x}").as_bytes());
    Cow::Owned(clipped)
}

/// An interner that all threads share, each through a [`Lookup`] of its own.
pub struct SharedInterner {
    interner: Mutex<Interner>,
    limit: u32,
}

impl SharedInterner {
    /// Texts beyond the first `limit` all have the number `limit`.
    pub fn new(limit: u32) -> Self {
        SharedInterner { interner: Mutex::default(), limit }
    }

    pub fn lock(&self) -> MutexGuard<'_, Interner> {
        self.interner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self, text: &[u8]) -> u32 {
        let mut interner = self.lock();
        if interner.count() < self.limit as usize {
            interner.number(text)
        } else {
            interner.get(text).unwrap_or(self.limit)
        }
    }
}

/// The numbers that one thread has seen, so that it rarely takes the lock.
#[derive(Default)]
pub struct Lookup {
    known: HashMap<Box<[u8]>, u32, RandomState>,
    /// Some of them, each at a place that a few of its bytes give, which is quicker than a hash of all.
    recent: Vec<Option<(Box<[u8]>, u32)>>,
}

impl Lookup {
    const MAX_KNOWN: usize = 1 << 14;
    const RECENT_BITS: u32 = 8;

    #[inline]
    pub fn number(&mut self, text: &[u8], shared: &SharedInterner) -> u32 {
        if let Some(Some((known, number))) = self.recent.get(Self::place(text))
            && **known == *text
        {
            return *number;
        }
        let number = self.known_number(text, shared);
        if text.len() <= MAX_TEXT {
            self.recent.resize(1 << Self::RECENT_BITS, None);
            self.recent[Self::place(text)] = Some((text.into(), number));
        }
        number
    }

    #[inline]
    fn place(text: &[u8]) -> usize {
        let head = text.first_chunk().map_or(text.len() as u128, |head| u128::from_le_bytes(*head));
        let tail = text.last_chunk().map_or(0, |tail| u64::from_le_bytes(*tail));
        let bytes = head as u64 ^ ((head >> 64) as u64).rotate_left(29) ^ tail.rotate_left(47);
        (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - Self::RECENT_BITS)) as usize
    }

    #[inline(never)]
    fn known_number(&mut self, text: &[u8], shared: &SharedInterner) -> u32 {
        if let Some(&number) = self.known.get(text) {
            return number;
        }
        let number = shared.number(text);
        if self.known.len() >= Self::MAX_KNOWN {
            self.known.clear();
        }
        if text.len() <= MAX_TEXT {
            self.known.insert(text.into(), number);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::{Interner, Lookup, MAX_TEXT, SharedInterner};

    #[test]
    fn equal_texts_have_equal_numbers() {
        let mut interner = Interner::default();
        let texts: Vec<_> = (0..5000).map(|number| format!("text {}", number % 1700)).collect();
        let numbers: Vec<_> = texts.iter().map(|text| interner.number(text.as_bytes())).collect();
        for (text, &number) in texts.iter().zip(&numbers) {
            assert_eq!(interner.text(number), *text);
            assert_eq!(interner.get(text.as_bytes()), Some(number));
        }
        assert_eq!(interner.count(), 1700);
        assert_eq!(interner.get(b"text"), None);
    }

    #[test]
    fn long_texts_stay_distinct_and_become_short() {
        let mut interner = Interner::default();
        let long = vec![b'a'; 1 << 20];
        let mut other = long.clone();
        other[1 << 19] = b'b';
        let (one, other) = (interner.number(&long), interner.number(&other));
        assert_ne!(one, other);
        assert_eq!(interner.number(&long), one);
        assert_eq!(interner.bytes(one).len(), MAX_TEXT - 1);
    }

    #[test]
    fn beyond_the_limit_all_share_a_number() {
        let shared = SharedInterner::new(3);
        let (mut one, mut other) = (Lookup::default(), Lookup::default());
        let numbers = [b"a", b"b", b"c", b"d", b"e", b"a"].map(|text| one.number(text, &shared));
        assert_eq!(numbers, [0, 1, 2, 3, 3, 0]);
        assert_eq!([b"e", b"c"].map(|text| other.number(text, &shared)), [3, 2]);
    }
}
