//! The ready queries. Each is a file of plain SQL over `device_events`.

use clap::ValueEnum;

#[derive(Clone, Copy, ValueEnum)]
pub enum Report {
    /// Failures by code, with what to do
    Failures,
    /// Failures by campaign and code
    Campaigns,
    /// Devices of each campaign by what became of them
    Outcomes,
    /// Distinct devices that failed: by a reason, and by the roll-up SYS_111
    Devices,
    /// First and last time that each code was seen
    Seen,
    /// Codes that are not in the catalogue
    Uncatalogued,
    /// Events by hour and status
    Timeline,
}

impl Report {
    pub fn sql(self) -> &'static str {
        match self {
            Self::Failures => include_str!("../../../reports/failures.sql"),
            Self::Campaigns => include_str!("../../../reports/campaigns.sql"),
            Self::Outcomes => include_str!("../../../reports/outcomes.sql"),
            Self::Devices => include_str!("../../../reports/devices.sql"),
            Self::Seen => include_str!("../../../reports/seen.sql"),
            Self::Uncatalogued => include_str!("../../../reports/uncatalogued.sql"),
            Self::Timeline => include_str!("../../../reports/timeline.sql"),
        }
    }
}
