//! Events of JSON values against a plain implementation of the rule that `serde_json` parses for.

use std::fmt;

use event_log_codes_records::{Field, FieldNames, Options, Rank, TimeParser};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::common::read::{Event, events};

/// A JSON value with the members of objects in order, repeated keys included.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Other,
    Number(String),
    String(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// Fields by number, the event type left out, each with its weight: the lower wins.
#[derive(Clone, Debug, Default)]
struct Fields([Option<(u32, String)>; 6]);

const LEVEL: u32 = 32;
const DEEPEST: u32 = 6;
const FILLED: u32 = 1000;

impl Fields {
    fn set(&mut self, field: Field, weight: u32, value: &str) {
        let slot = &mut self.0[field as usize];
        if !value.is_empty() && slot.as_ref().is_none_or(|(best, _)| weight <= *best) {
            *slot = Some((weight, value.to_owned()));
        }
    }

    /// Those that count outside of the object that they stand in.
    fn outer(&self) -> impl Iterator<Item = (usize, u32, &str)> {
        self.0.iter().enumerate().skip(1).filter_map(|(field, value)| {
            let (weight, value) = value.as_ref()?;
            (weight % LEVEL < u32::from(Rank::WEAK.0)).then_some((field, *weight, &**value))
        })
    }

    fn add_nested(&mut self, inner: &Fields) {
        for (field, weight, value) in inner.outer() {
            let weight = if weight / LEVEL < DEEPEST { weight + LEVEL } else { weight };
            match &self.0[field] {
                Some((best, _)) if weight > *best => {}
                // Nothing says which of two devices is meant: none.
                Some((best, known))
                    if field == Field::Device as usize && weight == *best && known != value =>
                {
                    self.0[field] = Some((weight, String::new()));
                }
                _ => self.0[field] = Some((weight, value.to_owned())),
            }
        }
    }

    fn fill(&mut self, outer: &Fields) {
        for (field, _, value) in outer.outer() {
            if self.0[field].is_none() {
                self.0[field] = Some((FILLED, value.to_owned()));
            }
        }
    }
}

/// What a value says: events, or else fields for what is around it.
#[derive(Debug, Default)]
struct Said {
    events: Vec<(String, Fields)>,
    fields: Fields,
    /// Of an object with a key and a value.
    pair: Option<(String, String)>,
}

fn is_code(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    event_log_codes::find(upper.as_bytes()).is_some_and(|found| found.as_bytes().len() == text.len())
}

fn say(object: &[(String, Tree)], parent: &str, names: &FieldNames) -> Said {
    let mut said = Said::default();
    let mut event_type: Option<(u32, String)> = None;
    let mut pair = (None, None);
    let mut set = |fields: &mut Fields, (field, rank): (Field, Rank), value: &Tree| match value {
        Tree::String(text)
            if field == Field::EventType
                && is_code(text)
                && event_type.as_ref().is_none_or(|(best, _)| u32::from(rank.0) <= *best) =>
        {
            event_type = Some((rank.0.into(), text.to_ascii_uppercase()));
        }
        Tree::String(text) | Tree::Number(text) if field != Field::EventType => {
            fields.set(field, rank.0.into(), text);
        }
        _ => {}
    };
    for (key, value) in object {
        let own = names.get(key.as_bytes());
        // A key that means something only here may mean more together with the one around it.
        let certain = own.filter(|(_, rank)| *rank < Rank::WEAK);
        let joined = || names.get_joined(parent.as_bytes(), key.as_bytes()).filter(|_| !parent.is_empty());
        let meaning = certain.or_else(joined).or(own);
        if let (Some(meaning), Tree::String(_) | Tree::Number(_)) = (meaning, value)
            && nested(value).is_none()
        {
            set(&mut said.fields, meaning, value);
        }
        let mut inner = Vec::new();
        match value {
            Tree::Object(members) => inner.push((say(members, key, names), false)),
            Tree::Array(elements) => {
                if let (Some(meaning), Some(first)) = (meaning, elements.first())
                    && nested(first).is_none()
                {
                    set(&mut said.fields, meaning, first);
                }
                elements_of(elements, names, &mut inner);
            }
            _ => {
                if let Some(tree) = nested(value) {
                    inner.push((say(&[("".to_owned(), tree)], "", names), false));
                } else if let Tree::String(text) | Tree::Number(text) = value {
                    if meaning.is_none() && matches!(&**key, "key" | "name" | "k") {
                        pair.0 = Some(text.clone());
                    } else if meaning.is_none() && matches!(&**key, "value" | "v") {
                        pair.1 = Some(text.clone());
                    }
                }
            }
        }
        for (inner, in_array) in inner {
            if let (Some((key, value)), true) = (&inner.pair, in_array)
                && inner.events.is_empty()
                && let Some(meaning) = names.get(key.as_bytes())
            {
                set(&mut said.fields, meaning, &Tree::String(value.clone()));
            }
            if inner.events.is_empty() && !in_array {
                said.fields.add_nested(&inner.fields);
            }
            said.events.extend(inner.events);
        }
    }
    if let (Some(key), Some(value)) = pair {
        said.pair = Some((key, value));
    }
    if said.events.is_empty() {
        if let Some((_, code)) = event_type {
            said.events.push((code, said.fields.clone()));
        }
    } else {
        said.events.iter_mut().for_each(|(_, fields)| fields.fill(&said.fields));
    }
    said
}

fn elements_of(elements: &[Tree], names: &FieldNames, inner: &mut Vec<(Said, bool)>) {
    for element in elements {
        match element {
            Tree::Object(members) => inner.push((say(members, "", names), true)),
            Tree::Array(elements) => elements_of(elements, names, inner),
            _ => {
                if let Some(tree) = nested(element) {
                    let said = say(&[("".to_owned(), tree)], "", names);
                    inner.push((Said { pair: None, ..said }, true));
                }
            }
        }
    }
}

/// The object that a string is.
fn nested(value: &Tree) -> Option<Tree> {
    let Tree::String(text) = value else { return None };
    if !text.contains('{') {
        return None;
    }
    serde_json::from_str(text).ok().filter(has_members)
}

/// Whether there is an object that says something.
fn has_members(tree: &Tree) -> bool {
    match tree {
        Tree::Object(members) => !members.is_empty(),
        Tree::Array(elements) => elements.iter().any(has_members),
        _ => false,
    }
}

fn expected(json: &str) -> Vec<Event> {
    let options = Options::default();
    let tree: Tree = serde_json::from_str(json).unwrap();
    let said = say(&[("".to_owned(), tree)], "", &options.names);
    let text = |fields: &Fields, field: Field| {
        fields.0[field as usize].clone().map(|(_, value)| value).filter(|value| !value.is_empty())
    };
    let status = |status: String| match &*status.to_ascii_lowercase() {
        "success" => Some("success"),
        "fail" => Some("fail"),
        "info" => Some("info"),
        _ => None,
    };
    said.events
        .iter()
        .map(|(code, fields)| Event {
            code: code.clone(),
            device: text(fields, Field::Device),
            campaign: text(fields, Field::Campaign),
            campaign_name: text(fields, Field::CampaignName),
            status: text(fields, Field::Status).and_then(status),
            time: text(fields, Field::Time).and_then(|time| TimeParser::new().parse(time.as_bytes())),
        })
        .collect()
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyTree;

        impl<'de> Visitor<'de> for AnyTree {
            type Value = Tree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
                Ok(Tree::String(text.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
                Ok(Tree::Number(number.to_string()))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
                Ok(Tree::Other)
            }

            fn visit_unit<E>(self) -> Result<Tree, E> {
                Ok(Tree::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(Tree::Array(elements))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Tree::Object(members))
            }
        }

        deserializer.deserialize_any(AnyTree)
    }
}

/// Writes a value, with the next of `gaps` wherever white space may stand.
/// With `escapes`, the punctuation in strings is escaped by number, as those do who put JSON into pages.
fn write(
    tree: &Tree,
    gaps: &mut impl Iterator<Item = &'static str>,
    escapes: bool,
    depth: usize,
    out: &mut String,
) {
    match tree {
        Tree::Other => out.push_str(["null", "true", "false", "-0.5e+2"][depth % 4]),
        Tree::Number(number) => out.push_str(number),
        Tree::String(text) => write_string(text, escapes, out),
        Tree::Array(elements) => {
            out.push('[');
            out.push_str(gaps.next().unwrap_or_default());
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                    out.push_str(gaps.next().unwrap_or_default());
                }
                write(element, gaps, escapes, depth + 1, out);
                out.push_str(gaps.next().unwrap_or_default());
            }
            out.push(']');
        }
        Tree::Object(members) => {
            out.push('{');
            out.push_str(gaps.next().unwrap_or_default());
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                    out.push_str(gaps.next().unwrap_or_default());
                }
                write_string(key, escapes, out);
                out.push_str(gaps.next().unwrap_or_default());
                out.push(':');
                out.push_str(gaps.next().unwrap_or_default());
                write(value, gaps, escapes, depth + 1, out);
                out.push_str(gaps.next().unwrap_or_default());
            }
            out.push('}');
        }
    }
}

fn write_string(text: &str, escapes: bool, out: &mut String) {
    if !escapes {
        out.push_str(&serde_json::to_string(text).unwrap());
        return;
    }
    out.push('"');
    for character in text.chars() {
        if character.is_alphanumeric() || character == '_' {
            out.push(character);
        } else {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        }
    }
    out.push('"');
}

/// How much white space there is in JSON: mostly always the same, sometimes here more and there less.
fn gaps() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![
        Just(vec![""]),
        prop::collection::vec(prop::sample::select(vec!["", " "]), 1..40),
        prop::collection::vec(prop::sample::select(vec!["", "", " ", "  ", "   ", "\t", "\r"]), 1..40),
        prop::collection::vec(prop::sample::select(vec!["", " ", "  ", "\n", "\n  ", " \t\r\n"]), 1..40),
    ]
}

/// Values with all kinds of fields in them.
fn tree() -> impl Strategy<Value = Tree> {
    let texts = vec![
        "UPD4_FAIL_207",
        "SYS_111",
        "UPD9_NEW_1",
        "sys_112",
        "m1",
        "m2",
        "c1",
        "",
        "FAIL",
        "success",
        "2025-08-29T08:14:02Z",
        "1756455242",
        "device_id",
        "event_type",
        "campaign_id",
        "quoted \"x\" \\ é\n",
        "update.device",
    ];
    let keys = vec![
        "event_type",
        "eventType",
        "type",
        "event",
        "device_id",
        "deviceId",
        "device",
        "id",
        "time",
        "date_time",
        "created_at",
        "campaign_id",
        "campaign",
        "campaign_name",
        "data",
        "event_type_description",
        "x",
        "y",
        "key",
        "value",
        "attributes",
        "message",
        "a key that is much longer than any name of a field",
        "",
    ];
    tree_of(texts, keys)
}

/// Events with devices all over.
fn tree_of_devices() -> impl Strategy<Value = Tree> {
    let key = || prop::sample::select(vec!["device_id", "deviceId", "x", "y"]).prop_map(str::to_owned);
    let members =
        prop::collection::vec((key(), tree_of(vec!["m1", "m2"], vec!["device_id", "x", "y"])), 0..5);
    (members, 0_usize..5).prop_map(|(mut members, at)| {
        let event_type = ("event_type".to_owned(), Tree::String("UPD4_FAIL_207".to_owned()));
        members.insert(at.min(members.len()), event_type);
        Tree::Object(members)
    })
}

fn tree_of(texts: Vec<&'static str>, keys: Vec<&'static str>) -> impl Strategy<Value = Tree> {
    let text = prop::sample::select(texts);
    let leaf = prop_oneof![
        4 => text.prop_map(|text| Tree::String(text.to_owned())),
        1 => prop::sample::select(vec!["0", "7", "1756455242", "1756455243123"])
            .prop_map(|number| Tree::Number(number.to_owned())),
        1 => Just(Tree::Other),
    ];
    let key = prop::sample::select(keys);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(key, value)| (key.to_owned(), value));
        prop_oneof![
            4 => prop::collection::vec(member, 0..7).prop_map(Tree::Object),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::Array),
            1 => inner.prop_map(|inner| match inner {
                Tree::Object(members) => {
                    let mut text = String::new();
                    write(&Tree::Object(members), &mut std::iter::empty(), false, 0, &mut text);
                    // How it is written is not in the tree.
                    Tree::String(text.replace("-0.5e+2", "null"))
                }
                other => other,
            }),
        ]
    })
}

/// Whether a string that is not an event type has a code in it: its text may be events.
fn has_text_events(tree: &Tree, names: &FieldNames) -> bool {
    match tree {
        Tree::Object(members) => members.iter().any(|(key, value)| {
            let names_type = matches!(names.get(key.as_bytes()), Some((Field::EventType, _)));
            has_text_events(value, names) && !(names_type && is_plain_string(value))
        }),
        Tree::Array(elements) => elements.iter().any(|element| has_text_events(element, names)),
        Tree::String(text) => match nested(tree) {
            Some(inner) => has_text_events(&inner, names),
            None => event_log_codes::find(text.as_bytes()).is_some(),
        },
        _ => false,
    }
}

fn is_plain_string(value: &Tree) -> bool {
    matches!(value, Tree::String(_)) && nested(value).is_none()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn events_of_a_value(tree in tree(), gaps in gaps(), escapes: bool) {
        let tree = match tree {
            tree @ Tree::Object(_) => tree,
            other => Tree::Object(vec![("y".to_owned(), other)]),
        };
        prop_assume!(!has_text_events(&tree, &FieldNames::default()));
        check(&tree, &gaps, escapes)?;
    }

    #[test]
    fn devices_of_an_event(tree in tree_of_devices(), gaps in gaps(), escapes: bool) {
        check(&tree, &gaps, escapes)?;
    }
}

fn check(tree: &Tree, gaps: &[&'static str], escapes: bool) -> Result<(), TestCaseError> {
    let mut json = String::new();
    write(tree, &mut gaps.iter().copied().cycle(), escapes, 0, &mut json);
    let parsed: Tree = serde_json::from_str(&json).unwrap_or(Tree::Other);
    prop_assume!(parsed != Tree::Other);
    let expected = expected(&json);
    prop_assert_eq!(events(json.as_bytes()), expected.clone(), "{}", json);
    if !json.contains('\n') {
        let lines = format!("{json}\n{json}\n");
        prop_assert_eq!(events(lines.as_bytes()), [expected.clone(), expected].concat(), "{}", json);
    }
    Ok(())
}

#[test]
fn the_oracle_knows_the_rule() {
    let event = |code: &str, device: &str, campaign: Option<&str>| Event {
        code: code.to_owned(),
        device: Some(device.to_owned()).filter(|device| !device.is_empty()),
        campaign: campaign.map(str::to_owned),
        campaign_name: None,
        status: None,
        time: None,
    };
    for (json, all) in [
        (r#"{"event_type":"SYS_111","device_id":"m1"}"#, vec![event("SYS_111", "m1", None)]),
        (
            r#"{"device_id":"outer","data":[{"event_type":"sys_112"},{"event_type":"SYS_111","device_id":"m1"}],"campaign_id":"c"}"#,
            vec![event("SYS_112", "outer", Some("c")), event("SYS_111", "m1", Some("c"))],
        ),
        (
            r#"{"log":"{\"event\":{\"type\":\"SYS_111\"},\"device\":{\"id\":\"m1\"}}","campaign":{"id":"c"}}"#,
            vec![event("SYS_111", "m1", Some("c"))],
        ),
        // Of two devices, which?
        (
            r#"{"event_type":"SYS_111","from":{"device_id":"m1"},"to":{"device_id":"m2"}}"#,
            vec![event("SYS_111", "", None)],
        ),
        (
            r#"{"event_type":"SYS_111","from":{"device_id":"m1"},"to":{"device_id":"m1"}}"#,
            vec![event("SYS_111", "m1", None)],
        ),
        (
            r#"{"from":{"device_id":"m1"},"to":{"device_id":"m2"},"event_type":"SYS_111","device_id":"m3"}"#,
            vec![event("SYS_111", "m3", None)],
        ),
        (
            r#"{"from":{"device_id":"m1"},"x":{"to":{"device_id":"m2"}},"event_type":"SYS_111"}"#,
            vec![event("SYS_111", "m1", None)],
        ),
    ] {
        assert_eq!(expected(json), all, "{json}");
        assert_eq!(events(json.as_bytes()), all, "{json}");
    }
}
