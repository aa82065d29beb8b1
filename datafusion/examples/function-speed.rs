//! Times the functions against the engine's own ways to the same answer, over batches in memory, and
//! prints a Markdown table. Every way is asked in turn, round after round, and must answer the same.

#[path = "../tests/fleet/mod.rs"]
mod fleet;

use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::prelude::{CsvReadOptions, SessionConfig, SessionContext};
use event_log_codes_datafusion::register_all;

const ROWS: u64 = 4_000_000;
const ROUNDS: usize = 7;

/// The shape of a code, as one would write it for the engine.
const SHAPE: &str = "UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+";

#[tokio::main]
async fn main() -> Result<()> {
    // One partition: the time of a row on one core.
    let mut context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    register_all(&mut context)?;
    let codes = concat!(env!("CARGO_MANIFEST_DIR"), "/../codes.csv");
    context.register_csv("codes_file", codes, CsvReadOptions::new()).await?;
    context.sql("CREATE TABLE codes AS SELECT code, status FROM codes_file").await?.collect().await?;
    context.register_table("events", Arc::new(events()?))?;

    println!("| rows: {ROWS}; rounds: {ROUNDS} | ns per row, median | times ours |\n|---|---|---|");
    let regexp = format!("regexp_match(line, '{SHAPE}')[1]");
    compare(
        &context,
        &[
            ("read the column only", "SELECT count(code) FROM events"),
            ("**`event_code_status(code)`**", "SELECT count(event_code_status(code)) FROM events"),
            (
                "join with `codes.csv`",
                "SELECT count(status) FROM events LEFT JOIN codes ON events.code = codes.code",
            ),
        ],
    )
    .await?;
    compare(
        &context,
        &[
            ("read the text only", "SELECT count(line) FROM events"),
            ("**`find_event_code(line)`**", "SELECT count(find_event_code(line)) FROM events"),
            ("`regexp_match`", &format!("SELECT count({regexp}) FROM events")),
        ],
    )
    .await?;
    compare(
        &context,
        &[
            ("read the text only", "SELECT count(line) FROM events"),
            (
                "**`event_code_status(find_event_code(line))`**",
                "SELECT count(event_code_status(find_event_code(line))) FROM events",
            ),
            (
                "`regexp_match` and join",
                &format!("SELECT count(status) FROM events LEFT JOIN codes ON {regexp} = codes.code"),
            ),
        ],
    )
    .await
}

/// Times queries that give one number. The first is the floor, the second ours; all but the floor
/// must agree.
async fn compare(context: &SessionContext, ways: &[(&str, &str)]) -> Result<()> {
    let mut times = vec![Vec::new(); ways.len()];
    let mut answers = vec![0; ways.len()];
    for _ in 0..ROUNDS {
        for (way, (_, sql)) in ways.iter().enumerate() {
            let start = Instant::now();
            let batches = context.sql(sql).await?.collect().await?;
            times[way].push(start.elapsed().as_nanos() as f64 / ROWS as f64);
            answers[way] = batches[0].column(0).as_primitive::<Int64Type>().value(0);
        }
    }
    assert!(answers[1] > 0 && answers[1..].iter().all(|answer| *answer == answers[1]), "{answers:?}");
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        })
        .collect();
    for ((name, _), median) in ways.iter().zip(&medians) {
        println!("| {name} | {median:.1} | {:.2} |", median / medians[1]);
    }
    Ok(())
}

/// The codes and the syslog lines of the fleet, in batches as a reader makes them.
fn events() -> Result<MemTable> {
    let mut batches = Vec::new();
    let mut line = Vec::new();
    for start in (0..ROWS).step_by(8192) {
        let events: Vec<_> = (start..ROWS.min(start + 8192)).map(fleet::event).collect();
        let lines = events.iter().map(|event| {
            line.clear();
            event.write_syslog(&mut line)?;
            let text = String::from_utf8_lossy(&line);
            Ok(text.trim_start_matches("{\"line\":\"").trim_end_matches("\"}\n").to_owned())
        });
        let lines: StringViewArray =
            lines.collect::<std::io::Result<Vec<String>>>()?.into_iter().map(Some).collect();
        let codes: StringViewArray = events.iter().map(|event| Some(event.code.as_str())).collect();
        batches.push(RecordBatch::try_from_iter([
            ("code", Arc::new(codes) as ArrayRef),
            ("line", Arc::new(lines) as ArrayRef),
        ])?);
    }
    MemTable::try_new(batches[0].schema(), vec![batches])
}
