//! Searches the hash that sends each code to a slot of its own.

use super::catalogue::Catalogue;
use super::key::{Hash, Key};
use super::shape::MAX_CODE_LEN;

/// Tries for each size of the table and each kind of multipliers.
const TRIES: u32 = 300_000;

/// A hash without collisions, in the smallest table for which a bounded search finds one.
///
/// Of all hashes to n slots about one in exp(k²/2n) keeps k keys apart, so the search starts where
/// that is one in exp(12) and ends, at worst, where most do. The family and the last four bytes
/// tell most catalogues' codes apart: a hash of them alone is tried first, because it is faster.
pub fn find(catalogue: &Catalogue) -> Option<Hash> {
    let keys: Vec<Key> =
        catalogue.entries.iter().map(|entry| Key::new(entry.code.as_bytes())).collect::<Option<_>>()?;
    // No fewer slots than lengths: only their slots tell keys apart that differ in length alone.
    let smallest = (keys.len() * keys.len() / 24).max(MAX_CODE_LEN).next_power_of_two().ilog2();
    let mut random = SplitMix(0);
    for bits in smallest..smallest + 6 {
        let ends = search(&keys, bits, || [1, 0, 0, random.odd()]);
        let found = ends.or_else(|| search(&keys, bits, || [(); 4].map(|()| random.odd())));
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The first of the hashes that keeps the keys apart.
fn search(keys: &[Key], bits: u32, mut multipliers: impl FnMut() -> [u32; 4]) -> Option<Hash> {
    let mut taken = Taken { tried: vec![0; 1 << bits], current: 0 };
    (0..TRIES).map(|_| Hash { multipliers: multipliers(), bits }).find(|hash| {
        taken.clear();
        keys.iter().all(|key| taken.insert(hash.slot(key)))
    })
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
