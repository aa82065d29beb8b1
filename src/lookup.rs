//! From bytes to a code, without a branch on the bytes.
//!
//! A key is hashed to one of `1 << HASH.bits` slots; the generator chose the hash so that no two
//! codes share a slot. The slot names the only code the key can be, and one comparison settles it.

use crate::EventCode;
use crate::key::Key;
use crate::tables::HASH;

/// The only code that hashes to each slot.
static CANDIDATES: [Option<EventCode>; 1 << HASH.bits] = {
    let mut candidates = [None; 1 << HASH.bits];
    let mut index = 0;
    while index < EventCode::COUNT {
        candidates[HASH.slot(KEYS[index])] = Some(EventCode::ALL[index]);
        index += 1;
    }
    candidates
};

/// The key of each code, then one that no bytes have, for the slots without a code.
static KEYS: [Key; EventCode::COUNT + 1] = {
    let mut keys = [Key::ABSENT; EventCode::COUNT + 1];
    let mut index = 0;
    while index < EventCode::COUNT {
        keys[index] = match Key::new(EventCode::ALL[index].as_str().as_bytes()) {
            Some(key) => key,
            None => panic!("the grammar allows no code shorter than 4 bytes"),
        };
        index += 1;
    }
    keys
};

/// The code whose text is `code`.
#[inline(always)]
pub(crate) const fn exact(code: &[u8]) -> Option<EventCode> {
    match Key::exact(code) {
        Some(key) => candidate(key),
        None => long(code),
    }
}

/// The code that has this key.
#[inline(always)]
const fn candidate(key: Key) -> Option<EventCode> {
    let candidate = CANDIDATES[HASH.slot(key)];
    let index = match candidate {
        Some(code) => code.index(),
        None => EventCode::COUNT,
    };
    // A value chosen, not a path: a miss must cost no more than a hit.
    if KEYS[index].equals(key) { candidate } else { None }
}

#[inline(never)]
const fn long(code: &[u8]) -> Option<EventCode> {
    if code.len() <= Key::EXACT_LEN || code.len() > crate::shape::MAX_CODE_LEN {
        return None;
    }
    let Some(key) = Key::digest(code) else {
        return None;
    };
    match candidate(key) {
        Some(found) if equal(found.as_str().as_bytes(), code) => Some(found),
        _ => None,
    }
}

const fn equal(mut left: &[u8], mut right: &[u8]) -> bool {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    left.is_empty() && right.is_empty()
}

/// The code whose text is `code` in any mix of ASCII cases.
pub(crate) const fn ignore_ascii_case(code: &[u8]) -> Option<EventCode> {
    let mut upper = [0; crate::shape::MAX_CODE_LEN];
    let mut index = 0;
    if code.len() > upper.len() {
        return None;
    }
    while index < code.len() {
        upper[index] = code[index].to_ascii_uppercase();
        index += 1;
    }
    exact(upper.split_at(code.len()).0)
}
