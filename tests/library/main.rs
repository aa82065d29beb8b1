//! The tests of the library, in one program: each file under `tests/` would be built and linked by itself,
//! and would compile proptest's generic code again.

#[path = "../hostile/mod.rs"]
mod hostile;
#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../random/mod.rs"]
mod random;

mod generator;
mod lookup;
mod outcome;
mod scan;
mod stream;
mod text;

// What these tests read is absent without the feature.
#[cfg(feature = "texts")]
mod catalogue;
#[cfg(feature = "defmt")]
mod defmt;
#[cfg(feature = "texts")]
mod examples;
#[cfg(all(unix, feature = "texts"))]
mod guard_pages;
#[cfg(feature = "texts")]
mod layout;
#[cfg(feature = "texts")]
mod lwm2m;
#[cfg(feature = "texts")]
mod overlay;
#[cfg(feature = "texts")]
mod portal_text;
#[cfg(all(feature = "overlay", feature = "texts"))]
mod site_codes;
