//! The catalogue as Arrow columns, one row per code, and as the table `event_codes`.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{Int16Array, StringViewArray, StringViewBuilder};
use datafusion::catalog::TableProvider;
use datafusion::catalog::view::ViewTable;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ScalarUDF, col, lit};
use datafusion::scalar::ScalarValue;
use event_log_codes::EventCode;

use crate::functions;

/// A column over the catalogue: the value of a code is in the row [`EventCode::index`], and one more
/// row is null for whatever is no code. That spares a look-up from marking nulls row by row.
pub(crate) type Column<A = StringViewArray> = LazyLock<A>;

pub(crate) static CODE: Column = Column::new(|| texts(|code| Some(code.as_str())));
pub(crate) static STATUS: Column = Column::new(|| texts(|code| Some(code.status().as_str())));
pub(crate) static SECTION: Column = Column::new(|| texts(|code| Some(code.section().as_str())));
pub(crate) static FAMILY: Column = Column::new(|| texts(|code| Some(code.family().as_str())));
pub(crate) static PORTAL_TEXT: Column = Column::new(|| texts(EventCode::portal_text));
pub(crate) static EXPLANATION: Column = Column::new(|| texts(EventCode::explanation));
pub(crate) static CORRECTIVE_ACTION: Column = Column::new(|| texts(EventCode::corrective_action));
pub(crate) static NUMBER: Column<Int16Array> =
    Column::new(|| EventCode::ALL.iter().map(|code| code.number()).chain([None]).collect());

/// The row of a code in a column.
pub(crate) fn row(code: Option<EventCode>) -> u32 {
    code.map_or(EventCode::COUNT, EventCode::index) as u32
}

/// The texts of all codes, views into one buffer in which equal texts are stored once.
fn texts(text: impl Fn(EventCode) -> Option<&'static str>) -> StringViewArray {
    let texts = EventCode::ALL.iter().map(|&code| text(code)).chain([None]);
    let bytes: usize = texts.clone().flatten().map(str::len).sum();
    let mut column = StringViewBuilder::with_capacity(EventCode::COUNT + 1)
        .with_fixed_block_size(u32::try_from(bytes.max(1)).expect("the catalogue is smaller than 4 GiB"))
        .with_deduplicate_strings();
    texts.for_each(|text| column.append_option(text));
    column.finish()
}

/// The catalogue as a table, for joins: `code`, `section`, `family`, `number`, `status`, `source`,
/// `portal_text`, `explanation`, `corrective_action`, `is_user_defined`.
///
/// It is a view that asks the functions of this crate about a list of codes, because a list and
/// function calls are what Ballista can send to a scheduler: the functions have to be registered
/// wherever the plan is run.
///
/// # Errors
///
/// If the engine refuses the plan of the view.
pub fn event_codes() -> Result<Arc<dyn TableProvider>> {
    let rows = EventCode::ALL.iter().map(|code| {
        let source = if code.is_documented() { "document" } else { "service" };
        vec![text(code.as_str()), text(source), lit(code.is_user_defined())]
    });
    let of_code = |function: Arc<ScalarUDF>, name: &str| function.call(vec![col("column1")]).alias(name);
    let plan = LogicalPlanBuilder::values(rows.collect())?
        .project([
            col("column1").alias("code"),
            of_code(functions::event_code_section(), "section"),
            of_code(functions::event_code_family(), "family"),
            of_code(functions::event_code_number(), "number"),
            of_code(functions::event_code_status(), "status"),
            col("column2").alias("source"),
            of_code(functions::event_code_portal_text(), "portal_text"),
            of_code(functions::event_code_explanation(), "explanation"),
            of_code(functions::event_code_corrective_action(), "corrective_action"),
            col("column3").alias("is_user_defined"),
        ])?
        .build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

fn text(text: &str) -> Expr {
    Expr::Literal(ScalarValue::Utf8View(Some(text.to_owned())), None)
}
