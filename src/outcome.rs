//! What became of a device in a campaign, from its events in any order.
//!
//! A campaign sends one device many events: states, attempts that failed, a reason beside the
//! service's roll-up of it, perhaps a late success. [`DeviceOutcome`] folds them into one answer of
//! constant size. Folding is associative and commutative, so threads, files and executors can each
//! fold what they read and merge in any order.
//!
//! ```
//! use event_log_codes::EventCode;
//! use event_log_codes::outcome::{DeviceOutcome, Outcome};
//!
//! let mut device = DeviceOutcome::new();
//! // Times are in microseconds since the Unix epoch; the roll-up came before its reason.
//! device.push(EventCode::Sys111, Some(1_756_454_400_045_000));
//! device.push(EventCode::Upd4Fail218, Some(1_756_454_400_000_000));
//! assert_eq!(device.outcome(), Outcome::Failed);
//! assert_eq!(device.reason(), Some(EventCode::Upd4Fail218));
//! assert_eq!(device.attempts(), 1);
//!
//! device.push(EventCode::Upd2State4, Some(1_756_458_000_000_000));
//! assert!(device.is_retrying());
//!
//! device.push(EventCode::Upd4Ok100, Some(1_756_458_060_000_000));
//! assert_eq!(device.outcome(), Outcome::Updated);
//! assert_eq!(device.reason(), None);
//! assert_eq!(device.attempts(), 2);
//! ```
//!
//! # Rules
//!
//! - An event decides by its [`Effect`]: success, failure or skip. Everything else decides nothing.
//! - The latest deciding event wins. At the same instant a [roll-up](EventCode::is_roll_up) wins, then
//!   the worse outcome: failure, success, skip.
//! - A skip never overrides a success. Removal from the campaign (`SYS_109`) overrides neither a
//!   success nor a failure, whenever it happened; a device with nothing else was skipped.
//! - An event without a time is older than every event with one.
//! - "Later" always means this order. So a failure at the same instant as a success is later than it,
//!   unless that success is a roll-up.
//! - Among failures (or skips) of one instant, the code whose text is greater, byte by byte, is kept.
//!   Text, because the order of [`EventCode`] depends on the overlay of the build.
//!
//! # The service's own statistics
//!
//! The service's campaign statistics count something else, so their figures differ from the ones
//! made here. They count *events* by type, not devices: a device that fails twice and then succeeds
//! is counted three times, and a failure is counted again as its roll-up `SYS_111`. They also count
//! `UPD4_OK_M1` as a success; it is the value that a client starts with, before any update, and
//! decides nothing here.

use core::cmp::Ordering;

use crate::shape::is_code_shaped_ignore_ascii_case;
use crate::{EventCode, Status};

/// What became of a device in a campaign.
///
/// ```
/// use event_log_codes::outcome::Outcome;
///
/// assert_eq!(Outcome::InProgress.to_string(), "in-progress");
/// assert_eq!("failed".parse(), Ok(Outcome::Failed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// `updated`: the last thing known is a success.
    Updated,
    /// `failed`: the last thing known is a failure. The device may be [trying
    /// again](DeviceOutcome::is_retrying).
    Failed,
    /// `skipped`: the device had no need of the update, or took no part in the campaign.
    Skipped,
    /// `in-progress`: nothing was decided so far.
    InProgress,
}

impl Outcome {
    /// Every outcome.
    ///
    /// ```
    /// assert_eq!(event_log_codes::outcome::Outcome::ALL.len(), 4);
    /// ```
    pub const ALL: &'static [Outcome] =
        &[Outcome::Updated, Outcome::Failed, Outcome::Skipped, Outcome::InProgress];

    /// Returns the outcome in lower case.
    ///
    /// ```
    /// assert_eq!(event_log_codes::outcome::Outcome::Updated.as_str(), "updated");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Updated => "updated",
            Outcome::Failed => "failed",
            Outcome::Skipped => "skipped",
            Outcome::InProgress => "in-progress",
        }
    }
}

/// What one event does to the outcome of its device.
///
/// ```
/// use event_log_codes::EventCode;
/// use event_log_codes::outcome::Effect;
///
/// assert_eq!(Effect::of(EventCode::Upd4Fail207), Effect::Failure);
/// assert_eq!(Effect::of(EventCode::Sys111), Effect::RollUpFailure);
/// assert_eq!(Effect::of(EventCode::Upd4OkM1), Effect::Neutral);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// A success of the device.
    Success,
    /// The service's roll-up of a success: `SYS_112`.
    RollUpSuccess,
    /// A failure, which is the reason if nothing later decides.
    Failure,
    /// The service's roll-up of a failure, whose reason is an event of its own: `SYS_111`.
    RollUpFailure,
    /// The device was skipped.
    Skip,
    /// The device was removed from the campaign: `SYS_109`.
    Removal,
    /// A sign that the device tries to update, or is told to: a state other than idle, or `SYS_108`.
    Attempt,
    /// Nothing, other than that the device was seen.
    Neutral,
}

impl Effect {
    /// Returns the effect of an event with a code of the catalogue.
    ///
    /// It follows from the [status](EventCode::status) of the code, except that `UPD4_OK_M1` has none
    /// and that `SYS_109` is a removal.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::Effect;
    ///
    /// assert_eq!(Effect::of(EventCode::Sys110), Effect::Skip);
    /// assert_eq!(Effect::of(EventCode::Upd2State4), Effect::Attempt);
    /// assert_eq!(Effect::of(EventCode::Upd2State1), Effect::Neutral);
    /// ```
    #[inline]
    #[must_use]
    pub const fn of(code: EventCode) -> Effect {
        EFFECTS[code.index()]
    }

    /// Returns the effect of an event, and its code if the catalogue has it, by the text of its type in any
    /// ASCII case. `None` if the text is not code-shaped: nothing is known of such an event.
    ///
    /// `stated` is the status that the event's record [states](Status::from_record). It counts only
    /// [if the catalogue lacks the code](Effect::of_uncatalogued).
    ///
    /// ```
    /// use event_log_codes::outcome::Effect;
    /// use event_log_codes::{EventCode, Status};
    ///
    /// let known = (Effect::Failure, Some(EventCode::Upd4Fail207));
    /// assert_eq!(Effect::of_text(b"upd4_fail_207", Some(Status::Info)), Some(known));
    /// assert_eq!(Effect::of_text(b"SYS_140", Some(Status::Skipped)), Some((Effect::Skip, None)));
    /// assert_eq!(Effect::of_text(b"update-failed", Some(Status::Fail)), None);
    /// ```
    #[must_use]
    pub fn of_text(text: &[u8], stated: Option<Status>) -> Option<(Effect, Option<EventCode>)> {
        if let Some(code) = EventCode::from_bytes_ignore_ascii_case(text) {
            return Some((Effect::of(code), Some(code)));
        }
        is_code_shaped_ignore_ascii_case(text).then(|| (Effect::of_uncatalogued(text, stated), None))
    }

    /// Returns the effect of an event whose code is not in the catalogue.
    ///
    /// It follows from the status that the event's record [states](Status::from_record); if it states
    /// none, from `_OK_` or `_FAIL_` in a code of a device (`UPDn_...`), in any ASCII case.
    ///
    /// ```
    /// use event_log_codes::Status;
    /// use event_log_codes::outcome::Effect;
    ///
    /// assert_eq!(Effect::of_uncatalogued(b"SYS_140", Some(Status::Skipped)), Effect::Skip);
    /// assert_eq!(Effect::of_uncatalogued(b"UPD4_FAIL_999", None), Effect::Failure);
    /// assert_eq!(Effect::of_uncatalogued(b"UPD4_FAIL_999", Some(Status::Info)), Effect::Neutral);
    /// assert_eq!(Effect::of_uncatalogued(b"SYS_140", None), Effect::Neutral);
    /// ```
    #[must_use]
    pub const fn of_uncatalogued(code: &[u8], stated: Option<Status>) -> Effect {
        match stated {
            Some(status) => Effect::of_status(status, code),
            None if is_of_kind(code, b"OK") => Effect::Success,
            None if is_of_kind(code, b"FAIL") => Effect::Failure,
            None => Effect::of_status(Status::Info, code),
        }
    }

    const fn of_status(status: Status, code: &[u8]) -> Effect {
        match status {
            Status::Success => Effect::Success,
            Status::Fail => Effect::Failure,
            Status::Skipped => Effect::Skip,
            Status::Info if is_of_kind(code, b"STATE") => Effect::Attempt,
            Status::Info => Effect::Neutral,
        }
    }
}

/// The effect of each code of the catalogue, by index.
static EFFECTS: [Effect; EventCode::COUNT] = {
    let mut effects = [Effect::Neutral; EventCode::COUNT];
    let mut index = 0;
    while index < effects.len() {
        let code = EventCode::ALL[index];
        let text = code.as_str().as_bytes();
        // By text: a test builds the library with a catalogue that lacks these codes.
        effects[index] = match (text, Effect::of_status(code.status(), text)) {
            (b"UPD4_OK_M1", _) => Effect::Neutral,
            (b"UPD1_STATE_0" | b"UPD2_STATE_1", Effect::Attempt) => Effect::Neutral,
            (b"SYS_108", Effect::Neutral) => Effect::Attempt,
            (b"SYS_109", Effect::Neutral) => Effect::Removal,
            (_, Effect::Success) if code.is_roll_up() => Effect::RollUpSuccess,
            (_, Effect::Failure) if code.is_roll_up() => Effect::RollUpFailure,
            (_, effect) => effect,
        };
        index += 1;
    }
    effects
};

/// Whether a code reads `UPDn_KIND_...`, in any ASCII case.
const fn is_of_kind(code: &[u8], kind: &[u8]) -> bool {
    let [b'U' | b'u', b'P' | b'p', b'D' | b'd', b'0'..=b'9', b'_', rest @ ..] = code else {
        return false;
    };
    let (mut rest, mut kind) = (rest, kind);
    while let ([byte, after @ ..], [wanted, others @ ..]) = (rest, kind) {
        if byte.to_ascii_uppercase() != *wanted {
            return false;
        }
        (rest, kind) = (after, others);
    }
    kind.is_empty() && matches!(rest, [b'_', ..])
}

impl EventCode {
    /// Returns whether the code is a roll-up, `SYS_111` or `SYS_112`: the service's verdict on a device.
    ///
    /// The device's own result is another event beside it, so a count that adds both counts the
    /// device twice.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    ///
    /// assert!(EventCode::Sys111.is_roll_up());
    /// assert!(!EventCode::Upd4Fail218.is_roll_up());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_roll_up(self) -> bool {
        matches!(self.as_str().as_bytes(), b"SYS_111" | b"SYS_112")
    }
}

/// The outcome of one device in one campaign, folded from its events.
///
/// `C` is how the caller represents a code: [`EventCode`] where uncatalogued codes do not matter, else a
/// `&str` or a number. With a [`NonZeroU32`](core::num::NonZeroU32) the fold takes 60 bytes, as with any
/// type whose `Option` takes four.
///
/// Times are microseconds since the Unix epoch; the three lowest values of an `i64` count as the
/// fourth.
///
/// ```
/// use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
///
/// let mut device = DeviceOutcome::of(Effect::Failure, "UPD4_FAIL_207", Some(7));
/// let elsewhere = DeviceOutcome::of(Effect::Failure, "UPD9_FAIL_1", Some(9));
/// device.merge_by(&elsewhere, Ord::cmp);
/// assert_eq!(device.outcome(), Outcome::Failed);
/// assert_eq!(device.reason(), Some("UPD9_FAIL_1"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceOutcome<C = EventCode> {
    /// The latest success or failure, roll-ups of failures aside; a failure has a code, a success
    /// none. This is enough: a success makes all failures before it irrelevant, and a failure all
    /// successes.
    latest: Dated<C>,
    /// The latest roll-up of a failure.
    roll_up_failure: Time,
    /// The latest skip. A removal is one that is older than everything.
    skip: Dated<C>,
    /// The latest sign of an attempt.
    attempt: Time,
    first_seen: Time,
    last_seen: Time,
    /// Failures that are no roll-ups, at most [`MAX_FAILURES`], below the two flags.
    failures_and_flags: u32,
}

/// The flag of a deciding event without a time.
const UNDATED: u32 = 1 << 31;
/// The flag of a success in `latest` that is a roll-up.
const ROLL_UP_SUCCESS: u32 = 1 << 30;
const MAX_FAILURES: u32 = ROLL_UP_SUCCESS - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Dated<C> {
    time: Time,
    code: Option<C>,
}

impl<C> Default for DeviceOutcome<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> DeviceOutcome<C> {
    /// Creates the fold of a device without events.
    ///
    /// ```
    /// use event_log_codes::outcome::{DeviceOutcome, Outcome};
    ///
    /// let device: DeviceOutcome = DeviceOutcome::new();
    /// assert_eq!(device.outcome(), Outcome::InProgress);
    /// assert_eq!(device.last_seen(), None);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        DeviceOutcome {
            latest: Dated { time: Time::NEVER, code: None },
            roll_up_failure: Time::NEVER,
            skip: Dated { time: Time::NEVER, code: None },
            attempt: Time::NEVER,
            first_seen: Time::NEVER,
            last_seen: Time::NEVER,
            failures_and_flags: 0,
        }
    }
}

impl DeviceOutcome<EventCode> {
    /// Adds an event with a code of the catalogue. Its time is in microseconds since the Unix epoch.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::{DeviceOutcome, Outcome};
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Sys110, None);
    /// assert_eq!(device.outcome(), Outcome::Skipped);
    /// assert!(device.is_uncertain());
    /// ```
    pub fn push(&mut self, code: EventCode, time: Option<i64>) {
        self.merge(&DeviceOutcome::of(Effect::of(code), code, time));
    }

    /// Merges another fold of the same device and campaign into this one.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::{DeviceOutcome, Outcome};
    ///
    /// let (mut one, mut other) = (DeviceOutcome::new(), DeviceOutcome::new());
    /// one.push(EventCode::Upd4Fail303, Some(10));
    /// other.push(EventCode::Upd4Fail504, Some(5));
    /// one.merge(&other);
    /// assert_eq!(one.reason(), Some(EventCode::Upd4Fail303));
    /// assert_eq!((one.attempts(), one.first_seen()), (2, Some(5)));
    /// ```
    pub fn merge(&mut self, other: &Self) {
        self.merge_by(other, |one, other| one.as_str().cmp(other.as_str()));
    }
}

impl<C: Copy> DeviceOutcome<C> {
    /// Creates the fold of a single event. `time` is in microseconds since the Unix epoch.
    ///
    /// ```
    /// use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
    ///
    /// let device = DeviceOutcome::of(Effect::Success, "UPD9_OK_1", Some(7));
    /// assert_eq!(device.outcome(), Outcome::Updated);
    /// ```
    #[must_use]
    pub fn of(effect: Effect, code: C, time: Option<i64>) -> Self {
        let seen = time.map_or(Time::NEVER, Time::at);
        let when = time.map_or(Time::UNKNOWN, Time::at);
        // Choices instead of branches: which effect comes next is hard to predict.
        let only = |chosen: bool, time: Time| if chosen { time } else { Time::NEVER };
        let is_failure = effect == Effect::Failure;
        let is_success = matches!(effect, Effect::Success | Effect::RollUpSuccess);
        let (is_skip, is_removal) = (effect == Effect::Skip, effect == Effect::Removal);
        let decides = !matches!(effect, Effect::Attempt | Effect::Neutral);
        let skip = if is_removal { Time::REMOVED } else { when };
        let flag = |holds: bool, flag: u32| if holds { flag } else { 0 };
        DeviceOutcome {
            latest: Dated { time: only(is_success | is_failure, when), code: is_failure.then_some(code) },
            roll_up_failure: only(effect == Effect::RollUpFailure, when),
            skip: Dated {
                time: only(is_skip | is_removal, skip),
                code: (is_skip | is_removal).then_some(code),
            },
            attempt: only(effect == Effect::Attempt, seen),
            first_seen: seen,
            last_seen: seen,
            failures_and_flags: u32::from(is_failure)
                | flag(effect == Effect::RollUpSuccess, ROLL_UP_SUCCESS)
                | flag(decides & time.is_none(), UNDATED),
        }
    }

    /// Merges another fold of the same device and campaign into this one.
    ///
    /// `compare` compares two codes by their text, for callers whose codes are numbers. It is called
    /// for failures, or skips, of the same instant only.
    ///
    /// ```
    /// use event_log_codes::outcome::{DeviceOutcome, Effect};
    ///
    /// let names = ["UPD9_FAIL_2", "UPD9_FAIL_1"];
    /// let mut device = DeviceOutcome::of(Effect::Failure, 0_u32, Some(7));
    /// let elsewhere = DeviceOutcome::of(Effect::Failure, 1_u32, Some(7));
    /// device.merge_by(&elsewhere, |one, other| names[*one as usize].cmp(names[*other as usize]));
    /// assert_eq!(device.reason(), Some(0));
    /// ```
    #[inline]
    pub fn merge_by(&mut self, other: &Self, compare: impl Fn(&C, &C) -> Ordering) {
        let failures = self.failures().saturating_add(other.failures()).min(MAX_FAILURES);
        let undated = (self.failures_and_flags | other.failures_and_flags) & UNDATED;
        let latest = self.latest.is_before(&other.latest, || {
            self.latest_rank()
                .cmp(&other.latest_rank())
                .then_with(|| self.latest.compare(&other.latest, &compare))
        });
        let skip = self.skip.is_before(&other.skip, || self.skip.compare(&other.skip, &compare));
        let winner = if latest { other.failures_and_flags } else { self.failures_and_flags };
        self.failures_and_flags = failures | undated | winner & ROLL_UP_SUCCESS;
        self.latest.replace_if(latest, other.latest);
        self.skip.replace_if(skip, other.skip);
        self.roll_up_failure = self.roll_up_failure.max(other.roll_up_failure);
        self.attempt = self.attempt.max(other.attempt);
        self.first_seen = self.first_seen.or_earlier(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
    }

    /// Replaces each code, as when the numbers of one thread are translated to those of all.
    ///
    /// ```
    /// use event_log_codes::outcome::{DeviceOutcome, Effect};
    ///
    /// let names = ["UPD4_FAIL_207", "UPD9_FAIL_1"];
    /// let device = DeviceOutcome::of(Effect::Failure, 1, Some(7));
    /// assert_eq!(device.map_codes(|number: usize| names[number]).reason(), Some("UPD9_FAIL_1"));
    /// ```
    #[must_use]
    pub fn map_codes<D>(self, mut code: impl FnMut(C) -> D) -> DeviceOutcome<D> {
        let DeviceOutcome {
            latest,
            roll_up_failure,
            skip,
            attempt,
            first_seen,
            last_seen,
            failures_and_flags,
        } = self;
        let mut map = |dated: Dated<C>| Dated { time: dated.time, code: dated.code.map(&mut code) };
        DeviceOutcome {
            latest: map(latest),
            roll_up_failure,
            skip: map(skip),
            attempt,
            first_seen,
            last_seen,
            failures_and_flags,
        }
    }

    /// Returns what became of the device.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::{DeviceOutcome, Outcome};
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Sys112, Some(1));
    /// device.push(EventCode::Sys109, Some(2));
    /// assert_eq!(device.outcome(), Outcome::Updated);
    /// ```
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let decided = self.decided();
        if decided > Time::NEVER && !self.is_failure() {
            Outcome::Updated
        } else if self.skip.time > decided {
            Outcome::Skipped
        } else if decided > Time::NEVER {
            Outcome::Failed
        } else {
            Outcome::InProgress
        }
    }

    /// Returns why the device failed: its latest failure that is no roll-up, unless a success is later.
    ///
    /// `None` of a failed device means that the service alone says that it failed. A device that was
    /// skipped after a failure has a reason as well: that failure.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::{DeviceOutcome, Outcome};
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Sys111, Some(1));
    /// assert_eq!((device.outcome(), device.reason()), (Outcome::Failed, None));
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<C> {
        self.latest.code
    }

    /// Returns the code of the latest skip, if the device [was skipped](Outcome::Skipped).
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::DeviceOutcome;
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Sys110, Some(1));
    /// assert_eq!(device.skipped_by(), Some(EventCode::Sys110));
    /// device.push(EventCode::Sys112, Some(2));
    /// assert_eq!(device.skipped_by(), None);
    /// ```
    #[must_use]
    pub fn skipped_by(&self) -> Option<C> {
        self.skip.code.filter(|_| self.outcome() == Outcome::Skipped)
    }

    /// Returns whether the device failed and has begun a new attempt since, as a state other than idle
    /// or `SYS_108` shows. Such an event shows nothing if it has no time.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::DeviceOutcome;
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Upd4Fail303, Some(1));
    /// device.push(EventCode::Upd2State1, Some(2));
    /// assert!(!device.is_retrying(), "idle");
    /// device.push(EventCode::Sys108, Some(3));
    /// assert!(device.is_retrying(), "added to the campaign again");
    /// ```
    #[must_use]
    pub fn is_retrying(&self) -> bool {
        self.outcome() == Outcome::Failed && self.attempt > self.decided()
    }

    /// Returns the number of attempts: failures that are no roll-ups, and the success if the device
    /// [was updated](Outcome::Updated). Saturates at 2^30.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::DeviceOutcome;
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Upd4Fail303, Some(1));
    /// device.push(EventCode::Sys111, Some(2));
    /// device.push(EventCode::Upd4Ok100, Some(3));
    /// assert_eq!(device.attempts(), 2);
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.failures() + u32::from(self.outcome() == Outcome::Updated)
    }

    /// Returns the earliest time of an event, in microseconds since the Unix epoch.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::DeviceOutcome;
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Sys106, Some(3));
    /// device.push(EventCode::Sys108, Some(8));
    /// assert_eq!((device.first_seen(), device.last_seen()), (Some(3), Some(8)));
    /// ```
    #[must_use]
    pub fn first_seen(&self) -> Option<i64> {
        self.first_seen.microseconds()
    }

    /// Returns the latest time of an event, in microseconds since the Unix epoch.
    ///
    /// ```
    /// let device: event_log_codes::outcome::DeviceOutcome = Default::default();
    /// assert_eq!(device.last_seen(), None);
    /// ```
    #[must_use]
    pub fn last_seen(&self) -> Option<i64> {
        self.last_seen.microseconds()
    }

    /// Returns whether a deciding event had no time. It counts as older than all events with a time, so
    /// the outcome may be wrong.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::{DeviceOutcome, Outcome};
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Upd4Fail303, Some(1));
    /// device.push(EventCode::Upd4Ok100, None);
    /// assert_eq!(device.outcome(), Outcome::Failed);
    /// assert!(device.is_uncertain());
    /// ```
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.failures_and_flags & UNDATED != 0
    }

    /// Returns the fold as bytes and codes, to be stored, or carried to another process of the same version.
    ///
    /// The bytes are six times, each an `i64`, then a `u32` of a counter and flags, all little-endian.
    /// The four lowest values of an `i64` follow one another: three that stand for no time, and the
    /// earliest time.
    ///
    /// ```
    /// use event_log_codes::EventCode;
    /// use event_log_codes::outcome::DeviceOutcome;
    ///
    /// let mut device = DeviceOutcome::new();
    /// device.push(EventCode::Upd4Fail303, Some(1));
    /// let (bytes, codes) = device.to_parts();
    /// assert_eq!(DeviceOutcome::from_parts(bytes, codes), device);
    /// ```
    #[must_use]
    pub fn to_parts(&self) -> ([u8; 52], [Option<C>; 2]) {
        let mut bytes = [0; 52];
        let (times, tally) = bytes.split_at_mut(48);
        for (to, time) in times.chunks_exact_mut(8).zip(self.times()) {
            to.copy_from_slice(&time.0.to_le_bytes());
        }
        tally.copy_from_slice(&self.failures_and_flags.to_le_bytes());
        (bytes, [self.latest.code, self.skip.code])
    }

    /// Creates the fold from the result of [`to_parts`](Self::to_parts). Never panics, whatever the bytes.
    ///
    /// ```
    /// use event_log_codes::outcome::DeviceOutcome;
    ///
    /// let device = DeviceOutcome::from_parts([0xFF; 52], [Some("UPD9_FAIL_1"), None]);
    /// assert_eq!(device.reason(), Some("UPD9_FAIL_1"));
    /// ```
    #[must_use]
    pub fn from_parts(bytes: [u8; 52], codes: [Option<C>; 2]) -> Self {
        let mut times = [Time::NEVER; 6];
        let mut rest = bytes.as_slice();
        for time in &mut times {
            if let Some((first, after)) = rest.split_first_chunk() {
                *time = Time(i64::from_le_bytes(*first));
                rest = after;
            }
        }
        let [latest, roll_up_failure, skip, attempt, first_seen, last_seen] = times;
        let failures_and_flags = rest.first_chunk().map_or(0, |tally| u32::from_le_bytes(*tally));
        DeviceOutcome {
            latest: Dated { time: latest, code: codes[0] },
            roll_up_failure,
            skip: Dated { time: skip, code: codes[1] },
            attempt,
            first_seen,
            last_seen,
            failures_and_flags,
        }
    }

    fn times(&self) -> [Time; 6] {
        [
            self.latest.time,
            self.roll_up_failure,
            self.skip.time,
            self.attempt,
            self.first_seen,
            self.last_seen,
        ]
    }

    fn failures(&self) -> u32 {
        self.failures_and_flags & MAX_FAILURES
    }

    /// The time of the latest success or failure.
    fn decided(&self) -> Time {
        self.latest.time.max(self.roll_up_failure)
    }

    /// Whether the latest of success and failure is a failure.
    fn is_failure(&self) -> bool {
        self.latest.code.is_some() || self.roll_up_failure >= self.latest.time
    }

    /// What wins among `latest` of the same instant.
    fn latest_rank(&self) -> u8 {
        match self.latest.code {
            None if self.failures_and_flags & ROLL_UP_SUCCESS != 0 => 2,
            Some(_) => 1,
            None => 0,
        }
    }
}

impl<C: Copy> Dated<C> {
    /// Whether `other` is later, or as late and greater by `order`. What never happened is not.
    #[inline]
    fn is_before(&self, other: &Self, order: impl FnOnce() -> Ordering) -> bool {
        // The only branch, and rarely taken.
        if self.time == other.time && self.time != Time::NEVER {
            return order().is_lt();
        }
        self.time < other.time
    }

    /// Becomes `other` if `wanted`; without a branch, as which event decides is hard to predict.
    #[inline]
    fn replace_if(&mut self, wanted: bool, other: Self) {
        self.time = if wanted { other.time } else { self.time };
        self.code = if wanted { other.code } else { self.code };
    }

    /// The order of the codes, where both have one.
    #[inline]
    fn compare(&self, other: &Self, compare: impl Fn(&C, &C) -> Ordering) -> Ordering {
        match (&self.code, &other.code) {
            (Some(one), Some(other)) => compare(one, other),
            _ => Ordering::Equal,
        }
    }
}

/// Microseconds since the Unix epoch, or one of the three values below all times.
///
/// Packed, so that the fold needs no padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(4))]
struct Time(i64);

impl Time {
    /// There was no such event.
    const NEVER: Time = Time(i64::MIN);
    /// The skip of a device that was removed from the campaign.
    const REMOVED: Time = Time(i64::MIN + 1);
    /// There was such an event, without a time.
    const UNKNOWN: Time = Time(i64::MIN + 2);
    const EARLIEST: Time = Time(i64::MIN + 3);

    #[inline]
    fn at(microseconds: i64) -> Time {
        Time(microseconds).max(Time::EARLIEST)
    }

    /// The earlier of two times. Where one never was, the other.
    #[inline]
    fn or_earlier(self, other: Time) -> Time {
        // `NEVER` becomes the latest of all for a moment.
        let key = |time: Time| time.0.wrapping_sub(Time::NEVER.0).wrapping_sub(1) as u64;
        if key(self) < key(other) { self } else { other }
    }

    fn microseconds(self) -> Option<i64> {
        (self > Time::UNKNOWN).then_some(self.0)
    }
}
