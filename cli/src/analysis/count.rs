//! Counts codes without regard to records: as fast as the bytes can be read.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_log_codes::Match;

use crate::analysis::event::Code;
use crate::analysis::tally::Tally;
use crate::analysis::uncatalogued::Uncatalogued;
use crate::console::Messages;
use crate::input::words::Words;
use crate::input::{Source, pool};

/// Counts all codes in `sources`; also the signal that cut it short, if one did.
pub fn count(
    sources: Vec<Source>,
    uncatalogued: &Arc<Uncatalogued>,
    messages: &Arc<Messages>,
) -> io::Result<(Tally, Option<i32>)> {
    let worker = || Arc::new(Counter(Mutex::new(Tally::new(uncatalogued.clone()))));
    let workers: Vec<_> = (0..pool::threads()).map(|_| worker()).collect();
    let signal = pool::run(sources, &workers, messages)?;
    let mut tally = Tally::new(uncatalogued.clone());
    for worker in &workers {
        tally.merge(&worker.tally());
    }
    Ok((tally, signal))
}

/// Counts the codes in the bytes that one thread reads.
struct Counter(Mutex<Tally>);

impl Counter {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a code of which nothing is known but its text.
fn add(tally: &mut Tally, found: Match<'_>) {
    let code = Code::of(found);
    tally.add(code, code.status(None), None);
}

impl pool::Worker for Counter {
    type Kind = ();
    type Cursor = Words;
    const HEAD: usize = 0;

    fn kind(&self, _head: &[u8]) -> Option<()> {
        Some(())
    }

    fn start(&self, _source: usize) -> Words {
        Words::default()
    }

    fn start_piece(&self, _source: usize, _piece: usize, (): (), before: Option<u8>) -> Words {
        before.map_or_else(Words::default, Words::after)
    }

    fn feed(&self, words: &mut Words, bytes: &[u8]) {
        let mut tally = self.tally();
        words.feed(bytes, &mut |found| add(&mut tally, found));
    }

    fn feed_open(&self, words: &mut Words, bytes: &[u8]) -> bool {
        words.feed_open(bytes)
    }

    fn end(&self, mut words: Words) {
        let mut tally = self.tally();
        words.end(&mut |found| add(&mut tally, found));
    }
}
