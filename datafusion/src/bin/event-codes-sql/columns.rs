//! The columns of files, found out from their first lines.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use datafusion::arrow::json::reader::infer_json_schema_from_iterator;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{DdlStatement, LogicalPlan};
use datafusion::sql::parser::DFParser;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStore;
use serde_json::Value;

use crate::Error;
use crate::files::{File, Kind};
use crate::scan::Header;
use crate::scan::input::{Input, Lines};

/// How many lines of a file, and how many files, tell the columns.
const LINES: u64 = 1000;
const FILES: usize = 100;
/// How many files are looked at at a time.
const AT_A_TIME: usize = 8;
/// The longest record, or header, that columns are taken from.
const LONGEST: usize = 64 << 20;

/// How thoroughly columns are looked for.
#[derive(Clone, Copy)]
pub struct Care {
    /// Whether every line of every file is looked at.
    pub all: bool,
    /// Whether lines that cannot be read are left out.
    pub skip_bad_lines: bool,
}

/// Finds out the columns of files of one kind.
pub async fn infer(state: &SessionState, files: &[File], kind: Kind, care: Care) -> Result<Schema, Error> {
    let sample: Vec<&File> = if care.all || files.len() <= FILES {
        files.iter().collect()
    } else {
        eprintln!(
            "event-codes-sql: the columns are those of {FILES} of the {} files: --infer-all looks at all",
            files.len()
        );
        (0..FILES).map(|n| &files[n * files.len() / FILES]).collect()
    };
    let runtime = state.runtime_env();
    let columns_of = async |file: &File| -> Result<Columns, Error> {
        let store = runtime.object_store(&file.store)?;
        match kind {
            Kind::Ndjson => of_ndjson(file, &store, care).await,
            Kind::Csv => of_csv(file, &store).await,
            _ => {
                let schema = ParquetFormat::default()
                    .infer_schema(state, &store, std::slice::from_ref(&file.meta))
                    .await;
                let schema = schema.map_err(|error| format!("{}: {error}", file.name()))?;
                Ok(Columns::of(&schema, &Place { file: file.name(), line: None }))
            }
        }
    };
    let each = stream::iter(sample).map(columns_of).buffered(AT_A_TIME);
    let columns = each.try_fold(Columns::default(), async |all, more| all.merge(more)).await?;
    Ok(columns.finish())
}

/// The columns that a file states as SQL does: `name TYPE, name TYPE`.
pub async fn stated(state: &SessionState, text: &str) -> Result<SchemaRef, Error> {
    let sql = format!("CREATE EXTERNAL TABLE events (\n{text}\n) STORED AS CSV LOCATION ''");
    let mut statements = DFParser::parse_sql(&sql)?;
    let plan = match (statements.pop_front(), statements.is_empty()) {
        (Some(statement), true) => state.statement_to_plan(statement).await?,
        _ => return Err("expected columns alone".into()),
    };
    let LogicalPlan::Ddl(DdlStatement::CreateExternalTable(table)) = plan else {
        return Err("expected columns".into());
    };
    Ok(Arc::new(table.schema.as_arrow().clone()))
}

/// Columns and where each was seen first.
#[derive(Default)]
struct Columns(Vec<(FieldRef, Place)>);

/// Where a type was seen.
#[derive(Clone)]
struct Place {
    file: String,
    line: Option<u64>,
}

impl Place {
    fn describe(&self) -> String {
        match self.line {
            Some(line) => format!("{}, line {line}", self.file),
            None => self.file.clone(),
        }
    }
}

impl Columns {
    fn of(schema: &Schema, place: &Place) -> Self {
        Self(schema.fields().iter().map(|field| (field.clone(), place.clone())).collect())
    }

    fn merge(mut self, other: Self) -> Result<Self, Error> {
        for (field, place) in other.0 {
            let Some((known, seen)) = self.0.iter_mut().find(|(known, _)| known.name() == field.name())
            else {
                self.0.push((field, place));
                continue;
            };
            let Some(merged) = merge(known.data_type(), field.data_type()) else {
                let (name, place) = (field.name(), place.describe());
                return Err(format!(
                    "{place}: column {name} is {}, but {} in {}: state its type with --schema",
                    describe(field.data_type()),
                    describe(known.data_type()),
                    seen.describe()
                )
                .into());
            };
            if *known.data_type() == DataType::Null {
                *seen = place;
            }
            if merged != *known.data_type() {
                *known = Arc::new(known.as_ref().clone().with_data_type(merged));
            }
        }
        Ok(self)
    }

    fn finish(self) -> Schema {
        Schema::new(self.0.iter().filter_map(|(field, _)| readable(field)).collect::<Vec<_>>())
    }
}

/// The type that has the values of both, if one does.
fn merge(a: &DataType, b: &DataType) -> Option<DataType> {
    use DataType::{Boolean, Float64, Int64, List, Null, Struct, Utf8};
    Some(match (a, b) {
        _ if a == b => a.clone(),
        (Null, other) | (other, Null) => other.clone(),
        (Int64, Float64) | (Float64, Int64) => Float64,
        (Boolean | Int64 | Float64 | Utf8, Boolean | Int64 | Float64 | Utf8) => Utf8,
        (List(a), List(b)) => {
            List(Arc::new(a.as_ref().clone().with_data_type(merge(a.data_type(), b.data_type())?)))
        }
        (Struct(a), Struct(b)) => {
            let mut fields: Vec<FieldRef> = a.iter().cloned().collect();
            for field in b {
                match fields.iter_mut().find(|known| known.name() == field.name()) {
                    None => fields.push(field.clone()),
                    Some(known) => {
                        let merged = merge(known.data_type(), field.data_type())?;
                        *known = Arc::new(known.as_ref().clone().with_data_type(merged));
                    }
                }
            }
            Struct(fields.into())
        }
        _ => return None,
    })
}

fn describe(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Struct(_) => "an object",
        DataType::List(_) => "a list",
        DataType::Boolean => "true or false",
        DataType::Int64 | DataType::Float64 => "a number",
        DataType::Utf8 => "text",
        _ => "of another type",
    }
}

/// A column as it is read: one that was null so far may become text, and an object without members is none.
fn readable(field: &Field) -> Option<FieldRef> {
    fn of_type(data_type: &DataType) -> Option<DataType> {
        Some(match data_type {
            DataType::Null => DataType::Utf8,
            DataType::Struct(fields) => {
                let fields: Fields = fields.iter().filter_map(|field| readable(field)).collect();
                if fields.is_empty() {
                    return None;
                }
                DataType::Struct(fields)
            }
            DataType::List(item) => DataType::List(readable(item)?),
            other => other.clone(),
        })
    }
    Some(Arc::new(field.clone().with_data_type(of_type(field.data_type())?)))
}

async fn of_ndjson(file: &File, store: &Arc<dyn ObjectStore>, care: Care) -> Result<Columns, Error> {
    let name = file.name();
    let input = Input::open(store, &file.meta, None).await.map_err(|error| format!("{name}: {error}"))?;
    let mut lines = Lines::new(input);
    let mut columns = Columns::default();
    let mut text = Vec::new();
    let (mut line, mut start) = (0, 1);
    while care.all || line < LINES {
        let before = text.len();
        let read = lines.read(&mut text, LONGEST).await;
        read.map_err(|error| format!("{name}: after line {line}: {error}"))?;
        let is_end = text.len() == before;
        line += u64::from(!is_end);
        match of_records(&text, &Place { file: name.clone(), line: Some(start) }) {
            Ok(more) => columns = columns.merge(more)?,
            // A record that goes over lines.
            Err(mistake)
                if mistake.is_unfinished && !care.skip_bad_lines && !is_end && text.len() < LONGEST =>
            {
                continue;
            }
            Err(_) if care.skip_bad_lines => {}
            Err(mistake) => return Err(format!("{name}: in line {start}: {}", mistake.what).into()),
        }
        if is_end {
            break;
        }
        text.clear();
        start = line + 1;
    }
    Ok(columns)
}

struct Mistake {
    what: String,
    is_unfinished: bool,
}

/// The columns of the records in a text, of whole records.
fn of_records(text: &[u8], place: &Place) -> Result<Columns, Mistake> {
    let mut columns = Columns::default();
    for value in serde_json::Deserializer::from_slice(text).into_iter::<Value>() {
        let value =
            value.map_err(|error| Mistake { is_unfinished: error.is_eof(), what: error.to_string() })?;
        let mistake = |what| Mistake { what, is_unfinished: false };
        if !value.is_object() {
            return Err(mistake("expected an object; device_events reads JSON of any shape".to_owned()));
        }
        let schema = infer_json_schema_from_iterator(std::iter::once(Ok(value)));
        let schema = schema.map_err(|error| mistake(error.to_string()))?;
        columns = columns.merge(Columns::of(&schema, place)).map_err(|error| mistake(error.to_string()))?;
    }
    Ok(columns)
}

/// A CSV column is always text: an identifier of digits that the first rows suggest is a number may
/// be too long for one in a later row.
async fn of_csv(file: &File, store: &Arc<dyn ObjectStore>) -> Result<Columns, Error> {
    let name = file.name();
    let mut input = Input::open(store, &file.meta, None).await.map_err(|error| format!("{name}: {error}"))?;
    let (mut head, mut ended) = (Vec::new(), false);
    loop {
        match input.next().await.map_err(|error| format!("{name}: {error}"))? {
            Some(chunk) => head.extend_from_slice(&chunk),
            None => ended = true,
        }
        let header = Header::read(&head, ended).map_err(|error| format!("{name}: in line 1: {error}"))?;
        if let Some(header) = header {
            let place = Place { file: name, line: Some(1) };
            let field = |name| (Arc::new(Field::new(name, DataType::Utf8, true)), place.clone());
            return Columns::default().merge(Columns(header.names.iter().map(field).collect()));
        }
        if head.len() > LONGEST {
            return Err(format!("{name}: in line 1: the row is too long").into());
        }
    }
}
