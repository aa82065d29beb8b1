//! The event log of a made-up fleet. Event number `n` is a function of `n` alone, so a log of any
//! size can be written, split over files and counted without keeping it.

#![allow(dead_code, reason = "each program that mounts this uses a part of it")]

use std::io::{self, Write};

use event_log_codes::EventCode;

#[derive(Debug, PartialEq)]
pub struct Event {
    number: u64,
    pub code: String,
    pub device: u64,
    pub campaign: Option<u64>,
    /// Milliseconds since the first second of 2026.
    pub time: u64,
}

/// The events `2n` and `2n + 1` are of one device: if the first is a failure, the second is the
/// roll-up that the service adds to it 45 ms later.
pub fn event(number: u64) -> Event {
    let pair = mix(number / 2);
    let device = pair % 50_000;
    let campaign = (pair >> 20 & 15 != 0).then_some(device % 40);
    let time = (number / 2) * 130 + (number % 2) * 45;
    let first = code(pair);
    let code = match first.parse::<EventCode>() {
        _ if number.is_multiple_of(2) => first,
        Ok(code) if code.status().as_str() == "fail" => "SYS_111".into(),
        _ => code(mix(pair)),
    };
    Event { number, code, device, campaign, time }
}

/// Some codes are common and some are rare; one in a hundred is not catalogued.
fn code(random: u64) -> String {
    let draw = |shift: u32| (random >> shift) as usize % EventCode::COUNT;
    match random >> 50 & 255 {
        0 => "update.device.device-created".into(),
        1 | 2 => format!("UPD4_FAIL_{}", 900 + draw(30) % 7),
        _ => EventCode::ALL[draw(8) * draw(16) / EventCode::COUNT].to_string(),
    }
}

/// SplitMix64: neighbouring numbers give unrelated ones.
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

impl Event {
    pub fn device_id(&self) -> String {
        format!("0173bc91f8d50000000000010{:07x}", self.device)
    }

    pub fn campaign_id(&self) -> Option<String> {
        self.campaign.map(|campaign| format!("0173bc9418db0000000000010{campaign:07x}"))
    }

    /// The time as the service writes it.
    pub fn date_time(&self) -> String {
        let (seconds, milliseconds) = (self.time / 1000, self.time % 1000);
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        assert!(days < 31, "the log is longer than January");
        format!("2026-01-{:02}T{hours:02}:{minutes:02}:{:02}.{milliseconds:03}Z", days + 1, seconds % 60)
    }

    /// The status as the service writes it: `INFO` of codes that are not in the catalogue.
    fn status(&self) -> String {
        let code = self.code.parse::<EventCode>().ok();
        code.map_or("info", |code| code.status().as_str()).to_uppercase()
    }

    /// A line as a processor stores the service's record.
    pub fn write_json(&self, to: &mut impl Write) -> io::Result<()> {
        let code = self.code.parse::<EventCode>().ok();
        let status = self.status();
        let text = code.and_then(EventCode::portal_text).unwrap_or_default();
        write!(
            to,
            r#"{{"id":"0173bc9420f00000{:016x}","object":"device-event","date_time":"{}","device_id":"{}","event_type":"{}","event_type_description":"{status}","event_type_category":"{status}_UPDATE","description":"{}","state_change":false,"changes":null,"data":{{"#,
            self.number,
            self.date_time(),
            self.device_id(),
            self.code,
            text.replace('"', "\\\""),
        )?;
        if let Some(campaign) = self.campaign_id() {
            write!(
                to,
                r#""campaign_id":"{campaign}","campaign_name":"rollout {}""#,
                self.campaign.unwrap_or(0)
            )?;
        }
        to.write_all(b"}}\n")
    }

    /// A line of the columns of the portal's export that matter here.
    pub fn write_csv(&self, to: &mut impl Write) -> io::Result<()> {
        let (time, device, campaign) = (self.date_time(), self.device_id(), self.campaign_id());
        let (code, campaign, status) = (&self.code, campaign.unwrap_or_default(), self.status());
        writeln!(to, "{time},{device},{code},\"a, \"\"b\"\"\nc\",{campaign},{status}")
    }

    /// A line of a gateway's syslog, as an object with the one member `line`.
    pub fn write_syslog(&self, to: &mut impl Write) -> io::Result<()> {
        let Event { device, code, .. } = self;
        writeln!(
            to,
            r#"{{"line":"<14>{} gw-{} update[{}]: device {} reported {code}, state kept"}}"#,
            self.date_time(),
            device % 9,
            311 + device % 7,
            self.device_id()
        )
    }
}

pub const CSV_HEADER: &str =
    "date_time,device_id,event_type,description,data.campaign_id,event_type_description";
