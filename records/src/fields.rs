//! Which names mean which field of an event.

use std::fmt;
use std::str::FromStr;

/// What a value says about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The event code.
    EventType,
    /// The identifier of the device.
    Device,
    /// When it happened.
    Time,
    /// The identifier of the update campaign.
    Campaign,
    /// The name of the update campaign.
    CampaignName,
    /// The summary status that the service stated.
    Status,
}

/// How certainly a name means its field: of several names in one object the lowest rank wins.
///
/// Below 32. Names that a user adds have rank 0. Names that often mean something else, such as
/// `created_at` for a time, have [`Rank::WEAK`] or more: they count only in the event itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u8);

impl Rank {
    /// The first rank of the names that often mean something else.
    pub const WEAK: Rank = Rank(24);
    /// The first rank of the names that count only if no object around the event has a better one: when a log
    /// was received, for a time.
    pub const LAST_RESORT: Rank = Rank(28);
}

/// The built-in names, by field and rank.
///
/// They are those of the service and its exports, of the Elastic Common Schema, OpenTelemetry, the common
/// event format, journald, Splunk, nginx, AWS IoT, Azure, Windows, Sumo Logic and Mosquitto, and what else stands in
/// logs for the same.
///
/// Names that more often mean the sender of the log than the device (`host`), or the success of
/// something else than the event (`status`, for a [`Field::Status`]), are left to the user.
#[rustfmt::skip]
const NAMES: &[(Field, u8, &[&str])] = &[
    (Field::EventType, 1, &["event_type"]),
    (Field::EventType, 2, &["event_type_id", "event_type_code", "event_type_name"]),
    (Field::EventType, 3, &["event_code", "event_name", "event_id"]),
    (Field::EventType, 4, &["device_event_class_id", "signature_id", "msg_id", "message_id"]),
    (Field::EventType, 5, &["update_result", "update_status", "update_state", "fota_status", "firmware_status"]),
    (Field::EventType, 6, &["event"]),
    (Field::EventType, 24, &["code", "error_code", "result_code", "status_code", "reason_code", "state_code"]),
    (Field::EventType, 25, &["type", "result", "status", "state", "error", "reason", "action", "event_action"]),

    (Field::Device, 1, &["device_id"]),
    (Field::Device, 2, &["device_uuid", "device_external_id", "device_identifier"]),
    (Field::Device, 3, &["endpoint_name", "endpoint_id", "endpoint_client_name"]),
    (Field::Device, 4, &["device", "dev_id"]),
    (Field::Device, 5, &["endpoint", "device_name", "thing_name", "dev"]),
    (Field::Device, 6, &["device_serial", "device_serial_number", "dev_eui", "imei", "ep"]),
    (Field::Device, 24, &["serial_number", "serial", "serial_no", "node_id", "asset_id", "thing"]),

    (Field::Time, 1, &["date_time"]),
    (Field::Time, 2, &["event_time", "event_timestamp", "event_date_time", "event_date", "occurred_at"]),
    (Field::Time, 3, &["timestamp", "timestamp_utc"]),
    (Field::Time, 4, &["@timestamp"]),
    (Field::Time, 5, &["time", "time_utc", "utc_time", "time_iso8601", "ts"]),
    (Field::Time, 6, &["timestamp_ms", "timestamp_us", "timestamp_ns", "time_ms", "time_us", "time_ns", "ts_ms"]),
    (Field::Time, 7, &["time_unix_nano", "unix_time", "unix_timestamp", "epoch", "epoch_ms", "epoch_time"]),
    (Field::Time, 8, &["rt", "dev_time", "device_receipt_time", "log_time", "log_timestamp", "time_local", "@t"]),
    (Field::Time, 9, &["syslog_timestamp", "__REALTIME_TIMESTAMP", "time_generated", "time_created"]),
    (Field::Time, 9, &["message_time", "tst"]),
    (Field::Time, 10, &["enqueued_time_utc", "enqueued_time", "iothub_enqueued_time", "publish_time"]),
    (Field::Time, 24, &["date", "when", "t"]),
    (Field::Time, 25, &["created_at", "created", "creation_time", "date_created"]),
    (Field::Time, 28, &["received_at", "observed_time_unix_nano", "observed_timestamp", "ingestion_time"]),
    (Field::Time, 29, &["event.created", "event.ingested"]),

    (Field::Campaign, 1, &["campaign_id", "data.campaign_id"]),
    (Field::Campaign, 2, &["update_campaign_id", "campaign_uuid"]),
    (Field::Campaign, 3, &["campaign", "update_campaign"]),
    (Field::Campaign, 4, &["deployment_id", "rollout_id"]),

    (Field::CampaignName, 1, &["campaign_name", "data.campaign_name"]),
    (Field::CampaignName, 2, &["update_campaign_name", "campaign_title"]),

    (Field::Status, 1, &["event_type_description"]),
    (Field::Status, 2, &["summary_status", "event_type_status", "event_status"]),
];

/// Keys that say of which type a value is: those of Avro's unions in JSON, MongoDB's extended JSON, DynamoDB,
/// Firestore and OpenTelemetry.
const TYPES: &[&str] = &[
    "string",
    "long",
    "int",
    "double",
    "$date",
    "$numberLong",
    "$oid",
    "S",
    "N",
    "stringValue",
    "integerValue",
    "timestampValue",
    "intValue",
    "value",
];

/// The names of fields: the built-in ones, and those that a user adds.
///
/// ASCII case, `_`, `-`, `.` and spaces make no difference: `deviceId` and `Device ID` are `device_id`, and
/// `data.campaign_id` is one name.
///
/// # Examples
///
/// ```
/// use event_log_codes_records::{Field, FieldNames, Rank};
///
/// let mut names = FieldNames::default();
/// assert_eq!(names.get(b"Event type"), Some((Field::EventType, Rank(1))));
/// assert_eq!(names.get(b"hostname"), None);
///
/// names.add(Field::Device, "hostname");
/// assert_eq!(names.get(b"hostname"), Some((Field::Device, Rank(0))));
/// ```
#[derive(Clone, Debug, Default)]
pub struct FieldNames {
    added: Vec<Added>,
}

#[derive(Clone, Debug)]
struct Added {
    field: Field,
    name: String,
}

impl FieldNames {
    /// Adds a name for `field`, which then wins over all built-in ones, and over its own built-in meaning.
    pub fn add(&mut self, field: Field, name: &str) {
        self.added.push(Added { field, name: name.to_owned() });
    }

    /// The names of `field`: those that were added, then the built-in ones, the most certain first.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Field, FieldNames};
    ///
    /// let names = FieldNames::default();
    /// assert!(names.names(Field::Device).next() == Some("device_id"));
    /// ```
    pub fn names(&self, field: Field) -> impl Iterator<Item = &str> {
        let added = self.added.iter().filter(move |added| added.field == field).map(|added| &*added.name);
        let built_in = NAMES.iter().filter(move |(its, ..)| *its == field).flat_map(|(.., names)| *names);
        added.chain(built_in.copied())
    }

    /// What `key` means, if it is the name of a field.
    ///
    /// A few nanoseconds for the service's own names and for most keys that mean nothing.
    #[inline]
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<(Field, Rank)> {
        if !self.added.is_empty() {
            return self.get_with_added(key);
        }
        built_in(key)
    }

    #[cold]
    fn get_with_added(&self, key: &[u8]) -> Option<(Field, Rank)> {
        let added = self.added.iter().find(|added| is_same_name(added.name.as_bytes(), key));
        added.map(|added| (added.field, Rank(0))).or_else(|| built_in(key))
    }

    /// Whether a name begins with `key`, so that [`get_joined`](Self::get_joined) with it as the parent
    /// can mean a field.
    pub(crate) fn begins_name(&self, key: &[u8]) -> bool {
        let significant =
            |name| <[u8]>::iter(name).filter(|byte| !is_separator(**byte)).map(u8::to_ascii_lowercase);
        let mut bytes = significant(key);
        let Some(first) = bytes.next() else {
            return false;
        };
        if self.added.is_empty()
            && let Some(second) = bytes.next()
        {
            let code = |byte: u8| usize::from(CODES[usize::from(byte)] & 63);
            if (BEGINNINGS[code(first)] >> code(second)) & 1 == 0 {
                return false;
            }
        }
        let added = self.added.iter().map(|added| &*added.name);
        let built_in = NAMES.iter().flat_map(|(.., names)| *names);
        added.chain(built_in.copied()).any(|name| {
            let mut rest = significant(name.as_bytes()).peekable();
            rest.peek() == Some(&first) && significant(key).all(|byte| rest.next() == Some(byte))
        })
    }

    /// What the member `key` of an object that is itself the member `parent` means by both names
    /// together: `{"event": {"type": ...}}`, `{"device": {"id": ...}}` and, where `key` is the type of the
    /// value, `{"device_id": {"string": ...}}`.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Field, FieldNames, Rank};
    ///
    /// let names = FieldNames::default();
    /// assert_eq!(names.get_joined(b"device", b"id"), Some((Field::Device, Rank(1))));
    /// assert_eq!(names.get_joined(b"device_id", b"string"), Some((Field::Device, Rank(1))));
    /// ```
    #[must_use]
    pub fn get_joined(&self, parent: &[u8], key: &[u8]) -> Option<(Field, Rank)> {
        // Only two names that both are short can be a built-in one.
        let mut joined = [0; 2 * MAX_KEY];
        if let Some(joined) = joined.get_mut(..parent.len() + key.len()) {
            joined[..parent.len()].copy_from_slice(parent);
            joined[parent.len()..].copy_from_slice(key);
            return self.get(joined).or_else(|| self.get_wrapped(parent, key));
        }
        let joined = if self.added.is_empty() { None } else { self.get_with_added(&[parent, key].concat()) };
        joined.or_else(|| self.get_wrapped(parent, key))
    }

    /// What `parent` means if `key` only says of which type its value is.
    fn get_wrapped(&self, parent: &[u8], key: &[u8]) -> Option<(Field, Rank)> {
        TYPES.iter().any(|name| name.as_bytes() == key).then(|| self.get(parent))?
    }
}

/// A name that a field has in an input, as a user writes it: `device=serial`.
///
/// # Examples
///
/// ```
/// use event_log_codes_records::{Field, FieldName};
///
/// let name: FieldName = "device=serial".parse()?;
/// assert_eq!((name.field, &name.name[..]), (Field::Device, "serial"));
/// assert_eq!(name.to_string(), "device=serial");
/// # Ok::<(), event_log_codes_records::ParseFieldNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// The field.
    pub field: Field,
    /// What it is called in the input.
    pub name: String,
}

/// What users call the fields.
const FIELDS: [(&str, Field); 6] = [
    ("event", Field::EventType),
    ("device", Field::Device),
    ("time", Field::Time),
    ("campaign", Field::Campaign),
    ("campaign-name", Field::CampaignName),
    ("status", Field::Status),
];

impl FromStr for FieldName {
    type Err = ParseFieldNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (field, name) = text.split_once('=').ok_or(ParseFieldNameError(()))?;
        let known = FIELDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(field));
        match known {
            Some((_, field)) if !name.is_empty() => Ok(FieldName { field: *field, name: name.to_owned() }),
            _ => Err(ParseFieldNameError(())),
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = FIELDS.iter().find(|(_, field)| *field == self.field);
        write!(f, "{}={}", field.map_or("", |(field, _)| field), self.name)
    }
}

/// The error returned when parsing a [`FieldName`] fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFieldNameError(());

impl fmt::Display for ParseFieldNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = FIELDS.map(|(field, _)| field).join(", ");
        write!(f, "expected FIELD=NAME, such as device=serial; the fields are {fields}")
    }
}

impl std::error::Error for ParseFieldNameError {}

/// Whether a value, as text and tables write them, stands for no value.
#[inline]
pub(crate) fn is_absent(value: &[u8]) -> bool {
    const LONGEST: usize = "(null)".len();
    value.len() <= LONGEST && is_absent_word(value)
}

fn is_absent_word(value: &[u8]) -> bool {
    const ABSENT: [&str; 8] = ["-", "null", "nil", "none", "(null)", "<nil>", "n/a", "\\N"];
    value.is_empty() || ABSENT.iter().any(|absent| value.eq_ignore_ascii_case(absent.as_bytes()))
}

/// Whether two names differ at most in case and separators.
pub(crate) fn is_same_name(name: &[u8], key: &[u8]) -> bool {
    let significant =
        |name| <[u8]>::iter(name).filter(|byte| !is_separator(**byte)).map(u8::to_ascii_lowercase);
    significant(name).eq(significant(key)) && significant(name).next().is_some()
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.' | b' ')
}

#[inline]
fn built_in(key: &[u8]) -> Option<(Field, Rank)> {
    // The names that the service writes are compared as they are: every record has them.
    if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        let field = match key.len() {
            9 if is(first, last, b"device_id") => Some(Field::Device),
            9 if is(first, last, b"date_time") => Some(Field::Time),
            10 if is(first, last, b"event_type") => Some(Field::EventType),
            11 if is(first, last, b"campaign_id") => Some(Field::Campaign),
            13 if is(first, last, b"campaign_name") => Some(Field::CampaignName),
            22 if is(first, last, b"event_type_description") && key == b"event_type_description" => {
                Some(Field::Status)
            }
            _ => None,
        };
        if let Some(field) = field {
            return Some((field, Rank(1)));
        }
    }
    if may_be_name(key) { TABLE.get(pack(key)?) } else { None }
}

/// Whether `name` begins with the eight bytes `first` and ends with `last`.
const fn is(first: u64, last: u64, name: &[u8]) -> bool {
    match (name.first_chunk(), name.last_chunk()) {
        (Some(its_first), Some(its_last)) => {
            u64::from_le_bytes(*its_first) == first && u64::from_le_bytes(*its_last) == last
        }
        _ => false,
    }
}

/// Longest key that is looked up, with its separators.
const MAX_KEY: usize = 32;

/// Whether a name begins and ends as `key` does. Of other keys, nearly all are not.
#[inline]
fn may_be_name(key: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (key.first(), key.last()) else {
        return false;
    };
    let code = |byte: u8| CODES[usize::from(byte)] & 63;
    key.len() <= MAX_KEY && (ENDS[usize::from(code(first))] >> code(last)) & 1 != 0
}

/// The letters, digits and at signs of a name in 6 bits each, without regard to case; `None` if there is
/// anything else but separators, or too much of it.
#[inline]
const fn pack(name: &[u8]) -> Option<u128> {
    let mut packed: u128 = 0;
    let mut seen = 0;
    let mut at = 0;
    while at < name.len() {
        let code = CODES[name[at] as usize];
        seen |= code;
        if code != 0 {
            // The top bits stay empty in every name there is.
            seen |= ((packed >> 120) as u8 != 0) as u8 * OTHER;
            packed = packed << 6 | code as u128;
        }
        at += 1;
    }
    if seen & OTHER != 0 { None } else { Some(packed) }
}

/// Marks a byte that no name has.
const OTHER: u8 = 1 << 7;

/// 0 for separators, and a number below 64 for each byte that names have, the same in either case.
const CODES: [u8; 256] = {
    let mut codes = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        codes[byte] = match byte as u8 {
            separator if is_separator(separator) => 0,
            letter @ (b'a'..=b'z' | b'A'..=b'Z') => letter.to_ascii_lowercase() - b'a' + 1,
            digit @ b'0'..=b'9' => digit - b'0' + 27,
            b'@' => 37,
            _ => OTHER,
        };
        byte += 1;
    }
    codes
};

/// For each code of the first byte of a key, the codes that its last byte can have. A separator says
/// nothing.
const ENDS: [u64; 64] = {
    let mut ends = [0; 64];
    ends[0] = u64::MAX;
    let mut group = 0;
    while group < NAMES.len() {
        let names = NAMES[group].2;
        let mut at = 0;
        while at < names.len() {
            let name = names[at].as_bytes();
            let last = CODES[name[name.len() - 1] as usize];
            // A separator may follow the last byte too.
            ends[CODES[name[0] as usize] as usize] |= 1 << last | 1;
            at += 1;
        }
        group += 1;
    }
    ends
};

/// For each code of the first byte of a name, the codes of the second, separators left out.
const BEGINNINGS: [u64; 64] = {
    let mut beginnings = [0; 64];
    let mut group = 0;
    while group < NAMES.len() {
        let names = NAMES[group].2;
        let mut index = 0;
        while index < names.len() {
            let name = names[index].as_bytes();
            let (mut first, mut at) = (0, 0);
            while at < name.len() {
                let code = CODES[name[at] as usize];
                if first == 0 {
                    first = code;
                } else if code != 0 {
                    beginnings[first as usize] |= 1 << code;
                    at = name.len();
                }
                at += 1;
            }
            index += 1;
        }
        group += 1;
    }
    beginnings
};

/// The built-in names by hash.
struct Table {
    slots: [Option<Slot>; Table::SLOTS],
}

#[derive(Clone, Copy)]
struct Slot {
    name: u128,
    field: Field,
    rank: Rank,
}

static TABLE: Table = Table::new();

impl Table {
    /// At least twice the number of names, so that the next free slot is near.
    const SLOTS: usize = 256;

    const fn new() -> Self {
        let mut table = Table { slots: [None; Table::SLOTS] };
        let mut group = 0;
        while group < NAMES.len() {
            let (field, rank, names) = NAMES[group];
            let mut at = 0;
            while at < names.len() {
                let Some(name) = pack(names[at].as_bytes()) else {
                    panic!("a name is too long or has a character that is not packed");
                };
                let mut slot = Table::slot(name);
                while let Some(other) = table.slots[slot] {
                    assert!(other.name != name, "a name stands twice");
                    slot = (slot + 1) % Table::SLOTS;
                }
                table.slots[slot] = Some(Slot { name, field, rank: Rank(rank) });
                at += 1;
            }
            group += 1;
        }
        table
    }

    const fn slot(name: u128) -> usize {
        let folded = (name as u64) ^ ((name >> 60) as u64).rotate_left(29);
        (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize % Table::SLOTS
    }

    fn get(&self, name: u128) -> Option<(Field, Rank)> {
        let mut slot = Table::slot(name);
        loop {
            let Slot { name: found, field, rank } = self.slots[slot]?;
            if found == name {
                return Some((field, rank));
            }
            slot = (slot + 1) % Table::SLOTS;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::{Field, FieldNames, MAX_KEY, NAMES, Rank};

    /// Of the table as it is written, without packing.
    fn naive(key: &[u8]) -> Option<(Field, Rank)> {
        static BY_NAME: LazyLock<HashMap<Vec<u8>, (Field, Rank)>> = LazyLock::new(|| {
            let names = NAMES.iter().flat_map(|(field, rank, names)| {
                names.iter().map(|name| (significant(name.as_bytes()), (*field, Rank(*rank))))
            });
            names.collect()
        });
        BY_NAME.get(&significant(key)).filter(|_| key.len() <= MAX_KEY).copied()
    }

    fn significant(name: &[u8]) -> Vec<u8> {
        let significant = name.iter().filter(|byte| !b"_-. ".contains(byte));
        significant.map(u8::to_ascii_lowercase).collect()
    }

    fn get(key: &str) -> Option<(Field, Rank)> {
        FieldNames::default().get(key.as_bytes())
    }

    #[test]
    fn spellings_of_the_world() {
        for (field, keys) in [
            (
                Field::EventType,
                "event_type eventType EVENT_TYPE event.type event-type EventType event code msgid",
            ),
            (Field::Device, "device_id deviceId device-id DEVICE.ID endpoint_name device deviceExternalId"),
            (
                Field::Time,
                "date_time dateTime Date timestamp @timestamp time _time ts created_at createdAt \
                 __REALTIME_TIMESTAMP timeUnixNano rt time_iso8601",
            ),
            (Field::Campaign, "campaign_id campaignId data.campaign_id data_campaign_id campaign"),
            (Field::CampaignName, "campaign_name data.campaign_name campaignName"),
            (Field::Status, "event_type_description eventTypeDescription"),
        ] {
            for key in keys.split_whitespace() {
                assert_eq!(get(key).map(|(field, _)| field), Some(field), "{key}");
            }
        }
        for (field, key) in [
            (Field::EventType, "Event type"),
            (Field::Device, "Device ID"),
            (Field::Campaign, "Campaign ID"),
            (Field::Time, " Date Time "),
        ] {
            assert_eq!(get(key).map(|(field, _)| field), Some(field), "{key}");
        }
        for key in "id description event_type_category etag object data host name message expires \
                    description_id devices event_types deviceidd xdevice_id ts2 \u{f6}ts device_id\u{e9} _ @"
            .split_whitespace()
            .chain(["", "  ", "device_id:", "device_id\0"])
        {
            assert_eq!(get(key), None, "{key}");
        }
    }

    #[test]
    fn ranks_put_the_certain_name_first() {
        for (better, worse) in [
            ("device_id", "device"),
            ("event_type", "event"),
            ("event", "type"),
            ("date_time", "time"),
            ("timestamp", "@timestamp"),
            ("time", "created_at"),
            ("campaign_id", "campaign"),
        ] {
            assert!(get(better).unwrap().1 < get(worse).unwrap().1, "{better}, {worse}");
        }
        assert!(NAMES.iter().all(|(_, rank, _)| (1..32).contains(rank)));
        assert!(get("created_at").unwrap().1 >= Rank::WEAK && get("time").unwrap().1 < Rank::WEAK);
    }

    #[test]
    fn added_names_win() {
        let mut names = FieldNames::default();
        names.add(Field::Device, "Ger\u{e4}te-Nr.");
        names.add(Field::EventType, "date");
        names.add(Field::Time, "a_name_that_is_longer_than_any_of_the_built_in_ones");
        names.add(Field::Time, "--");
        assert_eq!(names.get("GER\u{e4}TENR".as_bytes()), Some((Field::Device, Rank(0))));
        assert_eq!(names.get(b"Date"), Some((Field::EventType, Rank(0))));
        let long = b"aNameThatIsLongerThanAnyOfTheBuiltInOnes";
        assert_eq!(names.get(long), Some((Field::Time, Rank(0))));
        assert_eq!(names.get_joined(&long[..4], &long[4..]), Some((Field::Time, Rank(0))));
        assert_eq!(names.get(b""), None);
        assert_eq!(names.get(b"device_id"), Some((Field::Device, Rank(1))));
        let listed: Vec<_> = names.names(Field::Device).take(2).collect();
        assert_eq!(listed, ["Ger\u{e4}te-Nr.", "device_id"]);
    }

    #[test]
    fn joined_names() {
        let names = FieldNames::default();
        for (parent, key, field) in [
            ("event", "type", Some(Field::EventType)),
            ("device", "id", Some(Field::Device)),
            ("Campaign", "Name", Some(Field::CampaignName)),
            ("data", "campaign_id", Some(Field::Campaign)),
            ("device", "serial", Some(Field::Device)),
            ("timestamp", "$date", Some(Field::Time)),
            ("event_type", "S", Some(Field::EventType)),
            ("host", "string", None),
            ("device_id", "strings", None),
            ("host", "id", None),
            ("", "", None),
        ] {
            let found = names.get_joined(parent.as_bytes(), key.as_bytes());
            assert_eq!(found.map(|(field, _)| field), field, "{parent} {key}");
        }
        assert_eq!(names.get_joined(&[b'a'; 1000], b"b"), None);
    }

    /// A built-in name with other case and separators, and sometimes one byte replaced.
    fn keys() -> impl Strategy<Value = Vec<u8>> {
        let names: Vec<&str> = NAMES.iter().flat_map(|(.., names)| names.iter().copied()).collect();
        let changes = prop::collection::vec((any::<bool>(), "[_\\-. ]{0,1}"), MAX_KEY);
        let replaced = prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()));
        (prop::sample::select(names), changes, replaced).prop_map(|(name, changes, replaced)| {
            let mut key = Vec::new();
            for (byte, (upper, separator)) in name.bytes().zip(changes) {
                key.push(if upper { byte.to_ascii_uppercase() } else { byte });
                key.extend(separator.bytes());
            }
            if let Some((at, byte)) = replaced {
                let at = at.index(key.len());
                key[at] = byte;
            }
            key
        })
    }

    #[test]
    fn beginnings_of_names() {
        let names = FieldNames::default();
        for field in [Field::EventType, Field::Device, Field::Time, Field::Campaign, Field::CampaignName] {
            for name in names.names(field) {
                for len in (1..=name.len())
                    .filter(|len| name[..*len].bytes().any(|byte| byte.is_ascii_alphanumeric()))
                {
                    assert!(names.begins_name(&name.as_bytes()[..len]), "{name} {len}");
                    assert!(
                        names.begins_name(name[..len].to_uppercase().replace('_', "-").as_bytes()),
                        "{name} {len}"
                    );
                }
            }
        }
        for other in ["", "_", "changes", "k1", "zz", "device_idx"] {
            assert!(!names.begins_name(other.as_bytes()), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn as_the_table_says(key in keys()) {
            prop_assert_eq!(FieldNames::default().get(&key), naive(&key), "{}", key.escape_ascii());
        }

        #[test]
        fn as_the_table_says_of_any_bytes(key in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(FieldNames::default().get(&key), naive(&key), "{}", key.escape_ascii());
        }
    }
}
