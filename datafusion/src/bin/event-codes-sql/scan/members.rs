//! The members that are wanted of a JSON object, found without taking the others apart.

use memchr::memchr2;

/// Objects and lists in one another beyond this many are left to the decoder, which keeps no call
/// stack.
const DEEPEST: usize = 32;

/// Picks the members of some names.
pub struct Wanted {
    names: Vec<String>,
}

impl Wanted {
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect() }
    }

    /// Appends to `picked` the object in `text` with the wanted members alone: as they are there, in the
    /// same order, the repeated ones too.
    ///
    /// Only a text that is one object in plain JSON is dealt with. Otherwise the answer is `false`
    /// and the text has to be read as it is, be it a rare but good one or not JSON at all.
    pub fn pick(&self, text: &[u8], picked: &mut Vec<u8>) -> bool {
        let start = picked.len();
        let mut cursor = Cursor { text, at: 0 };
        let object = cursor.object(DEEPEST, |name, member| {
            if self.names.iter().any(|wanted| wanted.as_bytes() == name) {
                picked.push(if picked.len() == start { b'{' } else { b',' });
                picked.extend_from_slice(member);
            }
        });
        picked.extend_from_slice(if picked.len() == start { b"{}\n" } else { b"}\n" });
        cursor.skip_space();
        let is_object = object.is_some() && cursor.at == text.len() && std::str::from_utf8(text).is_ok();
        if !is_object {
            picked.truncate(start);
        }
        is_object
    }
}

/// A place in a text. The methods go on to behind what they are named after, or say `None` if
/// something else is there.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Gives `member` the name and the whole of every member.
    fn object(&mut self, depth: usize, mut member: impl FnMut(&[u8], &[u8])) -> Option<()> {
        self.skip_space();
        self.expect(b'{')?;
        self.items(b'}', |cursor| {
            cursor.skip_space();
            let start = cursor.at;
            let name = cursor.name()?;
            cursor.skip_space();
            cursor.expect(b':')?;
            cursor.value(depth)?;
            member(name, &cursor.text[start..cursor.at]);
            Some(())
        })
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.expect(b'[')?;
        self.items(b']', |cursor| cursor.value(depth))
    }

    /// What stands between an opening and a closing byte, with commas between.
    fn items(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.skip_space();
        if self.expect(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            self.skip_space();
            match self.next()? {
                b',' => {}
                byte if byte == close => return Some(()),
                _ => return None,
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.skip_space();
        match self.text.get(self.at)? {
            b'"' => self.string(),
            b'{' => self.object(depth.checked_sub(1)?, |_, _| {}),
            b'[' => self.list(depth.checked_sub(1)?),
            b'-' | b'0'..=b'9' => {
                // What the decoder takes for a number; it looks closer only if it is wanted.
                self.skip_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
                Some(())
            }
            _ => [&b"true"[..], b"false", b"null"].iter().find_map(|literal| self.literal(literal)),
        }
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            self.at += memchr2(b'"', b'\\', self.rest())?;
            if self.next()? == b'"' {
                return Some(());
            }
            // Escapes by number come in pairs, of which the decoder has to judge.
            matches!(self.next()?, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't').then_some(())?;
        }
    }

    /// A string without escapes, which could hide a name that is wanted.
    fn name(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let name = &self.rest()[..memchr2(b'"', b'\\', self.rest())?];
        self.at += name.len();
        self.expect(b'"')?;
        Some(name)
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest().starts_with(literal).then(|| self.at += literal.len())
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.text.get(self.at) == Some(&byte)).then(|| self.at += 1)
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn skip_space(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    }

    fn skip_while(&mut self, holds: impl Fn(u8) -> bool) {
        while self.text.get(self.at).is_some_and(|&byte| holds(byte)) {
            self.at += 1;
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }
}
