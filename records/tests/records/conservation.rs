//! Nothing is lost, and nothing depends on how the bytes arrive.

use event_log_codes_records::{Format, Options};
use proptest::prelude::*;

use crate::common::inputs::input;
use crate::common::law::{assert_same, check, joined};
use crate::common::read::{WHOLE, read};

fn options(format: Option<Format>, max_record: usize) -> Options {
    let mut options = Options::default();
    options.format = format;
    options.max_record = max_record;
    options
}

/// Where an event stands does not depend on what its line is made of.
#[test]
fn events_stand_where_their_code_or_string_does() {
    for line in [
        r#"{"log":"event_type=SYS_111 device=m1","n":1}"#,
        r#"{"log":"event_type=SYS_111 {\"device\":\"m1\"}","n":1}"#,
        r#"{"log":"{\"device\":\"m1\"} event_type=sys_111","n":1}"#,
        r#"{"log":"{\"event_type\":\"SYS_111\"}","n":1}"#,
    ] {
        let input = format!("{{\"event_type\":\"SYS_112\"}}\n{line}\n");
        let records = read(input.as_bytes(), WHOLE, &Options::default());
        let offset = records[1].offsets[0];
        assert_eq!(&line[..offset], r#"{"log":"#.to_owned() + "\"", "{line}");
    }
}

/// A log that was cut while it was written has zeros where it was.
#[test]
fn tables_may_begin_with_zeros() {
    for start in ["", "\0\0", "\0\n\0", "\0\n# exported today\n"] {
        let input = format!("{start}time,device,event_type\n2025-08-29T08:14:02Z,m1,SYS_111\n");
        for pieces in [WHOLE, &[1]] {
            let records = read(input.as_bytes(), pieces, &Options::default());
            let devices: Vec<_> =
                records.iter().flat_map(|record| &record.events).map(|event| &event.device).collect();
            assert_eq!(devices, [&Some("m1".to_owned())], "{start:?}");
        }
    }
}

/// What was taken for a table, and is none, is read as any lines are.
#[test]
fn no_table_in_pieces() {
    for input in ["\0t,eventtype \n[\n\"", "time,event_type\"\n{\n\"a\":1}\n", "time,event_type\0\n[\n{}]"] {
        for format in [None, Some(Format::Csv)] {
            let options = options(format, 16 << 20);
            let whole = read(input.as_bytes(), WHOLE, &options);
            check(input.as_bytes(), &whole);
            assert_same(&read(input.as_bytes(), &[1], &options), &whole);
        }
    }
}

fn any_format() -> impl Strategy<Value = Option<Format>> {
    prop::sample::select(vec![
        None,
        None,
        Some(Format::Ndjson),
        Some(Format::Json),
        Some(Format::Csv),
        Some(Format::Text),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_code_is_lost(input in input(), format in any_format()) {
        check(&input, &read(&input, WHOLE, &options(format, 16 << 20)));
    }

    #[test]
    fn pieces_make_no_difference(
        input in input(),
        format in any_format(),
        pieces in prop::collection::vec(1..40_usize, 1..5),
    ) {
        let options = options(format, 16 << 20);
        assert_same(&read(&input, &pieces, &options), &read(&input, WHOLE, &options));
    }

    #[test]
    fn long_records_lose_no_code(
        input in input(),
        format in any_format(),
        pieces in prop::collection::vec(1..200_usize, 1..5),
        times in 4..40_usize,
    ) {
        // The least that there is.
        let options = options(format, 1 << 10);
        let input = input.repeat(times);
        let whole = joined(read(&input, WHOLE, &options));
        check(&input, &whole);
        assert_same(&joined(read(&input, &pieces, &options)), &whole);
    }
}
