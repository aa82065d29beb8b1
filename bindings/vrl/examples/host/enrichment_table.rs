//! Vector's `get_enrichment_table_record`, which VRL lacks: a stand-in with the table that `eventcodes export
//! vector` writes, and the transform that uses it.

use std::collections::HashMap;
use std::sync::Arc;

use event_log_codes_cli::args::ExportArgs;
use event_log_codes_cli::commands::export::{self, Format};
use vrl::prelude::*;

/// The table's rows by their column `code`, each with all columns.
pub type Table = HashMap<String, ObjectMap>;

/// The table that `eventcodes export vector` writes.
pub fn table() -> Table {
    let text = exported(None);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize().map(|row: Result<HashMap<String, String>, _>| {
        let row = row.unwrap();
        (row["code"].clone(), row.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    });
    rows.collect()
}

/// The program in the configuration that `eventcodes export vector --config` writes.
pub fn transform() -> String {
    let config = exported(Some("/etc/vector/event_codes.csv"));
    let (_, source) = config.split_once("    source: |\n").unwrap();
    source.lines().map(|line| line.strip_prefix("      ").unwrap().to_owned() + "\n").collect()
}

fn exported(config: Option<&str>) -> String {
    let args = ExportArgs { format: Format::Vector, fields: Vec::new(), config: config.map(str::to_owned) };
    let mut out = Vec::new();
    export::run(&args, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Vector's function, for a table whose rows have different codes and a condition on the code: returns the row,
/// and fails if there is none.
#[derive(Clone, Debug)]
pub struct GetEnrichmentTableRecord(pub Arc<Table>);

impl Function for GetEnrichmentTableRecord {
    fn identifier(&self) -> &'static str {
        "get_enrichment_table_record"
    }

    fn usage(&self) -> &'static str {
        ""
    }

    fn category(&self) -> &'static str {
        "Enrichment"
    }

    fn return_kind(&self) -> u16 {
        kind::OBJECT
    }

    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required("table", kind::BYTES, ""),
            Parameter::required("condition", kind::OBJECT, ""),
        ];
        PARAMETERS
    }

    fn examples(&self) -> &'static [Example] {
        &[]
    }

    /// As in Vector, the table is one of the configuration and the condition an object literal.
    fn compile(
        &self,
        state: &TypeState,
        _: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        arguments.required_enum("table", &["event_codes".into()], state)?;
        let mut condition = arguments.required_object("condition")?;
        let code = condition.remove("code").unwrap();
        assert!(condition.is_empty());
        Ok(Call { table: Arc::clone(&self.0), code }.as_expr())
    }
}

#[derive(Clone, Debug)]
struct Call {
    table: Arc<Table>,
    code: expression::Expr,
}

impl FunctionExpression for Call {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let code = self.code.resolve(ctx)?;
        let row = self.table.get(&*code.try_bytes_utf8_lossy()?);
        row.map(|row| row.clone().into()).ok_or_else(|| "no rows found".into())
    }

    fn type_def(&self, _: &TypeState) -> TypeDef {
        TypeDef::object(Collection::any()).fallible()
    }
}
