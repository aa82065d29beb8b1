//! Seeded random input for the long comparisons: the same on every machine and in every run.

#![allow(dead_code, reason = "each test that mounts this uses only part of it")]

use super::oracle;

/// The bytes that codes consist of.
pub const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/// Escape sequences, each in a form of its own, after which a code begins.
#[rustfmt::skip]
pub const ESCAPES: &[&str] = &[
    r"\n", r"\t", r"\r", r"\b", r"\f", r"\v", r"\a", r"\e", r"\0", r"\\n", r"\\\\\t", r"\\\\n",
    r"\x0a", r"\x1B", r"\xFf", r"\\x09", r"\u000a", r"\u001B", r"\\\u00e9", r"\012", r"\\377", r"\000",
    "%22", "%0A", "%3d", "%e2%80%9C", "#012", "#033", "#377", r"\r\n", r"\u000d\u000a",
    "\x1b[m", "\x1b[31m", "\x1b[1;38:2::255:0:0m", "\x1b[?25h", "\x1b[2K", "\x1b[01234567890123456789012345678901H",
    r"\u001b[31m", r"\u001B[0;1m", r"\\u001b[31m", r"\x1b[31m", r"\\x1B[K", r"\033[31m", r"\\\033[m", r"\e[31m",
    r"\\e[4:3m", "#033[31m", "#033[0K", "^[[31m", "^[[mm^[[1m",
    // What a code may also begin with ends this one.
    "\x1b[3S", "\x1b[U", r"\e[1U",
];

/// What looks like the end of an escape sequence and is none: a code does not begin after it.
#[rustfmt::skip]
pub const NO_ESCAPES: &[&str] = &[
    "n", "x", "7", "_", "x0a", "u000a", "012", "22", "[31m", "31m", "[m", "/n", "/x0a",
    r"\s", r"\N", r"\T", r"\z", r"\1", r"\7", r"\ne", r"\n_", r"\n0", r"\00", r"\01", r"\12", r"\477", r"\018", r"\0012",
    r"\x", r"\xa", r"\x0g", r"\xg0", r"\x00a", r"\X0a", r"\u", r"\u00a", r"\u00ag", r"\u0000a", r"\U000a", r"\u{a}a",
    "%2", "%2g", "%g2", "%220", "%%2", "%u000a", "#12", "#477", "#018", "#0123", "##12", "#x0a", "#n", "#e",
    "\x1b31m", "\x1b[31", "\x1b[31mm", "\x1b[31_m", "\x1b[ 31m", "\x1b[3,1m", "\x1b[[31m", "\x1b[>1u", "\x1b[a1m",
    "\x1b[012345678901234567890123456789012H", "\x1bm", "\x1c[31m", "\u{9b}31m",
    r"u001b[31m", r"x1b[31m", r"033[31m", r"e[31m", r"\u001c[31m", r"\u01b[31m", r"\x1c[31m", r"\33[31m", r"\E[31m", r"\1b[31m",
    "#33[31m", "#034[31m", "^[31m", "^ [[31m", "[[31m", "#1b[31m", "#e[31m", "%1b[31m", r"C:\new",
];

/// Of a long list of cases, every how many is tried. Without optimisation all of them
/// would take minutes; `scripts/prove` tests optimised code and leaves none out.
pub const STEP: usize = if cfg!(debug_assertions) { 5 } else { 1 };

/// Whether this is the long run: `EVENT_LOG_CODES_LONG_TESTS` is set.
pub fn long_run() -> bool {
    std::env::var_os("EVENT_LOG_CODES_LONG_TESTS").is_some()
}

/// The SplitMix64 generator of Steele, Lea and Flood.
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

    /// Appends an escape sequence, or what is almost one.
    pub fn escape(&mut self, haystack: &mut Vec<u8>) {
        let start = haystack.len();
        let escapes = if self.below(3) == 0 { NO_ESCAPES } else { ESCAPES };
        haystack.extend_from_slice(self.pick(escapes).as_bytes());
        let at = start + self.below(haystack.len() - start);
        match self.below(12) {
            0 => haystack[at] = self.pick(b"0123456789abfnuxmK[;:?\\#%^\x1b"),
            1 => drop(haystack.remove(at)),
            2 => haystack.insert(at, self.pick(b"01234567;:?\\")),
            _ => {}
        }
    }

    /// Replaces the haystack: keys, escapes, runs of word bytes of all lengths, and what stands between
    /// words.
    pub fn haystack(&mut self, haystack: &mut Vec<u8>) {
        haystack.clear();
        for _ in 0..self.below(12) {
            match self.below(7) {
                0 => {
                    self.escape(haystack);
                    if self.below(4) > 0 {
                        haystack.extend_from_slice(self.pick(oracle::codes()).as_bytes());
                    } else {
                        self.key(haystack);
                    }
                }
                6 => (0..self.below(140)).for_each(|_| haystack.push(self.next() as u8)),
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
