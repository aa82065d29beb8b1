//! The fields that are known so far of an event, or of what stands around it.

use crate::fields::{Field, Rank};
use crate::value::Span;

/// For each field the best value and its weight: of two values the lower weight wins.
///
/// A weight is the rank of the field's name, plus [`LEVEL`] for each object between the value and the
/// object whose fields these are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    weights: [u8; FIELDS],
    spans: [Span; FIELDS],
}

const FIELDS: usize = 6;
const LEVEL: u8 = 32;
const ABSENT: u8 = u8::MAX;
/// Of a value from an object further out: it is not replaced by one from even further out.
const FILLED: u8 = ABSENT - 1;
/// Of a value whose name the user gave: it wins wherever it stands.
const NAMED_BY_USER: u8 = 0;

impl Default for Slots {
    fn default() -> Self {
        Slots::EMPTY
    }
}

impl Slots {
    pub(crate) const EMPTY: Slots = Slots { weights: [ABSENT; FIELDS], spans: [Span::EMPTY; FIELDS] };

    /// Sets a field unless a better one is known; of two as good ones the last wins.
    #[inline]
    pub(crate) fn set(&mut self, field: Field, rank: Rank, span: Span) -> bool {
        let weight = rank.0.min(LEVEL - 1);
        let slot = field as usize;
        let better = weight <= self.weights[slot] && !span.is_empty();
        if better {
            self.weights[slot] = weight;
            self.spans[slot] = span;
        }
        better
    }

    #[inline]
    pub(crate) fn get(&self, field: Field) -> Option<Span> {
        let slot = field as usize;
        (self.weights[slot] != ABSENT).then(|| self.spans[slot])
    }

    /// The same fields but for the event type, if there are any, each at the place that `move_to`
    /// returns.
    pub(crate) fn moved(&self, mut move_to: impl FnMut(Span) -> Span) -> Option<Slots> {
        let mut moved = Slots::EMPTY;
        for slot in OTHERS.filter(|slot| self.weights[*slot] != ABSENT) {
            moved.weights[slot] = self.weights[slot];
            moved.spans[slot] = move_to(self.spans[slot]);
        }
        (moved.weights != Slots::EMPTY.weights).then_some(moved)
    }

    /// Takes what is missing from `other`, fields of the same object.
    pub(crate) fn add_missing(&mut self, other: &Slots) {
        for slot in 0..FIELDS {
            if self.weights[slot] == ABSENT {
                self.weights[slot] = other.weights[slot];
                self.spans[slot] = other.spans[slot];
            }
        }
    }

    /// Takes what is missing from `outer`, the fields of an object around this one.
    #[inline]
    pub(crate) fn fill(&mut self, outer: &Slots) {
        for slot in OTHERS {
            let (own, theirs) = (self.weights[slot], outer.weights[slot]);
            let wins = own == ABSENT || (theirs == NAMED_BY_USER && own != NAMED_BY_USER);
            if wins && !is_weak(theirs) {
                self.weights[slot] = if theirs == NAMED_BY_USER { theirs } else { FILLED };
                self.spans[slot] = outer.spans[slot];
            }
        }
    }

    /// Takes what is better from `inner`, the fields of an object in this one.
    #[inline]
    pub(crate) fn add_nested(&mut self, inner: &Slots) {
        for slot in OTHERS {
            let theirs = inner.weights[slot];
            if is_weak(theirs) {
                continue;
            }
            let weight = match theirs {
                NAMED_BY_USER => NAMED_BY_USER,
                deep if deep >= ABSENT - 2 * LEVEL => deep,
                weight => weight + LEVEL,
            };
            if weight <= self.weights[slot] {
                self.weights[slot] = weight;
                self.spans[slot] = inner.spans[slot];
            }
        }
    }
}

/// All but the event type, which belongs to one object alone.
const OTHERS: std::ops::Range<usize> = 1..FIELDS;
const _: () = assert!(Field::EventType as usize == 0);

/// Whether a value counts only in the object that it stands in; an absent one counts nowhere.
#[inline]
fn is_weak(weight: u8) -> bool {
    weight == ABSENT || (weight != FILLED && weight % LEVEL >= Rank::WEAK.0)
}
