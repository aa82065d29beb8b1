//! Seeded input for the long comparisons: the same on every machine and in every run.

#![allow(dead_code, reason = "each test that mounts this draws only some of it")]

use super::oracle;

/// What a code is written with.
pub const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/// Whether this is the long run: `EVENT_LOG_CODES_LONG_TESTS` is set.
pub fn long_run() -> bool {
    std::env::var_os("EVENT_LOG_CODES_LONG_TESTS").is_some()
}

/// Steele, Lea and Flood's generator.
pub struct SplitMix(pub u64);

impl SplitMix {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Appends a key: noise, noise of the alphabet, code-shaped text, or a code with some of it changed.
    pub fn key(&mut self, key: &mut Vec<u8>) {
        match self.below(4) {
            0 => (0..self.below(40)).for_each(|_| key.push(self.next() as u8)),
            1 => (0..self.below(70)).for_each(|_| key.push(self.pick(ALPHABET))),
            2 => {
                let family = self.pick(&["UPD0", "UPD1", "UPD2", "UPD3", "UPD4", "UPD5", "SYS"]);
                let kind = self.pick(&["_OK_", "_FAIL_", "_STATE_", "_REPORT_", "_"]);
                key.extend_from_slice(family.as_bytes());
                key.extend_from_slice(kind.as_bytes());
                key.extend_from_slice(self.below(600).to_string().as_bytes());
            }
            _ => {
                let start = key.len();
                key.extend_from_slice(self.pick(oracle::codes()).as_bytes());
                for _ in 0..self.below(4) {
                    let at = start + self.below(key.len() - start + 1);
                    match self.below(5) {
                        0 => key.insert(at, self.pick(ALPHABET)),
                        1 => key.truncate(at),
                        2 if at < key.len() => key[at] ^= 1 << self.below(8),
                        3 if at < key.len() => key[at] = self.pick(ALPHABET),
                        _ if at < key.len() => drop(key.remove(at)),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Replaces the haystack: keys, runs of word bytes of all lengths, and what stands between words.
    pub fn haystack(&mut self, haystack: &mut Vec<u8>) {
        haystack.clear();
        for _ in 0..self.below(12) {
            match self.below(6) {
                0 => (0..self.below(140)).for_each(|_| haystack.push(self.next() as u8)),
                1 => (0..self.below(140)).for_each(|_| haystack.push(self.pick(b"USPDY_4 "))),
                2 => haystack.extend_from_slice(self.pick(oracle::codes()).as_bytes()),
                3 => {
                    // Now and then longer than what any scanner looks at together.
                    let most = self.pick(&[20, 140, 140, 140, 140, 140, 140, 5000]);
                    let filler = self.pick(b" \"aA_0,");
                    haystack.resize(haystack.len() + self.below(most), filler);
                }
                _ => self.key(haystack),
            }
            if self.below(4) > 0 {
                haystack.push(self.pick(b" \",:/=[]\n\0\x80\xff"));
            }
        }
    }
}
