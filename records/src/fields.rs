//! Which names mean which field of an event.

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
}

/// The names of fields, case-insensitive and without regard to `_`, `-`, `.` and spaces.
#[derive(Clone, Debug, Default)]
pub struct FieldNames {}

impl FieldNames {
    /// Adds a name for `field`, which then wins over all built-in ones.
    pub fn add(&mut self, field: Field, name: &str) {
        let _ = (field, name);
    }

    /// What `key` means, if it is the name of a field.
    #[inline]
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<(Field, Rank)> {
        // A placeholder: the service's own names.
        match key {
            b"event_type" => Some((Field::EventType, Rank(1))),
            b"device_id" => Some((Field::Device, Rank(1))),
            b"date_time" => Some((Field::Time, Rank(1))),
            b"event_type_description" => Some((Field::Status, Rank(1))),
            b"campaign_id" => Some((Field::Campaign, Rank(1))),
            b"campaign_name" => Some((Field::CampaignName, Rank(1))),
            _ => None,
        }
    }

    /// What the member `key` of an object that is itself the member `parent` means by both names
    /// together: `{"event": {"type": ...}}` and `{"device": {"id": ...}}`.
    #[must_use]
    pub fn get_joined(&self, parent: &[u8], key: &[u8]) -> Option<(Field, Rank)> {
        let _ = (parent, key);
        None
    }
}
