//! Which records of a text cannot be read, found after a mistake in it.

use std::ops::Range;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;

/// Where in a text a record starts, and in which line.
pub type Start = (usize, u64);

/// The line of the first record that cannot be read, and why.
pub fn first_bad(
    text: &[u8],
    starts: &[Start],
    decode: impl Fn(&[u8]) -> Result<Vec<RecordBatch>, ArrowError>,
) -> Option<(u64, ArrowError)> {
    (0..starts.len()).find_map(|n| Some((starts[n].1, decode(part(text, starts, n..n + 1)).err()?)))
}

/// The records that can be read, in order; `bad` gets the line of each of the others, and why it cannot.
pub fn rescue(
    text: &[u8],
    starts: &[Start],
    decode: impl Fn(&[u8]) -> Result<Vec<RecordBatch>, ArrowError>,
    mut bad: impl FnMut(u64, ArrowError),
) -> Vec<RecordBatch> {
    let mut rescued = Vec::new();
    let all = 0..starts.len();
    let mut todo = vec![all];
    while let Some(range) = todo.pop() {
        match decode(part(text, starts, range.clone())) {
            Ok(batches) => rescued.extend(batches),
            Err(error) if range.len() <= 1 => bad(starts.get(range.start).map_or(0, |start| start.1), error),
            Err(_) => {
                let middle = range.start.midpoint(range.end);
                todo.extend([middle..range.end, range.start..middle]);
            }
        }
    }
    rescued
}

fn part<'t>(text: &'t [u8], starts: &[Start], range: Range<usize>) -> &'t [u8] {
    let position = |n: usize| starts.get(n).map_or(text.len(), |start| start.0);
    &text[position(range.start)..position(range.end)]
}
