//! Tables for people at a terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, Width, presets};
use event_log_codes::Status;
use textwrap::core::display_width;

use super::{Cell, Column, Table, wrap};
use crate::clean::clean;

const BOLD: Style = Style::new().bold();

/// Rows of the longest table that is folded: all of it is laid out at once, which takes memory.
const ROWS: usize = 1000;

/// Writes tables one below the other, folded to the width of the terminal if there is one.
///
/// Where they would not fit, each row becomes a block: its first cell, and below it the others.
pub fn write<'a>(out: &mut dyn Write, tables: impl IntoIterator<Item = Table<'a>>) -> io::Result<()> {
    write_within(out, tables, wrap::terminal_width())
}

fn write_within<'a>(
    out: &mut dyn Write,
    tables: impl IntoIterator<Item = Table<'a>>,
    width: Option<u16>,
) -> io::Result<()> {
    for (index, table) in tables.into_iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        if !table.title.is_empty() {
            writeln!(out, "{BOLD}{}{BOLD:#}", clean(&table.title))?;
        }
        let widths = widths(&table, width.is_some());
        let exceeding = |of: fn(&Widths) -> usize| {
            width.filter(|width| widths.iter().map(of).sum::<usize>() > usize::from(*width))
        };
        let folded = exceeding(|widths| widths.whole);
        if wrap::is_narrow(width)
            || exceeding(|widths| widths.least).is_some()
            || (folded.is_some() && table.rows.len > ROWS)
        {
            stacked(out, &table, width)?;
        } else if let Some(width) = folded {
            for line in laid_out(&table, &widths, width).lines() {
                writeln!(out, "{}", line.trim_end())?;
            }
        } else {
            in_columns(out, &table, &widths)?;
        }
    }
    Ok(())
}

/// Writes a table that need not be folded.
// By hand, as there is little to it: a crate that lays tables out takes a noticeable part of a short run.
fn in_columns(out: &mut dyn Write, table: &Table<'_>, widths: &[Widths]) -> io::Result<()> {
    let mut line = Vec::new();
    let mut write_line = |cells: &mut dyn Iterator<Item = (String, Style)>| -> io::Result<()> {
        line.clear();
        // Spaces that are written once something follows them.
        let mut pending = 0;
        for ((text, style), (column, widths)) in cells.zip(table.columns.iter().zip(widths)) {
            let space = widths.whole.saturating_sub(text_width(&text));
            let (before, after) = match column {
                Column::Number(_) => (space.saturating_sub(GAP), GAP),
                Column::Text(_) => (0, space),
            };
            if text.is_empty() {
                pending += widths.whole;
            } else {
                line.resize(line.len() + pending + before, b' ');
                write!(line, "{style}{text}{style:#}")?;
                pending = after;
            }
        }
        line.push(b'\n');
        out.write_all(&line)
    };
    write_line(&mut table.columns.iter().map(|column| (column.name().to_owned(), BOLD)))?;
    for row in table.rows.iter() {
        write_line(&mut row.iter().map(|cell| (cell.text_for_people(), style_of(cell))))?;
    }
    Ok(())
}

/// Spaces between two columns.
const GAP: usize = 2;

/// How wide a column is, with the spaces behind it.
#[derive(Clone, Copy)]
struct Widths {
    /// The width below which words would have to be broken.
    least: usize,
    /// The width in which nothing has to be folded.
    whole: usize,
}

/// The widths of the columns; the least only if the table may have to be folded.
fn widths(table: &Table<'_>, may_fold: bool) -> Vec<Widths> {
    let of = |text: &str, is_one_word: bool| {
        let whole = text_width(text);
        let words = text.split_whitespace().map(text_width);
        let least = if is_one_word || !may_fold { whole } else { words.max().unwrap_or(0) };
        Widths { least: least + GAP, whole: whole + GAP }
    };
    let mut widths: Vec<_> = table.columns.iter().map(|column| of(column.name(), false)).collect();
    for row in table.rows.iter() {
        for (widest, cell) in widths.iter_mut().zip(&row) {
            // Date and time stay on one line.
            let is_one_word = matches!(cell, Cell::Time(_) | Cell::Duration(_));
            let widths = of(&cell.text_for_people(), is_one_word);
            widest.least = widest.least.max(widths.least);
            widest.whole = widest.whole.max(widths.whole);
        }
    }
    widths
}

/// The columns that a text without control characters takes at a terminal.
fn text_width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { display_width(text) }
}

fn stacked(out: &mut dyn Write, table: &Table<'_>, width: Option<u16>) -> io::Result<()> {
    for row in table.rows.iter() {
        for (index, (column, cell)) in table.columns.iter().zip(&row).enumerate() {
            let value = cell.text_for_people();
            if index == 0 {
                writeln!(out, "{BOLD}{value}{BOLD:#}")?;
            } else if !value.is_empty() {
                let style = style_of(cell);
                let line = wrap::wrapped("  ", 4, &format!("{}: {value}", column.name()), width);
                writeln!(out, "{style}{line}{style:#}")?;
            }
        }
    }
    Ok(())
}

/// Lays out a table, folded to `width`.
fn laid_out(table: &Table<'_>, widths: &[Widths], width: u16) -> comfy_table::Table {
    let mut laid_out = comfy_table::Table::new();
    laid_out.load_preset(presets::NOTHING).enforce_styling().style_text_only();
    // Whether styles are wanted is for the output to decide, which drops them if not.
    crossterm::style::force_color_output(true);
    laid_out.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let names = table.columns.iter().map(|column| comfy_table::Cell::new(column.name()));
    laid_out.set_header(names.map(|name| name.add_attribute(Attribute::Bold)));
    laid_out.add_rows(table.rows.iter().map(|row| row.iter().map(styled).collect::<Vec<_>>()));
    for (index, (column, widths)) in table.columns.iter().zip(widths).enumerate() {
        if let Some(laid_out) = laid_out.column_mut(index) {
            // Spaces between columns, none before the first.
            laid_out.set_padding((0, GAP as u16));
            let least = widths.least.try_into().unwrap_or(u16::MAX);
            laid_out.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            if matches!(column, Column::Number(_)) {
                laid_out.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    laid_out
}

fn styled(cell: &Cell) -> comfy_table::Cell {
    let styled = comfy_table::Cell::new(cell.text_for_people());
    match style_of(cell).get_fg_color() {
        Some(anstyle::Color::Ansi(colour)) => styled.fg(Color::AnsiValue(colour as u8)),
        _ => styled,
    }
}

fn style_of(cell: &Cell) -> Style {
    match cell {
        Cell::Status(status) => style(*status),
        Cell::Text(_) | Cell::Number(_) | Cell::Signed(_) | Cell::Time(_) | Cell::Duration(_) => Style::new(),
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

    use super::super::Rows;
    use super::{Cell, Column, ROWS, Table, write_within};

    /// A table of everything, as wide as it gets.
    fn table() -> Table<'static> {
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
            rows: Rows::of(EventCode::ALL, row),
        }
    }

    #[test]
    fn a_long_table_has_the_same_columns_from_top_to_bottom() {
        let numbers: Vec<u64> = (0..2 * ROWS as u64 + 10).collect();
        let table = || Table {
            title: String::new(),
            columns: vec![Column::Text("name"), Column::Number("number"), Column::Text("last")],
            rows: Rows::of(&numbers, |number| {
                vec!["x".repeat(*number as usize % 7).as_str().into(), (*number).into(), "end".into()]
            }),
        };
        for width in [None, Some(80)] {
            let mut out = anstream::StripStream::new(Vec::new());
            write_within(&mut out, [table()], width).unwrap();
            let text = String::from_utf8(out.into_inner()).unwrap();
            let (header, rows) = text.split_once('\n').unwrap();
            assert_eq!(header, "name    number  last");
            assert_eq!(rows.lines().count(), numbers.len());
            for (line, number) in rows.lines().zip(&numbers) {
                let name = "x".repeat(*number as usize % 7);
                assert_eq!(line, format!("{name:<6}  {number:>6}  end"));
            }
        }
        let mut out = anstream::StripStream::new(Vec::new());
        write_within(&mut out, [table()], Some(15)).unwrap();
        let text = String::from_utf8(out.into_inner()).unwrap();
        assert!(text.contains("\n  number: 2009\n  last: end\n"), "too wide: a block for each row");
    }

    #[test]
    fn no_code_is_broken_at_any_width() {
        for width in 10..200 {
            let mut out = anstream::StripStream::new(Vec::new());
            write_within(&mut out, [table()], Some(width)).unwrap();
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
