//! Text that is safe to show.

use std::borrow::Cow;

/// `text` on one line, with what a terminal would obey, or what would reorder text, as escapes such as
/// `\u{1b}`.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Most texts are plain, which bytes show sooner than characters.
    let is_plain_ascii = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_plain_ascii) || !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' => clean.extend(character.escape_default()),
            character if is_unsafe(character) => clean.extend(character.escape_unicode()),
            character => clean.push(character),
        }
    }
    Cow::Owned(clean)
}

/// Whether a character is a control character, ends a line, or changes the direction of text.
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn escapes_what_a_terminal_obeys() {
        for (text, expected) in [
            ("berlin fw 4.2 \u{e9}", "berlin fw 4.2 \u{e9}"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\u{9b}b\u{7f}", "a\\u{9b}b\\u{7f}"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("a\u{202e}b", "a\\u{202e}b"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }
}
