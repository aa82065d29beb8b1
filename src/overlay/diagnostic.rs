//! Errors in a CSV file, reported with their place so that its author can correct them.

use std::fmt;
use std::path::Path;

/// One error: where it is, what is wrong, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    file: String,
    line: Option<u64>,
    column: Option<&'static str>,
    message: String,
}

impl Diagnostic {
    /// An error that concerns the file as a whole.
    pub(crate) fn in_file(file: &Path, message: impl fmt::Display) -> Self {
        Diagnostic {
            file: file.display().to_string(),
            line: None,
            column: None,
            message: message.to_string(),
        }
    }

    /// An error on a line, numbered from 1.
    pub(crate) fn on_line(file: &Path, line: u64, message: impl fmt::Display) -> Self {
        Diagnostic { line: Some(line), ..Diagnostic::in_file(file, message) }
    }

    /// An error in one cell.
    pub(crate) fn in_cell(file: &Path, line: u64, column: &'static str, message: impl fmt::Display) -> Self {
        Diagnostic { column: Some(column), ..Diagnostic::on_line(file, line, message) }
    }
}

/// One line, `file:line: column: message`, whatever characters the file name holds.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.escape_debug())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ": column `{column}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Diagnostic {}
