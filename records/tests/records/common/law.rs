//! What holds for the records of any input, however it arrives.

use event_log_codes::find_iter;
use event_log_codes_records::Problem;

use super::read::Record;

/// Checks what holds for the records of any input.
pub fn check(input: &[u8], records: &[Record]) {
    let expected: Vec<_> = find_iter(input).map(|found| (found.start(), found.as_bytes().to_vec())).collect();
    let found: Vec<_> = records.iter().flat_map(|record| record.codes.iter().cloned()).collect();
    assert_eq!(found, expected, "codes of the records and of the bytes");

    let mut end = 0;
    for record in records {
        let between = &input[end..record.start];
        let is_punctuation =
            |byte: &u8| byte.is_ascii_whitespace() || b",[]{}\x1e\0\xef\xbb\xbf".contains(byte);
        assert!(between.iter().all(is_punctuation), "lost {:?}", String::from_utf8_lossy(between));
        let lines = input[..record.start].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(record.line, lines as u64 + 1);
        assert!(!record.bytes.is_empty());
        end = record.start + record.bytes.len();
        if let Some(Problem::Unreadable { offset, .. }) = record.problem {
            assert!(offset <= record.bytes.len());
        }
        assert!(record.outside <= record.codes.len());
        assert!(record.offsets.iter().all(|offset| *offset < record.bytes.len()));
        assert!(record.uncertain.as_ref().is_none_or(|(count, first)| *count > 0 && !first.is_empty()));
        assert!(record.object.as_ref().is_none_or(|object| record.bytes[object.clone()].ends_with(b"}")));
    }
}

/// The same records with the parts of each that is too long put together.
pub fn joined(records: Vec<Record>) -> Vec<Record> {
    let mut joined: Vec<Record> = Vec::new();
    for record in records {
        match joined.last_mut() {
            Some(before) if before.problem == Some(Problem::TooLong { last: false }) => {
                before.bytes.extend_from_slice(&record.bytes);
                before.codes.extend(record.codes);
                before.outside += record.outside;
                before.problem = record.problem;
            }
            _ => joined.push(record),
        }
    }
    joined
}

/// Checks that the same records were read.
pub fn assert_same(records: &[Record], expected: &[Record]) {
    for (record, expected) in records.iter().zip(expected) {
        let lost: Vec<_> = expected.codes.iter().filter(|code| !record.codes.contains(code)).collect();
        let added: Vec<_> = record.codes.iter().filter(|code| !expected.codes.contains(code)).collect();
        assert!(lost.is_empty() && added.is_empty(), "lost {lost:?}, added {added:?}");
        assert_eq!(
            (&record.events, record.outside, record.problem, record.line),
            (&expected.events, expected.outside, expected.problem, expected.line)
        );
        assert_eq!(record, expected);
    }
    assert_eq!(records.len(), expected.len());
}
