//! The fields that are known so far of an event, or of what stands around it.

use crate::fields::{Field, Rank};
use crate::value::Span;

/// What the key of a member means: in one number, as it has to stay in one register while members are read.
///
/// The slot is in the lowest byte, then there is a flag, and above them the weight; the top bit is set for event types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning(u32);

const BEGINS_NAME: u32 = 1 << 8;
const WEIGHT_SHIFT: u32 = 23;
const EVENT_TYPE: u32 = 1 << 31;

impl Meaning {
    /// Nothing.
    pub(crate) const OTHER: Meaning = Meaning::new(FIELDS as u8, ABSENT);
    /// How often something happened.
    pub(crate) const COUNT: Meaning = Meaning::new(FIELDS as u8 + 1, ABSENT);

    const fn new(slot: u8, weight: u8) -> Meaning {
        let event_type = if slot == Field::EventType as u8 { EVENT_TYPE } else { 0 };
        Meaning(slot as u32 | (weight as u32) << WEIGHT_SHIFT | event_type)
    }

    #[inline]
    pub(crate) fn of(field: Field, rank: Rank) -> Meaning {
        Meaning::new(field as u8, rank.0.min(LEVEL - 1))
    }

    #[inline(always)]
    fn weight(self) -> u8 {
        (self.0 >> WEIGHT_SHIFT) as u8
    }

    #[inline(always)]
    fn slot(self) -> u8 {
        self.0 as u8
    }

    /// The same for a key that is the beginning of a field's name, or not.
    #[inline]
    pub(crate) fn with_begins_name(self, begins_name: bool) -> Meaning {
        let others = self.0 & !BEGINS_NAME;
        Meaning(if begins_name { others | BEGINS_NAME } else { others })
    }

    /// Whether the name of a field begins with the key: an object that is the value of the key may have
    /// members that mean something only together with it.
    #[inline(always)]
    pub(crate) fn begins_name(self) -> bool {
        self.0 & BEGINS_NAME != 0
    }

    #[inline(always)]
    pub(crate) fn is_field(self) -> bool {
        usize::from(self.slot()) < FIELDS
    }

    #[inline(always)]
    pub(crate) fn is_event_type(self) -> bool {
        self.0 & EVENT_TYPE != 0
    }

    #[inline(always)]
    pub(crate) fn is_other(self) -> bool {
        self.slot() == Self::OTHER.slot()
    }

    /// Whether the key of the object around can say more about the key: by itself, it means nothing for
    /// certain.
    #[inline(always)]
    pub(crate) fn may_be_joined(self) -> bool {
        !self.is_as_certain_as(Certain::BY_ITSELF)
    }

    #[inline(always)]
    pub(crate) fn is_as_certain_as(self, certain: Certain) -> bool {
        self.0 & !EVENT_TYPE <= certain.0
    }

    /// Whether it is that, and no event type: one comparison.
    #[inline(always)]
    pub(crate) fn is_plain(self, certain: Certain) -> bool {
        self.0 <= certain.0
    }

    #[inline(always)]
    pub(crate) fn is_count(self) -> bool {
        self.slot() == Self::COUNT.slot()
    }
}

/// How certain a meaning has to be: the greatest [`Meaning`] that is certain enough, event types aside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Certain(u32);

impl Certain {
    /// Not at all.
    pub(crate) const NOT: Certain = Certain::up_to(ABSENT);
    /// As certain as that of a key that means the same in any object.
    pub(crate) const BY_ITSELF: Certain = Certain::up_to(Rank::WEAK.0 - 1);

    const fn up_to(weight: u8) -> Certain {
        Certain((weight as u32) << WEIGHT_SHIFT | ((1 << WEIGHT_SHIFT) - 1))
    }
}

/// For each field the best value and its weight: of two values the lower weight wins.
///
/// A weight is the rank of the field's name, plus [`LEVEL`] for each object between the value and the
/// object whose fields these are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    weights: [u8; SLOTS],
    spans: [Span; SLOTS],
}

const FIELDS: usize = 6;
/// Those of the fields, and two for values that are not kept, so that they can be set like the others.
const SLOTS: usize = 8;
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
    pub(crate) const EMPTY: Slots = Slots { weights: [ABSENT; SLOTS], spans: [Span::EMPTY; SLOTS] };

    /// Forgets all fields.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.weights = [ABSENT; SLOTS];
    }

    /// Whether no field is known.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // Without those that are no fields: the processor would wait for what was just written there.
        self.weights[..FIELDS] == [ABSENT; FIELDS]
    }

    /// Sets a field unless a better one is known; of two as good ones the last wins.
    #[inline]
    pub(crate) fn set(&mut self, field: Field, rank: Rank, span: Span) -> bool {
        self.set_member(Meaning::of(field, rank), span)
    }

    /// The same for the member of an object, which may mean no field: then nothing is set.
    #[inline(always)]
    pub(crate) fn set_member(&mut self, meaning: Meaning, span: Span) -> bool {
        let slot = usize::from(meaning.slot()) % SLOTS;
        let better = meaning.weight() <= self.weights[slot] && !span.is_empty();
        if better {
            self.weights[slot] = meaning.weight();
            self.spans[slot] = span;
        }
        better
    }

    /// Forgets a field.
    pub(crate) fn forget(&mut self, field: Field) {
        self.weights[field as usize] = ABSENT;
    }

    /// Whether a value of the same rank is known.
    pub(crate) fn has(&self, field: Field, rank: Rank) -> bool {
        self.weights[field as usize] == rank.0
    }

    #[inline]
    pub(crate) fn get(&self, field: Field) -> Option<Span> {
        let slot = field as usize;
        let is_known = self.weights[slot] != ABSENT && !self.spans[slot].is_empty();
        is_known.then(|| self.spans[slot])
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
            let wins =
                own == ABSENT || (theirs == NAMED_BY_USER && own != NAMED_BY_USER) || is_last_resort(own);
            if wins && !is_weak(theirs) {
                self.weights[slot] = if theirs == NAMED_BY_USER { theirs } else { FILLED };
                self.spans[slot] = outer.spans[slot];
            }
        }
    }

    /// Takes what is better from `inner`, the fields of an object in this one.
    ///
    /// Two devices that are as good as each other make the device unknown, unless they are the `same`: nothing says
    /// which is meant. An empty span stands for that.
    #[inline]
    pub(crate) fn add_nested(&mut self, inner: &Slots, same: impl Fn(Span, Span) -> bool) {
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
                let (before, span) = (self.spans[slot], inner.spans[slot]);
                let is_rival =
                    slot == Field::Device as usize && weight == self.weights[slot] && !same(before, span);
                self.weights[slot] = weight;
                self.spans[slot] = if is_rival { Span::EMPTY } else { span };
            }
        }
    }
}

/// All but the event type, which belongs to one object alone.
const OTHERS: std::ops::Range<usize> = 1..FIELDS;
const _: () = assert!(Field::EventType as usize == 0);

/// Whether a value counts only if nothing around the object says more.
#[inline]
fn is_last_resort(weight: u8) -> bool {
    (Rank::LAST_RESORT.0..LEVEL).contains(&weight)
}

/// Whether a value counts only in the object that it stands in; an absent one counts nowhere.
#[inline]
fn is_weak(weight: u8) -> bool {
    weight == ABSENT || (weight != FILLED && weight % LEVEL >= Rank::WEAK.0)
}
