//! Times the functions against the engine's own ways to the same answer, over batches in memory, and
//! prints a Markdown table. Every way is asked in turn, round after round, and must answer the same.

#[path = "../tests/fleet/mod.rs"]
mod fleet;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringViewArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::execution::memory_pool::{MemoryPool, MemoryReservation};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{CsvReadOptions, SessionConfig, SessionContext};
use event_log_codes_datafusion::register_all;

const ROWS: u64 = 4_000_000;
const ROUNDS: usize = 7;

/// The shape of a code, as one would write it for the engine.
const SHAPE: &str = "UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+";

#[tokio::main]
async fn main() -> Result<()> {
    // One partition: the time of a row on one core.
    let memory = Arc::new(Memory::default());
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(memory.clone()).build_arc()?;
    let config = SessionConfig::new().with_target_partitions(1);
    let mut context = SessionContext::new_with_config_rt(config, runtime);
    register_all(&mut context)?;
    let codes = concat!(env!("CARGO_MANIFEST_DIR"), "/../codes.csv");
    context.register_csv("codes_file", codes, CsvReadOptions::new()).await?;
    context.sql("CREATE TABLE codes AS SELECT code, status FROM codes_file").await?.collect().await?;
    context.register_table("events", Arc::new(events()?))?;

    println!(
        "| rows: {ROWS}; rounds: {ROUNDS} | ns per row, median | times ours | most memory, MB |\n|---|---|---|---|"
    );
    let regexp = format!("regexp_match(line, '{SHAPE}')[1]");
    compare(
        &context,
        &memory,
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
        &memory,
        &[
            ("read the text only", "SELECT count(line) FROM events"),
            ("**`find_event_code(line)`**", "SELECT count(find_event_code(line)) FROM events"),
            ("`regexp_match`", &format!("SELECT count({regexp}) FROM events")),
        ],
    )
    .await?;
    compare(
        &context,
        &memory,
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
    .await?;

    // Devices whose last event that decides is a failure. The ways of the engine answer no more than what is
    // written; ours also follows what is skipped after a success, retries, events at the same time, and codes that
    // are not catalogued, which are left out here.
    let create = "CREATE VIEW codes_only AS SELECT * FROM events WHERE is_event_code(code)";
    context.sql(create).await?.collect().await?;
    let decides = "event_code_status(code) <> 'info' AND code NOT IN ('SYS_109', 'UPD4_OK_M1')";
    let is_reason = "event_code_status(code) = 'fail' AND code <> 'SYS_111'";
    let last = |value: &str, of: &str| format!("last_value({value} ORDER BY time) FILTER (WHERE {of})");
    let failed = |status: &str, of: &str| format!("SELECT count(*) FROM ({of}) WHERE {status} = 'fail'");
    let status = last("event_code_status(code)", decides);
    let all = format!(
        "SELECT count(*) FILTER (WHERE status = 'fail' AND (reason IS NULL OR reason <> '') AND attempts >= 0
                                 AND first <= last) FROM (
         SELECT device, {status} AS status, {reason} AS reason, min(time) AS first, max(time) AS last,
                count(*) FILTER (WHERE {is_reason}) AS attempts
         FROM codes_only GROUP BY device)",
        reason = last("code", is_reason),
    );
    compare(
        &context,
        &memory,
        &[
            ("group by device only", "SELECT count(*) FROM (SELECT device, max(time) FROM codes_only GROUP BY device)"),
            (
                "**`device_outcome(code, time)`**",
                "SELECT count(*) FROM (SELECT device, device_outcome(code, time) AS device_outcome FROM codes_only
                 GROUP BY device) WHERE device_outcome['outcome'] = 'failed'",
            ),
            (
                "the last status, by `row_number() OVER (PARTITION BY device ORDER BY time DESC)`",
                &failed(
                    "n = 1 AND status",
                    &format!(
                        "SELECT event_code_status(code) AS status,
                                row_number() OVER (PARTITION BY device ORDER BY time DESC) AS n
                         FROM codes_only WHERE {decides}"
                    ),
                ),
            ),
            (
                "the last status, by `last_value(... ORDER BY time) FILTER (...)`",
                &failed("status", &format!("SELECT device, {status} AS status FROM codes_only GROUP BY device")),
            ),
            ("the last status and reason, attempts, first and last time, by aggregates", &all),
        ],
    )
    .await
}

/// Counts the memory that the engine reserves.
#[derive(Debug, Default)]
struct Memory {
    reserved: AtomicUsize,
    most: AtomicUsize,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl MemoryPool for Memory {
    fn name(&self) -> &str {
        "memory"
    }

    fn grow(&self, _reservation: &MemoryReservation, additional: usize) {
        let reserved = self.reserved.fetch_add(additional, Ordering::Relaxed) + additional;
        self.most.fetch_max(reserved, Ordering::Relaxed);
    }

    fn shrink(&self, _reservation: &MemoryReservation, shrink: usize) {
        self.reserved.fetch_sub(shrink, Ordering::Relaxed);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        self.grow(reservation, additional);
        Ok(())
    }

    fn reserved(&self) -> usize {
        self.reserved.load(Ordering::Relaxed)
    }
}

/// Times queries that give one number. The first is the floor, the second ours; all but the floor
/// must agree.
async fn compare(context: &SessionContext, memory: &Memory, ways: &[(&str, &str)]) -> Result<()> {
    let mut times = vec![Vec::new(); ways.len()];
    let mut most = vec![0; ways.len()];
    let mut answers = vec![0; ways.len()];
    for _ in 0..ROUNDS {
        for (way, (_, sql)) in ways.iter().enumerate() {
            memory.most.store(0, Ordering::Relaxed);
            let start = Instant::now();
            let batches = context.sql(sql).await?.collect().await?;
            times[way].push(start.elapsed().as_nanos() as f64 / ROWS as f64);
            most[way] = most[way].max(memory.most.load(Ordering::Relaxed));
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
    for (((name, _), median), most) in ways.iter().zip(&medians).zip(most) {
        println!("| {name} | {median:.1} | {:.2} | {:.1} |", median / medians[1], most as f64 / 1e6);
    }
    Ok(())
}

/// The codes, devices, times and syslog lines of the fleet, in batches as a reader makes them.
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
        let devices: StringViewArray = events.iter().map(|event| Some(event.device_id())).collect();
        let times = events.iter().map(|event| event.time as i64 * 1000);
        batches.push(RecordBatch::try_from_iter([
            ("code", Arc::new(codes) as ArrayRef),
            ("device", Arc::new(devices)),
            ("time", Arc::new(TimestampMicrosecondArray::from_iter_values(times))),
            ("line", Arc::new(lines) as ArrayRef),
        ])?);
    }
    MemTable::try_new(batches[0].schema(), vec![batches])
}
