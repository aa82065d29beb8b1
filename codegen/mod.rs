//! The generator: CSV bytes -> rows -> validated catalogue -> source text of the tables.
//!
//! The build script runs it; the tests mount it and call it directly.

mod catalogue;
mod emit;
mod perfect_hash;
pub mod reported_values;

// Definitions that the generator and the library share are in the library, which uses more of them
// than the generator does.
#[path = "../src/overlay/diagnostic.rs"]
mod diagnostic;
#[path = "../src/overlay/entry.rs"]
mod entry;
#[allow(dead_code)]
#[path = "../src/key.rs"]
mod key;
#[path = "../src/portal_text.rs"]
mod portal_text;
#[path = "../src/overlay/rows.rs"]
mod rows;
#[path = "../src/shape.rs"]
mod shape;
#[allow(dead_code)]
#[path = "../src/vocabulary.rs"]
mod vocabulary;

use catalogue::Catalogue;
pub use diagnostic::Diagnostic;
pub use rows::Source;

/// Returns the tables for a catalogue and an overlay, or every error in the two.
pub fn generate(catalogue: &Source, overlay: Option<&Source>) -> Result<String, Vec<Diagnostic>> {
    let path = &overlay.unwrap_or(catalogue).path;
    let catalogue = Catalogue::new(catalogue, overlay)?;
    let Some(hashes) = perfect_hash::find(&catalogue) else {
        let message = "no hash found that keeps these codes apart; expected one";
        return Err(vec![Diagnostic::in_file(path, message)]);
    };
    Ok(emit::tables(&catalogue, hashes))
}
