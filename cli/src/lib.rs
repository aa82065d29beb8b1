//! The parts of the command `eventcodes`.
//!
//! A library only so that tests and fuzzing reach the parts; it promises nothing to anyone else.
//!
//! | module | what it does | uses |
//! |---|---|---|
//! | [`commands`] | one file for each subcommand | everything below |
//! | [`output`] | formats results as tables, CSV, Markdown, JSON and HTML | `analysis` |
//! | [`analysis`] | counts codes and devices; [`analysis::findings`] is the result that `output` formats | `input` |
//! | [`input`] | lists, opens and decompresses inputs; [`input::records`] reads their records on every core | `console` |
//! | [`console`] | messages on standard error, progress, exit status | |
//! | [`args`], [`filter`], [`pattern`] | the command line | |
//! | [`known_code`], [`site_codes`] | what is known of a code; the site's part of it | |
//! | [`clean`] | makes text safe to show | |
//! | [`platform`] | what systems have calls of their own for | |
//! | [`suggest`], [`lwm2m`] | the nearest codes to a misspelt one; codes by reported value | |
#![deny(unsafe_code)]

pub mod analysis;
pub mod args;
pub mod clean;
pub mod commands;
pub mod console;
pub mod filter;
pub mod input;
pub mod known_code;
pub mod lwm2m;
pub mod output;
pub mod pattern;
pub mod platform;
pub mod site_codes;
pub mod suggest;
