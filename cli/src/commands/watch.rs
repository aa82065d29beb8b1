//! `eventcodes watch`: how it stands now, as files grow.

use std::collections::{HashMap, VecDeque};
use std::io::{self, IsTerminal, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use event_log_codes::Status;
use event_log_codes_records::content::Content;
use event_log_codes_records::{Format, Options, Reader, Record, Splitter};
use jiff::Timestamp;

use crate::analysis::collect::{Shared, Wanted};
use crate::analysis::event::{Code, micros};
use crate::analysis::findings::{self, Findings};
use crate::analysis::survey::Part;
use crate::analysis::time::Time;
use crate::args::{Grouping, WatchArgs, WatchFormat};
use crate::console::{ExitStatus, Messages};
use crate::filter::CodeFilter;
use crate::input::follow::{Change, Follower};
use crate::input::looks::Looks;
use crate::input::pool::Share;
use crate::input::records::{Consumer, MAX_RECORD};
use crate::input::signals;
use crate::output::watch::{Failure, Figures, Screen};

/// How often the screen is drawn, for its times and rates; less often where drawing takes long.
const REDRAW: Duration = Duration::from_millis(1000);
/// How soon after the last time it is drawn for new events.
const SOON: Duration = Duration::from_millis(100);
/// Failures that are kept to be shown.
const NEWEST: usize = 50;
const BUFFER: usize = 64 << 10;

pub fn run(args: &WatchArgs, colour: bool, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let (send, happened) = mpsc::sync_channel(4);
    let to_main = send.clone();
    signals::watch(move |_| to_main.send(Happened::Signal).is_ok())?;
    let paths: Vec<_> = args.paths.iter().filter(|path| path.as_os_str() != "-").cloned().collect();
    let to_main = send.clone();
    // If there is no room, the loop below is about to go on anyway.
    let wake = move || drop(to_main.try_send(Happened::Report));
    let mut looks = Looks::new(paths.clone(), messages.clone(), wake);
    let mut follower = Follower::new(paths, args.from_start);
    if args.paths.is_empty() || args.paths.iter().any(|path| path.as_os_str() == "-") {
        let messages = messages.clone();
        thread::spawn(move || read_standard_input(&send, &messages));
    }
    let mut watch = Watch::new(args.input.options(args.tz.as_ref()));

    let mut view = if args.format == WatchFormat::Auto && io::stdout().is_terminal() {
        View::Screen(Screen::open(out, colour)?)
    } else {
        View::Lines
    };
    let (every, soon) = match view {
        View::Screen(_) => (REDRAW, SOON),
        View::Lines => {
            let every = Duration::from_secs(args.every.seconds.max(1) as u64);
            (every, every)
        }
    };
    let mut shown = Instant::now();
    let mut next = if let View::Lines = view { shown + every } else { shown };
    loop {
        let due = if watch.has_news { next.min(shown + soon) } else { next };
        let wait = due.saturating_duration_since(Instant::now());
        let mut ended = false;
        match happened.recv_timeout(looks.until_next().map_or(wait, |look| look.min(wait))) {
            Ok(Happened::Signal) => ended = true,
            Ok(Happened::Input(bytes)) => watch.push(STANDARD_INPUT, "standard input", &bytes)?,
            Ok(Happened::EndOfInput) => {
                watch.finish(STANDARD_INPUT)?;
                ended = args.paths.len() <= 1;
            }
            Ok(Happened::Report) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(wait),
        }
        if ended || looks.are_due() {
            looks.look(|| {
                follower.poll(&messages, |number, path, change| match change {
                    Change::Bytes(bytes) => watch.push(number + 1, &path.to_string_lossy(), bytes),
                    Change::Truncated | Change::Gone => watch.finish(number + 1),
                })
            })?;
        }
        let now = Instant::now();
        let due = if watch.has_news { next.min(shown + soon) } else { next };
        if ended || now >= due {
            let figures = watch.figures();
            match &mut view {
                View::Screen(screen) => screen.draw(out, &figures, &watch.newest)?,
                View::Lines if args.format == WatchFormat::Ndjson => figures.write_json(out)?,
                View::Lines => figures.write_line(out)?,
            }
            out.flush()?;
            // At most a tenth of the time goes into what is shown.
            let pause = now.elapsed() * 10;
            (shown, next) = (now + pause.saturating_sub(soon), now + every.max(pause));
        }
        if ended {
            break;
        }
    }
    let figures = watch.figures();
    if let Some(problems) = &figures.findings.problems {
        problems.report(&messages);
    }
    if let View::Screen(screen) = view {
        screen.close(out, &figures)?;
    }
    Ok(if messages.any() { ExitStatus::Failure } else { ExitStatus::Success })
}

enum View {
    Screen(Screen),
    Lines,
}

enum Happened {
    Input(Vec<u8>),
    EndOfInput,
    /// Something happened to the files.
    Report,
    Signal,
}

/// The number of standard input among the inputs.
const STANDARD_INPUT: usize = 0;

fn read_standard_input(send: &SyncSender<Happened>, messages: &Messages) {
    let mut buffer = vec![0; BUFFER];
    let mut input = io::stdin().lock();
    let mut is_start = true;
    loop {
        let happened = match input.read(&mut buffer) {
            Ok(0) => Happened::EndOfInput,
            Ok(len) if is_start && Content::of(&buffer[..len]) != Content::Text => {
                let problem = io::Error::other("not followed: it is no plain text");
                messages.report("standard input", &problem);
                Happened::EndOfInput
            }
            Ok(len) => Happened::Input(buffer[..len].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Happened::EndOfInput,
        };
        is_start = false;
        let is_end = matches!(happened, Happened::EndOfInput);
        if send.send(happened).is_err() || is_end {
            return;
        }
    }
}

/// What is known of an input. There may be many, few of which are written to: an input of lines keeps no
/// buffers between two lines, and the reader's are shared.
#[derive(Default)]
struct Input {
    splitter: Option<Splitter>,
    /// The format, if its records are lines.
    lines: Option<Format>,
    /// What is not yet a whole record.
    pending: Vec<u8>,
}

/// What has been seen so far.
struct Watch {
    options: Options,
    shared: Arc<Shared>,
    part: Part,
    reader: Reader,
    inputs: HashMap<usize, Input>,
    names: Vec<String>,
    /// The newest failures, the newest first.
    newest: VecDeque<Failure>,
    /// Whether anything was read since the last figures.
    has_news: bool,
    started: Instant,
    /// Events and failures at the last figures.
    last: (u64, u64),
}

impl Watch {
    fn new(mut options: Options) -> Self {
        options.max_record = MAX_RECORD;
        options.times = options.times.with_reference(Timestamp::now().as_microsecond());
        let shared = Shared::new(Wanted { devices: true, ..Wanted::default() });
        Watch {
            options,
            part: Part::new(&shared),
            shared,
            reader: Reader::new(),
            inputs: HashMap::new(),
            names: Vec::new(),
            newest: VecDeque::new(),
            has_news: false,
            started: Instant::now(),
            last: (0, 0),
        }
    }

    fn push(&mut self, input: usize, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.has_news = true;
        if self.names.len() <= input {
            self.names.resize(input + 1, String::new());
        }
        if self.names[input].is_empty() {
            name.clone_into(&mut self.names[input]);
        }
        self.inputs.entry(input).or_default().pending.extend_from_slice(bytes);
        self.read(input, false)
    }

    /// Reads the records of an input that are complete, or with `last` all that is left of it.
    fn read(&mut self, input: usize, last: bool) -> io::Result<()> {
        let Watch { options, reader, part, newest, inputs, .. } = self;
        let Some(Input { splitter: kept, lines, pending }) = inputs.get_mut(&input) else {
            return Ok(());
        };
        let splitter = kept.get_or_insert_with(|| match lines {
            Some(format) => Splitter::in_lines(options, *format),
            None => Splitter::new(options),
        });
        let mut result = Ok(());
        reader.read_complete(splitter, pending, last, |record| {
            take(part, newest, input, &record, &mut result);
        });
        if pending.is_empty() {
            *pending = Vec::new();
            *lines = splitter.format().filter(|format| format.is_lines());
            if lines.is_some() {
                *kept = None;
            }
        }
        result
    }

    /// Ends an input: what is pending of it is read as it is.
    fn finish(&mut self, input: usize) -> io::Result<()> {
        let result = self.read(input, true);
        self.inputs.remove(&input);
        result
    }

    fn figures(&mut self) -> Figures {
        self.has_news = false;
        self.part.collector.flush();
        let filter = CodeFilter::default();
        let options =
            findings::Options { by: Grouping::Code, filter: &filter, devices: true, inputs: &self.names };
        let mut findings = Findings::of_tally(&self.part.collector.tally, &self.shared, &options, true);
        findings.campaigns = Some(self.shared.fleet.campaigns());
        findings.problems = Some(self.part.problems(&self.names, &self.options.names));
        let counts = &findings.totals.by_status;
        let failures = counts.fail;
        let events = counts.total();
        let (events_before, failures_before) = std::mem::replace(&mut self.last, (events, failures));
        Figures {
            time: Time(Timestamp::now().as_microsecond()),
            running: self.started.elapsed(),
            inputs: self.names.iter().filter(|name| !name.is_empty()).count(),
            events,
            new_events: events - events_before,
            new_failures: failures - failures_before,
            findings,
        }
    }
}

/// Takes a record, and note of its failures.
fn take(
    part: &mut Part,
    newest: &mut VecDeque<Failure>,
    input: usize,
    record: &Record<'_>,
    result: &mut io::Result<()>,
) {
    if result.is_ok() {
        *result = part.record(Share { source: input, index: 0, sequence: 0, flush: false }, record);
    }
    for event in record.events() {
        let code = Code::from(event.code());
        if code.status(event.status()) == Some(Status::Fail) && !code.is_roll_up() {
            let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
            newest.push_front(Failure {
                time: micros(event.time()).map(Time),
                code: text(event.code().as_bytes()),
                device: event.device().map(text),
                campaign: event.campaign_name().or(event.campaign()).map(text),
                known: code.known(),
            });
            newest.truncate(NEWEST);
        }
    }
}
