//! The events of one campaign, which is asked for by identifier or by name.
//!
//! Some events have the identifier of their campaign and not its name. Which identifiers have the name that
//! is asked for is known once everything was read: then, if events were left out, all is read again.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

use event_log_codes_records::Options;

use crate::analysis::collect::{Shared, Wanted};
use crate::analysis::event::Event;
use crate::analysis::survey::{self, Survey};
use crate::console::Messages;
use crate::input::Source;

/// Identifiers that are told apart.
const MAX_IDS: usize = 1 << 16;
/// Identifiers that are shown.
const SHOWN: usize = 3;

/// The campaign that is asked for.
#[derive(Clone, Debug)]
pub struct CampaignFilter {
    id_or_name: String,
    /// The identifiers that are known to have that name.
    ids: HashSet<Box<[u8]>>,
}

impl CampaignFilter {
    pub fn new(id_or_name: &str) -> Self {
        CampaignFilter { id_or_name: id_or_name.to_owned(), ids: HashSet::new() }
    }

    pub fn wants(&self, event: &Event<'_>) -> bool {
        [event.campaign, event.campaign_name].contains(&Some(self.id_or_name.as_bytes()))
            || event.campaign.is_some_and(|id| self.ids.contains(id))
    }
}

/// What one thread learns of the campaign's identifiers.
#[derive(Debug, Default)]
pub struct CampaignIds {
    /// Of events with the name that is asked for.
    named: HashSet<Box<[u8]>>,
    /// Of codes that were left out and whose events have no name of a campaign, with their number.
    unnamed: HashMap<Box<[u8]>, u64>,
    /// Codes of further identifiers.
    others: u64,
}

impl CampaignIds {
    /// Takes note of a code; `counts` if it would count, were it one of the campaign.
    pub fn note(&mut self, filter: &CampaignFilter, event: &Event<'_>, counts: bool) {
        let Some(id) = event.campaign else {
            return;
        };
        if event.campaign_name == Some(filter.id_or_name.as_bytes()) {
            if !self.named.contains(id) && self.named.len() < MAX_IDS {
                self.named.insert(id.into());
            }
        } else if counts && event.campaign_name.is_none() && !filter.wants(event) {
            self.add_unnamed(id, 1);
        }
    }

    fn add_unnamed(&mut self, id: &[u8], count: u64) {
        let is_full = self.unnamed.len() >= MAX_IDS;
        match self.unnamed.get_mut(id) {
            Some(known) => *known += count,
            None if is_full => self.others += count,
            None => drop(self.unnamed.insert(id.into(), count)),
        }
    }

    /// Adds what another thread learnt.
    pub fn merge(&mut self, other: CampaignIds) {
        self.named.extend(other.named);
        other.unnamed.iter().for_each(|(id, count)| self.add_unnamed(id, *count));
        self.others += other.others;
    }

    /// Codes of the campaign that were left out.
    fn left_out(&self) -> u64 {
        self.named.iter().filter_map(|id| self.unnamed.get(id)).sum()
    }

    /// Whether codes were left out, or may have been.
    fn are_incomplete(&self) -> bool {
        !self.named.is_empty() && self.others > 0 || self.left_out() > 0
    }
}

/// Surveys `sources` for what is `wanted`; again, once the identifiers of a campaign are known, if events
/// were left out. Also returns the signal that cut it short, if one did.
pub fn survey(
    sources: Vec<Source>,
    options: &Options,
    wanted: Wanted,
    messages: &Arc<Messages>,
) -> io::Result<(Survey, Arc<Shared>, Option<i32>)> {
    let shared = Shared::new(wanted.clone());
    let (mut survey, signal) = survey::survey(sources.clone(), options, &shared, messages)?;
    let ids = std::mem::take(&mut survey.collected.campaign_ids);
    let Some(filter) = wanted.campaign.filter(|_| signal.is_none() && ids.are_incomplete()) else {
        return Ok((survey, shared, signal));
    };
    if !sources.iter().all(Source::can_be_read_again) {
        messages.say(&left_out(&filter, &ids));
        return Ok((survey, shared, signal));
    }
    let campaign = Some(CampaignFilter { ids: ids.named, ..filter });
    let shared = Shared::new(Wanted { campaign, ..wanted });
    // What is wrong with the inputs has been said.
    let (survey, signal) = survey::survey(sources, options, &shared, &Arc::new(Messages::silent()))?;
    Ok((survey, shared, signal))
}

/// The message about codes that were left out of an input that cannot be read again.
fn left_out(filter: &CampaignFilter, ids: &CampaignIds) -> String {
    let mut known: Vec<_> = ids.named.iter().map(|id| String::from_utf8_lossy(id)).collect();
    known.sort();
    let known: Vec<_> = known.into_iter().take(SHOWN).collect();
    format!(
        "left out {} codes whose records have the identifier of {:?} but not its name, because the input cannot be \
         read twice; ask for the identifier: --campaign {}",
        ids.left_out() + ids.others,
        filter.id_or_name,
        known.join(", --campaign ")
    )
}
