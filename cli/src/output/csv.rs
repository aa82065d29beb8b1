//! Rows for spreadsheets and other programs.

use std::io::{self, Write};

use super::{Column, Table};

/// Writes one table with a header; column names are written with underscores.
pub fn write(out: &mut dyn Write, table: &Table<'_>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.columns.iter().map(|column| Column::name(column).replace(' ', "_")))?;
    for row in table.rows.iter() {
        writer.write_record(row.iter().map(|cell| cell.text()))?;
    }
    writer.flush()
}
