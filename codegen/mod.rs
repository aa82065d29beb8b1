//! The generator: CSV bytes -> rows -> validated catalogue -> source text of the tables.
//!
//! The build script runs it; the tests mount it and call it directly.

mod catalogue;
mod emit;
mod first_bytes;
mod mistake;
mod perfect_hash;
mod rows;

// What the generator and the library must agree on is written once, in the library, which uses
// more of it than the generator does.
#[allow(dead_code)]
#[path = "../src/filter.rs"]
mod filter;
#[allow(dead_code)]
#[path = "../src/key.rs"]
mod key;
#[path = "../src/portal_text.rs"]
mod portal_text;
#[path = "../src/shape.rs"]
mod shape;
#[allow(dead_code)]
#[path = "../src/vocabulary.rs"]
mod vocabulary;

use catalogue::Catalogue;
pub use mistake::Mistake;
pub use rows::Source;

/// The tables for a catalogue and a site's overlay of it, or every mistake in the two.
pub fn generate(catalogue: &Source, overlay: Option<&Source>) -> Result<String, Vec<Mistake>> {
    let path = &catalogue.path;
    let catalogue = Catalogue::new(catalogue, overlay)?;
    let Some(hashes) = perfect_hash::find(&catalogue) else {
        return Err(vec![Mistake::in_file(path, "no hash found that keeps the codes apart; expected one")]);
    };
    Ok(emit::tables(&catalogue, hashes, first_bytes::derive()))
}
