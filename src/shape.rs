//! The grammar of an event code, shared by the scanner and the generator.

/// Shortest event code, in bytes: `SYS_0`.
#[allow(dead_code, reason = "the generator, which mounts this file too, has no use for it")]
pub(crate) const MIN_CODE_LEN: usize = 5;

/// Longest event code, in bytes; a longer word is never a code.
pub(crate) const MAX_CODE_LEN: usize = 64;

/// Whether `word` is `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+` and at most
/// [`MAX_CODE_LEN`] bytes long.
#[inline(never)]
pub(crate) const fn is_code_shaped(word: &[u8]) -> bool {
    if word.len() > MAX_CODE_LEN {
        return false;
    }
    match word {
        [b'U', b'P', b'D', b'0'..=b'9', b'_', rest @ ..] => kind_then_value(rest),
        [b'S', b'Y', b'S', b'_', number @ ..] => {
            let mut rest = number;
            while let [b'0'..=b'9', tail @ ..] = rest {
                rest = tail;
            }
            rest.is_empty() && !number.is_empty()
        }
        _ => false,
    }
}

/// Whether `word` [is code-shaped](is_code_shaped) in any mix of ASCII cases.
#[allow(dead_code, reason = "the generator, which mounts this file too, has no use for it")]
pub(crate) fn is_code_shaped_ignore_ascii_case(word: &[u8]) -> bool {
    let mut upper = [0; MAX_CODE_LEN];
    let Some(upper) = upper.get_mut(..word.len()) else {
        return false;
    };
    upper.copy_from_slice(word);
    upper.make_ascii_uppercase();
    is_code_shaped(upper)
}

/// `[A-Z]+_[A-Z0-9]+`
const fn kind_then_value(word: &[u8]) -> bool {
    let mut rest = word;
    while let [b'A'..=b'Z', tail @ ..] = rest {
        rest = tail;
    }
    let kind_len = word.len() - rest.len();
    let [b'_', value @ ..] = rest else {
        return false;
    };
    let mut rest = value;
    while let [b'A'..=b'Z' | b'0'..=b'9', tail @ ..] = rest {
        rest = tail;
    }
    kind_len > 0 && rest.is_empty() && !value.is_empty()
}
