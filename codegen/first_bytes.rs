//! Derives what the scanner looks for first from the prefixes of the grammar.

use super::filter::Filter;

/// How the codes of the grammar begin. A catalogue that lacks one of the two changes nothing: its
/// codes must be found all the same, as unknown ones.
const PREFIXES: [&[u8; 3]; 2] = [b"UPD", b"SYS"];

/// What all prefixes have in common.
pub fn derive() -> Filter {
    let ignored = [0, 1].map(|place| differences(PREFIXES.map(|prefix| prefix[place])));
    Filter { ignored, wanted: [0, 1].map(|place| PREFIXES[0][place] | ignored[place]) }
}

/// The bits that are not the same in all bytes.
fn differences<const N: usize>(bytes: [u8; N]) -> u8 {
    bytes.iter().fold(0, |differences, byte| differences | (byte ^ bytes[0]))
}
