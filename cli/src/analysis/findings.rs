//! The result of `summary` and `report`, as JSON shows it; every other output formats it.

use std::cmp::Reverse;

use event_log_codes::{EventCode, Section, Status};
use serde::Serialize;

use crate::analysis::collect::Shared;
use crate::analysis::fleet::{CampaignReport, CodeSet, Distinct};
use crate::analysis::groups::{Counts, Groups, Key};
use crate::analysis::survey::{Problems, Survey};
use crate::analysis::tally::{Seen, SeenByStatus, Tally};
use crate::analysis::time::Time;
use crate::analysis::timeline::Steps;
use crate::args::Grouping;
use crate::filter::CodeFilter;
use crate::known_code::KnownCode;

/// Steps of a timeline.
const MAX_STEPS: usize = 96;

/// The result.
#[derive(Serialize)]
pub struct Findings {
    pub by: Grouping,
    /// Most frequent first; days and hours newest first.
    pub counts: Vec<Row>,
    pub roll_ups: Vec<Row>,
    pub uncatalogued: Vec<Uncatalogued>,
    pub totals: Totals,
    /// The times of the first and the last event, of those that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_event: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_event: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
    /// The largest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaigns: Option<Vec<CampaignReport>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Steps>,
    /// Counts by identifier of the campaign, for metrics.
    #[serde(skip)]
    pub campaign_events: Vec<(Option<String>, Counts)>,
    /// None if records were read for nothing but their codes.
    #[serde(flatten)]
    pub problems: Option<Problems>,
    /// Then what there is of problems: codes in statistics, which are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics_codes: Option<u64>,
    pub not_shown: NotShown,
    /// Whether all input was read to its end.
    pub complete: bool,
}

/// Rows beyond `--top`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct NotShown {
    pub counts: usize,
    pub uncatalogued: usize,
    pub campaigns: usize,
    /// Of all campaigns that are shown.
    pub reasons: usize,
}

#[derive(Clone, Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub group: Group,
    pub count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
    /// Only of groups beyond the catalogue.
    #[serde(flatten)]
    pub by_status: Option<Counts>,
    #[serde(flatten)]
    pub times: Option<Times>,
}

/// The times of the first and the last occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Times {
    pub first_seen: Time,
    pub last_seen: Time,
}

fn times(seen: &Seen) -> Option<Times> {
    seen.times.map(|(first_seen, last_seen)| Times { first_seen, last_seen })
}

/// One code, or the codes that have something in common.
#[derive(Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Group {
    Code {
        code: KnownCode,
        status: Status,
        section: Section,
        portal_text: Option<&'static str>,
        explanation: Option<&'static str>,
        corrective_action: Option<&'static str>,
    },
    Status {
        status: Status,
    },
    Section {
        section: Section,
    },
    Family {
        family: &'static str,
    },
    Campaign {
        campaign: Option<String>,
    },
    Day {
        day: Option<String>,
    },
    Hour {
        hour: Option<String>,
    },
    File {
        file: Option<String>,
    },
    Device {
        device: Option<String>,
    },
}

#[derive(Clone, Serialize)]
pub struct Uncatalogued {
    pub code: String,
    pub count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
    /// What the records state, or the code itself says.
    pub status: Option<Status>,
    #[serde(flatten)]
    pub times: Option<Times>,
}

/// Occurrences.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Totals {
    #[serde(flatten)]
    pub by_status: Counts,
    /// Of all of these.
    pub uncatalogued: u64,
}

impl Group {
    pub fn of(code: KnownCode, by: Grouping) -> Self {
        match by {
            Grouping::Status => Group::Status { status: code.status() },
            Grouping::Section => Group::Section { section: code.section() },
            Grouping::Family => Group::Family { family: code.family() },
            _ => Group::Code {
                code,
                status: code.status(),
                section: code.section(),
                portal_text: code.portal_text(),
                explanation: code.explanation(),
                corrective_action: code.corrective_action(),
            },
        }
    }

    fn named(name: Option<String>, by: Grouping) -> Self {
        match by {
            Grouping::Campaign => Group::Campaign { campaign: name },
            Grouping::Day => Group::Day { day: name },
            Grouping::Hour => Group::Hour { hour: name },
            Grouping::Device => Group::Device { device: name },
            _ => Group::File { file: name },
        }
    }

    pub fn code(&self) -> Option<KnownCode> {
        match *self {
            Group::Code { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the group holds a code.
    fn holds(&self, code: KnownCode) -> bool {
        match *self {
            Group::Code { code: own, .. } => own == code,
            Group::Status { status } => code.status() == status,
            Group::Section { section } => code.section() == section,
            Group::Family { family } => code.family() == family,
            _ => false,
        }
    }
}

/// What to show.
pub struct Options<'a> {
    pub by: Grouping,
    pub filter: &'a CodeFilter,
    pub devices: bool,
    /// The names of the inputs.
    pub inputs: &'a [String],
}

impl Findings {
    /// The result of counting bytes.
    pub fn of_tally(tally: &Tally, shared: &Shared, options: &Options<'_>, complete: bool) -> Self {
        let (mut counts, mut roll_ups) = (Vec::new(), Vec::new());
        let mut totals = Totals::default();
        let mut all = Seen::default();
        // The numbers of the site's codes among the uncatalogued.
        let mut of_site = Vec::new();
        let mut uncatalogued = Vec::new();
        let catalogued = tally.catalogued().map(|(code, seen)| (KnownCode::Catalogued(code), seen));
        for (code, seen) in catalogued.filter(|&(code, _)| options.filter.wants(code)) {
            totals.by_status.add(Some(code.status()), code.is_roll_up(), seen.count);
            all.merge(&seen);
            let (rows, by) =
                if code.is_roll_up() { (&mut roll_ups, Grouping::Code) } else { (&mut counts, options.by) };
            Row::add(rows, Group::of(code, by), &seen);
        }
        for (number, codes) in tally.uncatalogued() {
            let code = shared.uncatalogued.text(number);
            let SeenByStatus { seen, .. } = codes;
            if let Some(known) = KnownCode::of_site(code.as_bytes()) {
                if options.filter.wants(known) {
                    totals.by_status.add(Some(known.status()), false, seen.count);
                    all.merge(&seen);
                    Row::add(&mut counts, Group::of(known, options.by), &seen);
                    of_site.push((number, known));
                }
            } else if options.filter.may_want(&code, codes.status()) {
                codes.by_status().for_each(|(status, count)| totals.by_status.add(status, false, count));
                totals.uncatalogued += seen.count;
                all.merge(&seen);
                let row = Uncatalogued {
                    code,
                    count: seen.count,
                    devices: None,
                    status: codes.status(),
                    times: times(&seen),
                };
                uncatalogued.push((number, row));
            }
        }
        counts.sort_by_key(|row| Reverse(row.count));
        let mut findings = Findings {
            by: options.by,
            counts,
            roll_ups,
            uncatalogued: Vec::new(),
            totals,
            first_event: all.times.map(|(first, _)| first),
            last_event: all.times.map(|(_, last)| last),
            devices: None,
            campaigns: None,
            timeline: None,
            campaign_events: Vec::new(),
            problems: None,
            statistics_codes: None,
            not_shown: NotShown::default(),
            complete,
        };
        if options.devices {
            findings.count_devices(shared, options, &of_site, &mut uncatalogued);
        }
        uncatalogued.sort_by(|(_, a), (_, b)| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
        findings.uncatalogued = uncatalogued.into_iter().map(|(_, row)| row).collect();
        findings
    }

    /// The result of reading records.
    pub fn of_survey(survey: Survey, shared: &Shared, options: &Options<'_>, complete: bool) -> Self {
        let mut findings = Self::of_tally(&survey.collected.tally, shared, options, complete);
        match survey.collected.groups {
            Some(groups) if options.by.is_of_catalogue() => {
                let text = |key: Key| key.text(Grouping::Campaign, options.inputs);
                let groups = groups.into_sorted().into_iter();
                findings.campaign_events = groups.map(|(key, counts)| (text(key), counts)).collect();
            }
            Some(groups) => findings.counts = rows(groups, options),
            None => {}
        }
        if options.devices {
            findings.campaigns = Some(survey.fleet.campaigns());
        }
        if shared.wanted.timeline {
            findings.timeline = Some(survey.collected.timeline.steps(MAX_STEPS));
        }
        if shared.wanted.needs_records() {
            findings.problems = Some(survey.problems);
        } else {
            findings.statistics_codes = Some(survey.problems.statistics_codes);
        }
        findings
    }

    fn count_devices(
        &mut self,
        shared: &Shared,
        options: &Options<'_>,
        of_site: &[(u32, KnownCode)],
        uncatalogued: &mut [(u32, Uncatalogued)],
    ) {
        let of_row = |row: &Row| -> CodeSet {
            let wanted = |code: &EventCode| {
                let code = KnownCode::Catalogued(*code);
                options.filter.wants(code) && row.group.holds(code)
            };
            match row.group.code() {
                Some(code) => code.catalogued().into_iter().collect(),
                None => {
                    EventCode::ALL.iter().copied().filter(wanted).filter(|code| !code.is_roll_up()).collect()
                }
            }
        };
        let rows = || self.counts.iter().chain(&self.roll_ups);
        let sets: Vec<_> = rows().map(of_row).collect();
        let set_of = |code: KnownCode| rows().position(|row| row.group.holds(code));
        let of_site = of_site.iter().filter_map(|&(number, code)| Some((number, set_of(code)?)));
        let of_site: Vec<_> = of_site.collect();
        let Distinct { devices, with, with_uncatalogued } = shared.fleet.distinct(&sets, &of_site);
        self.devices = Some(devices);
        for (row, devices) in self.counts.iter_mut().chain(&mut self.roll_ups).zip(with) {
            row.devices = Some(devices);
        }
        for (number, row) in uncatalogued {
            row.devices = Some(with_uncatalogued.get(number).copied().unwrap_or_default());
        }
    }

    /// Keeps at most `top` rows of each table.
    pub fn truncate(&mut self, top: usize) {
        fn cut<T>(rows: &mut Vec<T>, top: usize) -> usize {
            let beyond = rows.len().saturating_sub(top);
            rows.truncate(top);
            beyond
        }
        self.not_shown.counts = cut(&mut self.counts, top);
        self.not_shown.uncatalogued = cut(&mut self.uncatalogued, top);
        if let Some(campaigns) = &mut self.campaigns {
            self.not_shown.campaigns = cut(campaigns, top);
            for campaign in campaigns {
                self.not_shown.reasons +=
                    cut(&mut campaign.failed_by, top) + cut(&mut campaign.skipped_by, top);
            }
        }
    }

    /// The share of the decided devices that failed; none if no device is decided.
    pub fn failed_share(&self) -> Option<f64> {
        let campaigns = self.campaigns.as_ref()?;
        let failed: u64 = campaigns.iter().map(|campaign| campaign.failed).sum();
        let decided: u64 = campaigns.iter().map(|campaign| campaign.decided).sum();
        (decided > 0).then(|| failed as f64 / decided as f64)
    }
}

impl Row {
    /// Adds occurrences to the row of `group`.
    fn add(rows: &mut Vec<Row>, group: Group, seen: &Seen) {
        match rows.iter_mut().find(|row| row.group == group) {
            Some(row) => {
                row.count += seen.count;
                row.times = match (row.times, times(seen)) {
                    (Some(one), Some(other)) => Some(Times {
                        first_seen: one.first_seen.min(other.first_seen),
                        last_seen: one.last_seen.max(other.last_seen),
                    }),
                    (one, other) => one.or(other),
                };
            }
            None => rows.push(Row {
                group,
                count: seen.count,
                devices: None,
                by_status: None,
                times: times(seen),
            }),
        }
    }
}

fn rows(groups: Groups, options: &Options<'_>) -> Vec<Row> {
    groups
        .into_sorted()
        .into_iter()
        .map(|(key, counts)| Row {
            group: Group::named(key.text(options.by, options.inputs), options.by),
            count: counts.seen.count - counts.roll_ups,
            devices: None,
            times: times(&counts.seen),
            by_status: Some(counts),
        })
        .collect()
}
