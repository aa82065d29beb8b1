//! Device events as JSON objects.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::event::{Fields, Reading};
use super::quick;
use super::shape::Shape;

/// What `record` says; `shape` is that of the record before.
pub fn read<'r>(record: &'r [u8], shape: &mut Option<Shape>) -> Result<Reading<'r>, String> {
    let record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record).trim_ascii_end();
    if let Some(fields) = shape.as_ref().and_then(|shape| shape.fields(record)) {
        return Ok(fields.reading(record));
    }
    let fields = match quick::fields(record) {
        Some(mut fields) => {
            *shape = Shape::of(record, &mut fields);
            fields
        }
        None => parse(record)?,
    };
    Ok(fields.reading(record))
}

pub(super) fn parse(record: &[u8]) -> Result<Fields<'_>, String> {
    let object: Object = serde_json::from_slice(record).map_err(|error| cause(&error))?;
    let data = match object.data {
        Value::Map(data) => *data,
        Value::List => {
            return Err("a page of events where one event was expected; --input json reads pages".to_owned());
        }
        Value::Text(_) | Value::Other => Data::default(),
    };
    Ok(Fields {
        event_type: object.event_type.text(),
        device_id: object.device_id.text(),
        date_time: object.date_time.text(),
        event_type_description: object.event_type_description.text(),
        campaign_id: data.campaign_id.text(),
        campaign_name: data.campaign_name.text(),
    })
}

/// What serde_json says; a record is read alone, so the line it names says nothing.
fn cause(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => format!("{} at byte {}", &message[..end], error.column()),
        None => message,
    }
}

/// The fields of an event, or of any other object.
#[derive(Default)]
struct Object<'r> {
    event_type: Value<'r>,
    device_id: Value<'r>,
    date_time: Value<'r>,
    event_type_description: Value<'r>,
    data: Value<'r>,
}

impl<'de: 'r, 'r> Deserialize<'de> for Object<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnObject)
    }
}

struct AnObject;

impl<'de> Visitor<'de> for AnObject {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = Object::default();
        while let Some(key) = map.next_key()? {
            match key {
                Key::EventType => object.event_type = map.next_value()?,
                Key::DeviceId => object.device_id = map.next_value()?,
                Key::DateTime => object.date_time = map.next_value()?,
                Key::EventTypeDescription => object.event_type_description = map.next_value()?,
                Key::Data => object.data = map.next_value()?,
                Key::CampaignId | Key::CampaignName | Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(object)
    }
}

/// Any value, as far as a device event has use for it: a field of an unexpected kind is not an
/// error, for the record may be about something else.
#[derive(Default)]
enum Value<'r> {
    Text(Cow<'r, str>),
    Map(Box<Data<'r>>),
    List,
    #[default]
    Other,
}

impl<'r> Value<'r> {
    fn text(self) -> Option<Cow<'r, [u8]>> {
        match self {
            Value::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
            Value::Text(Cow::Owned(text)) => Some(Cow::Owned(text.into_bytes())),
            Value::Map(_) | Value::List | Value::Other => None,
        }
    }
}

/// The string map of an event.
#[derive(Default)]
struct Data<'r> {
    campaign_id: Value<'r>,
    campaign_name: Value<'r>,
}

/// A key, taken as bytes: only the values that are kept must be UTF-8.
#[derive(Clone, Copy)]
enum Key {
    EventType,
    DeviceId,
    DateTime,
    EventTypeDescription,
    Data,
    CampaignId,
    CampaignName,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(AKey)
    }
}

struct AKey;

impl Visitor<'_> for AKey {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bytes<E: Error>(self, key: &[u8]) -> Result<Key, E> {
        Ok(match key {
            b"event_type" => Key::EventType,
            b"device_id" => Key::DeviceId,
            b"date_time" => Key::DateTime,
            b"event_type_description" => Key::EventTypeDescription,
            b"data" => Key::Data,
            b"campaign_id" => Key::CampaignId,
            b"campaign_name" => Key::CampaignName,
            _ => Key::Other,
        })
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Value<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut data = Data::default();
        while let Some(key) = map.next_key()? {
            match key {
                Key::CampaignId => data.campaign_id = map.next_value()?,
                Key::CampaignName => data.campaign_name = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Value::Map(Box::new(data)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::List)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }
}
