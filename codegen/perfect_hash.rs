//! Searches the hashes that send each code to a slot of its own.

use std::collections::HashSet;
use std::iter::repeat_with;

use super::catalogue::Catalogue;
use super::key::{CASE, Hash, Key};
use super::shape::MAX_CODE_LEN;

/// Tries for each size of the table and each kind of multipliers.
const TRIES: usize = 300_000;

/// Returns the hash of all codes as they are, and the hash of those with exact keys in any case.
pub fn find(catalogue: &Catalogue) -> Option<[Hash; 2]> {
    let codes = catalogue.entries.iter().map(|entry| entry.code.as_bytes());
    let keys: Vec<Key> = codes.clone().filter_map(Key::new).collect();
    let exact: Vec<Key> = codes.filter_map(Key::exact).collect();
    Some([without_collisions(&keys, 0)?, without_collisions(&exact, CASE)?])
}

/// Returns a hash without collisions, in the smallest table for which a bounded search finds one.
///
/// Of all hashes to n slots about one in exp(k²/2n) keeps k keys apart, so the search starts where
/// that is one in exp(12) and ends, at worst, where most do. The family, the last four bytes and
/// the length tell most catalogues' codes apart: a hash of them alone is tried first, because it is
/// faster.
fn without_collisions(keys: &[Key], ignored: u64) -> Option<Hash> {
    if keys.iter().map(|key| (key.words, key.middle, key.len)).collect::<HashSet<_>>().len() < keys.len() {
        return None;
    }
    // In a smaller table no hash separates lengths.
    let smallest = (keys.len() * keys.len() / 24).max(2 * MAX_CODE_LEN).next_power_of_two().ilog2();
    let mut random = SplitMix(0);
    let ends = Hash { ignored, multipliers: [1, 0, 0, 8, 0], mix: 1, bits: 0 };
    let ends_suffice = keys.iter().map(|key| ends.sum(key)).collect::<HashSet<_>>().len() == keys.len();
    for bits in smallest..smallest + 6 {
        if ends_suffice {
            let hash = || Hash { mix: random.odd(), bits, ..ends };
            if let found @ Some(_) = first_without_collisions(keys, bits, hash) {
                return found;
            }
        }
        let hash = || Hash { ignored, multipliers: [(); 5].map(|()| random.odd()), mix: random.odd(), bits };
        if let found @ Some(_) = first_without_collisions(keys, bits, hash) {
            return found;
        }
    }
    None
}

/// Returns the first of the hashes that keeps the keys apart.
fn first_without_collisions(keys: &[Key], bits: u32, hash: impl FnMut() -> Hash) -> Option<Hash> {
    let mut taken = Taken { tried: vec![0; 1 << bits], current: 0 };
    repeat_with(hash).take(TRIES).filter(separates_lengths).find(|hash| {
        taken.clear();
        keys.iter().all(|key| taken.insert(hash.slot(key)))
    })
}

/// Whether keys that differ in nothing but their length have different slots.
fn separates_lengths(hash: &Hash) -> bool {
    let width = 1 << (u32::BITS - hash.bits);
    (1..MAX_CODE_LEN as u32).all(|difference| {
        let distance = hash.mix.wrapping_mul(difference);
        distance.min(distance.wrapping_neg()) >= width
    })
}

/// A set of slots that is cleared in constant time.
struct Taken {
    /// For each slot, the number of the try that took it last.
    tried: Vec<u32>,
    current: u32,
}

impl Taken {
    fn clear(&mut self) {
        self.current += 1;
    }

    /// Whether the slot was free.
    fn insert(&mut self, slot: usize) -> bool {
        std::mem::replace(&mut self.tried[slot], self.current) != self.current
    }
}

/// Steele, Lea and Flood's generator: the same numbers on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn odd(&mut self) -> u32 {
        (self.next() >> 32) as u32 | 1
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
