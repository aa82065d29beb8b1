//! Reads records that look like the one before, as most of an input do: what lies between the string
//! values is compared as it is, and nothing of it read again.

use std::borrow::Cow;

use memchr::memchr;

use super::event::Fields;
use super::quick::quote;

/// An object with its string values left open.
pub struct Shape {
    object: Vec<u8>,
    values: Vec<Value>,
}

struct Value {
    /// Where it begins and ends in the object, without the quotes.
    start: usize,
    end: usize,
    /// Which of [`Fields::all_mut`] it is.
    field: Option<usize>,
}

impl Shape {
    /// The shape of `object`, which is known to have these fields; none if there are escapes in it.
    pub fn of(object: &[u8], fields: &mut Fields<'_>) -> Option<Self> {
        if memchr(b'\\', object).is_some() {
            return None;
        }
        let fields = fields.all_mut();
        let mut values = Vec::new();
        let mut start = 0;
        while let Some(quoted) = quote(&object[start..]) {
            start += quoted + 1;
            let end = start + quote(&object[start..])?;
            let is_key = object[end + 1..].trim_ascii_start().starts_with(b":");
            if !is_key {
                let is_it = |field: &&mut Option<Cow<'_, [u8]>>| {
                    field.as_deref().is_some_and(|text| text.as_ptr() == object[start..].as_ptr())
                };
                values.push(Value { start, end, field: fields.iter().position(is_it) });
            }
            start = end + 1;
        }
        Some(Shape { object: object.to_vec(), values })
    }

    /// The fields of `object` if it has this shape.
    pub fn fields<'r>(&self, object: &'r [u8]) -> Option<Fields<'r>> {
        if memchr(b'\\', object).is_some() {
            return None;
        }
        let mut fields = Fields::default();
        let all = fields.all_mut();
        let (mut rest, mut known) = (object, 0);
        for value in &self.values {
            rest = rest.strip_prefix(&self.object[known..value.start])?;
            let text;
            (text, rest) = rest.split_at(quote(rest)?);
            if let Some(field) = value.field {
                *all[field] = Some(Cow::Borrowed(text));
            }
            known = value.end;
        }
        (*rest == self.object[known..]).then_some(fields)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::quick;
    use super::Shape;

    const KEYS: [&str; 7] =
        ["event_type", "device_id", "date_time", "event_type_description", "data", "campaign_id", "other"];
    /// A string stands where the `$` is.
    const VALUES: [&str; 7] = [
        "$",
        " $ ",
        "{\"campaign_id\":$,\"campaign_name\" : $}",
        "{\"other\":[$,1,\"\"]}",
        "{}",
        "-1.5",
        "null",
    ];

    /// Two objects that differ in their string values only.
    fn two_alike() -> impl Strategy<Value = (String, String)> {
        let entry = (prop::sample::select(KEYS.to_vec()), prop::sample::select(VALUES.to_vec()));
        let object = prop::collection::vec(entry, 0..8).prop_map(|entries| {
            let entries: Vec<_> = entries.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            format!("{{{}}}", entries.join(","))
        });
        // Dense in what has a meaning outside of strings.
        let strings = || prop::collection::vec("[:,{}a ]{0,10}", 32);
        (object, strings(), strings())
            .prop_map(|(object, first, second)| (filled(&object, &first), filled(&object, &second)))
    }

    fn filled(object: &str, strings: &[String]) -> String {
        strings.iter().fold(object.to_owned(), |object, text| object.replacen('$', &format!("\"{text}\""), 1))
    }

    proptest! {
        #[test]
        fn reads_what_is_alike_and_nothing_else(
            (first, second) in two_alike(),
            at in any::<prop::sample::Index>(),
            byte in prop::sample::select(b"\":,{}\\a".to_vec()),
        ) {
            let mut known = quick::fields(first.as_bytes()).unwrap();
            let shape = Shape::of(first.as_bytes(), &mut known).unwrap();
            prop_assert_eq!(shape.fields(first.as_bytes()), Some(known));
            let expected = quick::fields(second.as_bytes());
            prop_assert!(expected.is_some());
            prop_assert_eq!(shape.fields(second.as_bytes()), expected, "{} {}", first, second);

            let mut broken = second.into_bytes();
            let at = at.index(broken.len());
            broken[at] = byte;
            if let Some(fields) = shape.fields(&broken) {
                prop_assert_eq!(Some(fields), quick::fields(&broken), "{} {}", first, broken.escape_ascii());
            }
        }
    }

    #[test]
    fn leaves_escapes_to_others() {
        let shape = |object: &[u8]| Shape::of(object, &mut quick::fields(object).unwrap());
        assert!(shape(br#"{"other":"\n"}"#).is_none());
        let plain = shape(br#"{"device_id":"n"}"#).unwrap();
        assert!(plain.fields(br#"{"device_id":"b"}"#).is_some());
        assert!(plain.fields(br#"{"device_id":"\n"}"#).is_none());
    }
}
