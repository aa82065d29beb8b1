//! One file for each subcommand: arguments in, exit status out.

pub mod annotate;
pub mod completions;
pub mod devices;
pub mod explain;
pub mod export;
pub mod grep;
pub mod list;
pub mod man;
pub mod reply;
pub mod report;
pub mod summary;
pub mod watch;

use wildmatch::WildMatch;

use crate::console::Messages;
use crate::filter::{TimeArgs, TimeFilter};
use crate::known_code::KnownCode;
use crate::{pattern, suggest};

/// The time range that is asked for. None, which is reported, if no time is in it.
fn time_range(args: &TimeArgs, messages: &Messages) -> Option<TimeFilter> {
    let filter = args.filter();
    if filter.is_empty() {
        messages.say("--since is not before --until: no time is between them");
        return None;
    }
    Some(filter)
}

/// Reports patterns that no code can match, and with `all` also those that none of the catalogue matches,
/// with the nearest codes.
fn report_patterns(patterns: &[WildMatch], all: bool, messages: &Messages) {
    for pattern in patterns {
        let text = pattern.to_string();
        let is_known = KnownCode::all().any(|code| pattern.matches(code.as_str()));
        if !is_known && (all || !pattern::may_match(&text)) {
            let problem = format!("no code of the catalogue matches {text:?}");
            messages.say(&explain::meant(&problem, &suggest::codes(&text)));
        }
    }
}
