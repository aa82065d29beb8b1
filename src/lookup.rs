//! From bytes to a code, without a branch on the bytes.
//!
//! A key is hashed to one of the slots of a table; the generator chose the hash so that no two
//! codes share a slot. The slot holds the words of the only code that can be meant, and comparing
//! them settles it.

use crate::EventCode;
use crate::key::{CASE, Hash, Key};
use crate::tables::{ANY_CASE_HASH, HASH};

/// Each code's key, in the order of the codes.
const KEYS: [Key; EventCode::COUNT] = {
    let mut keys = [Key::EMPTY; EventCode::COUNT];
    let mut index = 0;
    while index < keys.len() {
        let Some(key) = Key::new(EventCode::ALL[index].as_str().as_bytes()) else {
            panic!("the grammar allows no code shorter than 4 bytes");
        };
        keys[index] = key;
        index += 1;
    }
    keys
};

/// An array for each part of the slots: a processor multiplies an index by 2 or by 8 while it
/// reads, but not by the size of a slot.
struct Slots<const COUNT: usize> {
    heads: [u64; COUNT],
    tails: [u64; COUNT],
    /// What a key means that has other words, and what one means that has these.
    outcomes: [[Option<EventCode>; 2]; COUNT],
}

static SLOTS: Slots<{ count(HASH) }> = Slots::new(HASH);

/// The same for codes in any case.
struct AnyCase<const COUNT: usize> {
    slots: Slots<COUNT>,
    /// The bits in which a key must agree with the slot's words: all but those that tell the cases
    /// of their letters.
    head_masks: [u64; COUNT],
    tail_masks: [u64; COUNT],
}

static ANY_CASE: AnyCase<{ count(ANY_CASE_HASH) }> = {
    let slots = Slots::new(ANY_CASE_HASH);
    let mut head_masks = [0; count(ANY_CASE_HASH)];
    let mut tail_masks = head_masks;
    let mut index = 0;
    while index < KEYS.len() {
        let [head, tail] = KEYS[index].words;
        let slot = ANY_CASE_HASH.slot(&KEYS[index]);
        head_masks[slot] = any_case_mask(head);
        tail_masks[slot] = any_case_mask(tail);
        index += 1;
    }
    AnyCase { slots, head_masks, tail_masks }
};

/// A cache line more than there are slots: parts whose distance is a power of two would be cached
/// at the expense of each other.
const fn count(hash: Hash) -> usize {
    (1 << hash.bits) + 64 / size_of::<u64>()
}

impl<const COUNT: usize> Slots<COUNT> {
    const fn new(hash: Hash) -> Self {
        let mut slots = Slots { heads: [0; COUNT], tails: [0; COUNT], outcomes: [[None; 2]; COUNT] };
        let mut index = 0;
        while index < KEYS.len() {
            let slot = hash.slot(&KEYS[index]);
            [slots.heads[slot], slots.tails[slot]] = KEYS[index].words;
            slots.outcomes[slot] = [None, Some(EventCode::ALL[index])];
            index += 1;
        }
        slots
    }
}

const fn any_case_mask(word: u64) -> u64 {
    let mut letters = word.to_ne_bytes();
    let mut at = 0;
    while at < letters.len() {
        letters[at] = if letters[at].is_ascii_uppercase() { 0xFF } else { 0 };
        at += 1;
    }
    !(u64::from_ne_bytes(letters) & CASE)
}

/// The code whose text is `code`.
#[inline(always)]
pub(crate) const fn exact(code: &[u8]) -> Option<EventCode> {
    match Key::exact(code) {
        Some(key) => candidate(&key),
        None => long(code),
    }
}

/// The only code that can have this key.
#[inline(always)]
const fn candidate(key: &Key) -> Option<EventCode> {
    let slot = HASH.slot(key);
    let [head, tail] = key.words;
    let differences = (SLOTS.heads[slot] ^ head) | (SLOTS.tails[slot] ^ tail);
    // An address selected, not a path: compilers make a branch of `if`, and a branch that data
    // decides would make misses cost more than hits.
    SLOTS.outcomes[slot][(differences == 0) as usize]
}

/// The only code that can have this exact key in any mix of ASCII cases.
#[inline(always)]
const fn any_case_candidate(key: &Key) -> Option<EventCode> {
    let AnyCase { slots, head_masks, tail_masks } = &ANY_CASE;
    let slot = ANY_CASE_HASH.slot(key);
    let [head, tail] = key.words;
    let differences =
        ((slots.heads[slot] ^ head) & head_masks[slot]) | ((slots.tails[slot] ^ tail) & tail_masks[slot]);
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

/// The code whose text is `code`, which has no [exact](Key::exact) key.
#[inline(never)]
const fn long(code: &[u8]) -> Option<EventCode> {
    if code.len() > LONGEST {
        return None;
    }
    let Some(key) = Key::digest(code) else {
        return None;
    };
    match candidate(&key) {
        Some(found) if equal(found.as_str().as_bytes(), code) => Some(found),
        _ => None,
    }
}

/// Whether two texts of 8 bytes or more are the same.
const fn equal(left: &[u8], right: &[u8]) -> bool {
    let (Some(left_end), Some(right_end)) = (left.last_chunk(), right.last_chunk()) else {
        return false;
    };
    let mut differences = u64::from_le_bytes(*left_end) ^ u64::from_le_bytes(*right_end);
    let (mut left_rest, mut right_rest) = (left, right);
    while let (Some((a, left_after)), Some((b, right_after))) =
        (left_rest.split_first_chunk(), right_rest.split_first_chunk())
    {
        differences |= u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        (left_rest, right_rest) = (left_after, right_after);
    }
    differences == 0 && left.len() == right.len()
}

/// The code whose text is `code` in any mix of ASCII cases.
#[inline(always)]
pub(crate) const fn ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
    match Key::exact(code) {
        Some(key) => any_case_candidate(&key),
        None => long_ignore_ascii_case(code),
    }
}

#[inline(never)]
const fn long_ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
    let mut upper = [0; LONGEST];
    let Some((upper, _)) = upper.split_at_mut_checked(code.len()) else {
        return None;
    };
    let mut at = 0;
    while at < upper.len() && at < code.len() {
        upper[at] = code[at].to_ascii_uppercase();
        at += 1;
    }
    long(upper)
}
