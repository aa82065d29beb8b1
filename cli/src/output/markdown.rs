//! Tables for tickets and wikis.

use std::io::{self, Write};

use super::{Column, Table};
use crate::clean::clean;

/// Writes tables one below the other, titles as headings.
pub fn write<'a>(out: &mut dyn Write, tables: impl IntoIterator<Item = Table<'a>>) -> io::Result<()> {
    for (index, table) in tables.into_iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if !table.title.is_empty() {
            writeln!(out, "## {}\n", escaped(&clean(&table.title)))?;
        }
        row(out, table.columns.iter().map(|column| column.name().to_owned()))?;
        row(
            out,
            table.columns.iter().map(|column| match column {
                Column::Text(_) => "---".to_owned(),
                Column::Number(_) => "---:".to_owned(),
            }),
        )?;
        for cells in table.rows.iter() {
            row(out, cells.iter().map(|cell| escaped(&cell.text_for_people())))?;
        }
    }
    Ok(())
}

fn row(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    write!(out, "|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    writeln!(out)
}

/// Keeps what Markdown would take for markup as text. An underscore inside a word is none.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '*' | '`' | '<' | '[' | ']' | '\\' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}
