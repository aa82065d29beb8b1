//! The devices whose identifiers have a hash in the same range, and all that is known of them.

use std::hash::BuildHasher;

use event_log_codes::outcome::{DeviceOutcome, Effect};
use foldhash::quality::RandomState;
use hashbrown::HashMap;
use roaring::RoaringBitmap;

use super::code_number::CodeNumber;
use super::entry::{DeviceKey, Entry, EntryKey, Key};
use super::prefetch::prefetch;
use crate::analysis::interner::Interner;

/// Entries that are allocated at once. They never move, and few lie idle.
const CHUNK: usize = 64;

/// Devices by key. A device takes the 90 bytes of its [`Entry`], 5 to 7.5 bytes of `slots`, and if it
/// is named its name and about 16 bytes.
#[derive(Default)]
pub struct Shard {
    entries: Vec<Vec<Entry>>,
    len: usize,
    slots: Vec<Slot>,
    names: Interner,
    /// For each of the steps that are being added, the number of the entry that is probably its own.
    likely: Vec<usize>,
    /// The entries that saw an uncatalogued code, by its number: at most two bytes for each.
    uncatalogued: HashMap<u32, RoaringBitmap>,
}

/// Where an entry is: its number plus one, and 8 bits of its hash. 0 is a free slot.
#[derive(Clone, Copy, Default, PartialEq)]
struct Slot(u32);

impl Slot {
    const NUMBER_BITS: u32 = 24;

    fn new(number: usize, hash: u64) -> Self {
        Slot((number as u32 + 1) | Slot::tag(hash))
    }

    fn tag(hash: u64) -> u32 {
        (hash as u32) << Slot::NUMBER_BITS
    }

    fn is_free(self) -> bool {
        self.0 == 0
    }

    fn may_be(self, hash: u64) -> bool {
        self.0 >> Slot::NUMBER_BITS == hash as u32 & 0xFF
    }

    fn number(self) -> usize {
        (self.0 & ((1 << Slot::NUMBER_BITS) - 1)) as usize - 1
    }
}

/// An event, without lifetimes.
#[derive(Clone, Copy)]
pub struct Step {
    /// Of the device.
    pub hash: u64,
    pub device: StepDevice,
    pub campaign: Option<u32>,
    pub code: CodeNumber,
    pub effect: Effect,
    pub time: Option<i64>,
}

#[derive(Clone, Copy)]
pub enum StepDevice {
    Id([u64; 2]),
    /// Where the name stands in the names of the batch.
    Name {
        start: u32,
        len: u32,
    },
}

impl Step {
    fn key_hash(&self) -> u64 {
        key_hash(self.hash, self.campaign)
    }
}

/// The hash of a key, from that of its device.
fn key_hash(device_hash: u64, campaign: Option<u32>) -> u64 {
    let campaign = campaign.map_or(0, |campaign| u64::from(campaign) + 1);
    // Spreads the number of the campaign over all bits.
    device_hash ^ campaign.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

impl Shard {
    /// Adds events, in any order. `compare` compares codes by their text.
    pub fn add<'s>(
        &mut self,
        steps: impl Iterator<Item = &'s Step> + Clone,
        names: &[u8],
        hasher: &RandomState,
        compare: &impl Fn(&CodeNumber, &CodeNumber) -> std::cmp::Ordering,
    ) {
        // The processor waits for the memory of many steps at the same time: step by step, that would take longer
        // than all the rest.
        for step in steps.clone() {
            self.slots.get(self.first_index(step.key_hash())).into_iter().for_each(prefetch);
        }
        self.likely.clear();
        for step in steps.clone() {
            let number = self.likely(step.key_hash()).unwrap_or(usize::MAX);
            let entry = self.entries.get(number / CHUNK).and_then(|chunk| chunk.get(number % CHUNK));
            entry.into_iter().for_each(prefetch);
            self.likely.push(number);
        }
        for (index, step) in steps.enumerate() {
            let device = match step.device {
                StepDevice::Id(id) => DeviceKey::Id(id),
                StepDevice::Name { start, len } => {
                    DeviceKey::Named(self.names.number(&names[start as usize..][..len as usize]))
                }
            };
            let key = Key { device, campaign: step.campaign };
            let likely = self.likely[index];
            let number = if likely < self.len && self.entry(likely).is(&key.into()) {
                likely
            } else {
                self.find_or_insert(step.key_hash(), key, hasher)
            };
            let entry = &mut self.entries[number / CHUNK][number % CHUNK];
            let mut outcome = entry.outcome();
            outcome.merge_by(&DeviceOutcome::of(step.effect, step.code, step.time), compare);
            entry.set_outcome(&outcome);
            match step.code.get() {
                Ok(code) => entry.seen_mut().insert(code),
                Err(code) => {
                    self.uncatalogued.entry(code).or_default().insert(number as u32);
                }
            }
        }
    }

    /// Every entry with its number, in the order of the numbers.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &Entry)> {
        (0..).zip(self.entries.iter().flatten())
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn entry(&self, number: usize) -> &Entry {
        &self.entries[number / CHUNK][number % CHUNK]
    }

    pub fn names(&self) -> &Interner {
        &self.names
    }

    /// The uncatalogued codes by number, each with the numbers of the entries that saw it.
    pub fn uncatalogued(&self) -> impl Iterator<Item = (u32, &RoaringBitmap)> {
        self.uncatalogued.iter().map(|(&code, entries)| (code, entries))
    }

    /// The codes of each device, whatever the campaign.
    pub fn devices(&self) -> HashMap<DeviceKey, super::CodeSet> {
        let mut devices = HashMap::with_capacity(self.len);
        for (_, entry) in self.entries() {
            devices.entry(entry.key().device).or_insert(super::CodeSet::EMPTY).union(entry.seen());
        }
        devices
    }

    /// Bytes that are allocated.
    pub fn allocated(&self) -> usize {
        self.entries.len() * CHUNK * size_of::<Entry>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.names.allocated()
            + self.uncatalogued.values().map(RoaringBitmap::serialized_size).sum::<usize>()
    }

    /// The entry whose slot has the same bits of the hash, which is nearly always the right one.
    fn likely(&self, hash: u64) -> Option<usize> {
        let mut index = self.first_index(hash);
        loop {
            let slot = self.slots.get(index).filter(|slot| !slot.is_free())?;
            if slot.may_be(hash) {
                return Some(slot.number());
            }
            index = self.index_after(index);
        }
    }

    fn first_index(&self, hash: u64) -> usize {
        ((((hash >> 8) & u64::from(u32::MAX)) * self.slots.len() as u64) >> 32) as usize
    }

    fn find_or_insert(&mut self, hash: u64, key: Key, hasher: &RandomState) -> usize {
        if (self.len + 1) * 5 > self.slots.len() * 4 {
            self.grow(hasher);
        }
        let entry_key = EntryKey::from(key);
        let mut index = self.first_index(hash);
        loop {
            let slot = self.slots[index];
            if slot.is_free() {
                let number = self.push(key);
                self.slots[index] = Slot::new(number, hash);
                return number;
            }
            if slot.may_be(hash) && self.entry(slot.number()).is(&entry_key) {
                return slot.number();
            }
            index = self.index_after(index);
        }
    }

    fn index_after(&self, index: usize) -> usize {
        if index + 1 == self.slots.len() { 0 } else { index + 1 }
    }

    fn push(&mut self, key: Key) -> usize {
        if self.len.is_multiple_of(CHUNK) {
            self.entries.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.entries.last_mut() {
            chunk.push(Entry::new(key));
        }
        self.len += 1;
        self.len - 1
    }

    fn grow(&mut self, hasher: &RandomState) {
        let len = (self.slots.len() + self.slots.len() / 2).max(64);
        self.slots = Vec::new();
        self.slots.resize(len, Slot::default());
        for number in 0..self.len {
            let key = self.entry(number).key();
            let hash = key_hash(self.device_hash(key.device, hasher), key.campaign);
            let mut index = self.first_index(hash);
            while !self.slots[index].is_free() {
                index = self.index_after(index);
            }
            self.slots[index] = Slot::new(number, hash);
        }
    }

    fn device_hash(&self, device: DeviceKey, hasher: &RandomState) -> u64 {
        match device {
            DeviceKey::Id(id) => super::id_hash(id, hasher),
            DeviceKey::Named(number) => hasher.hash_one(self.names.bytes(number)),
        }
    }
}
