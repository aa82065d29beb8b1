//! `eventcodes annotate --reply`: a co-process, which answers each line with the meaning of its first code.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use event_log_codes::{EventCode, StreamFinder, StreamMatch};
use memchr::memchr;

use crate::analysis::event::Code;
use crate::output::Meaning;

/// The protocol in which lines are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Protocol {
    /// `{"event_code":{...}}`, or `{}` for a line without a code
    Json,
    /// The same under `$!`, as `mmexternal` of rsyslog expects it
    Rsyslog,
}

impl Protocol {
    fn write(self, first: Option<&First>, out: &mut dyn Write) -> io::Result<()> {
        let Some(first) = first else {
            return out.write_all(b"{}\n");
        };
        let (before, after) = match self {
            Protocol::Json => ("", ""),
            Protocol::Rsyslog => (r#"{"$!":"#, "}"),
        };
        write!(out, r#"{before}{{"event_code":"#)?;
        serde_json::to_writer(&mut *out, &Meaning::of(first.code()))?;
        writeln!(out, "}}{after}")
    }
}

/// The first code of a line.
struct First {
    code: Option<EventCode>,
    /// Empty if the catalogue has the code.
    uncatalogued: String,
}

impl First {
    fn of(found: StreamMatch<'_>) -> Self {
        let uncatalogued = if found.code().is_none() { found.as_str().to_owned() } else { String::new() };
        First { code: found.code(), uncatalogued }
    }

    fn code(&self) -> Code<'_> {
        self.code.map_or(Code::Uncatalogued(self.uncatalogued.as_bytes()), Code::Catalogued)
    }
}

/// Answers every line of `input`, whatever its bytes and its length, by one line of `out`, which is flushed
/// before a read that may wait.
pub fn run(protocol: Protocol, input: impl Read, out: impl Write) -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 << 10, input);
    let mut out = BufWriter::with_capacity(64 << 10, out);
    let mut finder = StreamFinder::new();
    let mut first = None;
    let mut in_line = false;
    loop {
        if input.buffer().is_empty() {
            out.flush()?;
        }
        let bytes = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        let line_end = memchr(b'\n', bytes);
        let part = &bytes[..line_end.unwrap_or(bytes.len())];
        if first.is_none() {
            first = finder.feed(part).next().map(First::of);
        }
        let ended = line_end.is_some() || (bytes.is_empty() && in_line);
        if ended {
            let last = finder.finish().map(First::of);
            protocol.write(first.take().or(last).as_ref(), &mut out)?;
        }
        if bytes.is_empty() {
            return out.flush();
        }
        in_line = !ended;
        let len = part.len() + usize::from(line_end.is_some());
        input.consume(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(protocol: Protocol, input: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        run(protocol, input, &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn each_line_has_one_answer() {
        let known = r#"{"event_code":{"code":"SYS_112","status":"success","portal_text":"Device reached desired state.","corrective_action":null}}"#;
        let unknown =
            r#"{"event_code":{"code":"SYS_999","status":null,"portal_text":null,"corrective_action":null}}"#;
        let lines = b"x SYS_112 SYS_111\n\n\xff\xfe\x00\n{\"broken\": \nSYS_999\r\nSYS_112";
        assert_eq!(answers(Protocol::Json, lines), [known, "{}", "{}", "{}", unknown, known]);
        assert_eq!(answers(Protocol::Json, b""), [""; 0]);
        assert_eq!(answers(Protocol::Json, b"\n"), ["{}"]);
        assert_eq!(answers(Protocol::Rsyslog, b"SYS_112"), [format!(r#"{{"$!":{known}}}"#)]);
    }

    #[test]
    fn a_code_in_a_line_longer_than_any_buffer_is_found() {
        for before in [0, 65_520, 65_530, 65_536, 200_000] {
            let mut line = vec![b' '; before];
            line.extend_from_slice(b"SYS_999");
            line.extend_from_slice(&vec![b' '; 100_000]);
            line.extend_from_slice(b"SYS_112\nnothing\n");
            let answers = answers(Protocol::Json, &line);
            assert_eq!(answers.len(), 2);
            assert!(answers[0].contains("SYS_999") && answers[1] == "{}", "{before}: {answers:?}");
        }
    }
}
