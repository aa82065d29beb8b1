//! `device_outcome` through SQL, in one partition and in several, against the library's fold and against
//! answers worked out by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use event_log_codes::EventCode;
use event_log_codes::outcome::DeviceOutcome;
use event_log_codes_datafusion::register_all;

type Row = (i32, Option<&'static str>, Option<i64>, Option<&'static str>);

fn batch(rows: &[Row]) -> RecordBatch {
    let device: ArrayRef = Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.0)));
    let code: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row.1)));
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter(rows.iter().map(|row| row.2)));
    let status: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row.3)));
    RecordBatch::try_from_iter_with_nullable([
        ("device", device, false),
        ("code", code, true),
        ("time", time, true),
        ("status", status, true),
    ])
    .unwrap()
}

/// The answers by device. With several partitions each device's events are folded in several places and
/// then merged.
async fn answers(partitions: Vec<Vec<RecordBatch>>, call: &str) -> BTreeMap<i32, Vec<String>> {
    let config = SessionConfig::new().with_target_partitions(partitions.len()).with_batch_size(3);
    let mut context = SessionContext::new_with_config(config);
    register_all(&mut context).unwrap();
    let schema = partitions[0][0].schema();
    context.register_table("t", Arc::new(MemTable::try_new(schema, partitions).unwrap())).unwrap();
    let sql = format!("SELECT device, {call} AS o FROM t GROUP BY device");
    let mut answers = BTreeMap::new();
    for batch in context.sql(&sql).await.unwrap().collect().await.unwrap() {
        let outcomes = batch.column(1).as_struct();
        for row in 0..batch.num_rows() {
            let device = batch.column(0).as_primitive::<Int32Type>().value(row);
            let before = answers.insert(device, cells(outcomes, row));
            assert_eq!(before, None, "device {device} twice");
        }
    }
    answers
}

fn cells(outcomes: &StructArray, row: usize) -> Vec<String> {
    let shown =
        |column: &ArrayRef| datafusion::arrow::util::display::array_value_to_string(column, row).unwrap();
    outcomes.columns().iter().map(shown).collect()
}

#[tokio::test]
async fn outcomes_worked_out_by_hand() {
    let rows: [Row; 15] = [
        // Failed, with the roll-up first in the table; then it starts again.
        (1, Some("SYS_111"), Some(1_045_000), None),
        (1, Some("UPD4_FAIL_218"), Some(1_000_000), None),
        (1, Some("UPD2_STATE_4"), Some(2_000_000), None),
        // Updated at last; then skipped and removed, which changes nothing.
        (2, Some("upd4_fail_303"), Some(1_000_000), None),
        (2, Some("UPD1_OK_1"), Some(2_000_000), None),
        (2, Some("SYS_110"), Some(3_000_000), None),
        (2, Some("SYS_109"), Some(4_000_000), None),
        // Uncatalogued: the record's status, else the word in the code.
        (3, Some("SYS_140"), Some(1_000_000), Some("Skipped")),
        (4, Some("UPD9_FAIL_1"), None, None),
        // Nothing but words that are no codes, nulls, and information.
        (5, Some("update.device.device-created"), Some(1_000_000), Some("FAIL")),
        (5, None, Some(2_000_000), Some("FAIL")),
        (5, Some("SYS_100"), None, None),
        (6, Some("XSYS_111"), Some(1_000_000), None),
        (6, Some("UPD4_OK_M1"), Some(1_000_000), None),
        (6, Some("SYS_111 "), Some(1_000_000), None),
    ];
    let expected = [
        (1, ["failed", "UPD4_FAIL_218", "true", "1", "1970-01-01T00:00:01", "1970-01-01T00:00:02", "false"]),
        (2, ["updated", "", "false", "2", "1970-01-01T00:00:01", "1970-01-01T00:00:04", "false"]),
        (3, ["skipped", "", "false", "0", "1970-01-01T00:00:01", "1970-01-01T00:00:01", "false"]),
        (4, ["failed", "UPD9_FAIL_1", "false", "1", "", "", "true"]),
        (5, ["in-progress", "", "false", "0", "", "", "false"]),
        (6, ["in-progress", "", "false", "0", "1970-01-01T00:00:01", "1970-01-01T00:00:01", "false"]),
    ];
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(device, cells)| (*device, cells.map(str::to_owned).to_vec())).collect();
    let call = "device_outcome(code, time, status)";
    assert_eq!(answers(vec![vec![batch(&rows)]], call).await, expected);
    let apart = rows.iter().map(|row| vec![batch(&[*row])]).collect();
    assert_eq!(answers(apart, call).await, expected);
}

#[tokio::test]
async fn two_phases_give_what_one_fold_gives() {
    // Every third code of the catalogue, many devices, times that repeat.
    let mut rows: Vec<Row> = Vec::new();
    for n in 0_u64..6_000 {
        let random =
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let code = EventCode::ALL[(random >> 8) as usize % EventCode::COUNT].as_str();
        let time = (random >> 40 & 15 != 0).then_some((random >> 32 & 63) as i64 * 1_000_000);
        rows.push(((random >> 50) as i32 % 400, Some(code), time, None));
    }
    let mut folds: BTreeMap<i32, DeviceOutcome> = BTreeMap::new();
    for (device, code, time, _) in &rows {
        folds.entry(*device).or_default().push(code.unwrap().parse().unwrap(), *time);
    }
    let partitions: Vec<_> = rows.chunks(700).map(|rows| rows.chunks(90).map(batch).collect()).collect();
    let answers = answers(partitions, "device_outcome(code, time)").await;
    assert_eq!(answers.len(), folds.len());
    for (device, fold) in folds {
        let text = |seen: Option<i64>| seen.map_or(0, |time| time / 1_000_000 + 1).to_string();
        let expected = [
            fold.outcome().to_string(),
            fold.reason().map(|code| code.to_string()).unwrap_or_default(),
            fold.is_retrying().to_string(),
            fold.attempts().to_string(),
            fold.is_uncertain().to_string(),
        ];
        let answer = &answers[&device];
        assert_eq!([0, 1, 2, 3, 6].map(|cell| answer[cell].clone()), expected, "device {device}");
        let seen = |cell: &str| match cell.strip_prefix("1970-01-01T00:0") {
            Some(time) => time[..1].parse::<u32>().unwrap() * 60 + time[2..].parse::<u32>().unwrap() + 1,
            None => 0,
        };
        assert_eq!(seen(&answer[4]).to_string(), text(fold.first_seen()), "device {device}");
        assert_eq!(seen(&answer[5]).to_string(), text(fold.last_seen()), "device {device}");
    }
}

#[tokio::test]
async fn without_groups_over_a_dictionary_and_as_a_window() {
    let mut context = SessionContext::new();
    register_all(&mut context).unwrap();
    let codes: DictionaryArray<Int32Type> =
        ["UPD4_FAIL_207", "SYS_108", "UPD4_FAIL_207"].into_iter().collect();
    let batch = RecordBatch::try_from_iter([("code", Arc::new(codes) as ArrayRef)]).unwrap();
    context.register_batch("t", batch).unwrap();
    let call = "device_outcome(code, CAST(NULL AS TIMESTAMP))";
    for sql in [
        format!("SELECT {call} FROM t"),
        format!("SELECT DISTINCT {call} OVER () FROM t"),
        format!("SELECT {call} FILTER (WHERE code <> 'SYS_108') FROM t"),
    ] {
        let batches = context.sql(&sql).await.unwrap().collect().await.unwrap();
        let cells = cells(batches[0].column(0).as_struct(), 0);
        assert_eq!(cells, ["failed", "UPD4_FAIL_207", "false", "2", "", "", "true"], "{sql}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_refused_when_the_query_is_planned() {
    let mut context = SessionContext::new();
    register_all(&mut context).unwrap();
    for (sql, expected) in [
        ("SELECT device_outcome('SYS_111')", "two or three arguments, not 1"),
        ("SELECT device_outcome('SYS_111', 1)", "takes a timestamp, not Int64; event_time(value) makes one"),
        ("SELECT device_outcome(1, now())", "as text or bytes, not Int64"),
        ("SELECT device_outcome('a', now(), 'b', 'c')", "two or three arguments, not 4"),
    ] {
        let error = match context.sql(sql).await {
            Ok(plan) => plan.collect().await.unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(expected), "{sql}: {error}");
    }
}
