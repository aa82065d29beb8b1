//! The escape sequences directly behind which a code may begin.

/// The most bytes that an escape sequence takes up: `\u001b[`, parameters, a letter.
pub(super) const MAX_ESCAPE_LEN: usize = 7 + MAX_PARAMETER_LEN + 1;

/// The most bytes between the `[` and the final letter of a terminal control sequence.
const MAX_PARAMETER_LEN: usize = 32;

/// Whether `bytes` end with an escape sequence.
///
/// Reads at most the last [`MAX_ESCAPE_LEN`] bytes. JSON in a JSON string doubles its backslashes, so
/// only the last backslash is read: how many there are says nothing.
#[cold]
#[inline(never)]
pub(super) fn ends_with_escape(bytes: &[u8]) -> bool {
    match bytes {
        [.., b'_'] => false,
        [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f' | b'v' | b'a' | b'e' | b'0'] => true,
        [.., b'\\' | b'#', b'0'..=b'3', b'0'..=b'7', b'0'..=b'7'] => true,
        [.., b'%', a, b] | [.., b'\\', b'x', a, b] if are_hex_digits(&[*a, *b]) => true,
        [.., b'\\', b'u', a, b, c, d] if are_hex_digits(&[*a, *b, *c, *d]) => true,
        [rest @ .., final_byte] if final_byte.is_ascii_alphabetic() => ends_with_parameters(rest),
        _ => false,
    }
}

/// Whether `bytes` end with a terminal control sequence that only lacks its final letter.
fn ends_with_parameters(bytes: &[u8]) -> bool {
    let is_parameter = |byte: &u8| matches!(byte, b'0'..=b'9' | b';' | b':' | b'?');
    let mut rest = bytes;
    for _ in 0..MAX_PARAMETER_LEN {
        match rest {
            [before @ .., last] if is_parameter(last) => rest = before,
            _ => break,
        }
    }
    matches!(
        rest,
        [.., 0x1b, b'[']
            | [.., b'^', b'[', b'[']
            | [.., b'\\' | b'#', b'0', b'3', b'3', b'[']
            | [.., b'\\', b'e', b'[']
            | [.., b'\\', b'x', b'1', b'b' | b'B', b'[']
            | [.., b'\\', b'u', b'0', b'0', b'1', b'b' | b'B', b'[']
    )
}

fn are_hex_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_hexdigit)
}
