//! The events that every shape holds.

use event_log_codes::EventCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An event of a device, before it is written in any shape.
#[derive(Clone, Debug)]
pub struct Event {
    pub code: String,
    pub device: String,
    pub campaign: String,
    pub campaign_name: String,
    /// Since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// What the service says about the code; some with characters that formats have to escape.
    pub description: String,
}

impl Event {
    pub fn status(&self) -> &'static str {
        match EventCode::from_bytes(self.code.as_bytes()).map(|code| code.status().as_str()) {
            Some("success") => "SUCCESS",
            Some("info") => "INFO",
            Some("skipped") => "SKIPPED",
            _ => "FAIL",
        }
    }

    /// The time in UTC, in the notation of `strftime`.
    pub fn time(&self, format: &str) -> String {
        self.time_in(TimeZone::UTC, format)
    }

    pub fn time_in(&self, zone: TimeZone, format: &str) -> String {
        let time = Timestamp::from_microsecond(self.micros).unwrap();
        time.to_zoned(zone).strftime(format).to_string()
    }

    /// RFC 3339 with microseconds.
    pub fn rfc3339(&self) -> String {
        self.time("%Y-%m-%dT%H:%M:%S.%6fZ")
    }
}

/// A little over an hour of two campaigns on twelve devices. No two events of a device are in one second.
pub fn events() -> Vec<Event> {
    const CODES: [&str; 13] = [
        "UPD4_STATE_1",
        "UPD2_STATE_1",
        "UPD4_FAIL_218",
        "SYS_111",
        "UPD2_OK_1",
        "UPD4_OK_100",
        "UPD4_FAIL_999",
        "UPD4_FAIL_305",
        "UPD2_REPORT_VERSION",
        "SYS_112",
        "UPD4_OK_M1",
        "SYS_117",
        "UPD2_FAIL_6",
    ];
    const DESCRIPTIONS: [&str; 7] = [
        "Idle",
        "Manifest rejected, invalid manifest format (DER format)",
        "5\" disk",
        "said \"no\"; then \\ went on",
        "device_id=0 {\"event\": [1,",
        "Gr\u{f6}\u{df}e \u{1f4a5}\ttab",
        "time 2001-01-01T00:00:00Z",
    ];
    const START: i64 = 1_756_455_242_123_456; // 2025-08-29T08:14:02.123456Z
    let event = |index: usize| {
        let device = index * 7 % 12;
        let campaign = device % 2;
        Event {
            code: CODES[index % CODES.len()].to_owned(),
            device: format!("0198e0{:018x}{:08x}", 0xabc_def0_u64 + device as u64, 0x1001_0000 + device),
            campaign: format!("0198f2{:018x}00100237", 0x12_3456_u64 + campaign as u64),
            campaign_name: format!("firmware 4.{campaign}, \u{e9}tage {campaign}"),
            micros: START + index as i64 * 71_003_007,
            description: DESCRIPTIONS[index % DESCRIPTIONS.len()].to_owned(),
        }
    };
    (0..55).map(event).collect()
}
