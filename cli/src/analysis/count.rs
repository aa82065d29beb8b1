//! Counts codes without regard to records: as fast as the bytes can be read.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use event_log_codes::StreamFinder;

use crate::analysis::event::Code;
use crate::analysis::tally::Tally;
use crate::analysis::uncatalogued::Uncatalogued;
use crate::console::Messages;
use crate::input::Source;
use crate::input::buffer::Buffer;
use crate::input::pool::{self, BUFFER, Cut, Piece, Schedule, Share, Worker, lock};

/// Counts all codes in `sources`; also the signal that cut it short, if one did.
pub fn count(
    sources: Vec<Source>,
    uncatalogued: &Arc<Uncatalogued>,
    messages: &Arc<Messages>,
) -> io::Result<(Tally, Option<i32>)> {
    let tally = || Arc::new(Mutex::new(Tally::new(uncatalogued.clone())));
    let tallies: Vec<_> = (0..pool::threads()).map(|_| tally()).collect();
    let counter = |tally: &Arc<Mutex<Tally>>| Counter { buffer: Buffer::new(BUFFER), tally: tally.clone() };
    let counters = tallies.iter().map(counter).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let signal = pool::run(sources, Windows, Schedule::AnyOrder, counters, stop, messages)?;
    let mut all = Tally::new(uncatalogued.clone());
    for tally in &tallies {
        all.merge(&lock(tally));
    }
    Ok((all, signal))
}

/// What stands before and after the bytes of a share, to find what the edges cut.
const BEFORE: usize = StreamFinder::LOOK_BEHIND;
const AFTER: usize = StreamFinder::LOOK_AHEAD;

/// Cuts inputs anywhere. The batches of a stream overlap by what stands before and after each.
struct Windows;

/// A part of a stream, in a buffer with what stands before and after.
struct Window {
    before: usize,
    len: usize,
}

impl Cut for Windows {
    /// Whether anything was cut off the stream.
    type State = bool;
    type Batch = Window;
    type Kind = ();
    const HEAD: usize = 0;

    fn kind(&self, _head: &[u8], _complete: bool) -> Option<()> {
        Some(())
    }

    fn start(&self, _source: usize) -> bool {
        false
    }

    fn cut(&self, has_begun: &mut bool, bytes: &[u8], last: bool) -> Option<(usize, Window)> {
        let before = if *has_begun { BEFORE } else { 0 };
        let after = if last { 0 } else { AFTER };
        let len =
            bytes.len().checked_sub(before + after).filter(|len| *len >= BEFORE || (last && *len > 0))?;
        *has_begun = true;
        // The last bytes stand before the next ones.
        Some((before + len - if last { 0 } else { BEFORE }, Window { before, len }))
    }
}

/// Counts the codes in the bytes that one thread reads.
struct Counter {
    buffer: Buffer,
    tally: Arc<Mutex<Tally>>,
}

impl Worker for Counter {
    type Cut = Windows;

    fn piece(&mut self, _share: Share, piece: &Piece<()>) -> io::Result<()> {
        let range = piece.range();
        let mut edge = [0; if BEFORE > AFTER { BEFORE } else { AFTER }];
        let start = range.start.saturating_sub(BEFORE as u64);
        let before = piece.read_at(&mut edge[..(range.start - start) as usize], start);
        let mut finder = StreamFinder::starting_at(range.start, &edge[..before]);
        let mut position = range.start;
        while position < range.end {
            let wanted = self.buffer.len().min((range.end - position) as usize);
            let len = piece.read_at(&mut self.buffer[..wanted], position);
            let mut tally = lock(&self.tally);
            finder
                .feed(&self.buffer[..len])
                .for_each(|found| add(&mut tally, found.as_bytes(), found.code()));
            position += len as u64;
            if len < wanted {
                break;
            }
        }
        let after = piece.read_at(&mut edge[..AFTER], position);
        if let Some(found) = finder.finish_before(&edge[..after]) {
            add(&mut lock(&self.tally), found.as_bytes(), found.code());
        }
        Ok(())
    }

    fn batches(&mut self, _share: Share, bytes: &[u8], batches: &[(usize, Window)]) -> io::Result<()> {
        let mut tally = lock(&self.tally);
        for (start, window) in batches {
            let (before, bytes) = bytes[*start..].split_at(window.before);
            let (bytes, after) = bytes.split_at(window.len);
            let mut finder = StreamFinder::starting_at(before.len() as u64, before);
            finder.feed(bytes).for_each(|found| add(&mut tally, found.as_bytes(), found.code()));
            if let Some(found) = finder.finish_before(&after[..after.len().min(AFTER)]) {
                add(&mut tally, found.as_bytes(), found.code());
            }
        }
        Ok(())
    }

    fn end(&mut self, _share: Share) -> io::Result<()> {
        Ok(())
    }
}

/// Adds a code of which nothing is known but its text.
fn add(tally: &mut Tally, text: &[u8], code: Option<event_log_codes::EventCode>) {
    let code = code.map_or(Code::Uncatalogued(text), Code::Catalogued);
    tally.add(code, code.status(None), None);
}
