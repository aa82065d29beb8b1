//! Reads ordinary event objects several times faster than a general parser: it takes the wanted
//! strings and steps over the rest, checking only that the brackets and quotes are where they belong.

use std::borrow::Cow;

use memchr::memchr;

use super::event::Fields;

/// The fields of `record`; none if there is anything out of the ordinary, which a general parser is
/// to judge.
pub fn fields(record: &[u8]) -> Option<Fields<'_>> {
    let mut fields = Fields::default();
    let mut scanner = Scanner { rest: record, escapes: memchr(b'\\', record).is_some() };
    scanner.object(|scanner, key| {
        let field = match key {
            b"event_type" => &mut fields.event_type,
            b"device_id" => &mut fields.device_id,
            b"date_time" => &mut fields.date_time,
            b"event_type_description" => &mut fields.event_type_description,
            b"data" if scanner.is_at(b'[') => return None,
            b"data" => {
                (fields.campaign_id, fields.campaign_name) = (None, None);
                if !scanner.is_at(b'{') {
                    return scanner.skip();
                }
                return scanner.object(|scanner, key| match key {
                    b"campaign_id" => scanner.text(&mut fields.campaign_id),
                    b"campaign_name" => scanner.text(&mut fields.campaign_name),
                    _ => scanner.skip(),
                });
            }
            _ => return scanner.skip(),
        };
        scanner.text(field)
    })?;
    scanner.rest.trim_ascii().is_empty().then_some(fields)
}

struct Scanner<'r> {
    rest: &'r [u8],
    /// Whether there is an escape anywhere; mostly there is none to look for.
    escapes: bool,
}

impl<'r> Scanner<'r> {
    /// Steps over an object; `field` steps over the value of each key.
    fn object(&mut self, mut field: impl FnMut(&mut Self, &'r [u8]) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.is_at(b'}') {
            return self.expect(b'}');
        }
        loop {
            self.skip_space();
            let key = self.plain_string()?;
            self.expect(b':')?;
            self.skip_space();
            field(self, key)?;
            if self.is_at(b',') {
                self.expect(b',')?;
            } else {
                return self.expect(b'}');
            }
        }
    }

    /// Puts the string that comes next into `field`; a value of another kind leaves it empty.
    fn text(&mut self, field: &mut Option<Cow<'r, [u8]>>) -> Option<()> {
        *field = None;
        if !self.is_at(b'"') {
            return self.skip();
        }
        *field = Some(Cow::Borrowed(self.plain_string()?));
        Some(())
    }

    /// Steps over a value of any kind.
    fn skip(&mut self) -> Option<()> {
        match self.rest.first()? {
            b'"' => self.string().map(drop),
            b'{' | b'[' => self.skip_nested(),
            b'-' | b'0'..=b'9' => {
                let number = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                let len = self.rest.iter().position(|byte| !number(byte))?;
                self.rest = &self.rest[len..];
                Some(())
            }
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => None,
        }
    }

    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match self.rest.first()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.rest = &self.rest[1..];
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The string that comes next, if it is free of escapes.
    #[inline]
    fn plain_string(&mut self) -> Option<&'r [u8]> {
        let text = self.string()?;
        (!self.escapes || memchr(b'\\', text).is_none()).then_some(text)
    }

    /// The string that comes next, its escapes as they are.
    #[inline]
    fn string(&mut self) -> Option<&'r [u8]> {
        let text = self.rest.strip_prefix(b"\"")?;
        let mut end = quote(text)?;
        // Behind a backslash it is part of the string, unless that is escaped itself.
        while self.escapes && text[..end].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 {
            end += 1 + quote(&text[end + 1..])?;
        }
        self.rest = &text[end + 1..];
        Some(&text[..end])
    }

    #[inline]
    fn is_at(&mut self, byte: u8) -> bool {
        self.skip_space();
        self.rest.first() == Some(&byte)
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    #[inline]
    fn skip_space(&mut self) {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}

/// Where the first quote is. Most strings are so short that a call would cost more than the search.
#[inline]
pub(super) fn quote(text: &[u8]) -> Option<usize> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
    let mut start = 0;
    let mut rest = text;
    while let Some((chunk, after)) = rest.split_first_chunk() {
        // Zero where a quote is; the lowest byte that borrows and had no top bit is the first zero.
        let quotes = u64::from_le_bytes(*chunk) ^ QUOTES;
        let found = quotes.wrapping_sub(EACH) & !quotes & (EACH << 7);
        if found != 0 {
            return Some(start + found.trailing_zeros() as usize / 8);
        }
        (start, rest) = (start + 8, after);
    }
    rest.iter().position(|byte| *byte == b'"').map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::json;
    use super::fields;

    const KEYS: [&str; 9] = [
        "event_type",
        "device_id",
        "date_time",
        "event_type_description",
        "data",
        "campaign_id",
        "campaign_name",
        "changes",
        "event_type\"",
    ];

    fn value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            prop::sample::select(vec![
                "null",
                "true",
                "-1.5e3",
                "[]",
                "{}",
                "\"\"",
                r#""UPD4_FAIL_207""#,
                r#""a\"b\\""#,
                r#""é""#,
                " 1 ",
                "\"SYS_111\"",
                "\"FAIL\"",
            ])
            .prop_map(str::to_owned),
            "[ -~]{0,12}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|values| format!("[{}]", values.join(" , "))),
                prop::collection::vec((prop::sample::select(KEYS.to_vec()), inner), 0..5).prop_map(
                    |entries| {
                        let entries: Vec<_> = entries
                            .iter()
                            .map(|(key, value)| format!("{}:{value}", serde_json::to_string(key).unwrap()))
                            .collect();
                        format!("{{{}}}", entries.join(","))
                    }
                ),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_general_parser(record in value(), cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut broken = record.clone().into_bytes();
            if !broken.is_empty() {
                let index = cut.index(broken.len());
                broken[index] = byte;
            }
            for record in [record.as_bytes(), &broken, &record.as_bytes()[..cut.index(record.len() + 1)]] {
                if let (Some(quick), Ok(general)) = (fields(record), json::parse(record)) {
                    prop_assert_eq!(quick, general, "{}", String::from_utf8_lossy(record));
                }
            }
        }
    }

    #[test]
    fn reads_an_ordinary_event() {
        let record = br#"{"id":"1","date_time":"2020-08-05T03:04:51Z","device_id":"d","event_type":"SYS_111",
            "event_type_description":"FAIL","state_change":false,"changes":{"a":["}"]},
            "data":{"campaign_id":"c","x":1,"campaign_name":"n"}}"#;
        let fields = fields(record).unwrap();
        assert_eq!(fields.event_type.as_deref(), Some(&b"SYS_111"[..]));
        assert_eq!(fields.device_id.as_deref(), Some(&b"d"[..]));
        assert_eq!(fields.campaign_id.as_deref(), Some(&b"c"[..]));
        assert_eq!(fields.campaign_name.as_deref(), Some(&b"n"[..]));
    }

    #[test]
    fn steps_over_escapes() {
        let record = br#"{"id":"a\"b\\","x":["\"}"],"device_id":"d","y":"\\\""}"#;
        assert_eq!(fields(record).unwrap().device_id.as_deref(), Some(&b"d"[..]));
    }

    #[test]
    fn leaves_what_is_broken_to_the_general_parser() {
        for record in [
            "",
            "{",
            "{}x",
            r#"{"a":1"#,
            r#"{"a":nul}"#,
            r#"{"a":trues}"#,
            r#"{"a" 1}"#,
            r#"{"data":[]}"#,
            r#"{"device_id":"\u0041"}"#,
            "[]",
        ] {
            assert!(fields(record.as_bytes()).is_none(), "{record}");
        }
    }
}
