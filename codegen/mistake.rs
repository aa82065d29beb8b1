//! A mistake in a CSV file, told so that its author can mend it.

use std::fmt;
use std::path::Path;

/// One mistake: where it is, what is wrong, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    file: String,
    line: Option<u64>,
    column: Option<&'static str>,
    what: String,
}

impl Mistake {
    /// A mistake of the file as a whole.
    pub fn in_file(file: &Path, what: impl fmt::Display) -> Self {
        Mistake { file: file.display().to_string(), line: None, column: None, what: what.to_string() }
    }

    /// A mistake on a line, numbered from 1.
    pub fn on_line(file: &Path, line: u64, what: impl fmt::Display) -> Self {
        Mistake { line: Some(line), ..Mistake::in_file(file, what) }
    }

    /// A mistake in one cell.
    pub fn in_cell(file: &Path, line: u64, column: &'static str, what: impl fmt::Display) -> Self {
        Mistake { column: Some(column), ..Mistake::on_line(file, line, what) }
    }
}

/// One line, `file:line: column: what`, whatever characters the file holds.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.escape_debug())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ": column `{column}`")?;
        }
        write!(f, ": {}", self.what)
    }
}
