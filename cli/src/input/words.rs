//! Codes in bytes that arrive in pieces.

use event_log_codes::{Match, find_iter};

/// Longest word that can be a code, in bytes: the contract of [`find_iter`].
const MAX_CODE_LEN: usize = 64;

/// Finds in a sequence of buffers what [`find_iter`] finds in all of them joined, in constant memory.
///
/// A word that a buffer breaks off is kept until its rest arrives; of a word too long to be a code,
/// only that fact.
#[derive(Clone)]
pub struct Words {
    /// The word that the last buffer broke off; one byte more than a code can have means too long.
    open: [u8; MAX_CODE_LEN + 1],
    open_len: usize,
}

/// To search from the start of an input.
impl Default for Words {
    fn default() -> Self {
        Words { open: [0; MAX_CODE_LEN + 1], open_len: 0 }
    }
}

impl Words {
    /// To search from the middle of an input, where `before` precedes: the rest of a word that has
    /// begun there is no word.
    pub fn after(before: u8) -> Self {
        let open_len = if is_word_byte(before) { MAX_CODE_LEN + 1 } else { 0 };
        Words { open_len, ..Words::default() }
    }

    /// Takes the next bytes and hands over every word that ends in them.
    pub fn feed(&mut self, bytes: &[u8], found: &mut impl FnMut(Match<'_>)) {
        let rest = if self.open_len > 0 {
            let (of_open, rest) = bytes.split_at(leading_word(bytes));
            self.extend(of_open);
            if rest.is_empty() {
                return;
            }
            self.end(found);
            rest
        } else {
            bytes
        };
        let closed = rest.len() - trailing_word(rest);
        find_iter(&rest[..closed]).for_each(&mut *found);
        self.extend(&rest[closed..]);
    }

    /// Takes from `bytes` only the rest of a word that earlier bytes began; whether no more of it is
    /// needed.
    pub fn feed_open(&mut self, bytes: &[u8]) -> bool {
        if self.open_len == 0 {
            return true;
        }
        let len = leading_word(bytes);
        self.extend(&bytes[..len]);
        len < bytes.len() || self.open_len > MAX_CODE_LEN
    }

    /// Hands over the word that the end of the input ends.
    pub fn end(&mut self, found: &mut impl FnMut(Match<'_>)) {
        if self.open_len <= MAX_CODE_LEN {
            find_iter(&self.open[..self.open_len]).for_each(found);
        }
        self.open_len = 0;
    }

    fn extend(&mut self, bytes: &[u8]) {
        let kept = bytes.len().min(self.open.len() - self.open_len);
        self.open[self.open_len..self.open_len + kept].copy_from_slice(&bytes[..kept]);
        self.open_len += kept;
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn leading_word(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(bytes.len())
}

fn trailing_word(bytes: &[u8]) -> usize {
    bytes.iter().rev().position(|&byte| !is_word_byte(byte)).unwrap_or(bytes.len())
}
