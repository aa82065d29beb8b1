//! What is kept of a device in a campaign, in as few bytes as possible.

use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;

use event_log_codes::EventCode;
use event_log_codes::outcome::DeviceOutcome;

use super::code_number::CodeNumber;

/// A device and one of its campaigns, by number. Devices are numbered in each shard anew, unless their
/// identifier is one of the service's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub device: DeviceKey,
    /// None for events outside campaigns.
    pub campaign: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DeviceKey {
    /// 32 lower-case hexadecimal digits, 16 in each number.
    Id([u64; 2]),
    Named(u32),
}

impl Hash for DeviceKey {
    // Number by number: an array is hashed as bytes, which takes several times as long.
    fn hash<H: Hasher>(&self, state: &mut H) {
        match *self {
            DeviceKey::Id([first, last]) => {
                state.write_u64(first);
                state.write_u64(last);
            }
            DeviceKey::Named(number) => state.write_u32(number),
        }
    }
}

/// Catalogued codes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeSet([u8; EventCode::COUNT.div_ceil(8)]);

impl CodeSet {
    pub const EMPTY: CodeSet = CodeSet([0; EventCode::COUNT.div_ceil(8)]);

    pub fn insert(&mut self, code: EventCode) {
        self.0[code.index() / 8] |= 1 << (code.index() % 8);
    }

    pub fn union(&mut self, other: &CodeSet) {
        for (to, from) in self.0.iter_mut().zip(other.0) {
            *to |= from;
        }
    }

    /// Calls `visit` with the index of each code in it.
    #[inline]
    pub fn for_each_index(&self, mut visit: impl FnMut(usize)) {
        // In words: a loop for each byte would end in a way that is hard to predict many times more often.
        let mut words = [[0; 8]; EventCode::COUNT.div_ceil(64)];
        words.as_flattened_mut()[..self.0.len()].copy_from_slice(&self.0);
        for (number, word) in words.into_iter().enumerate() {
            let mut bits = u64::from_le_bytes(word);
            while bits != 0 {
                visit(64 * number + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }
}

impl FromIterator<EventCode> for CodeSet {
    fn from_iter<I: IntoIterator<Item = EventCode>>(codes: I) -> Self {
        let mut set = CodeSet::EMPTY;
        codes.into_iter().for_each(|code| set.insert(code));
        set
    }
}

/// The latest time that an entry can hold, and minus the earliest: more than a thousand years from the
/// Unix epoch, in microseconds.
pub const MAX_TIME: i64 = (1 << 55) - 4;

/// A [`Key`] with all that was seen of it.
#[derive(Clone, Copy)]
pub struct Entry {
    key: EntryKey,
    /// Of the outcome: the lower 7 bytes of each of its 6 times, and 4 other bytes.
    times: [u8; TIMES * TIME + 4],
    /// Of the outcome; 0 for none.
    codes: [[u8; 3]; 2],
    seen: CodeSet,
}

/// A [`Key`] as an entry holds it: without padding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EntryKey {
    device: [[u8; 8]; 2],
    /// The number of the campaign, with the flag `NAMED`.
    campaign: [u8; 4],
}

/// Times of an outcome.
const TIMES: usize = 6;
/// Bytes of a time.
const TIME: usize = 7;

const NAMED: u32 = 1 << 31;
const NO_CAMPAIGN: u32 = NAMED - 1;

impl From<Key> for EntryKey {
    fn from(key: Key) -> EntryKey {
        let (device, flag) = match key.device {
            DeviceKey::Id(id) => (id, 0),
            DeviceKey::Named(number) => ([u64::from(number), 0], NAMED),
        };
        EntryKey {
            device: device.map(u64::to_le_bytes),
            campaign: (key.campaign.unwrap_or(NO_CAMPAIGN) | flag).to_le_bytes(),
        }
    }
}

impl From<EntryKey> for Key {
    fn from(key: EntryKey) -> Key {
        let campaign = u32::from_le_bytes(key.campaign);
        let device = key.device.map(u64::from_le_bytes);
        let device =
            if campaign & NAMED == 0 { DeviceKey::Id(device) } else { DeviceKey::Named(device[0] as u32) };
        let campaign = campaign & !NAMED;
        Key { device, campaign: (campaign != NO_CAMPAIGN).then_some(campaign) }
    }
}

impl Entry {
    pub fn new(key: Key) -> Self {
        let mut entry =
            Entry { key: key.into(), times: [0; TIMES * TIME + 4], codes: [[0; 3]; 2], seen: CodeSet::EMPTY };
        entry.set_outcome(&DeviceOutcome::new());
        entry
    }

    pub fn key(&self) -> Key {
        self.key.into()
    }

    pub fn is(&self, key: &EntryKey) -> bool {
        self.key == *key
    }

    pub fn seen(&self) -> &CodeSet {
        &self.seen
    }

    pub fn seen_mut(&mut self) -> &mut CodeSet {
        &mut self.seen
    }

    pub fn outcome(&self) -> DeviceOutcome<CodeNumber> {
        let mut bytes = [0; 8 * TIMES + 4];
        for (index, to) in bytes[..8 * TIMES].as_chunks_mut::<8>().0.iter_mut().enumerate() {
            // With the byte behind, which is shifted out.
            if let Some(from) = self.times[TIME * index..].first_chunk() {
                *to = widened(*from).to_le_bytes();
            }
        }
        bytes[8 * TIMES..].copy_from_slice(&self.times[TIME * TIMES..]);
        DeviceOutcome::from_parts(bytes, self.codes.map(code))
    }

    /// Times must be no further from the Unix epoch than [`MAX_TIME`].
    // Inlined so that what is written is chosen in registers, without branches.
    #[inline(always)]
    pub fn set_outcome(&mut self, outcome: &DeviceOutcome<CodeNumber>) {
        let (bytes, codes) = outcome.to_parts();
        let (times, tally) = bytes.split_at(8 * TIMES);
        for (index, from) in times.as_chunks().0.iter().enumerate() {
            // The byte behind is written next.
            if let Some(to) = self.times[TIME * index..].first_chunk_mut() {
                *to = narrowed(i64::from_le_bytes(*from)).to_le_bytes();
            }
        }
        self.times[TIME * TIMES..].copy_from_slice(tally);
        self.codes = codes.map(|code| {
            let [a, b, c, _] = code.map_or(0, |code| code.0.get()).to_le_bytes();
            [a, b, c]
        });
    }
}

fn code([a, b, c]: [u8; 3]) -> Option<CodeNumber> {
    NonZeroU32::new(u32::from_le_bytes([a, b, c, 0])).map(CodeNumber)
}

/// The lowest number of 7 bytes. The lowest of an `i64` are no times: they follow one another here too.
const LOWEST: i64 = -(1 << 55);

fn narrowed(time: i64) -> i64 {
    // Without a branch: whether it is a time is hard to predict.
    let above_lowest = time.wrapping_sub(i64::MIN) as u64;
    time.max(LOWEST + above_lowest.min(3) as i64)
}

fn widened(bytes: [u8; 8]) -> i64 {
    let time = i64::from_le_bytes(bytes) << 8 >> 8;
    if time < -MAX_TIME { i64::MIN + (time - LOWEST) } else { time }
}

#[cfg(test)]
mod tests {
    use std::mem::size_of;

    use event_log_codes::EventCode;
    use event_log_codes::outcome::{DeviceOutcome, Effect};
    use proptest::prelude::*;

    use super::super::code_number::CodeNumber;
    use super::{DeviceKey, Entry, Key, MAX_TIME};

    #[test]
    fn an_entry_is_small() {
        assert_eq!(size_of::<Entry>(), 72 + EventCode::COUNT.div_ceil(8));
    }

    fn effect() -> impl Strategy<Value = Effect> {
        prop::sample::select(vec![
            Effect::Success,
            Effect::RollUpSuccess,
            Effect::Failure,
            Effect::RollUpFailure,
            Effect::Skip,
            Effect::Removal,
            Effect::Attempt,
            Effect::Neutral,
        ])
    }

    proptest! {
        #[test]
        fn an_entry_gives_back_what_was_put_in(
            events in prop::collection::vec(
                (effect(), 0_u32..70_000, prop::option::of(-MAX_TIME..=MAX_TIME)), 0..5),
            id: Option<[u64; 2]>,
            name: u32,
            campaign in prop::option::of(0_u32..1 << 30),
        ) {
            let key = Key { device: id.map_or(DeviceKey::Named(name), DeviceKey::Id), campaign };
            let mut outcome = DeviceOutcome::new();
            for (effect, code, time) in events {
                let event = DeviceOutcome::of(effect, CodeNumber::uncatalogued(code), time);
                outcome.merge_by(&event, Ord::cmp);
            }
            let mut entry = Entry::new(key);
            prop_assert_eq!(entry.outcome(), DeviceOutcome::new());
            entry.set_outcome(&outcome);
            prop_assert_eq!(entry.outcome(), outcome);
            prop_assert!(entry.key() == key);
        }
    }

    #[test]
    fn the_extremes_fit() {
        for time in [-MAX_TIME, -1, 0, 1, MAX_TIME] {
            let outcome = DeviceOutcome::of(Effect::Skip, CodeNumber::uncatalogued(65_536), Some(time));
            let mut entry = Entry::new(Key { device: DeviceKey::Named(0), campaign: None });
            entry.set_outcome(&outcome);
            assert_eq!(entry.outcome(), outcome);
        }
    }
}
