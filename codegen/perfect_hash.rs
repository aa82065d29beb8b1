//! Searches the hash that sends each code to a slot of its own.

use super::catalogue::Catalogue;
use super::key::{Hash, Key};

/// Tries for each size of the table.
const TRIES: u32 = 300_000;

/// A hash without collisions, in the smallest table for which a bounded search finds one.
///
/// Of all hashes to n slots about one in exp(k²/2n) keeps k keys apart, so the search starts where
/// that is one in exp(12) and ends, at worst, where nearly every hash does.
pub fn find(catalogue: &Catalogue) -> Option<Hash> {
    let keys: Vec<Key> =
        catalogue.entries.iter().map(|entry| Key::new(entry.code.as_bytes())).collect::<Option<_>>()?;
    let smallest = (keys.len() * keys.len() / 24).next_power_of_two().max(2).ilog2();
    let mut random = SplitMix(0);
    for bits in smallest..smallest + 6 {
        let mut taken = Taken { tried: vec![0; 1 << bits], current: 0 };
        for _ in 0..TRIES {
            let hash = Hash { head_multiplier: random.next() | 1, tail_multiplier: random.next() | 1, bits };
            taken.clear();
            if keys.iter().all(|key| taken.insert(hash.slot(*key))) {
                return Some(hash);
            }
        }
    }
    None
}

/// A set of slots that is cleared in no time.
struct Taken {
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
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
