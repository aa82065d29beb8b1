//! What a fleet adds up to.

use std::cmp::Ordering;
use std::panic::resume_unwind;
use std::sync::MutexGuard;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::{self, ScopedJoinHandle};

use event_log_codes::EventCode;
use event_log_codes::outcome::{DeviceOutcome, Outcome};
use hashbrown::{HashMap, HashSet};
use serde::Serialize;

use super::code_number::CodeNumber;
use super::entry::{DeviceKey, Entry};
use super::shard::Shard;
use super::{CodeSet, Fleet, SHARDS, lock, service_id_text};
use crate::analysis::time::Time;
use crate::input::pool;
use crate::known_code::KnownCode;

/// Devices of one campaign, each counted once, by what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignReport {
    /// None for devices with events outside any campaign.
    pub id: Option<String>,
    pub name: Option<String>,
    pub devices: u64,
    pub updated: u64,
    /// Of which some may be retrying.
    pub failed: u64,
    pub retrying: u64,
    pub skipped: u64,
    /// Neither updated nor failed nor skipped so far.
    pub in_progress: u64,
    /// Updated and failed devices.
    pub decided: u64,
    /// The share of the decided devices that were updated; none if no device is decided.
    pub success_rate: Option<f64>,
    pub attempts: u64,
    pub first_event: Option<Time>,
    pub last_event: Option<Time>,
    /// Devices with a deciding event that has no time: the outcome may be wrong.
    pub uncertain: u64,
    pub failed_by: Vec<Reason>,
    pub skipped_by: Vec<Reason>,
}

impl CampaignReport {
    /// What people call the campaign.
    pub fn title(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or("(no campaign)")
    }

    pub fn top_reason(&self) -> Option<&Reason> {
        self.failed_by.first()
    }
}

/// Devices that failed, or were skipped, for the same reason.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    /// None where the service alone says that the device failed.
    pub code: Option<String>,
    pub devices: u64,
    pub portal_text: Option<&'static str>,
    pub explanation: Option<&'static str>,
    pub corrective_action: Option<&'static str>,
}

/// What became of one device in one campaign.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceReport {
    pub device: String,
    pub campaign: Option<String>,
    pub campaign_name: Option<String>,
    #[serde(serialize_with = "outcome_name")]
    pub outcome: Outcome,
    /// The code that made it fail, or be skipped.
    pub reason: Option<String>,
    pub portal_text: Option<&'static str>,
    pub corrective_action: Option<&'static str>,
    pub retrying: bool,
    pub attempts: u32,
    pub first_seen: Option<Time>,
    pub last_seen: Option<Time>,
    /// Seconds from its last event to the newest event of all.
    pub age_seconds: Option<i64>,
    /// Whether a deciding event has no time, so that the outcome may be wrong.
    pub uncertain: bool,
}

fn outcome_name<S: serde::Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(outcome.as_str())
}

/// Devices that failed for the same reason.
#[derive(Clone, Debug)]
pub struct FailedDevices {
    /// None where the service alone says that they failed.
    pub reason: Option<String>,
    pub total: u64,
    /// Those seen last, newest first.
    pub first: Vec<DeviceReport>,
}

/// Each device once, whatever the campaign.
#[derive(Debug, Default)]
pub struct Distinct {
    pub devices: u64,
    /// Devices with at least one code of each set that was asked for.
    pub with: Vec<u64>,
    /// Devices by number of an uncatalogued code.
    pub with_uncatalogued: HashMap<u32, u64>,
}

impl Distinct {
    /// Adds the devices of a shard: those of any other are others. `set_of` has the set of each code.
    fn add(
        &mut self,
        shard: &Shard,
        set_of: &[Option<usize>; EventCode::COUNT],
        further: &HashMap<u32, usize>,
    ) {
        let devices = shard.devices();
        self.devices += devices.len() as u64;
        let mut sets_of_device: HashMap<_, Vec<usize>> = HashMap::new();
        for (code, entries) in shard.uncatalogued() {
            if let Some(&set) = further.get(&code) {
                let device = |entry| shard.entry(entry as usize).key().device;
                entries
                    .iter()
                    .map(device)
                    .for_each(|device| sets_of_device.entry(device).or_default().push(set));
            }
        }
        // The last device that was counted for each set.
        let mut last = vec![0; self.with.len()];
        for (device, (key, codes)) in (1_u64..).zip(&devices) {
            let mut count = |set: usize| {
                if std::mem::replace(&mut last[set], device) != device {
                    self.with[set] += 1;
                }
            };
            codes.for_each_index(|code| set_of[code].into_iter().for_each(&mut count));
            sets_of_device.get(key).into_iter().flatten().copied().for_each(count);
        }
        for (code, entries) in shard.uncatalogued() {
            let device = |entry| shard.entry(entry as usize).key().device;
            let devices: HashSet<_> = entries.iter().map(device).collect();
            *self.with_uncatalogued.entry(code).or_default() += devices.len() as u64;
        }
    }

    fn merge(&mut self, other: Distinct) {
        self.devices += other.devices;
        for (to, from) in self.with.iter_mut().zip(other.with) {
            *to += from;
        }
        for (code, devices) in other.with_uncatalogued {
            *self.with_uncatalogued.entry(code).or_default() += devices;
        }
    }
}

impl Fleet {
    /// Counts each device once for each of `sets` of which it has a code; no code is in two of them.
    /// `further` are numbers of uncatalogued codes and the sets that they belong to.
    pub fn distinct(&self, sets: &[CodeSet], further: &[(u32, usize)]) -> Distinct {
        let further: HashMap<_, _> = further.iter().copied().collect();
        let mut set_of = [None; EventCode::COUNT];
        for (number, set) in sets.iter().enumerate() {
            set.for_each_index(|code| set_of[code] = Some(number));
        }
        let parts = self.fold_shards(self.threads(), |distinct: &mut Distinct, shard| {
            distinct.with.resize(sets.len(), 0);
            distinct.add(shard, &set_of, &further);
        });
        let mut all = Distinct { with: vec![0; sets.len()], ..Distinct::default() };
        parts.into_iter().for_each(|part| all.merge(part));
        all
    }

    /// What became of the devices of each campaign; the largest campaign first.
    pub fn campaigns(&self) -> Vec<CampaignReport> {
        // Each thread has totals of its own.
        let threads = if self.campaigns.lock().count() > MANY_CAMPAIGNS { 1 } else { self.threads() };
        let parts = self.fold_shards(threads, |totals: &mut Totals, shard| {
            for (_, entry) in shard.entries() {
                let outcome = entry.outcome();
                if counts(entry, &outcome) {
                    totals.add(entry.key().campaign, &outcome);
                }
            }
        });
        let mut parts = parts.into_iter();
        let mut totals = parts.next().unwrap_or_default();
        parts.for_each(|part| totals.merge(part));
        let mut reasons: Vec<_> = totals.by_reason.into_iter().collect();
        reasons.sort_unstable();
        let report = |(campaign, total)| {
            let start = reasons.partition_point(|(reason, _)| reason.campaign < campaign);
            let end = start + reasons[start..].partition_point(|(reason, _)| reason.campaign == campaign);
            self.campaign(campaign, &total, &reasons[start..end])
        };
        let mut reports: Vec<_> = totals.by_campaign.into_iter().map(report).collect();
        reports.sort_by(|a, b| b.devices.cmp(&a.devices).then_with(|| a.id.cmp(&b.id)));
        reports
    }

    /// Adds each shard to the result of one of several threads.
    fn fold_shards<T: Default + Send>(&self, threads: usize, add: impl Fn(&mut T, &Shard) + Sync) -> Vec<T> {
        let next = AtomicUsize::new(0);
        let fold = || {
            let mut result = T::default();
            while let Some(shard) = self.shards.get(next.fetch_add(1, Relaxed)) {
                add(&mut result, &lock(shard));
            }
            result
        };
        if threads == 1 {
            return vec![fold()];
        }
        // This thread only waits: where it is, another can run.
        thread::scope(|scope| {
            // A thread that cannot be had is done without.
            let spawn = |_| thread::Builder::new().spawn_scoped(scope, fold).ok();
            let started: Vec<_> = (0..threads).filter_map(spawn).collect();
            let join =
                |thread: ScopedJoinHandle<'_, T>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            let results: Vec<_> = started.into_iter().map(join).collect();
            if results.is_empty() { vec![fold()] } else { results }
        })
    }

    /// The number of threads that are worth having to go through all devices.
    fn threads(&self) -> usize {
        let devices: usize = self.shards().map(|shard| shard.len()).sum();
        (1 + devices / WORTH_A_THREAD).min(pool::threads()).min(SHARDS)
    }

    /// The first `top` devices, in `order`, of those that `wanted` accepts; also how many there are of these.
    pub fn devices(
        &self,
        mut wanted: impl FnMut(&DeviceReport) -> bool,
        order: fn(&DeviceReport, &DeviceReport) -> Ordering,
        top: usize,
    ) -> (Vec<DeviceReport>, usize) {
        let newest = self.newest();
        let (mut reports, mut count) = (Vec::new(), 0);
        let keep = |reports: &mut Vec<DeviceReport>| {
            reports.sort_by(order);
            reports.truncate(top);
        };
        for shard in self.shards() {
            for (_, entry) in shard.entries() {
                let outcome = entry.outcome();
                if counts(entry, &outcome) {
                    let report = self.device(&shard, entry, &outcome, newest);
                    if wanted(&report) {
                        count += 1;
                        reports.push(report);
                        if reports.len() / 2 > top.max(MARGIN) {
                            keep(&mut reports);
                        }
                    }
                }
            }
        }
        keep(&mut reports);
        (reports, count)
    }

    /// The failed devices by reason, the most frequent first; of each at most `first` devices.
    pub fn failed_devices(&self, first: usize) -> Vec<FailedDevices> {
        let shards: Vec<_> = self.shards().collect();
        let (mut newest, mut by_reason) = (None, HashMap::<_, Failures>::new());
        for (shard, number, entry) in (0..)
            .zip(&shards)
            .flat_map(|(at, shard)| shard.entries().map(move |(number, entry)| (at, number, entry)))
        {
            let outcome = entry.outcome();
            newest = newest.max(outcome.last_seen());
            if outcome.outcome() == Outcome::Failed {
                let failures: &mut Failures = by_reason.entry(outcome.reason()).or_default();
                failures.total += 1;
                failures.first.push(Failure { last_seen: outcome.last_seen(), shard, number });
                if failures.first.len() > first + MARGIN {
                    failures.keep(first, &shards, self);
                }
            }
        }
        let mut failed: Vec<_> = by_reason
            .into_iter()
            .map(|(reason, mut failures)| {
                failures.keep(first, &shards, self);
                let report = |failure: &Failure| {
                    let shard = &shards[failure.shard];
                    let entry = shard.entry(failure.number as usize);
                    self.device(shard, entry, &entry.outcome(), newest)
                };
                FailedDevices {
                    reason: reason.map(|code| self.code_text(code)),
                    total: failures.total,
                    first: failures.first.iter().map(report).collect(),
                }
            })
            .collect();
        failed.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.reason.cmp(&b.reason)));
        failed
    }

    /// The time of the newest event.
    pub fn newest(&self) -> Option<i64> {
        self.shards()
            .filter_map(|shard| shard.entries().filter_map(|(_, entry)| entry.outcome().last_seen()).max())
            .max()
    }

    /// Bytes that are allocated.
    pub fn allocated(&self) -> usize {
        self.shards().map(|shard| shard.allocated()).sum()
    }

    fn campaign(&self, campaign: Option<u32>, total: &Total, reasons: &[(Decision, u64)]) -> CampaignReport {
        let (failed_by, skipped_by) =
            reasons.split_at(reasons.partition_point(|(reason, _)| !reason.is_skip));
        let sum = |reasons: &[(Decision, u64)]| reasons.iter().map(|(_, devices)| devices).sum::<u64>();
        let (failed, skipped) = (sum(failed_by), sum(skipped_by));
        let decided = total.updated + failed;
        CampaignReport {
            id: campaign.map(|campaign| self.campaign_id(campaign)),
            name: campaign.and_then(|campaign| self.campaign_name(campaign)),
            devices: decided + skipped + total.in_progress,
            updated: total.updated,
            failed,
            retrying: total.retrying,
            skipped,
            in_progress: total.in_progress,
            decided,
            success_rate: (decided > 0).then(|| total.updated as f64 / decided as f64),
            attempts: total.attempts,
            first_event: total.first.map(Time),
            last_event: total.last.map(Time),
            uncertain: total.undated,
            failed_by: self.reasons(failed_by),
            skipped_by: self.reasons(skipped_by),
        }
    }

    fn device(
        &self,
        shard: &Shard,
        entry: &Entry,
        outcome: &DeviceOutcome<CodeNumber>,
        newest: Option<i64>,
    ) -> DeviceReport {
        let key = entry.key();
        let what = outcome.outcome();
        let reason = match what {
            Outcome::Failed => outcome.reason(),
            _ => outcome.skipped_by(),
        };
        let known = reason.and_then(|code| self.known(code));
        DeviceReport {
            device: device_text(shard, key.device),
            campaign: key.campaign.map(|campaign| self.campaign_id(campaign)),
            campaign_name: key.campaign.and_then(|campaign| self.campaign_name(campaign)),
            outcome: what,
            reason: reason.map(|code| self.code_text(code)),
            portal_text: known.and_then(KnownCode::portal_text),
            corrective_action: known.and_then(KnownCode::corrective_action),
            retrying: outcome.is_retrying(),
            attempts: outcome.attempts(),
            first_seen: outcome.first_seen().map(Time),
            last_seen: outcome.last_seen().map(Time),
            age_seconds: newest.zip(outcome.last_seen()).map(|(newest, last)| (newest - last) / 1_000_000),
            uncertain: outcome.is_uncertain(),
        }
    }

    fn campaign_id(&self, campaign: u32) -> String {
        if campaign == super::MAX_CAMPAIGNS {
            return "(others)".to_owned();
        }
        self.campaigns.lock().text(campaign)
    }

    fn campaign_name(&self, campaign: u32) -> Option<String> {
        let names = lock(&self.campaign_names);
        Some(String::from_utf8_lossy(names.get(campaign as usize)?.as_deref()?).into_owned())
    }

    /// The most frequent first.
    fn reasons(&self, reasons: &[(Decision, u64)]) -> Vec<Reason> {
        let mut reasons: Vec<_> =
            reasons.iter().map(|(reason, devices)| self.reason(reason.code, *devices)).collect();
        reasons.sort_by(|a, b| b.devices.cmp(&a.devices).then_with(|| a.code.cmp(&b.code)));
        reasons
    }

    fn reason(&self, code: Option<CodeNumber>, devices: u64) -> Reason {
        let known = code.and_then(|code| self.known(code));
        Reason {
            code: code.map(|code| self.code_text(code)),
            devices,
            portal_text: known.and_then(KnownCode::portal_text),
            explanation: known.and_then(KnownCode::explanation),
            corrective_action: known.and_then(KnownCode::corrective_action),
        }
    }
}

/// Devices for which another thread is worth starting.
const WORTH_A_THREAD: usize = 4096;

/// Campaigns of which the totals would take much memory, if several threads had them.
const MANY_CAMPAIGNS: usize = 4096;

/// Devices that are kept beyond those that are wanted, so that they are sorted rarely.
const MARGIN: usize = 1000;

/// Devices that failed for the same reason.
#[derive(Default)]
struct Failures {
    total: u64,
    /// Some of those seen last.
    first: Vec<Failure>,
}

/// Where a device is that failed. All that is reported of it takes much longer to put together.
struct Failure {
    last_seen: Option<i64>,
    shard: usize,
    number: u32,
}

impl Failures {
    /// Sorts the devices by when they were seen, the newest first, and keeps the first ones.
    fn keep(&mut self, first: usize, shards: &[MutexGuard<'_, Shard>], fleet: &Fleet) {
        let key = |failure: &Failure| shards[failure.shard].entry(failure.number as usize).key();
        let device = |failure: &Failure| device_text(&shards[failure.shard], key(failure).device);
        let campaign = |failure: &Failure| key(failure).campaign.map(|campaign| fleet.campaign_id(campaign));
        self.first.sort_by(|a, b| {
            let devices = || match (key(a).device, key(b).device) {
                // In the order of their text.
                (DeviceKey::Id(a), DeviceKey::Id(b)) => a.cmp(&b),
                _ => device(a).cmp(&device(b)),
            };
            let newest_first = b.last_seen.cmp(&a.last_seen);
            newest_first.then_with(devices).then_with(|| campaign(a).cmp(&campaign(b)))
        });
        self.first.truncate(first);
    }
}

fn device_text(shard: &Shard, device: DeviceKey) -> String {
    match device {
        DeviceKey::Id(id) => service_id_text(id),
        DeviceKey::Named(number) => shard.names().text(number),
    }
}

/// Outside a campaign, a device is not on its way to anything.
fn counts(entry: &Entry, outcome: &DeviceOutcome<CodeNumber>) -> bool {
    entry.key().campaign.is_some() || outcome.outcome() != Outcome::InProgress
}

/// Devices of one campaign.
#[derive(Default)]
struct Total {
    updated: u64,
    in_progress: u64,
    retrying: u64,
    attempts: u64,
    undated: u64,
    first: Option<i64>,
    last: Option<i64>,
}

/// What made devices of a campaign fail, or be skipped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Decision {
    campaign: Option<u32>,
    is_skip: bool,
    code: Option<CodeNumber>,
}

/// Devices of all campaigns, each once.
#[derive(Default)]
struct Totals {
    by_campaign: HashMap<Option<u32>, Total>,
    by_reason: HashMap<Decision, u64>,
}

impl Totals {
    fn add(&mut self, campaign: Option<u32>, outcome: &DeviceOutcome<CodeNumber>) {
        self.by_campaign.entry(campaign).or_default().add(outcome);
        let (is_skip, code) = match outcome.outcome() {
            Outcome::Failed => (false, outcome.reason()),
            Outcome::Skipped => (true, outcome.skipped_by()),
            Outcome::Updated | Outcome::InProgress => return,
        };
        *self.by_reason.entry(Decision { campaign, is_skip, code }).or_default() += 1;
    }

    fn merge(&mut self, other: Totals) {
        for (campaign, total) in other.by_campaign {
            self.by_campaign.entry(campaign).or_default().merge(&total);
        }
        for (reason, devices) in other.by_reason {
            *self.by_reason.entry(reason).or_default() += devices;
        }
    }
}

impl Total {
    fn add(&mut self, outcome: &DeviceOutcome<CodeNumber>) {
        self.updated += u64::from(outcome.outcome() == Outcome::Updated);
        self.in_progress += u64::from(outcome.outcome() == Outcome::InProgress);
        self.retrying += u64::from(outcome.is_retrying());
        self.attempts += u64::from(outcome.attempts());
        self.undated += u64::from(outcome.is_uncertain());
        self.first = self.first.into_iter().chain(outcome.first_seen()).min();
        self.last = self.last.max(outcome.last_seen());
    }

    fn merge(&mut self, other: &Total) {
        self.updated += other.updated;
        self.in_progress += other.in_progress;
        self.retrying += other.retrying;
        self.attempts += other.attempts;
        self.undated += other.undated;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
    }
}
