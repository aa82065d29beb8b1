//! Which codes are wanted.

use clap::Args;
use event_log_codes::{EventCode, Family, Section, Status};
use wildmatch::WildMatch;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which codes")]
pub struct CodeFilter {
    /// Only codes of this status: success, fail, info, skipped
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<Status>,

    /// Only codes of this section, such as update-fetching
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    pub section: Vec<Section>,

    /// Only codes of this family: UPD1, UPD2, UPD4, SYS
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    pub family: Vec<Family>,

    /// Only this code; `*` stands for any characters, `?` for one
    #[arg(long, value_name = "PATTERN", value_delimiter = ',', value_parser = pattern)]
    pub code: Vec<WildMatch>,
}

fn pattern(text: &str) -> Result<WildMatch, std::convert::Infallible> {
    Ok(WildMatch::new(&text.to_ascii_uppercase()))
}

impl CodeFilter {
    pub fn wants(&self, code: EventCode) -> bool {
        one_of(&self.status, code.status())
            && one_of(&self.section, code.section())
            && one_of(&self.family, code.family())
            && self.wants_spelling(code.as_str())
    }

    /// Whether an uncatalogued code may be wanted: its spelling tells its family, nothing tells its
    /// status and section.
    pub fn may_want(&self, uncatalogued: &str) -> bool {
        let family = uncatalogued.split('_').next().unwrap_or_default();
        (self.family.is_empty() || self.family.iter().any(|wanted| wanted.as_str() == family))
            && self.wants_spelling(uncatalogued)
    }

    fn wants_spelling(&self, code: &str) -> bool {
        self.code.is_empty() || self.code.iter().any(|pattern| pattern.matches(code))
    }
}

fn one_of<T: PartialEq>(wanted: &[T], value: T) -> bool {
    wanted.is_empty() || wanted.contains(&value)
}
