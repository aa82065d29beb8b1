//! What became of each device in each campaign.
//!
//! All threads share one [`Fleet`]; each adds to it through a [`Recorder`] of its own.

mod code_number;
mod entry;
mod prefetch;
mod report;
mod shard;

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::quality::RandomState;

pub use code_number::CodeNumber;
pub use entry::CodeSet;
pub use report::{CampaignReport, DeviceReport, Distinct, FailedDevices, Reason};

use crate::analysis::event::{Code, Event};
use crate::analysis::interner::{Lookup, MAX_TEXT, SharedInterner};
use crate::analysis::uncatalogued::{Uncatalogued, UncataloguedLookup};
use crate::known_code::KnownCode;
use shard::{Shard, Step, StepDevice};

/// Parts that threads can add to at the same time.
const SHARDS: usize = 32;

/// Events that a thread collects before it adds them, shard by shard: it then locks a shard once for several,
/// and waits for the memory of all of them at the same time. More would not stay in the second-level cache until
/// they are added, beside what is read: then the processor waits for each to be written.
const BATCH: usize = 2048;

/// Devices by campaign, from their events in any order.
///
/// A device of a campaign takes at most 100 bytes if its identifier is 32 lower-case hexadecimal digits,
/// else its identifier and 16 bytes more; and 2 bytes for each uncatalogued code that it saw.
pub struct Fleet {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    campaigns: SharedInterner,
    /// By number of the campaign.
    campaign_names: Mutex<Vec<Option<Box<[u8]>>>>,
    uncatalogued: Arc<Uncatalogued>,
}

impl Fleet {
    pub fn new(uncatalogued: Arc<Uncatalogued>) -> Self {
        Fleet {
            shards: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::default(),
            campaigns: SharedInterner::new(MAX_CAMPAIGNS),
            campaign_names: Mutex::default(),
            uncatalogued,
        }
    }

    fn shards(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.shards.iter().map(lock)
    }

    /// Adds the events of a batch, and empties it.
    fn add(&self, batch: &mut Batch) {
        let Batch { steps, names, order } = batch;
        // Where the steps of each shard begin in `order`, then where they end.
        let mut places = [0; SHARDS];
        for step in &*steps {
            places[shard_of(step.hash)] += 1;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        order.resize(steps.len(), 0);
        for (number, step) in (0..).zip(&*steps) {
            let place = &mut places[shard_of(step.hash)];
            order[*place] = number;
            *place += 1;
        }
        let mut start = 0;
        for (shard, end) in self.shards.iter().zip(places) {
            if start < end {
                let steps = order[start..end].iter().map(|&number| &steps[number]);
                lock(shard).add(steps, names, &self.hasher, &|one, other| self.compare(*one, *other));
            }
            start = end;
        }
        steps.clear();
        names.clear();
    }

    /// Of several names the first in the alphabet, so that the order of the events does not matter.
    fn name_campaign(&self, campaign: u32, name: &[u8]) {
        let mut names = lock(&self.campaign_names);
        let index = campaign as usize;
        if names.len() <= index {
            names.resize(index + 1, None);
        }
        let known = &mut names[index];
        if known.as_deref().is_none_or(|known| name < known) {
            *known = Some(name.into());
        }
    }

    /// The order of two codes by their text.
    fn compare(&self, one: CodeNumber, other: CodeNumber) -> Ordering {
        match (one.get(), other.get()) {
            (Ok(one), Ok(other)) => one.as_str().cmp(other.as_str()),
            _ => self.code_text(one).cmp(&self.code_text(other)),
        }
    }

    fn known(&self, code: CodeNumber) -> Option<KnownCode> {
        match code.get() {
            Ok(code) => Some(KnownCode::Catalogued(code)),
            Err(number) => KnownCode::of_site(self.uncatalogued.text(number).as_bytes()),
        }
    }

    fn code_text(&self, code: CodeNumber) -> String {
        match code.get() {
            Ok(code) => code.as_str().to_owned(),
            Err(number) => self.uncatalogued.text(number),
        }
    }
}

/// Campaigns that are told apart; further ones count as one.
const MAX_CAMPAIGNS: u32 = 1 << 24;

/// The shard of the device with this hash.
fn shard_of(hash: u64) -> usize {
    (hash >> (u64::BITS - SHARDS.ilog2())) as usize
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds the events that one thread reads to the fleet. They count once [`flush`](Recorder::flush) ran.
pub struct Recorder {
    fleet: Arc<Fleet>,
    batch: Batch,
    campaigns: Lookup,
    /// Names of campaigns that the fleet knows, so that it is rarely told one twice.
    named: Vec<Option<(u32, Box<[u8]>)>>,
    uncatalogued: UncataloguedLookup,
}

/// Events that are not yet added to their shards.
#[derive(Default)]
struct Batch {
    steps: Vec<Step>,
    /// The names of devices in `steps`, one after another.
    names: Vec<u8>,
    /// The numbers of the steps, shard by shard, while they are added.
    order: Vec<usize>,
}

impl Recorder {
    pub fn new(fleet: Arc<Fleet>) -> Self {
        Recorder {
            uncatalogued: UncataloguedLookup::new(fleet.uncatalogued.clone()),
            fleet,
            batch: Batch::default(),
            campaigns: Lookup::default(),
            named: vec![None; NAMED],
        }
    }

    /// Adds an event of `device`.
    pub fn add(&mut self, device: &[u8], event: &Event<'_>) {
        let campaign = event.campaign.map(|id| self.campaigns.number(id, &self.fleet.campaigns));
        if let (Some(campaign), Some(name)) = (campaign, event.campaign_name) {
            self.name_campaign(campaign, name);
        }
        let effect = event.code.effect(event.status);
        let code = match event.code {
            Code::Catalogued(code) => CodeNumber::catalogued(code),
            Code::Uncatalogued(code) => CodeNumber::uncatalogued(self.uncatalogued.number(code)),
        };
        let time = event.time.filter(|time| (-entry::MAX_TIME..=entry::MAX_TIME).contains(time));
        let id = service_id(device);
        let hasher = &self.fleet.hasher;
        let hash = id.map_or_else(|| hasher.hash_one(device), |id| id_hash(id, hasher));
        let Batch { steps, names, .. } = &mut self.batch;
        let device = match id {
            Some(id) => StepDevice::Id(id),
            None => {
                let start = names.len() as u32;
                names.extend_from_slice(device);
                StepDevice::Name { start, len: device.len() as u32 }
            }
        };
        steps.push(Step { hash, device, campaign, code, effect, time });
        if steps.len() == BATCH || names.len() > MAX_NAMES {
            self.fleet.add(&mut self.batch);
        }
    }

    /// Adds to the fleet what is still to be added.
    pub fn flush(&mut self) {
        self.fleet.add(&mut self.batch);
    }

    fn name_campaign(&mut self, campaign: u32, name: &[u8]) {
        let known = &mut self.named[campaign as usize % NAMED];
        if known.as_ref().is_none_or(|(number, known)| (*number, &**known) != (campaign, name)) {
            self.fleet.name_campaign(campaign, name);
            *known = (name.len() <= MAX_TEXT).then(|| (campaign, name.into()));
        }
    }
}

/// Campaigns whose names a thread remembers.
const NAMED: usize = 256;

/// Bytes of names that a batch may hold, and a name more.
const MAX_NAMES: usize = 64 << 10;

/// The hash of a device with an identifier of the service.
#[inline]
fn id_hash([first, last]: [u64; 2], hasher: &RandomState) -> u64 {
    // An array is hashed with its length, which takes several times as long.
    hasher.hash_one(u128::from(first) << 64 | u128::from(last))
}

/// The identifier that 32 lower-case hexadecimal digits stand for.
#[inline]
fn service_id(text: &[u8]) -> Option<[u64; 2]> {
    let digits: &[u8; 32] = text.try_into().ok()?;
    // Written so that the compiler makes it a few vector instructions: a digit at a time would take longer
    // than anything else that is done with the identifier.
    let (mut values, mut wrong) = ([0; 32], false);
    for (value, digit) in values.iter_mut().zip(digits) {
        let is_letter = *digit > b'9';
        *value = digit.wrapping_sub(if is_letter { b'a' - 10 } else { b'0' });
        wrong |= *value > 0xF || (*value > 9) != is_letter;
    }
    let mut bytes = [0; 16];
    for (byte, [high, low]) in bytes.iter_mut().zip(values.as_chunks().0) {
        *byte = high << 4 | low;
    }
    let id = u128::from_be_bytes(bytes);
    (!wrong).then_some([(id >> 64) as u64, id as u64])
}

/// The text that an identifier of the service stands for.
fn service_id_text([first, last]: [u64; 2]) -> String {
    format!("{first:016x}{last:016x}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{service_id, service_id_text};

    proptest! {
        #[test]
        fn identifiers_are_32_lower_case_digits(text in "[0-9a-f]{32}", at in 0_usize..32, byte: u8) {
            prop_assert_eq!(service_id(text.as_bytes()).map(service_id_text), Some(text.clone()));
            prop_assert_eq!(service_id(&text.as_bytes()[1..]), None);
            let mut other = text.into_bytes();
            other[at] = byte;
            prop_assert_eq!(service_id(&other).is_some(), matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        }
    }
}
