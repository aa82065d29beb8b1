//! What one thread makes of the codes and events that it reads.

use std::sync::Arc;

use crate::analysis::campaign::{CampaignFilter, CampaignIds};
use crate::analysis::event::{Code, Event};
use crate::analysis::fleet::{Fleet, Recorder};
use crate::analysis::groups::Groups;
use crate::analysis::history::History;
use crate::analysis::tally::Tally;
use crate::analysis::timeline::Timeline;
use crate::analysis::uncatalogued::Uncatalogued;
use crate::args::Grouping;
use crate::filter::{CodeFilter, TimeFilter};

/// What to look for.
#[derive(Clone, Default)]
pub struct Wanted {
    pub time: TimeFilter,
    /// Only events of this campaign.
    pub campaign: Option<CampaignFilter>,
    /// What became of the devices.
    pub devices: bool,
    pub timeline: bool,
    /// When each code was first and last seen.
    pub first_and_last_seen: bool,
    /// Counts of the codes that the filter accepts, by something beyond the catalogue.
    pub groups: Option<(Grouping, CodeFilter)>,
    /// The events of one device, by its identifier.
    pub history: Option<String>,
}

impl Wanted {
    /// Whether the time of every event has to be read.
    pub fn times(&self) -> bool {
        self.devices
            || self.first_and_last_seen
            || self.timeline
            || self.time.is_set()
            || self.groups.is_some()
            || self.history.is_some()
    }

    /// Whether it matters which device an event is of.
    pub fn needs_devices(&self) -> bool {
        self.devices || self.history.is_some()
    }

    /// Whether it matters which device or campaign an event is of.
    pub fn needs_names(&self) -> bool {
        let by = self.groups.as_ref().map(|(by, _)| *by);
        self.needs_devices()
            || self.campaign.is_some()
            || matches!(by, Some(Grouping::Campaign | Grouping::Device))
    }

    /// Whether it takes more than the codes themselves.
    pub fn needs_records(&self) -> bool {
        self.times() || self.campaign.is_some()
    }
}

/// What all threads share.
pub struct Shared {
    pub wanted: Wanted,
    pub uncatalogued: Arc<Uncatalogued>,
    pub fleet: Arc<Fleet>,
}

impl Shared {
    pub fn new(wanted: Wanted) -> Arc<Self> {
        let uncatalogued = Arc::new(Uncatalogued::default());
        let fleet = Arc::new(Fleet::new(uncatalogued.clone()));
        Arc::new(Shared { wanted, uncatalogued, fleet })
    }
}

/// Collects from the codes and events of a thread what is wanted.
pub struct Collector {
    shared: Arc<Shared>,
    recorder: Recorder,
    pub tally: Tally,
    pub timeline: Timeline,
    pub groups: Option<Groups>,
    pub history: History,
    pub campaign_ids: CampaignIds,
    /// Codes left out because a time range was asked for and their records have no readable time.
    pub undated: u64,
    /// Codes of events without a device.
    pub without_device: u64,
}

impl Collector {
    pub fn new(shared: &Arc<Shared>) -> Self {
        Collector {
            recorder: Recorder::new(shared.fleet.clone()),
            tally: Tally::new(shared.uncatalogued.clone()),
            timeline: Timeline::default(),
            groups: shared.wanted.groups.as_ref().map(|(by, _)| Groups::new(*by)),
            history: History::default(),
            campaign_ids: CampaignIds::default(),
            undated: 0,
            without_device: 0,
            shared: shared.clone(),
        }
    }

    /// Adds a code, where nothing is [wanted](Wanted::needs_records) of its record.
    #[inline]
    pub fn count(&mut self, code: Code<'_>) {
        self.tally.add(code, None, None);
    }

    /// Adds the code of an event.
    pub fn add_code(&mut self, event: &Event<'_>) {
        if self.count_code(event) && self.shared.wanted.devices && event.device.is_none() {
            self.without_device += 1;
        }
    }

    /// Counts a code, of an event or not, if it is wanted, and returns whether it is; `event` tells what its
    /// record says of it.
    pub fn count_code(&mut self, event: &Event<'_>) -> bool {
        let wanted = &self.shared.wanted;
        let is_in_time = wanted.time.wants(event.time);
        if let Some(filter) = &wanted.campaign {
            self.campaign_ids.note(filter, event, is_in_time);
        }
        if !is_in_time {
            self.undated += u64::from(event.time.is_none());
            return false;
        }
        if !wanted.campaign.as_ref().is_none_or(|campaign| campaign.wants(event)) {
            return false;
        }
        self.tally.add(event.code, event.status, event.time);
        if wanted.timeline
            && let (Some(time), Some(status)) = (event.time, event.code.status(event.status))
            && !event.code.is_roll_up()
        {
            self.timeline.add(time, status);
        }
        if let (Some(groups), Some((_, filter))) = (&mut self.groups, &wanted.groups)
            && filter.wants_event(event)
        {
            groups.add(event);
        }
        true
    }

    /// Adds what happened to a device. The code is to be added apart.
    pub fn add_event(&mut self, event: &Event<'_>) {
        let wanted = &self.shared.wanted;
        let is_wanted = wanted.time.wants(event.time)
            && wanted.campaign.as_ref().is_none_or(|campaign| campaign.wants(event));
        if let (true, Some(device)) = (is_wanted, event.device) {
            if wanted.devices {
                self.recorder.add(device, event);
            }
            if wanted.history.as_ref().is_some_and(|wanted| wanted.as_bytes() == device) {
                self.history.add(event);
            }
        }
    }

    /// Adds what another thread collected.
    pub fn merge(&mut self, mut other: Collector) {
        other.flush();
        self.tally.merge(&other.tally);
        self.timeline.merge(other.timeline);
        if let (Some(groups), Some(others)) = (&mut self.groups, other.groups) {
            groups.merge(others);
        }
        self.history.merge(other.history);
        self.campaign_ids.merge(other.campaign_ids);
        self.undated += other.undated;
        self.without_device += other.without_device;
    }

    /// Adds to the fleet what is still to be added.
    pub fn flush(&mut self) {
        self.recorder.flush();
    }
}
