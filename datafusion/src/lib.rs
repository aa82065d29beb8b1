//! Device Management event codes as SQL, for [Apache DataFusion] and [Apache Ballista].
//!
//! ```
//! use datafusion::prelude::SessionContext;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion::error::Result<()> {
//! let mut context = SessionContext::new();
//! event_log_codes_datafusion::register_all(&mut context)?;
//! context.register_table("event_codes", event_log_codes_datafusion::event_codes()?)?;
//!
//! let answer = context
//!     .sql("SELECT event_code_corrective_action('UPD4_FAIL_207') AS action")
//!     .await?
//!     .to_string()
//!     .await?;
//! assert!(answer.contains("Retry"));
//! # Ok(())
//! # }
//! ```
//!
//! [`functions`] has each scalar function on its own; [`device_outcome`] is an aggregate function that says
//! what became of a device, and [`event_codes`] is the catalogue as a table for joins. [`CodePredicates`] lets a
//! query on few codes read few of the rows of sorted files.
//!
//! # What goes in, what comes out
//!
//! - A code or a text may be `Utf8`, `LargeUtf8`, `Utf8View`, `Binary`, `LargeBinary`, `BinaryView`,
//!   `FixedSizeBinary`, or a dictionary of any of them. A dictionary is looked up once per value it
//!   holds, not once per row.
//! - Null in, null out. A code that is not catalogued gives null (and `false` from `is_event_code`).
//! - Texts come out as `Utf8View`: every row is a 16-byte view into one buffer that holds the
//!   catalogue's texts for the life of the process, so no text is copied per row.
//!
//! [Apache DataFusion]: https://datafusion.apache.org
//! [Apache Ballista]: https://datafusion.apache.org/ballista/

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod catalogue;
mod found;
pub mod functions;
mod outcome;
mod predicates;
mod rows;
mod udf;

pub use catalogue::event_codes;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
pub use outcome::device_outcome;
pub use predicates::CodePredicates;

/// Registers every function of [`functions`], and [`device_outcome`], with a session, or with any other registry.
///
/// # Errors
///
/// If the registry refuses a function, as one that cannot be written to does.
pub fn register_all(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in functions::all() {
        registry.register_udf(function)?;
    }
    registry.register_udaf(device_outcome())?;
    Ok(())
}
