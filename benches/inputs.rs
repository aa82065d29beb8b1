//! What the benches look up and scan: the same bytes on every machine and in every run.

use event_log_codes::EventCode;

/// Steele, Lea and Flood's generator, with a fixed seed.
pub struct Random(u64);

impl Random {
    /// Starts where `seed` says.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// One of `choices`.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    fn code(&mut self) -> EventCode {
        self.pick(EventCode::ALL)
    }

    /// Lower-case hexadecimal digits, as in the identifiers of devices and campaigns.
    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| self.pick(b"0123456789abcdef") as char).collect()
    }
}

/// `count` keys in random order, each a slice of one buffer.
pub struct Keys {
    buffer: String,
    ends: Vec<usize>,
}

impl Keys {
    /// Every `miss_percent` of 100 keys, at random places, is a near miss of a code.
    pub fn new(count: usize, miss_percent: usize) -> Keys {
        let mut random = Random::new(miss_percent as u64);
        let mut keys = Keys { buffer: String::new(), ends: Vec::new() };
        for _ in 0..count {
            let code = random.code().as_str();
            if random.below(100) < miss_percent {
                keys.buffer += &near_miss(&mut random, code);
            } else {
                keys.buffer += code;
            }
            keys.ends.push(keys.buffer.len());
        }
        keys
    }

    /// The keys.
    pub fn slices(&self) -> Vec<&str> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.buffer[start..*end]).collect()
    }
}

/// A code with one byte changed, dropped or added, that is no code.
fn near_miss(random: &mut Random, code: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    loop {
        let mut bytes = code.as_bytes().to_vec();
        let place = random.below(bytes.len());
        match random.below(3) {
            0 => bytes[place] = random.pick(ALPHABET),
            1 => drop(bytes.remove(place)),
            _ => bytes.insert(place, random.pick(ALPHABET)),
        }
        let text = String::from_utf8(bytes).expect("one byte of ASCII for another");
        if EventCode::ALL.iter().all(|code| code.as_str() != text) {
            return text;
        }
    }
}

/// Device events as NDJSON: about 380 bytes a line, one code each.
pub fn json(len: usize) -> Vec<u8> {
    let mut random = Random::new(1);
    lines(len, || {
        let code = random.code();
        let time = time(&mut random);
        format!(
            concat!(
                r#"{{"id":"{}","date_time":"{}","device_id":"{}","event_type":"{}","event_type_description":"{}","#,
                r#""event_type_category":"{}","description":"{}","state_change":false,"#,
                r#""data":{{"campaign_id":"{}","campaign_name":"rollout-{}"}},"object":"device-event"}}"#,
            ),
            random.hex(32),
            time,
            random.hex(32),
            code,
            code.status().as_str().to_uppercase(),
            random.pick(&["FAIL_REJECTED", "FAIL_SERVICE", "STATE_IDLE", "INFO_SERVICE"]),
            code.portal_text().unwrap_or("Idle"),
            random.hex(32),
            random.hex(4),
        )
    })
}

/// Log lines of about 90 bytes, one code each.
pub fn text(len: usize) -> Vec<u8> {
    let mut random = Random::new(2);
    lines(len, || {
        format!(
            "{} gw-{:04} update[{}]: device {} reported {} retry={}",
            time(&mut random),
            random.below(10_000),
            random.below(40_000),
            random.hex(12),
            random.code(),
            random.below(4),
        )
    })
}

/// Log lines of about 90 bytes, of which one in 100 has a code; each has words like the start of one.
pub fn sparse(len: usize) -> Vec<u8> {
    let mut random = Random::new(3);
    lines(len, || {
        let time = time(&mut random);
        let gateway = random.below(10_000);
        let last = if random.below(100) == 0 { random.code().to_string() } else { random.hex(12) };
        let event = random.pick(&["UPDATE poll", "UPTIME report", "heartbeat", "SUPPLY voltage ok"]);
        format!("{time} gw-{gateway:04} SYSTEM {event} load=0.{:02} {last}", random.below(100))
    })
}

/// Lines of every kind in random order: JSON, plain text with and without a code, syslog, CSV.
pub fn mixed(len: usize) -> Vec<u8> {
    let mut random = Random::new(4);
    let [json, text, sparse] = [json(1 << 16), text(1 << 16), sparse(1 << 16)]
        .map(|bytes| String::from_utf8(bytes).expect("made of text"));
    let kinds: Vec<Vec<&str>> = [&json, &text, &sparse].map(|text| text.lines().collect()).into();
    lines(len, || match random.below(5) {
        kind @ 0..3 => random.pick(&kinds[kind]).to_owned(),
        3 => format!("<14>{} gw-7 update[311]: failed, {}", time(&mut random), random.code()),
        _ => format!("{},{},{},\"{}\"", time(&mut random), random.hex(32), random.code(), random.hex(8)),
    })
}

/// Plain text for a terminal: the code is coloured, so it stands right behind an escape sequence.
pub fn coloured(len: usize) -> Vec<u8> {
    let mut random = Random::new(5);
    lines(len, || {
        let colour = random.pick(&["31", "32", "1;33", "0;36"]);
        let (time, device, code) = (time(&mut random), random.hex(12), random.code());
        format!("\x1b[2m{time}\x1b[0m \x1b[1mupdate\x1b[0m: device {device} \x1b[{colour}m{code}\x1b[0m")
    })
}

/// [`text`] with the line ends of Windows.
pub fn crlf(len: usize) -> Vec<u8> {
    let mut random = Random::new(6);
    lines(len, || format!("{} gw-7 reported {} retry=1\r", time(&mut random), random.code()))
}

/// Lines full of words that begin like a code, one code in each.
pub fn updates(len: usize) -> Vec<u8> {
    let mut random = Random::new(7);
    lines(len, || {
        let words = ["UPDATE", "UPDATED", "SYSTEM", "UPD", "SYSLOG", "UPDATER", "SYS", "SYNC"];
        let [a, b, c, d] = [(); 4].map(|()| random.pick(&words));
        format!("{} {a} {b}_AGENT {c}: {d} state={}", time(&mut random), random.code())
    })
}

/// Records of about `size` bytes each, one code in each.
pub fn records(len: usize, size: usize) -> Vec<u8> {
    let mut random = Random::new(size as u64);
    lines(len, || {
        let code = random.code();
        let before = random.hex((size / 2).saturating_sub(30));
        let after = random.hex((size / 2).saturating_sub(30));
        format!(r#"{{"id":"{before}","event_type":"{code}","data":"{after}"}}"#)
    })
}

/// Inputs made to be slow: next to nothing but near misses of a code.
pub fn adversarial(len: usize) -> Vec<(&'static str, Vec<u8>)> {
    let repeat = |unit: &str| unit.bytes().cycle().take(len).collect::<Vec<u8>>();
    let word64 = format!("UPD4_{}_1 ", "A".repeat(57));
    let almost64 = format!("UPD4_{} ", "A".repeat(59));
    vec![
        ("mixed", repeat("UPD4_UPD4_FAIL_UPD4_FAIL_9999 SYS_SYS_ ")),
        ("UPD4_", repeat("UPD4_")),
        ("UPD4_ in words", repeat("UPD4_ ")),
        ("SYS_", repeat("SYS_")),
        ("SYS_ in words", repeat("SYS_ ")),
        ("PDPD", repeat("PD")),
        ("UPUP", repeat("UP")),
        ("SYSY", repeat("SY")),
        ("QQQQ", repeat("Q")),
        ("unknown codes", repeat("UPD4_A_1 SYS_1 ")),
        ("64-byte words, codes", repeat(&word64)),
        ("64-byte words, none", repeat(&almost64)),
        ("one word", repeat("A")),
    ]
}

/// Random lines up to `len` bytes in all, cut after a line.
fn lines(len: usize, mut line: impl FnMut() -> String) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len);
    loop {
        let line = line();
        if bytes.len() + line.len() + 1 > len {
            return bytes;
        }
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
}

fn time(random: &mut Random) -> String {
    format!(
        "2026-03-{:02}T{:02}:{:02}:{:02}.{:06}Z",
        1 + random.below(31),
        random.below(24),
        random.below(60),
        random.below(60),
        random.below(1_000_000)
    )
}
