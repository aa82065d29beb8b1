//! Tables for people at a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Width, presets};
use event_log_codes::Status;
use textwrap::core::display_width;

use super::{Cell, Column, Table, wrap};
use crate::clean::clean;

const BOLD: Style = Style::new().bold();

/// Writes tables one below the other, folded to the width of the terminal if there is one.
///
/// Where they would not fit, each row becomes a block: its first cell, and below it the others.
pub fn write(out: &mut dyn Write, tables: &[Table]) -> io::Result<()> {
    write_within(out, tables, wrap::terminal_width())
}

fn write_within(out: &mut dyn Write, tables: &[Table], width: Option<u16>) -> io::Result<()> {
    for (index, table) in tables.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if !table.title.is_empty() {
            writeln!(out, "{BOLD}{}{BOLD:#}", clean(&table.title))?;
        }
        if width.is_some_and(|width| wrap::is_narrow(Some(width)) || least_width(table) > usize::from(width))
        {
            stacked(out, table, width)?;
            continue;
        }
        for line in laid_out(table, width).lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

/// The width below which words would have to be broken.
fn least_width(table: &Table) -> usize {
    (0..table.columns.len()).map(|index| least_column_width(table, index)).sum()
}

/// The same for one column, with the two spaces behind it.
fn least_column_width(table: &Table, index: usize) -> usize {
    let longest = |text: &str| text.split_whitespace().map(display_width).max().unwrap_or(0);
    let width = |cell: &Cell| match cell {
        // Date and time stay on one line.
        Cell::Time(_) | Cell::Duration(_) => display_width(&cell.text_for_people()),
        _ => longest(&cell.text_for_people()),
    };
    let cells = table.rows.iter().filter_map(|row| row.get(index)).map(width).max().unwrap_or(0);
    cells.max(longest(table.columns[index].name())) + 2
}

fn stacked(out: &mut dyn Write, table: &Table, width: Option<u16>) -> io::Result<()> {
    for row in &table.rows {
        for (index, (column, cell)) in table.columns.iter().zip(row).enumerate() {
            let value = cell.text_for_people();
            if index == 0 {
                writeln!(out, "{BOLD}{value}{BOLD:#}")?;
            } else if !value.is_empty() {
                let style = if let Cell::Status(status) = cell { style(*status) } else { Style::new() };
                let line = wrap::wrapped("  ", 4, &format!("{}: {value}", column.name()), width);
                writeln!(out, "{style}{line}{style:#}")?;
            }
        }
    }
    Ok(())
}

fn laid_out(table: &Table, width: Option<u16>) -> comfy_table::Table {
    let mut laid_out = comfy_table::Table::new();
    laid_out.load_preset(presets::NOTHING).enforce_styling().style_text_only();
    // Whether styles are wanted is for the output to decide, which drops them if not.
    crossterm::style::force_color_output(true);
    if let Some(width) = width {
        laid_out.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    let names = table.columns.iter().map(|column| comfy_table::Cell::new(column.name()));
    laid_out.set_header(names.map(|name| name.add_attribute(Attribute::Bold)));
    laid_out.add_rows(table.rows.iter().map(|row| row.iter().map(styled)));
    for (index, column) in table.columns.iter().enumerate() {
        if let Some(laid_out) = laid_out.column_mut(index) {
            // Two spaces between columns, none before the first.
            laid_out.set_padding((0, 2));
            if width.is_some() {
                let least = least_column_width(table, index).try_into().unwrap_or(u16::MAX);
                laid_out.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            }
            if matches!(column, Column::Number(_)) {
                laid_out.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    laid_out
}

fn styled(cell: &Cell) -> comfy_table::Cell {
    let styled = comfy_table::Cell::new(cell.text_for_people());
    match cell {
        Cell::Status(status) => match style(*status).get_fg_color() {
            Some(anstyle::Color::Ansi(colour)) => styled.fg(Color::AnsiValue(colour as u8)),
            _ => styled,
        },
        Cell::Text(_) | Cell::Number(_) | Cell::Signed(_) | Cell::Time(_) | Cell::Duration(_) => styled,
    }
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

#[cfg(test)]
mod tests {
    use event_log_codes::EventCode;
    use textwrap::core::display_width;

    use super::{Cell, Column, Table, write_within};

    /// A table of everything, as wide as it gets.
    fn table() -> Table {
        let row = |code: &EventCode| -> Vec<Cell> {
            vec![
                code.as_str().into(),
                1234.into(),
                code.status().into(),
                code.portal_text().into(),
                code.corrective_action().into(),
            ]
        };
        Table {
            title: String::new(),
            columns: vec![
                Column::Text("code"),
                Column::Number("count"),
                Column::Text("status"),
                Column::Text("portal text"),
                Column::Text("corrective action"),
            ],
            rows: EventCode::ALL.iter().map(row).collect(),
        }
    }

    #[test]
    fn no_code_is_broken_at_any_width() {
        for width in 10..200 {
            let mut out = anstream::StripStream::new(Vec::new());
            write_within(&mut out, &[table()], Some(width)).unwrap();
            let text = String::from_utf8(out.into_inner()).unwrap();
            let words: std::collections::HashSet<_> = text.split_whitespace().collect();
            for code in EventCode::ALL {
                assert!(words.contains(code.as_str()), "{code} at {width}");
            }
            let longest_word = words.iter().map(|word| display_width(word)).max().unwrap();
            let widest = text.lines().map(display_width).max().unwrap();
            assert!(widest <= usize::from(width).max(longest_word + 4), "{widest} in {width}");
        }
    }
}
