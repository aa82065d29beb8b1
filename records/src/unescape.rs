//! JSON strings without their escapes.

use memchr::memchr;

/// Appends `string`, the inside of a JSON string, to `out` without its escapes.
///
/// What is no escape of JSON stays as it is; half of a surrogate pair becomes U+FFFD.
pub(crate) fn unescape(string: &[u8], out: &mut Vec<u8>) {
    let mut rest = string;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&letter, after)) = rest.split_first() else {
            out.push(b'\\');
            return;
        };
        rest = after;
        match letter {
            b'"' | b'\\' | b'/' => out.push(letter),
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'u' => match code_point(after) {
                Some((character, after)) => {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = after;
                }
                None => out.extend_from_slice(b"\\u"),
            },
            _ => out.extend_from_slice(&[b'\\', letter]),
        }
    }
    out.extend_from_slice(rest);
}

/// The character that four hexadecimal digits stand for, or eight in two escapes, and what follows.
pub(crate) fn code_point(digits: &[u8]) -> Option<(char, &[u8])> {
    let (first, rest) = unit(digits)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, rest));
    }
    if let 0xD800..0xDC00 = first
        && let Some((second @ 0xDC00..0xE000, rest)) = rest.strip_prefix(b"\\u").and_then(unit)
    {
        let pair = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return char::from_u32(pair).map(|character| (character, rest));
    }
    Some((char::REPLACEMENT_CHARACTER, rest))
}

fn unit(digits: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = digits.split_first_chunk::<4>()?;
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    Some((unit, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unescape;

    proptest! {
        #[test]
        fn undoes_what_serde_json_escapes(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let mut out = Vec::new();
            unescape(&json.as_bytes()[1..json.len() - 1], &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), text);
        }

        #[test]
        fn reads_escapes_as_serde_json(text in r#"(\\["\\/bfnrt]|\\u[0-9a-cA-C][0-9a-fA-F]{3}|\\ud83d\\ude0[0-9]|[a-z])*"#) {
            let expected: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            let mut out = Vec::new();
            unescape(text.as_bytes(), &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn keeps_what_is_no_escape() {
        for (text, expected) in [
            (r"a\", "a\\"),
            (r"\x41", r"\x41"),
            (r"\u12", r"\u12"),
            (r"\ud83d", "\u{fffd}"),
            (r"\ude00x", "\u{fffd}x"),
        ] {
            let mut out = Vec::new();
            unescape(text.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
        }
    }
}
