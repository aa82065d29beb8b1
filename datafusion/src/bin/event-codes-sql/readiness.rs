//! Whether a scheduler can run a query: without an executor Ballista would let it wait for ever.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use crate::Error;
use crate::scheduler_address::SchedulerAddress;

const PAUSE: Duration = Duration::from_millis(100);
/// Someone who waits for longer than this is told what for.
const SILENCE: Duration = Duration::from_secs(1);
/// More than the answer has.
const LONGEST_ANSWER: u64 = 64 << 10;

/// Waits until a scheduler has an executor.
///
/// # Errors
///
/// One line that says what is missing, if it still is after `limit`.
pub async fn wait_for_executor(scheduler: &SchedulerAddress, limit: Duration) -> Result<(), Error> {
    let start = Instant::now();
    let end = start + limit;
    let mut missing = format!("no scheduler answers at {scheduler}");
    let mut is_told = false;
    loop {
        match timeout_at(end, is_ready(scheduler)).await {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => missing = format!("the scheduler at {scheduler} has no executor"),
            Ok(Err(error)) => missing = format!("no scheduler answers at {scheduler}: {error}"),
            // The time is over: the last answer, if there was one, says why.
            Err(_) => {}
        }
        if Instant::now() + PAUSE >= end {
            return Err(format!("{missing}; waited {}", humantime::format_duration(limit)).into());
        }
        if !is_told && start.elapsed() > SILENCE {
            eprintln!("event-codes-sql: {missing}; waiting up to {}", humantime::format_duration(limit));
            is_told = true;
        }
        sleep(PAUSE).await;
    }
}

/// Asks a scheduler once whether it has an executor.
///
/// A scheduler answers that over plain HTTP on the port that it serves queries on.
async fn is_ready(scheduler: &SchedulerAddress) -> io::Result<bool> {
    let mut stream = TcpStream::connect(scheduler.to_string()).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {scheduler}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    match answer.strip_prefix(b"HTTP/1.1 ").and_then(|answer| answer.get(..3)) {
        Some(b"200") => Ok(true),
        Some(b"503") => Ok(false),
        _ => Err(io::Error::other("what listens there is no scheduler")),
    }
}
