//! Fields in a line of text: `key=value`, logfmt, structured data of RFC 5424, CEF, and the time.
//!
//! | form | example | source |
//! |---|---|---|
//! | `key=value` | `device_id=m1, event=UPD4_FAIL_305`, `?device_id=m1&event=...` | |
//! | logfmt | `ts=2025-08-29T08:14:02Z msg="said \"no\"" device=m1` | [logfmt] |
//! | structured data | `[ev@1 device_id="m1"]` | [RFC 5424] |
//! | CEF | `CEF:0\|v\|p\|1\|UPD4_FAIL_305\|name\|5\|rt=1756455242000 deviceExternalId=m1` | [CEF] |
//! | LEEF | `LEEF:2.0\|v\|p\|1\|UPD4_FAIL_305\|^\|devTime=1756455242000^deviceId=m1` | [LEEF] |
//! | objects that are not JSON | `{'device_id': 'm1'}`, `{"device_id"=>"m1"}` | Python's `repr`, Ruby |
//! | JSON in a cell of a table | `7,"{""device_id"": ""m1""}"` | |
//! | elements of XML | `<device_id>m1</device_id>` | |
//!
//! A value without quotes ends at white space, but in CEF and LEEF, and between tabs or bars that separate
//! pairs. Nothing says that a name with a space in it ends there, too: `campaign=Summer rollout
//! device=m1`. Such values are counted, by the rules of [`Bare::is_uncertain`].
//!
//! The fields say whose event a line is and when it was. Which codes of the line are events, one rule
//! says: if a field means the event type, its code alone is, as in `event=UPD4_FAIL_305
//! previous=UPD4_FAIL_304`; otherwise every code of the line is an event of that device at that time.
//! Names that often mean something else than an event type, such as `reason`, do not count here.
//! Several fields of the same name are several events. Without such a field, nothing says which of several
//! devices, or which of several times behind the first code, is meant: then none is.
//!
//! The time is that of a field, or else the one that [`time::find`] finds.
//!
//! [logfmt]: https://pkg.go.dev/github.com/kr/logfmt
//! [RFC 5424]: https://www.rfc-editor.org/rfc/rfc5424#section-6.3
//! [LEEF]: https://www.ibm.com/docs/en/dsm?topic=overview-leef-event-components
//! [CEF]: https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/pdfdoc/cef-implementation-standard/cef-implementation-standard.pdf

use std::ops::Range;

use event_log_codes::find_iter;
use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memmem, memrchr, memrchr2};

use crate::fields::{Field, FieldNames, Rank, is_absent};
use crate::time;
use crate::unescape::code_point;
use crate::value::Span;

/// Values that may go on behind the white space or the sign that ends them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Uncertain {
    pub count: u32,
    /// The first of them, if there is any, with what follows.
    pub first: Span,
}

impl Uncertain {
    pub(crate) fn add(&mut self, count: u32, first: Span) {
        if self.count == 0 {
            self.first = first;
        }
        self.count += count;
    }
}

/// Calls `found` with each field that `line` has, the time last. Returns the values that may be longer than said.
///
/// A value that has to be unescaped is appended to `scratch`. Linear in the length of the line.
pub(crate) fn fields(
    line: &[u8],
    names: &FieldNames,
    scratch: &mut Vec<u8>,
    found: &mut impl FnMut(Field, Rank, Span),
) -> Uncertain {
    let uncertain = Uncertain::default();
    let mut fields = Fields { line, names, scratch, found, times: Times::default(), uncertain };
    if let Some(start) = header_start(line, b"CEF:") {
        fields.pairs(0..start);
        fields.cef(start);
    } else if let Some(start) = header_start(line, b"LEEF:") {
        fields.pairs(0..start);
        fields.leef(start);
    } else {
        fields.pairs(0..line.len());
        fields.elements();
    }
    let uncertain = fields.uncertain;
    fields.time();
    uncertain
}

struct Fields<'a, F> {
    line: &'a [u8],
    names: &'a FieldNames,
    scratch: &'a mut Vec<u8>,
    found: &'a mut F,
    times: Times,
    uncertain: Uncertain,
}

/// What the fields of a line say about its time.
#[derive(Default)]
struct Times {
    /// Whether there is a field with a date and a time.
    found: bool,
    /// A date, and a time of day, each in a field of its own.
    date: Option<Range<usize>>,
    clock: Option<Range<usize>>,
    /// A field that says something else, or nothing certain.
    unreadable: Option<(Rank, Span)>,
}

/// The rank of a time that is not that of a field.
pub(crate) const TIME_OF_LINE: Rank = Rank(Rank::WEAK.0 - 1);

/// What is added to the rank of a name in the text that is the value of another name, or in the query of a URL.
const NESTED: u8 = 10;

impl<F: FnMut(Field, Rank, Span)> Fields<'_, F> {
    /// Finds the pairs of a key and a value in a part of the line.
    fn pairs(&mut self, range: Range<usize>) {
        let mut end = range.start;
        let mut nested_until = 0;
        let mut bare: Option<Bare> = None;
        for at in memchr2_iter(b'=', b':', &self.line[range.clone()]) {
            let at = range.start + at;
            if at < end {
                continue;
            }
            // The quote that ends a value does not start another.
            let is_nested = at < nested_until;
            let line = &self.line[..if is_nested { nested_until } else { range.end }];
            let Some((key, is_certain)) = key_before(line, at) else {
                continue;
            };
            let key_start = key.start;
            let field = self.names.get(&line[key]).filter(|(_, rank)| is_certain || rank.0 <= 2);
            if (line[at] == b'=' || field.is_some())
                && let Some(bare) = bare.take()
                // The value is the key itself: `device=a =b`.
                && bare.value.end <= key_start
            {
                self.check(&bare, key_start, true);
            }
            let Some((value, is_quoted)) = value_behind(line, at, field.is_some()) else {
                continue;
            };
            let Some((field, rank)) = field else {
                // It may be text with fields of its own.
                nested_until = nested_until.max(value.end);
                continue;
            };
            let mut value = value;
            let outer_rank = if rank < Rank::WEAK && rank > Rank(0) {
                Rank((rank.0 + NESTED).min(TIME_OF_LINE.0 - 1))
            } else {
                rank
            };
            if !is_quoted && matches!(self.line[..key_start].last(), Some(b'?' | b'&')) {
                end = value.end;
                self.query(field, outer_rank, value);
                continue;
            }
            if field == Field::Time
                && !is_quoted
                && let text = &line[value.start..]
                && let Some(len) = time::len_at(text).or_else(|| time::seconds_with_comma_len(text))
            {
                value.end = value.end.max(value.start + len);
            } else if !is_quoted && let Some(next) = line.get(value.end) {
                let bare_value = Bare::new(field, rank, value.clone());
                let is_space = next.is_ascii_whitespace();
                let is_name = bare_value.is_some();
                match end_in_list(line, key_start, value.end).filter(|_| is_space || is_name) {
                    Some(end) => value.end = end,
                    None if is_space => bare = bare_value,
                    None if !value.is_empty() && goes_on_behind_sign(line, key_start, value.end) => {
                        if let Some(bare) = bare_value {
                            self.add_uncertain(&bare, line.len());
                        }
                    }
                    None => {}
                }
            }
            end = value.end;
            let rank = if is_nested { outer_rank } else { rank };
            if is_quoted
                && memchr(b'&', &self.line[value.clone()]).is_some()
                && is_in_tag(&self.line[..key_start])
            {
                self.markup(field, rank, value, true);
            } else {
                self.field(field, rank, value, true);
            }
        }
        if let Some(bare) = bare {
            self.check(&bare, range.end, false);
        }
    }

    /// Counts a value if it may go on until `end`, where a key begins or the line ends.
    fn check(&mut self, bare: &Bare, end: usize, is_before_key: bool) {
        if bare.is_uncertain(&self.line[..end], is_before_key) {
            self.add_uncertain(bare, end);
        }
    }

    /// Counts a value that may go on, `end` at most.
    fn add_uncertain(&mut self, bare: &Bare, end: usize) {
        let end = end.min(bare.value.end + MAX_SHOWN);
        let end = self.line[..end].trim_ascii_end().len();
        self.uncertain.add(1, Span::input(bare.value.start, end));
    }

    /// Notes a field whose value is `value`, which has escapes if it says so.
    fn field(&mut self, field: Field, rank: Rank, value: Range<usize>, may_have_escapes: bool) {
        let text = &self.line[value.clone()];
        if is_absent(text) || (field == Field::EventType && rank >= Rank::WEAK) {
            return;
        }
        let span = if may_have_escapes && memchr(b'\\', text).is_some() {
            let start = self.scratch.len();
            let before = &self.line[..value.start];
            if before.ends_with(b"\"\"") {
                unescape(&without_doubled_quotes(text), self.scratch);
            } else {
                unescape(text, self.scratch);
            }
            if before.ends_with(b"\\\"") {
                // JSON in a string: what stands in its strings is escaped twice.
                let once = self.scratch.split_off(start);
                unescape(&once, self.scratch);
            }
            Span::scratch(start, self.scratch.len())
        } else {
            Span::input(value.start, value.end)
        };
        if field != Field::Time {
            (self.found)(field, rank, span);
        } else if time::is_date_and_time(text) {
            self.times.found |= rank < TIME_OF_LINE;
            (self.found)(field, rank, span);
        } else if time::is_date(text) {
            self.times.date = Some(value);
        } else if time::is_time_of_day(text) {
            self.times.clock = Some(value);
        } else if self.times.unreadable.is_none_or(|(known, _)| rank < known) {
            self.times.unreadable = Some((rank, span));
        }
    }

    /// Notes a field in the query of a URL.
    fn query(&mut self, field: Field, rank: Rank, value: Range<usize>) {
        let text = &self.line[value.clone()];
        if memchr2(b'%', b'+', text).is_none() {
            return self.field(field, rank, value, false);
        }
        let start = self.scratch.len();
        decode_percent(text, self.scratch);
        let decoded = Span::scratch(start, self.scratch.len());
        // The rules for times are about what stands in the line: this one is only reported if it is none.
        if field != Field::EventType {
            self.times.found |= field == Field::Time;
            (self.found)(field, rank, decoded);
        }
    }

    /// Notes a field in XML or HTML, where characters may be written as references.
    fn markup(&mut self, field: Field, rank: Rank, value: Range<usize>, may_have_escapes: bool) {
        match references_decoded(&self.line[value.clone()]) {
            // A time or a code has none.
            Some(text) if !matches!(field, Field::Time | Field::EventType) => {
                let start = self.scratch.len();
                self.scratch.extend_from_slice(&text);
                (self.found)(field, rank, Span::scratch(start, self.scratch.len()));
            }
            _ => self.field(field, rank, value, may_have_escapes),
        }
    }

    /// Finds the elements of XML whose text is a value.
    fn elements(&mut self) {
        let line = self.line;
        for end in memchr_iter(b'<', line).filter(|at| line[*at..].starts_with(b"</")) {
            let from = end + 2;
            let name_len = line[from..].iter().take_while(|byte| IS_KEY[usize::from(**byte)]).count();
            let name = &line[from..from + name_len.min(MAX_KEY)];
            let Some((field, rank)) = self.names.get(name) else {
                continue;
            };
            // The text of an element that has no other one in it.
            let Some(start) = memrchr(b'>', &line[..end]) else {
                continue;
            };
            let tag = memrchr(b'<', &line[..start]).map_or(start, |tag| tag + 1);
            if line[tag..start].starts_with(name) {
                let len = line[start + 1..end].trim_ascii_end().len();
                let space = line[start + 1..end].len() - line[start + 1..end].trim_ascii_start().len();
                let value = (start + 1 + space).min(start + 1 + len)..start + 1 + len;
                self.markup(field, rank, value, false);
            }
        }
    }

    /// Notes the time of the line if no field says more about it.
    fn time(self) {
        let Fields { line, scratch, found, times, .. } = self;
        if times.found {
            return;
        }
        if let (Some(date), Some(clock)) = (times.date.clone(), times.clock.clone()) {
            let start = scratch.len();
            scratch.extend_from_slice(&line[date]);
            scratch.push(b' ');
            scratch.extend_from_slice(&line[clock]);
            found(Field::Time, TIME_OF_LINE, Span::scratch(start, scratch.len()));
        } else if let Some(time) = time::find(line) {
            found(Field::Time, TIME_OF_LINE, Span::input(time.start, time.end));
        } else if let Some((rank, span)) = times.unreadable {
            found(Field::Time, rank, span);
        } else if let Some(part) = times.date.or(times.clock) {
            found(Field::Time, TIME_OF_LINE, Span::input(part.start, part.end));
        }
    }

    /// Reads an event in IBM's log event extended format, which `start` is the start of.
    ///
    /// The header has five parts, of which the last says what kind of event it is; with version 2 a sixth, the
    /// delimiter of the pairs that follow.
    fn leef(&mut self, start: usize) {
        let line = self.line;
        let mut at = start;
        let mut part = || {
            let end = memchr(b'|', &line[at..]).map_or(line.len(), |bar| at + bar);
            let part = at..end;
            at = (end + 1).min(line.len());
            part
        };
        let version = part();
        let [_, _, _, event] = [part(), part(), part(), part()];
        self.field(Field::EventType, Rank(1), event, false);
        let delimiter = if line[version].ends_with(b":2.0") { leef_delimiter(&line[part()]) } else { b'\t' };
        let pairs = &line[at..];
        let end = at + pairs.trim_ascii_end().len();
        while at < end {
            let pair_end = memchr(delimiter, &line[at..end]).map_or(end, |len| at + len);
            if let Some(equals) = memchr(b'=', &line[at..pair_end])
                && let Some((field, rank)) = self.names.get(line[at..at + equals].trim_ascii())
            {
                self.field(field, rank, at + equals + 1..pair_end, true);
            }
            at = pair_end + 1;
        }
    }

    /// Reads an event in the common event format, which `start` is the start of.
    ///
    /// The header has seven parts, of which the fifth says what kind of event it is. What follows are
    /// pairs whose values go on to the next key, spaces included.
    fn cef(&mut self, start: usize) {
        let mut at = start;
        for part in 0..7 {
            let end = at + unescaped(&self.line[at..], b'|').unwrap_or(self.line.len() - at);
            if part == 4 {
                self.field(Field::EventType, Rank(1), at..end, true);
            }
            at = (end + 1).min(self.line.len());
        }
        let line = self.line;
        let pairs = || CefPairs { line, at };
        let mut labels = 0;
        for (key, value) in pairs() {
            if let Some((field, rank)) = self.names.get(&line[key.clone()]) {
                self.field(field, rank, value, true);
            } else if let Some(labelled) = line[key].strip_suffix(b"Label")
                && let Some((field, rank)) = self.names.get(&line[value])
                && labels < MAX_LABELS
            {
                // `cs1Label=campaign_id cs1=0198f2`
                labels += 1;
                if let Some((_, value)) = pairs().find(|(key, _)| &line[key.clone()] == labelled) {
                    self.field(field, rank, value, true);
                }
            }
        }
    }
}

/// The delimiter that the header of LEEF names, as it is or in hexadecimal digits: `^`, `x5E`, `0x5E`.
fn leef_delimiter(text: &[u8]) -> u8 {
    match text {
        [] => b'\t',
        [byte] => *byte,
        _ => {
            let digits = text.strip_prefix(b"0").unwrap_or(text).strip_prefix(b"x").unwrap_or(text);
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            u8::from_str_radix(digits, 16).unwrap_or(b'\t')
        }
    }
}

/// Appends `text`, a value in the query of a URL, to `out` as it was before it was encoded.
fn decode_percent(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) if let (Some(high), Some(low)) = (digit(high), digit(low)) => {
                out.push((high << 4 | low) as u8);
                rest = after;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
}

/// Whether `text` ends inside the brackets of a tag, so that an attribute may follow.
fn is_in_tag(text: &[u8]) -> bool {
    const LONGEST: usize = 4096;
    let near = &text[text.len().saturating_sub(LONGEST)..];
    memrchr2(b'<', b'>', near)
        .is_some_and(|at| near[at] == b'<' && near.get(at + 1).is_some_and(u8::is_ascii_alphabetic))
}

/// `text`, of XML, with the characters that are written as references, `&amp;` or `&#228;`; none if there is no
/// reference in it.
fn references_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut rest, mut from) = (Vec::new(), text, 0);
    while let Some(at) = memchr(b'&', &rest[from..]).map(|at| from + at) {
        let behind = &rest[at + 1..];
        let len = behind.iter().take(LONGEST_REFERENCE).position(|byte| *byte == b';');
        from = at + 1;
        if let Some(len) = len
            && let Some(character) = referenced(&behind[..len])
        {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            (rest, from) = (&behind[len + 1..], 0);
        }
    }
    let has_any = rest.len() < text.len();
    out.extend_from_slice(rest);
    has_any.then_some(out)
}

/// Bytes of the longest reference that is decoded, without `&`: `#x10FFFF;`.
const LONGEST_REFERENCE: usize = 9;

/// The character that a reference, without `&` and `;`, stands for.
fn referenced(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', digits @ ..] => {
            let (digits, radix) = match digits {
                [b'x' | b'X', digits @ ..] => (digits, 16),
                _ => (digits, 10),
            };
            let digits = std::str::from_utf8(digits).ok()?;
            char::from_u32(u32::from_str_radix(digits, radix).ok()?)
        }
        _ => None,
    }
}

/// More labels than CEF has, so that a line of nothing else takes linear time.
const MAX_LABELS: usize = 32;

/// The key before the `=` or `:` at `at`, and whether it can be nothing else: `device: failed` may be the
/// start of a sentence.
#[inline]
fn key_before(line: &[u8], at: usize) -> Option<(Range<usize>, bool)> {
    let before = without_colours(&line[..at]);
    if line[at..].starts_with(b"=>")
        && let before = before.strip_suffix(b" ").unwrap_or(before)
        && before.ends_with(b"\"")
    {
        return Some((quoted_key(before)?, true));
    }
    if line[at] == b'=' {
        return Some((key(before).or_else(|| key(before.strip_suffix(b" ")?))?, true));
    }
    match before.last()? {
        b'"' | b'\'' => Some((quoted_key(before)?, true)),
        byte if byte.is_ascii_alphabetic() => Some((key(before)?, false)),
        // A time of day, an address.
        _ => None,
    }
}

/// Where the value behind the `=` or `:` at `at` is, and whether it is in quotes; only if it is, unless
/// `any` will do.
#[inline]
fn value_behind(line: &[u8], at: usize, any: bool) -> Option<(Range<usize>, bool)> {
    let mut start = at + 1;
    if line[at] == b'=' && line.get(start) == Some(&b'>') {
        start += 1 + usize::from(line.get(start + 1) == Some(&b' '));
    }
    if line.get(start) == Some(&b' ') && (line[at] == b':' || line[..at].ends_with(b" ")) {
        start += 1;
    }
    if !any && !matches!(line.get(start), Some(b'"' | b'\'' | b'\\')) {
        return None;
    }
    start += colours_len(&line[start..]);
    let (value, is_quoted) = value(&line[start..])?;
    (any || is_quoted).then(|| (start + value.start..start + value.end, is_quoted))
}

/// Where a value without quotes ends that has no key but its own between two tabs or bars, and beside it another
/// pair; `end` is the white space behind its first word, or between tabs also a sign.
fn end_in_list(line: &[u8], key_start: usize, end: usize) -> Option<usize> {
    let is_space = |byte: &&u8| **byte == b' ';
    let before = &line[..key_start];
    let before = &before[..before.len() - before.iter().rev().take_while(is_space).count()];
    let (separator, before) = match before.split_last() {
        None => (b'\t', before),
        Some((separator @ (b'\t' | b'|'), before)) => (*separator, before),
        Some(_) => return None,
    };
    let behind = &line[end..];
    let (rest, next) = behind.split_at(memchr(separator, behind).unwrap_or(behind.len()));
    // A sign alone is no part of a value.
    let is_space = behind.first().is_some_and(u8::is_ascii_whitespace);
    if !is_space && (separator != b'\t' || rest.trim_ascii_end().len() < 2) {
        return None;
    }
    let next = next.get(1..).unwrap_or_default();
    let next = &next[..memchr(separator, next).unwrap_or(next.len())];
    let before = &before[memrchr(separator, before).map_or(0, |at| at + 1)..];
    let has_pair = |text: &[u8]| memchr(b'=', text).is_some();
    let is_value = !has_pair(rest) && find_iter(rest).next().is_none();
    (is_value && (has_pair(next) || has_pair(before))).then(|| end + rest.trim_ascii_end().len())
}

/// Whether a value without quotes may go on behind the sign at `end`, which ends it: `device=a(b)`, `device=m1,m2`.
/// It does not if another pair follows, or if the sign stands before the key, which begins at `key_start`, too.
fn goes_on_behind_sign(line: &[u8], key_start: usize, end: usize) -> bool {
    // Not what ends a sentence.
    let sign = line[end..].iter().position(|byte| !matches!(byte, b'.' | b':'));
    let Some((sign, rest)) = sign.and_then(|at| line[end + at..].split_first()) else {
        return false;
    };
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let begins_name = match (sign, rest.first()) {
        (b'(' | b'[' | b'{' | b'&' | b'"' | b'\'', Some(next)) => is_word(next),
        (b',' | b';' | b'|', Some(next)) => is_word(next) && line[..key_start].last() != Some(sign),
        // Others are escapes.
        (b'\\', Some(next)) => next.is_ascii_alphabetic() && !b"nrtbfvaeux".contains(next),
        _ => false,
    };
    begins_name && {
        let key = rest.iter().take(MAX_KEY).take_while(|byte| IS_KEY[usize::from(**byte)]).count();
        let is_pair = matches!(rest.get(key), Some(b'=' | b':'));
        !is_pair && find_iter(&rest[..key]).next().is_none() && time::len_at(rest).is_none()
    }
}

/// A value without quotes that white space ends, of a field that may have a name with spaces in it.
struct Bare {
    value: Range<usize>,
    /// Whether it is a name, and not an identifier.
    is_name: bool,
}

/// Bytes behind an uncertain value that are shown.
const MAX_SHOWN: usize = 64;

impl Bare {
    fn new(field: Field, rank: Rank, value: Range<usize>) -> Option<Bare> {
        let is_name = match field {
            Field::CampaignName => true,
            // `campaign`, and what users call it.
            Field::Campaign => !matches!(rank, Rank(1 | 2)),
            Field::Device => false,
            Field::EventType | Field::Time | Field::Status => return None,
        };
        Some(Bare { value, is_name })
    }

    /// Whether the value may go on behind the white space that ends it, in the rest of `line`.
    ///
    /// It may if it is made of letters alone and another word follows, as `GW 7`; and if it is the name of a
    /// campaign, words follow, and then the next key. An identifier, as most devices and campaigns have, ends
    /// where it ends: `device=meter-7 failed with event=UPD4_FAIL_305`. A code or a time is no part of a name.
    fn is_uncertain(&self, line: &[u8], is_before_key: bool) -> bool {
        let value = &line[self.value.clone()];
        let rest = line[self.value.end..].trim_ascii();
        let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        let may_be_name = self.is_name && is_before_key && !is_identifier(value);
        if !may_be_name && !value.iter().all(is_letter) {
            return false;
        }
        let word = &rest[..rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len())];
        let is_word = |byte: &u8| byte.is_ascii_digit() || is_letter(byte);
        let goes_on = if may_be_name { rest.iter().any(is_word) } else { rest.first().is_some_and(is_word) };
        goes_on && !is_absent(value) && find_iter(word).next().is_none() && time::len_at(rest).is_none()
    }
}

/// Whether a value is made as machines make identifiers, so that it is whole: digits in base 16.
fn is_identifier(value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    value.len() >= 16 && value.iter().all(is_part)
}

/// Where the key is that `text` ends with.
fn key(text: &[u8]) -> Option<Range<usize>> {
    let is_key = |byte: &&u8| IS_KEY[usize::from(**byte)];
    let mut len = text.iter().rev().take(MAX_KEY).take_while(is_key).count();
    while let before = &text[..text.len() - len]
        && before.last().is_some_and(|byte| may_end_line(*byte))
        && line_end_len(before) == 0
        && len < MAX_KEY
    {
        let rest = before.iter().rev().skip(1).take(MAX_KEY - len - 1);
        len += 1 + rest.take_while(is_key).count();
    }
    let mut start = text.len() - len;
    // The colour of a terminal before it: `ESC [36m`.
    if let Some(b'[' | b';') = text[..start].last() {
        let digits = text[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if text.get(start + digits) == Some(&b'm') {
            start += digits + 1;
        }
    }
    (start < text.len()).then_some(start..text.len())
}

/// Letters, digits and what joins them, and anything that is not ASCII and does not end a line.
const IS_KEY: [bool; 256] = {
    let mut is_key = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_key[byte] = matches!(byte as u8, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-' | b'.' | b'@' | 0x80..)
            && !may_end_line(byte as u8);
        byte += 1;
    }
    is_key
};

/// Whether a byte may be the last of a line end that is not ASCII.
const fn may_end_line(byte: u8) -> bool {
    matches!(byte, 0x85 | 0xA8 | 0xA9)
}

/// The length of the line end that is not ASCII and that `text` ends with: U+0085, U+2028 or U+2029.
fn line_end_len(text: &[u8]) -> usize {
    match text {
        [.., 0xC2, 0x85] => 2,
        [.., 0xE2, 0x80, 0xA8 | 0xA9] => 3,
        _ => 0,
    }
}

/// Longest key that is looked up: names that users add have no limit of their own.
const MAX_KEY: usize = 256;

/// Where the key in quotes is that `text` ends with, quotes left out.
fn quoted_key(text: &[u8]) -> Option<Range<usize>> {
    let (quote @ (b'"' | b'\''), text) = text.split_last()? else {
        return None;
    };
    // In a string of JSON, the quotes are escaped; in a cell of a table, they are doubled.
    let text = text.strip_suffix(b"\\").or_else(|| text.strip_suffix(b"\"")).unwrap_or(text);
    let len = text.iter().rev().take(MAX_KEY).position(|byte| byte == quote)?;
    (len > 0).then(|| text.len() - len..text.len())
}

/// Where the value is that `text` begins with, and whether it is in quotes.
fn value(text: &[u8]) -> Option<(Range<usize>, bool)> {
    let (quote, escaped) = match text {
        // A cell of a table, where quotes are doubled.
        [b'"', b'"', byte, ..] if !byte.is_ascii_whitespace() && !b"\",;|}])>".contains(byte) => {
            return closing_doubled(&text[2..]).map(|len| (2..2 + len, true));
        }
        [quote @ (b'"' | b'\''), ..] => (*quote, false),
        [b'\\', quote @ (b'"' | b'\''), ..] => (*quote, true),
        _ => return Some((0..bare_value_len(text), false)),
    };
    let start = 1 + usize::from(escaped);
    let inside = &text[start..];
    let len = if escaped { closing_escaped(inside, quote)? } else { unescaped(inside, quote)? };
    Some((start..start + len, true))
}

/// Where the doubled quote is that ends `text`, the inside of a string in a cell of a table. A quote in the string
/// is escaped, too: `\""`.
fn closing_doubled(text: &[u8]) -> Option<usize> {
    memmem::find_iter(text, b"\"\"").find(|at| backslashes_before(text, *at).is_multiple_of(2))
}

/// `text` with one quote for two.
fn without_doubled_quotes(text: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(at) = memmem::find(rest, b"\"\"") {
        out.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    out
}

/// Where the escaped quote is that ends `text`, the inside of a string in a string: `\"`. A quote in it is escaped
/// once more, and a backslash twice: `\\\"`, `\\\\`.
fn closing_escaped(text: &[u8], quote: u8) -> Option<usize> {
    memchr_iter(quote, text).find(|at| backslashes_before(text, *at) % 4 == 1).map(|at| at - 1)
}

/// How many backslashes stand directly before `at`.
fn backslashes_before(text: &[u8], at: usize) -> usize {
    text[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// The length of a value without quotes.
fn bare_value_len(text: &[u8]) -> usize {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || byte.is_ascii_control()
            || b",;|&\"'()[]{}<>\\".contains(byte)
            || may_end_line(*byte)
    };
    let mut len = 0;
    loop {
        let rest = &text[len..];
        len += rest.iter().position(ends).unwrap_or(rest.len());
        match text[len..] {
            // Spaces that are escaped belong to it, as in InfluxDB's lines.
            [b'\\', b' ', ..] => len += 2,
            [byte, ..] if may_end_line(byte) => match line_end_len(&text[..=len]) {
                0 => len += 1,
                line_end => {
                    len = len + 1 - line_end;
                    break;
                }
            },
            _ => break,
        }
    }
    // The end of a sentence, or what comes before a message.
    len - text[..len].iter().rev().take_while(|byte| matches!(byte, b'.' | b':')).count()
}

/// `text` without the colours of a terminal that it ends with.
fn without_colours(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let Some(before) = text.strip_suffix(b"m") {
        let parameters = before.iter().rev().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
        match before[..before.len() - parameters].strip_suffix(b"\x1b[") {
            Some(before) => text = before,
            None => break,
        }
    }
    text
}

/// The length of the colours of a terminal that `text` begins with.
fn colours_len(text: &[u8]) -> usize {
    let mut rest = text;
    while let [b'\x1b', b'[', after @ ..] = rest {
        let parameters = after.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
        match after[parameters..].strip_prefix(b"m") {
            Some(after) => rest = after,
            None => break,
        }
    }
    text.len() - rest.len()
}

/// Where the first `wanted` in `text` is that no backslash escapes.
fn unescaped(text: &[u8], wanted: u8) -> Option<usize> {
    let mut escape = false;
    text.iter().position(|byte| {
        let is_it = *byte == wanted && !escape;
        escape = *byte == b'\\' && !escape;
        is_it
    })
}

fn digit(byte: &u8) -> Option<u32> {
    char::from(*byte).to_digit(16)
}

/// The character that up to six hexadecimal digits and a brace stand for, as Rust and JavaScript write it, and what
/// follows.
fn braced(digits: &[u8]) -> Option<(char, &[u8])> {
    let len = digits.iter().take(7).position(|byte| *byte == b'}').filter(|len| *len > 0)?;
    let mut number = 0;
    for byte in &digits[..len] {
        number = number << 4 | digit(byte)?;
    }
    Some((char::from_u32(number)?, &digits[len + 1..]))
}

/// Appends `text` to `out` without its backslashes: `\n` is a line feed, `\u00e4` a letter, anything else what
/// follows.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = match &rest[at + 1..] {
            [b'n', rest @ ..] => {
                out.push(b'\n');
                rest
            }
            [b't', rest @ ..] => {
                out.push(b'\t');
                rest
            }
            [b'x', high, low, rest @ ..] if let (Some(high), Some(low)) = (digit(high), digit(low)) => {
                // Of a character, as Python writes it.
                let character = char::from((high << 4 | low) as u8);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest
            }
            [b'u', b'{', digits @ ..] if let Some((character, rest)) = braced(digits) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest
            }
            [b'u', digits @ ..] if let Some((character, rest)) = code_point(digits) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest
            }
            [escaped @ (b'"' | b'\'' | b'\\' | b']' | b'=' | b'|' | b'/' | b' '), rest @ ..] => {
                out.push(*escaped);
                rest
            }
            rest => {
                out.push(b'\\');
                rest
            }
        };
    }
    out.extend_from_slice(rest);
}

/// Where an event in a format starts whose header begins with `name`, such as `CEF:0|` or `LEEF:1.0|`.
fn header_start(line: &[u8], name: &[u8]) -> Option<usize> {
    memchr_iter(b'|', line).find_map(|bar| {
        let is_version = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
        let digits = line[..bar].iter().rev().take_while(is_version).count();
        let before = line[..bar - digits].strip_suffix(name).filter(|_| digits > 0)?;
        let starts_word = !before.last().is_some_and(u8::is_ascii_alphanumeric);
        starts_word.then_some(before.len())
    })
}

/// The pairs of a CEF extension.
struct CefPairs<'a> {
    line: &'a [u8],
    at: usize,
}

impl Iterator for CefPairs<'_> {
    type Item = (Range<usize>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.line;
        let key = cef_key(line, self.at)?;
        let start = key.end + 1;
        let end = match cef_key(line, start) {
            Some(next) => next.start - 1,
            None => line.len(),
        };
        self.at = end;
        let len = line[start..end].trim_ascii_end().len();
        Some((key, start..start + len))
    }
}

/// The next key of a CEF extension behind `at`: after the bar of the header, or after a space.
fn cef_key(line: &[u8], at: usize) -> Option<Range<usize>> {
    let mut from = at;
    loop {
        let end = from + unescaped(&line[from..], b'=')?;
        let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.[]".contains(byte);
        let len = line[from..end].iter().rev().take_while(|byte| is_key(byte)).count();
        let start = end - len;
        let begins = matches!(line[..start].last(), Some(b' ' | b'|'));
        if len > 0 && begins {
            return Some(start..end);
        }
        from = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fields;
    use crate::fields::{Field, FieldNames, Rank, is_absent};

    /// The best value of each field, in the order of the fields.
    fn read(line: &[u8]) -> Vec<(Field, String)> {
        let mut scratch = Vec::new();
        let mut all = Vec::new();
        fields(line, &FieldNames::default(), &mut scratch, &mut |field, rank, span| {
            all.push((field, rank, span));
        });
        let scratch = [scratch];
        let all_fields = [
            Field::EventType,
            Field::Device,
            Field::Time,
            Field::Campaign,
            Field::CampaignName,
            Field::Status,
        ];
        let best = all_fields.iter().filter_map(|wanted| {
            let (.., span) =
                all.iter().rev().filter(|(field, ..)| field == wanted).min_by_key(|(_, rank, _)| *rank)?;
            Some((*wanted, String::from_utf8_lossy(span.of(line, &scratch)).into_owned()))
        });
        best.collect()
    }

    #[track_caller]
    fn check(line: &str, expected: &[(Field, &str)]) {
        let read = read(line.as_bytes());
        let read: Vec<_> = read.iter().map(|(field, value)| (*field, &**value)).collect();
        assert_eq!(read, expected, "{line}");
    }

    use Field::{Campaign, CampaignName, Device, EventType, Time};

    #[test]
    fn pairs() {
        const TIME: &str = "2025-08-29T08:14:02Z";
        check("event=UPD4_FAIL_305 device_id=m1", &[(EventType, "UPD4_FAIL_305"), (Device, "m1")]);
        check(
            "2025-08-29T08:14:02Z gw-7 update: failed (device=m1, campaign_id=c1): UPD4_FAIL_305",
            &[(Device, "m1"), (Time, TIME), (Campaign, "c1")],
        );
        check(
            "ts=2025-08-29T08:14:02Z level=error msg=\"said \\\"no\\\"\" device=\"m \\\"1\\\"\" event=SYS_111",
            &[(EventType, "SYS_111"), (Device, "m \"1\""), (Time, TIME)],
        );
        check(
            "<165>1 2025-08-29T08:14:02Z gw app - SYS_111 [ev@1 device_id=\"m1\" x=\"a\\]\"][b@1 campaignId=\"c1\"] x",
            &[(Device, "m1"), (Time, TIME), (Campaign, "c1")],
        );
        check("GET /x?device_id=m1&campaign_id=c1 HTTP/1.1", &[(Device, "m1"), (Campaign, "c1")]);
        check("device_id=m1 url=/x?device_id=m2&campaign_id=c1", &[(Device, "m1"), (Campaign, "c1")]);
        check("url=/x?device_id=m2 device=m1", &[(Device, "m1")]);
        check("{'device_id': 'm1', 'event_type': 'SYS_111'}", &[(EventType, "SYS_111"), (Device, "m1")]);
        check(
            r#"x {\"device_id\":\"m1\",\"date_time\":\"2025-08-29T08:14:02Z\"}"#,
            &[(Device, "m1"), (Time, TIME)],
        );
        check(
            "\x1b[36mdevice=\x1b[0mm1\x1b[0m \x1b[1;36mevent=\x1b[0mSYS_111",
            &[(EventType, "SYS_111"), (Device, "m1")],
        );
        check(
            r#"PUBLISH "{\"device_id\": \"Z\\u00e4hler \\\"7\\\" \\\\\", \"campaign\": \"c1\"}""#,
            &[(Device, "Z\u{e4}hler \"7\" \\"), (Campaign, "c1")],
        );
        check("device_id = m1; SYS_111", &[(Device, "m1")]);
        check("device_id=m1\0campaign=c1\x07", &[(Device, "m1"), (Campaign, "c1")]);
        check(
            r#"7,"{""device_id"": ""Z\u00e4hler \ud83d\ude00"", ""campaign"": ""C:\\users\u12""}""#,
            &[(Device, "Z\u{e4}hler \u{1f600}"), (Campaign, r"C:\users\u12")],
        );
        check(
            r#"7,"{""device_id"": ""5\"" \\"", ""campaign"": ""\""c\""""}""#,
            &[(Device, "5\" \\"), (Campaign, "\"c\"")],
        );
        check(
            r"{'device_id': 'a\xa0b\x', 'campaign': 'a\u{1f600}b\u{}'}",
            &[(Device, "a\u{a0}b\\x"), (Campaign, "a\u{1f600}b\\u{}")],
        );
        check("<ev device_id=\"R&amp;D\"> campaign=\"a&amp;b\"", &[(Device, "R&D"), (Campaign, "a&amp;b")]);
        check(
            "<device>R&amp;D &#x2f; &#228;&lt;1&gt; &nosuch; &</device><campaign>c1</campaign>",
            &[(Device, "R&D / \u{e4}<1> &nosuch; &"), (Campaign, "c1")],
        );
        check(
            "m,device_id=GW\\ 7/x,campaign=a\\ b\\ c event=SYS_111",
            &[(EventType, "SYS_111"), (Device, "GW 7/x"), (Campaign, "a b c")],
        );
        for line_end in ["\u{85}", "\u{2028}", "\u{2029}"] {
            let line = ["event=SYS_111", "device=m\u{c5}\u{e9}1", "campaign=c1."].join(line_end);
            check(&line, &[(EventType, "SYS_111"), (Device, "m\u{c5}\u{e9}1"), (Campaign, "c1")]);
        }
        check("\u{c5}\u{e9}device=m1 SYS_111", &[]);
        check("device_id=m1\\n event=SYS_111", &[(EventType, "SYS_111"), (Device, "m1")]);
        check("time=1756455242,123 device=m1", &[(Device, "m1"), (Time, "1756455242,123")]);
        check("time=1756455242,12 device=m1", &[(Device, "m1"), (Time, "1756455242")]);
        check("device_id: m1 SYS_111", &[(Device, "m1")]);
        check("device=urn:imei:123: failed.", &[(Device, "urn:imei:123")]);
        check("Device: failed. Campaign: 1", &[]);
        check("device= event=SYS_111", &[(EventType, "SYS_111")]);
        check("device=- device_id=null deviceId=\"\"", &[]);
        check("mydevice=m1 xevent=SYS_111", &[]);
        check("reason=UPD4_FAIL_218 SYS_111", &[]);
        check("device=m2 device_id=m1 endpoint=m3", &[(Device, "m1")]);
        check("device=\"m1", &[]);
    }

    #[test]
    fn tabs_and_bars_end_values_with_spaces() {
        for separator in ["\t", "|", " | "] {
            check(
                &["device=GW 7", "campaign=Summer rollout 2", "event=SYS_111"].join(separator),
                match separator {
                    // A line does not begin with a bar.
                    "\t" => &[(EventType, "SYS_111"), (Device, "GW 7"), (Campaign, "Summer rollout 2")],
                    _ => &[(EventType, "SYS_111"), (Device, "GW"), (Campaign, "Summer rollout 2")],
                },
            );
            let line = ["x", "event=SYS_111", "device=GW 7"].join(separator);
            check(&line, &[(EventType, "SYS_111"), (Device, "GW 7")]);
        }
        check("a=1\tdevice=GW|7 (x)\tcampaign=c;1\n", &[(Device, "GW|7 (x)"), (Campaign, "c;1")]);
        check("a=1\tdevice=m1,\tcampaign=c1)", &[(Device, "m1"), (Campaign, "c1")]);
        check("a=1\tevent=SYS_111(x)\tdevice=m1", &[(EventType, "SYS_111"), (Device, "m1")]);
        check("a=1|device=m1,x|b=2", &[(Device, "m1")]);
        // Text between tabs that are not there to separate pairs.
        check("x\tdevice=m1 failed\ty", &[(Device, "m1")]);
        check("a=1\tdevice=m1 failed with SYS_111", &[(Device, "m1")]);
        check("a=1\tdevice=m1 failed: x=2", &[(Device, "m1")]);
    }

    #[test]
    fn values_that_may_go_on_behind_a_space() {
        for (line, expected) in [
            ("campaign=Summer rollout device=dev-1 event=UPD4_FAIL_207", &["Summer rollout"][..]),
            ("event=UPD4_FAIL_207 device=dev-1 campaign=Summer rollout", &["Summer rollout"]),
            ("campaign=2025 summer rollout, device=dev-1 event=UPD4_FAIL_207", &["2025 summer rollout,"]),
            ("campaign=Q3 (north) device=dev-1 event=UPD4_FAIL_207", &["Q3 (north)"]),
            ("campaign_name: S\u{fc}d west campaign_id: c1 UPD4_FAIL_207", &["S\u{fc}d west"]),
            ("event=UPD4_FAIL_207 device=GW 7 campaign=c1", &["GW 7"]),
            ("device=GW 7 UPD4_FAIL_207", &["GW 7 UPD4_FAIL_207"]),
            ("device=GW 7 campaign=Summer rollout x=1 UPD4_FAIL_207", &["GW 7", "Summer rollout"]),
            ("msg=\"failed for campaign=Summer rollout\" device=m1 UPD4_FAIL_207", &["Summer rollout\""]),
            // Prose behind an identifier, as in other logs.
            ("device=dev-1 reported UPD4_FAIL_207", &[]),
            ("device=dev-1 failed with event=UPD4_FAIL_207 in 3 s", &[]),
            ("campaign=0198e0005b00b99a0000000000010010 failed on device=dev-1 with event=SYS_111", &[]),
            ("campaign_id=c1 failed on device=dev-1 with event=SYS_111", &[]),
            ("campaign=c1 device=dev-1 event=UPD4_FAIL_310 (application: battery below 20 %)", &[]),
            ("event=SYS_111 campaign=c1 update failed", &[]),
            ("device=gateway UPD4_FAIL_207 campaign=c1", &[]),
            ("device=gateway 2025-08-29T08:14:02Z UPD4_FAIL_207", &[]),
            ("device=gateway: failed with event=SYS_111", &[]),
            ("device=gateway, failed with event=SYS_111", &[]),
            ("device=gateway (old) UPD4_FAIL_207", &[]),
            ("device=\"GW 7\" campaign='Summer rollout' event=SYS_111", &[]),
            ("device=null was here event=SYS_111", &[]),
            ("time=Aug 29 08:14:02 status=fail now event=SYS_111 device=m1", &[]),
            ("GET /x?device=gateway HTTP/1.1 code=SYS_111", &[]),
            ("device=a(b) UPD4_FAIL_207", &["a(b) UPD4_FAIL_207"]),
            ("device=O'Neil campaign=c1[2] UPD4_FAIL_207", &["O'Neil campaign=c1[2] UPD4_FAIL_207", "c1[2]"]),
            (r"device=C:\dev\m1 endpoint=coap://[fe80::1]", &[r"C:\dev\m1 endpoint=coap://[fe80::1]"]),
            ("device=a&b event=SYS_111", &["a&b event=SYS_111"]),
            (
                "device=m1,m2 campaign=c1;x=1;device=m1;ok x,device=m1,ok",
                &["m1,m2 campaign=c1;x=1;device=m1;ok x,device=m1,ok"],
            ),
            ("device=m1|SYS_111|x |device=m1|WARN| device=m1,2025-08-29T08:14:02Z", &[]),
            ("x (device=m1)(SYS_111) [device=m1] {device=m1}; device=m1, m2 'device=m1'", &[]),
            (r#"device=m1\nfailed {\"log\":\"device=m1\"} device=m1&event=x device=m1(event=SYS_111)"#, &[]),
            ("device=m1[2025-08-29T08:14:02Z] device=m1<br> device=[m1]", &[]),
            // A value that is the next key.
            ("device=gateway =fail event=SYS_111", &[]),
            ("host=gateway seven event=SYS_111", &[]),
            ("device=GW 7\tcampaign=Summer rollout\tevent=SYS_111", &[]),
            ("CEF:0|V|P|1|SYS_111|n|5|deviceExternalId=GW 7 cs1Label=campaign cs1=Summer rollout", &[]),
        ] {
            let uncertain =
                fields(line.as_bytes(), &FieldNames::default(), &mut Vec::new(), &mut |_, _, _| ());
            assert_eq!(uncertain.count as usize, expected.len(), "{line}");
            if let Some(first) = expected.first() {
                assert_eq!(uncertain.first.of(line.as_bytes(), &[]), first.as_bytes(), "{line}");
            }
        }
    }

    #[test]
    fn pairs_in_the_value_of_another() {
        check(
            "msg=\"update failed device_id=m2 campaign_id=c1\" device=m1",
            &[(Device, "m1"), (Campaign, "c1")],
        );
    }

    #[test]
    fn times() {
        for (line, expected) in [
            ("time=2025-08-29 08:14:02,5 device=m1", Some("2025-08-29 08:14:02,5")),
            ("time=\"Aug 29 08:14:02\" x", Some("Aug 29 08:14:02")),
            ("2025-08-29 08:14:01 ts=1756455242.5 x", Some("1756455242.5")),
            // Those of other things.
            ("2025-08-29 08:14:02 time=12ms x", Some("2025-08-29 08:14:02")),
            ("2025-08-29 08:14:02 time: 0.2477829", Some("2025-08-29 08:14:02")),
            ("2025-08-29 08:14:02 created_at=2025-08-20T00:00:00Z", Some("2025-08-29 08:14:02")),
            ("2025-08-29 08:14:02 expires=2025-08-30T00:00:00Z", Some("2025-08-29 08:14:02")),
            ("x created_at=2025-08-20T00:00:00Z", Some("2025-08-20T00:00:00Z")),
            ("date=2025-08-29 time=08:14:02 devname=x", Some("2025-08-29 08:14:02")),
            // Reported as what cannot be read.
            ("x time=12ms x", Some("12ms")),
            ("x date=2025-08-29", Some("2025-08-29")),
            ("x time=08:14:02", Some("08:14:02")),
            ("x time=05/06/2025 08:14:02 x", Some("05/06/2025 08:14:02")),
            ("x time=- x", None),
            ("x", None),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|time| (Time, time)).collect();
            let read = read(line.as_bytes());
            let times: Vec<_> =
                read.iter().filter(|(field, _)| *field == Time).map(|(f, v)| (*f, &**v)).collect();
            assert_eq!(times, expected, "{line}");
        }
    }

    #[test]
    fn common_event_format() {
        check(
            "Aug 29 08:14:00 gw CEF:0|V\\|x|P|1.0|UPD4_FAIL_305|Update failed|7|rt=1756455242000 \
             deviceExternalId=m 1 msg=a \\= b device=x cs1Label=campaign_id cs1=c1 cs2=n\\=1 cs2Label=Campaign Name",
            &[
                (EventType, "UPD4_FAIL_305"),
                (Device, "m 1"),
                (Time, "1756455242000"),
                (Campaign, "c1"),
                (CampaignName, "n=1"),
            ],
        );
        check(
            "CEF:0|V|P|1|SYS_111|n|5|rt=Aug 29 2025 08:14:02.5 UTC",
            &[(EventType, "SYS_111"), (Time, "Aug 29 2025 08:14:02.5 UTC")],
        );
        check("Aug 29 08:14:00 CEF:0|V|P|1|SYS_111", &[(EventType, "SYS_111"), (Time, "Aug 29 08:14:00")]);
        check("device_id=m1 CEF:", &[(Device, "m1")]);
    }

    /// Values that need quotes or escapes come back as they were.
    /// What lines are made of, so that some of those made at random come near to real ones.
    const PIECES: &[&str] = &[
        "device",
        "campaign",
        "campaign_name",
        "event_type",
        "time",
        "host",
        "=",
        " =",
        "= ",
        " = ",
        ": ",
        "=>",
        " ",
        "a",
        "gateway",
        "m1",
        "GW 7",
        "SYS_111",
        "2025-08-29T08:14:02Z",
        "\t",
        ", ",
        "\\ ",
        "\\\"",
        "\"\"",
        "?",
        "&",
        "%20",
        "</device>",
        "<device>",
        "&amp;",
        "&#xe4;",
        "\\u00e4",
        "\0",
        "LEEF:2.0|a|b|c|",
        "CEF:0|a|b|c|",
        "|x5E|",
        "cs1Label=",
        "cs1=",
        "\x1b[1m",
    ];

    fn logfmt(value: &str) -> String {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }

    proptest! {
        #[test]
        fn logfmt_comes_back(device in "[ -~]{1,20}", campaign in "[a-z\"\\\\= ]{1,20}", other in "[ -~]{0,20}") {
            prop_assume!(!is_absent(device.as_bytes()) && !is_absent(campaign.as_bytes()));
            let line = format!("description={} device_id={} campaign_id={}", logfmt(&other), logfmt(&device), logfmt(&campaign));
            let read = read(line.as_bytes());
            prop_assert!(read.contains(&(Device, device)), "{} {:?}", line, read);
            prop_assert!(read.contains(&(Campaign, campaign)), "{} {:?}", line, read);
        }

        #[test]
        fn any_bytes(pieces in prop::collection::vec(
            prop_oneof![
                any::<u8>().prop_map(|byte| vec![byte]),
                prop::sample::select(b"=:\"'\\ |CEF0deviceltm[];\x1b".map(|byte| vec![byte]).to_vec()),
                prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
            ],
            0..80,
        )) {
            let line = pieces.concat();
            let mut scratch = Vec::new();
            let mut spans = Vec::new();
            fields(&line, &FieldNames::default(), &mut scratch, &mut |_, rank, span| spans.push((rank, span)));
            let scratch = [scratch];
            for (rank, span) in spans {
                prop_assert!(rank < Rank(32) && !span.of(&line, &scratch).is_empty());
            }
        }
    }

    #[test]
    fn long_lines_take_linear_time() {
        for pattern in [
            "a=\"",
            "\":",
            "cs1Label=device ",
            "device=",
            "=\\\"",
            "a=1 b=",
            "a\\=",
            "device=a b",
            "device=a(b",
            "device=a.",
            "device=\\\"a\\\\",
            "<device>&#x",
            "device=a ",
            "device=a b\t",
            "device=a b|",
            "device=a\\ ",
            "campaign=a - ",
        ] {
            let line = pattern.repeat((256 << 10) / pattern.len());
            for prefix in ["", "CEF:0|a|b|c|d|e|f|"] {
                let line = format!("{prefix}{line}");
                fields(line.as_bytes(), &FieldNames::default(), &mut Vec::new(), &mut |_, _, _| ());
            }
        }
    }
}
