//! Text for a terminal of a width. Words are never broken: a code stays whole even where it is too long.

use textwrap::{Options, WordSplitter};

/// Below this width, tables and explanations are stacked: one name or value below the other.
const MIN_WIDTH: u16 = 60;

/// The width of the terminal that standard output is, if it is one.
pub fn terminal_width() -> Option<u16> {
    terminal_size::terminal_size().map(|(width, _)| width.0)
}

pub fn is_narrow(width: Option<u16>) -> bool {
    width.is_some_and(|width| width < MIN_WIDTH)
}

/// `text` behind `start`, further lines indented by `indent` spaces.
pub fn wrapped(start: &str, indent: usize, text: &str, width: Option<u16>) -> String {
    let indent = " ".repeat(indent);
    let options = Options::new(width.map_or(usize::MAX, usize::from))
        .initial_indent(start)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}
