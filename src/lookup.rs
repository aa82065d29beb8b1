//! From bytes to a code, without a branch on the bytes.
//!
//! A key is hashed to one of `1 << HASH.bits` slots; the generator chose the hash so that no two
//! codes share a slot. The slot holds the words of the only code that can be meant, and comparing
//! them settles it.

use crate::EventCode;
use crate::key::Key;
use crate::tables::HASH;

/// Fills half a cache line, and never lies across two.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Slot {
    words: [u64; 2],
    /// What a key means that has other words, and what one means that has these.
    outcomes: [Option<EventCode>; 2],
}

static SLOTS: [Slot; 1 << HASH.bits] = {
    let mut slots = [Slot { words: [0; 2], outcomes: [None; 2] }; 1 << HASH.bits];
    let mut index = 0;
    while index < EventCode::COUNT {
        let code = EventCode::ALL[index];
        let Some(key) = Key::new(code.as_str().as_bytes()) else {
            panic!("the grammar allows no code shorter than 4 bytes");
        };
        slots[HASH.slot(&key)] = Slot { words: key.words, outcomes: [None, Some(code)] };
        index += 1;
    }
    slots
};

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
    let slot = &SLOTS[HASH.slot(key)];
    let differences = (slot.words[0] ^ key.words[0]) | (slot.words[1] ^ key.words[1]);
    // An address selected, not a path: compilers make a branch of `if`, and a branch that data
    // decides would make misses cost more than hits.
    slot.outcomes[(differences == 0) as usize]
}

/// Length of the catalogue's longest code, in bytes.
const LONGEST: usize = {
    let mut longest = 0;
    let mut index = 0;
    while index < EventCode::COUNT {
        let len = EventCode::ALL[index].as_str().len();
        longest = if len > longest { len } else { longest };
        index += 1;
    }
    longest
};

/// The code whose text is `code`, which has no [exact](Key::exact) key.
#[inline(never)]
const fn long(code: &[u8]) -> Option<EventCode> {
    if code.len() <= Key::EXACT_LEN || code.len() > LONGEST {
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
        Some(key) => match key.to_ascii_uppercase() {
            Some(key) => candidate(&key),
            None => None,
        },
        None => long_ignore_ascii_case(code),
    }
}

#[inline(never)]
const fn long_ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
    let mut upper = [0; LONGEST];
    let Some((upper, _)) = upper.split_at_mut_checked(code.len()) else {
        return None;
    };
    upper.copy_from_slice(code);
    upper.make_ascii_uppercase();
    long(upper)
}
