//! What became of each device in each campaign.

use std::collections::{BTreeMap, HashMap, HashSet};

use event_log_codes::{EventCode, Status};
use foldhash::fast::RandomState;
use jiff::Timestamp;
use serde::Serialize;

use crate::analysis::code;
use crate::analysis::interner::Interner;
use crate::analysis::{roll_up, tally};
use crate::records::Event;

/// Distinct uncatalogued codes that are told apart, so that hostile input cannot fill the memory.
const MAX_UNCATALOGUED: usize = 1 << 16;

/// Devices by code and campaign, from their events in any order.
#[derive(Default)]
pub struct Fleet {
    /// Devices whose identifier is none of the service's.
    names: Interner,
    campaigns: Interner,
    /// By number of the campaign.
    campaign_names: Vec<Option<Box<[u8]>>>,
    uncatalogued: Interner,
    uncatalogued_seen: HashSet<(Device, u32)>,
    histories: HashMap<(Device, Campaign), DeviceHistory, RandomState>,
    /// What is not yet in `histories`.
    unsettled: Vec<((Device, Campaign), DeviceHistory)>,
}

/// Steps that are added to the histories at once. The processor then fetches the histories of several
/// devices at the same time; one by one, waiting for memory takes longer than all the rest.
const BATCH: usize = 256;

/// A device identifier: 16 bytes in lower-case hexadecimal, or a name by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Device {
    Id([u64; 2]),
    Named(u32),
}

/// A campaign by number; none for events outside campaigns.
type Campaign = Option<u32>;

/// A code of the catalogue by index, or an uncatalogued one by number beyond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Code(u32);

impl Code {
    fn text(self, uncatalogued: &Interner) -> &[u8] {
        match EventCode::from_index(self.0 as usize) {
            Some(code) => code.as_str().as_bytes(),
            None => uncatalogued.bytes(self.0 - EventCode::COUNT as u32),
        }
    }
}

/// What a device went through in a campaign.
#[derive(Clone, Copy, Default)]
struct DeviceHistory {
    codes: CodeSet,
    verdict: Option<Verdict>,
    /// The last failure that is no roll-up.
    reason: Option<Verdict>,
}

/// The event that decides.
#[derive(Clone, Copy)]
struct Verdict {
    /// In microseconds; what has no time is older than what has one.
    time: i64,
    roll_up: bool,
    code: Code,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Updated,
    Failed,
    Skipped,
}

#[derive(Clone, Copy, Default)]
struct CodeSet([u64; EventCode::COUNT.div_ceil(64)]);

impl CodeSet {
    fn insert(&mut self, code: EventCode) {
        self.0[code.index() / 64] |= 1 << (code.index() % 64);
    }

    fn union(&mut self, other: &CodeSet) {
        for (to, from) in self.0.iter_mut().zip(other.0) {
            *to |= from;
        }
    }

    fn intersects(&self, other: &CodeSet) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

impl FromIterator<EventCode> for CodeSet {
    fn from_iter<I: IntoIterator<Item = EventCode>>(codes: I) -> Self {
        let mut set = CodeSet::default();
        codes.into_iter().for_each(|code| set.insert(code));
        set
    }
}

/// Devices of one campaign, each counted once, by what became of it.
#[derive(Debug, Serialize)]
pub struct CampaignReport {
    /// None for devices with events outside any campaign.
    pub id: Option<String>,
    pub name: Option<String>,
    pub devices: u64,
    pub updated: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Neither updated nor failed nor skipped so far.
    pub in_progress: u64,
    pub failed_by: Vec<Reason>,
    pub skipped_by: Vec<Reason>,
}

impl CampaignReport {
    /// What people call the campaign.
    pub fn title(&self) -> String {
        match (&self.name, &self.id) {
            (Some(name), _) => name.clone(),
            (None, Some(id)) => id.clone(),
            (None, None) => "(no campaign)".to_owned(),
        }
    }
}

/// Devices that failed, or were skipped, for the same reason.
#[derive(Debug, Serialize)]
pub struct Reason {
    /// None where the service alone says that the device failed.
    pub code: Option<String>,
    pub devices: u64,
    pub portal_text: Option<&'static str>,
    pub corrective_action: Option<&'static str>,
}

impl Fleet {
    /// Adds an event; asks when it happened only if that decides something.
    pub fn add(&mut self, event: &Event<'_>, time: impl Fn() -> Option<Timestamp>) {
        let device = self.device(&event.device);
        let campaign = event.campaign.as_deref().map(|id| self.campaigns.number(id));
        if let (Some(campaign), Some(name)) = (campaign, &event.campaign_name) {
            self.name_campaign(campaign, name);
        }
        let catalogued = event.code.catalogued();
        let (code, outcome) = match &event.code {
            code::Code::Catalogued(code) => (Code(code.index() as u32), Outcome::of(*code)),
            code::Code::Uncatalogued(code) => {
                let number = self.uncatalogued(code.as_bytes());
                self.uncatalogued_seen.insert((device, number));
                (Code(EventCode::COUNT as u32 + number), event.status.and_then(Outcome::of_status))
            }
        };
        let roll_up = catalogued.is_some_and(roll_up::is);
        let verdict = outcome.map(|outcome| {
            let time = time().map_or(i64::MIN, Timestamp::as_microsecond);
            Verdict { time, roll_up, code, outcome }
        });
        let reason = verdict.filter(|verdict| verdict.outcome == Outcome::Failed && !roll_up);
        let history = DeviceHistory { codes: catalogued.into_iter().collect(), verdict, reason };
        self.unsettled.push(((device, campaign), history));
        if self.unsettled.len() == BATCH {
            self.settle();
        }
    }

    /// Adds the steps that are still to be added.
    pub fn settle(&mut self) {
        for (device, history) in self.unsettled.drain(..) {
            self.histories.entry(device).or_default().merge(&history, &self.uncatalogued);
        }
    }

    /// Adds what another thread found.
    pub fn merge(&mut self, mut other: Fleet) {
        other.settle();
        let names: Vec<_> = other.names.iter().map(|name| self.names.number(name)).collect();
        let campaigns: Vec<_> = other.campaigns.iter().map(|id| self.campaigns.number(id)).collect();
        let uncatalogued: Vec<_> = other.uncatalogued.iter().map(|code| self.uncatalogued(code)).collect();
        let device = |device| match device {
            Device::Id(id) => Device::Id(id),
            Device::Named(number) => Device::Named(names[number as usize]),
        };
        let code = |code: Code| match code.0.checked_sub(EventCode::COUNT as u32) {
            Some(number) => Code(EventCode::COUNT as u32 + uncatalogued[number as usize]),
            None => code,
        };
        for (name, &campaign) in other.campaign_names.iter().zip(&campaigns) {
            if let Some(name) = name {
                self.name_campaign(campaign, name);
            }
        }
        for &(seen, number) in &other.uncatalogued_seen {
            self.uncatalogued_seen.insert((device(seen), uncatalogued[number as usize]));
        }
        for (&(id, campaign), history) in &other.histories {
            let key = (device(id), campaign.map(|campaign| campaigns[campaign as usize]));
            let history = DeviceHistory {
                codes: history.codes,
                verdict: history.verdict.map(|verdict| Verdict { code: code(verdict.code), ..verdict }),
                reason: history.reason.map(|reason| Verdict { code: code(reason.code), ..reason }),
            };
            self.histories.entry(key).or_default().merge(&history, &self.uncatalogued);
        }
    }

    fn device(&mut self, id: &[u8]) -> Device {
        match service_id(id) {
            Some(id) => Device::Id(id),
            None => Device::Named(self.names.number(id)),
        }
    }

    fn uncatalogued(&mut self, code: &[u8]) -> u32 {
        self.uncatalogued.number_within(MAX_UNCATALOGUED, code, tally::OTHERS.as_bytes())
    }

    /// Of several names the first in the alphabet, so that the order of the events does not matter.
    fn name_campaign(&mut self, campaign: u32, name: &[u8]) {
        let index = campaign as usize;
        if self.campaign_names.len() <= index {
            self.campaign_names.resize(index + 1, None);
        }
        let known = &mut self.campaign_names[index];
        if known.as_deref().is_none_or(|known| name < known) {
            *known = Some(name.into());
        }
    }

    /// Each device once, whatever the campaign. Everything must be settled.
    pub fn distinct(&self) -> Distinct {
        debug_assert!(self.unsettled.is_empty());
        let mut codes: HashMap<Device, CodeSet, RandomState> = HashMap::default();
        for ((device, _), history) in &self.histories {
            codes.entry(*device).or_default().union(&history.codes);
        }
        let mut uncatalogued = HashMap::new();
        for &(_, number) in &self.uncatalogued_seen {
            *uncatalogued.entry(self.uncatalogued.text(number)).or_default() += 1;
        }
        Distinct { codes: codes.into_values().collect(), uncatalogued }
    }

    /// What became of the devices of each campaign; the largest campaign first. Everything must be
    /// settled.
    pub fn campaigns(&self) -> Vec<CampaignReport> {
        debug_assert!(self.unsettled.is_empty());
        let mut parts: HashMap<Campaign, Outcomes> = HashMap::new();
        for (&(_, campaign), history) in &self.histories {
            // Outside a campaign a device is not on its way to anything.
            if campaign.is_some() || history.verdict.is_some() {
                parts.entry(campaign).or_default().add(history);
            }
        }
        let mut reports: Vec<_> =
            parts.into_iter().map(|(campaign, outcomes)| self.report(campaign, &outcomes)).collect();
        reports.sort_by(|a, b| b.devices.cmp(&a.devices).then_with(|| a.id.cmp(&b.id)));
        reports
    }

    fn report(&self, campaign: Campaign, outcomes: &Outcomes) -> CampaignReport {
        let total = |reasons: &BTreeMap<Option<Code>, u64>| reasons.values().sum::<u64>();
        let (failed, skipped) = (total(&outcomes.failed), total(&outcomes.skipped));
        CampaignReport {
            id: campaign.map(|campaign| self.campaigns.text(campaign)),
            name: campaign.and_then(|campaign| self.campaign_name(campaign)),
            devices: outcomes.updated + failed + skipped + outcomes.in_progress,
            updated: outcomes.updated,
            failed,
            skipped,
            in_progress: outcomes.in_progress,
            failed_by: self.reasons(&outcomes.failed),
            skipped_by: self.reasons(&outcomes.skipped),
        }
    }

    fn campaign_name(&self, campaign: u32) -> Option<String> {
        let name = self.campaign_names.get(campaign as usize)?.as_deref()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The most frequent first.
    fn reasons(&self, counts: &BTreeMap<Option<Code>, u64>) -> Vec<Reason> {
        let mut reasons: Vec<_> = counts.iter().map(|(&code, &devices)| self.reason(code, devices)).collect();
        reasons.sort_by(|a, b| b.devices.cmp(&a.devices).then_with(|| a.code.cmp(&b.code)));
        reasons
    }

    fn reason(&self, code: Option<Code>, devices: u64) -> Reason {
        let catalogued = code.and_then(|code| EventCode::from_index(code.0 as usize));
        let text = |code: Code| String::from_utf8_lossy(code.text(&self.uncatalogued)).into_owned();
        Reason {
            code: code.map(text),
            devices,
            portal_text: catalogued.and_then(EventCode::portal_text),
            corrective_action: catalogued.and_then(EventCode::corrective_action),
        }
    }
}

/// The codes of each device.
pub struct Distinct {
    codes: Vec<CodeSet>,
    uncatalogued: HashMap<String, u64>,
}

impl Distinct {
    /// All devices.
    pub fn devices(&self) -> u64 {
        self.codes.len() as u64
    }

    /// Devices with at least one of `codes`.
    pub fn with(&self, codes: impl IntoIterator<Item = EventCode>) -> u64 {
        let wanted: CodeSet = codes.into_iter().collect();
        self.codes.iter().filter(|codes| codes.intersects(&wanted)).count() as u64
    }

    pub fn with_uncatalogued(&self, code: &str) -> u64 {
        self.uncatalogued.get(code).copied().unwrap_or_default()
    }
}

/// Devices of one campaign.
#[derive(Default)]
struct Outcomes {
    updated: u64,
    in_progress: u64,
    failed: BTreeMap<Option<Code>, u64>,
    skipped: BTreeMap<Option<Code>, u64>,
}

impl Outcomes {
    fn add(&mut self, history: &DeviceHistory) {
        match history.verdict {
            None => self.in_progress += 1,
            Some(Verdict { outcome: Outcome::Updated, .. }) => self.updated += 1,
            Some(Verdict { outcome: Outcome::Failed, .. }) => {
                *self.failed.entry(history.reason.map(|reason| reason.code)).or_default() += 1;
            }
            Some(Verdict { outcome: Outcome::Skipped, code, .. }) => {
                *self.skipped.entry(Some(code)).or_default() += 1;
            }
        }
    }
}

impl DeviceHistory {
    fn merge(&mut self, other: &DeviceHistory, uncatalogued: &Interner) {
        let later = |one: Option<Verdict>, other: Option<Verdict>| match (one, other) {
            (Some(one), Some(other)) => Some(one.or_later(other, uncatalogued)),
            _ => one.or(other),
        };
        self.codes.union(&other.codes);
        self.verdict = later(self.verdict, other.verdict);
        self.reason = later(self.reason, other.reason);
    }
}

impl Verdict {
    /// The later of two; at the same time the service's, or else the last in the alphabet, so that it
    /// does not matter which was read first.
    fn or_later(self, other: Self, uncatalogued: &Interner) -> Self {
        let order = (self.time, self.roll_up)
            .cmp(&(other.time, other.roll_up))
            .then_with(|| self.code.text(uncatalogued).cmp(other.code.text(uncatalogued)))
            .then(self.outcome.cmp(&other.outcome));
        if order.is_lt() { other } else { self }
    }
}

impl Outcome {
    /// What `code` decides for a device, if anything.
    fn of(code: EventCode) -> Option<Self> {
        match code {
            // The value that the client starts with; the service ignores it.
            EventCode::Upd4OkM1 => None,
            // Removed from the campaign: no longer on its way.
            EventCode::Sys109 => Some(Outcome::Skipped),
            _ => Self::of_status(code.status()),
        }
    }

    fn of_status(status: Status) -> Option<Self> {
        match status {
            Status::Success => Some(Outcome::Updated),
            Status::Fail => Some(Outcome::Failed),
            Status::Skipped => Some(Outcome::Skipped),
            _ => None,
        }
    }
}

/// The identifier that 32 lower-case hexadecimal digits stand for.
fn service_id(text: &[u8]) -> Option<[u64; 2]> {
    let (high, low) = text.split_first_chunk::<16>()?;
    Some([hexadecimal(high)?, hexadecimal(low.try_into().ok()?)?])
}

fn hexadecimal(digits: &[u8; 16]) -> Option<u64> {
    const NONE: u8 = 0x80;
    const VALUES: [u8; 256] = {
        let mut values = [NONE; 256];
        let mut value = 0;
        while value < 16 {
            values[b"0123456789abcdef"[value] as usize] = value as u8;
            value += 1;
        }
        values
    };
    let mut all = 0;
    let number = digits.iter().fold(0, |number, digit| {
        let value = VALUES[*digit as usize];
        all |= value;
        number << 4 | u64::from(value)
    });
    (all < NONE).then_some(number)
}
