//! Tables for people at a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, presets};
use event_log_codes::Status;

use super::{Cell, Column, Table};

const BOLD: Style = Style::new().bold();

/// Writes tables one below the other, folded to the width of the terminal if there is one.
pub fn write(out: &mut dyn Write, tables: &[Table]) -> io::Result<()> {
    let width = terminal_size::terminal_size().map(|(width, _)| width.0);
    for (index, table) in tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if !table.title.is_empty() {
            writeln!(out, "{BOLD}{}{BOLD:#}", table.title)?;
        }
        for line in laid_out(table, width).lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

fn laid_out(table: &Table, width: Option<u16>) -> comfy_table::Table {
    let mut laid_out = comfy_table::Table::new();
    laid_out.load_preset(presets::NOTHING);
    if let Some(width) = width {
        laid_out.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    laid_out.set_header(table.columns.iter().map(|column| styled(BOLD, column.name())));
    laid_out.add_rows(table.rows.iter().map(|row| row.iter().map(text)));
    for (index, column) in table.columns.iter().enumerate() {
        if let Some(laid_out) = laid_out.column_mut(index) {
            // Two spaces between columns, none before the first.
            laid_out.set_padding((0, 2));
            if matches!(column, Column::Number(_)) {
                laid_out.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    laid_out
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Status(status) => styled(style(*status), status.as_str()),
        Cell::Text(text) => super::escaped(text),
        Cell::Number(_) | Cell::Signed(_) | Cell::Time(_) | Cell::Duration(_) => cell.text_for_people(),
    }
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// How a status looks at a terminal.
pub fn style(status: Status) -> Style {
    match status {
        Status::Success => AnsiColor::Green.on_default(),
        Status::Fail => AnsiColor::Red.on_default(),
        Status::Info => AnsiColor::Cyan.on_default(),
        Status::Skipped => AnsiColor::Yellow.on_default(),
        _ => Style::new(),
    }
}
