//! From bytes to a code, without a branch on the bytes.
//!
//! A key is hashed to one of the slots of a table; the generator chose the hash so that no two
//! codes share a slot. Comparing the key with the words in the slot tells whether it is the code of
//! the slot or no code at all.

use crate::EventCode;
use crate::key::{CASE, Hash, Key, to_uppercase, word};
use crate::tables::{ANY_CASE_HASH, HASH};

/// The key of each code, in the order of the codes.
const KEYS: [Key; EventCode::COUNT] = {
    let mut keys = [Key::EMPTY; EventCode::COUNT];
    let mut index = 0;
    while index < keys.len() {
        let Some(key) = Key::new(EventCode::ALL[index].as_str().as_bytes()) else {
            panic!("a code is shorter than the grammar allows");
        };
        keys[index] = key;
        index += 1;
    }
    keys
};

/// An array for each part of the slots: a processor multiplies an index by 2 or by 8 while it
/// reads, but not by the size of a slot.
struct Slots<const COUNT: usize, const MIDDLES: usize> {
    heads: [u64; COUNT],
    tails: [u64; COUNT],
    /// Empty if no code has a middle.
    middles: [u32; MIDDLES],
    /// The result on mismatch, then on match.
    outcomes: [[Option<EventCode>; 2]; COUNT],
}

/// Every code.
static SLOTS: Slots<{ count(HASH) }, { middles(HASH) }> = Slots::new(HASH, LONGEST);

/// Every code that has an exact key, for lookups in any case.
struct AnyCase<const COUNT: usize, const MIDDLES: usize> {
    slots: Slots<COUNT, MIDDLES>,
    /// The bits in which a key must agree with the words of the slot: all but the case of letters.
    head_masks: [u64; COUNT],
    tail_masks: [u64; COUNT],
}

static ANY_CASE: AnyCase<{ count(ANY_CASE_HASH) }, { middles(ANY_CASE_HASH) }> = {
    let slots = Slots::new(ANY_CASE_HASH, Key::EXACT_LEN);
    let mut head_masks = [0; count(ANY_CASE_HASH)];
    let mut tail_masks = head_masks;
    let mut slot = 0;
    while slot < head_masks.len() {
        head_masks[slot] = any_case_mask(slots.heads[slot]);
        tail_masks[slot] = any_case_mask(slots.tails[slot]);
        slot += 1;
    }
    AnyCase { slots, head_masks, tail_masks }
};

/// Returns the number of slots and a cache line more: arrays whose distance is a power of two would
/// compete for the same cache lines.
const fn count(hash: Hash) -> usize {
    (1 << hash.bits) + 64 / size_of::<u64>()
}

/// Returns the number of middles: as many as slots if a code has one.
const fn middles(hash: Hash) -> usize {
    let mut index = 0;
    while index < KEYS.len() {
        let len = KEYS[index].len as usize;
        if len > Key::SHORT_LEN && len <= Key::EXACT_LEN {
            return count(hash);
        }
        index += 1;
    }
    0
}

impl<const COUNT: usize, const MIDDLES: usize> Slots<COUNT, MIDDLES> {
    /// The slots of the codes of up to `longest` bytes.
    const fn new(hash: Hash, longest: usize) -> Self {
        let mut slots = Slots {
            heads: [0; COUNT],
            tails: [0; COUNT],
            middles: [0; MIDDLES],
            outcomes: [[None; 2]; COUNT],
        };
        let mut index = 0;
        while index < KEYS.len() {
            let key = &KEYS[index];
            if key.len as usize <= longest {
                let slot = hash.slot(key);
                assert!(slots.outcomes[slot][1].is_none(), "two codes share a slot of a lookup table");
                [slots.heads[slot], slots.tails[slot]] = key.words;
                if slot < MIDDLES {
                    slots.middles[slot] = key.middle;
                }
                slots.outcomes[slot] = [None, Some(EventCode::ALL[index])];
            }
            index += 1;
        }
        slots
    }
}

/// Returns all bits but the case of letters.
const fn any_case_mask(word: u64) -> u64 {
    let small = word | CASE;
    !(small ^ to_uppercase(small))
}

/// Returns the code whose text is `code`.
#[inline(always)]
pub(crate) const fn exact(code: &[u8]) -> Option<EventCode> {
    match Key::short(code) {
        Some(key) => candidate(&key, 0),
        None => long(code),
    }
}

/// Returns the code whose text is `code` in any mix of ASCII cases.
#[inline(always)]
pub(crate) const fn ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
    match Key::short(code) {
        Some(key) => any_case_candidate(&key, 0),
        None => long_ignore_ascii_case(code),
    }
}

/// Returns the only code that can have the words of this key, unless there are other differences.
#[inline(always)]
const fn candidate(key: &Key, other_differences: u32) -> Option<EventCode> {
    let slot = HASH.slot(key);
    let [head, tail] = key.words;
    let differences = (SLOTS.heads[slot] ^ head) | (SLOTS.tails[slot] ^ tail) | other_differences as u64;
    // Selects an address instead of a path: compilers turn `if` into a branch, and a branch that
    // depends on the data would make misses cost more than hits.
    SLOTS.outcomes[slot][(differences == 0) as usize]
}

/// The same in any mix of ASCII cases.
#[inline(always)]
const fn any_case_candidate(key: &Key, other_differences: u32) -> Option<EventCode> {
    let AnyCase { slots, head_masks, tail_masks } = &ANY_CASE;
    let slot = ANY_CASE_HASH.slot(key);
    let [head, tail] = key.words;
    let differences = ((slots.heads[slot] ^ head) & head_masks[slot])
        | ((slots.tails[slot] ^ tail) & tail_masks[slot])
        | other_differences as u64;
    slots.outcomes[slot][(differences == 0) as usize]
}

/// Length of the catalogue's longest code, in bytes.
const LONGEST: usize = {
    let mut longest = 0;
    let mut index = 0;
    while index < KEYS.len() {
        longest = if KEYS[index].len > longest { KEYS[index].len } else { longest };
        index += 1;
    }
    longest as usize
};

/// Returns the code whose text is `code`, which has no [short](Key::short) key.
// Cold, so that it is out of the way of the codes that have one.
#[cold]
#[inline(never)]
const fn long(code: &[u8]) -> Option<EventCode> {
    let Some(key) = Key::with_middle(code) else {
        return longest(code, false);
    };
    let slot = HASH.slot(&key);
    if slot < SLOTS.middles.len() { candidate(&key, SLOTS.middles[slot] ^ key.middle) } else { None }
}

/// The same in any mix of ASCII cases.
#[cold]
#[inline(never)]
const fn long_ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
    let Some(key) = Key::with_middle(code) else {
        return longest(code, true);
    };
    let slot = ANY_CASE_HASH.slot(&key);
    let middles = &ANY_CASE.slots.middles;
    if slot >= middles.len() {
        return None;
    }
    let mask = any_case_mask(middles[slot] as u64) as u32;
    any_case_candidate(&key, (middles[slot] ^ key.middle) & mask)
}

/// Returns the code whose text is `code`, which has no [exact](Key::exact) key.
#[inline(always)]
const fn longest(code: &[u8], fold_case: bool) -> Option<EventCode> {
    if LONGEST <= Key::EXACT_LEN || code.len() > LONGEST || code.len() <= Key::EXACT_LEN {
        return None;
    }
    let Some(key) = Key::digest(code, fold_case) else {
        return None;
    };
    match candidate(&key, 0) {
        Some(found) if equal(found.as_str().as_bytes(), code, fold_case) => Some(found),
        _ => None,
    }
}

/// Returns whether `code`, with its letters in upper case if `fold_case`, is `text`. Both have 8
/// bytes or more.
#[inline(always)]
const fn equal(text: &[u8], code: &[u8], fold_case: bool) -> bool {
    let (Some(text_end), Some(code_end)) = (text.last_chunk(), code.last_chunk()) else {
        return false;
    };
    let mut differences = word(text_end, false) ^ word(code_end, fold_case);
    let (mut text_rest, mut code_rest) = (text, code);
    while let (Some((a, text_after)), Some((b, code_after))) =
        (text_rest.split_first_chunk(), code_rest.split_first_chunk())
    {
        differences |= word(a, false) ^ word(b, fold_case);
        (text_rest, code_rest) = (text_after, code_after);
    }
    differences == 0 && text.len() == code.len()
}
