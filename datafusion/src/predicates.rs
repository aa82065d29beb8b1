//! Conditions on what a code means, as lists of the codes that meet them.
//!
//! An engine knows nothing of what a function does, so it calls it for every row. Of a list of values it also knows
//! which row groups and pages of a Parquet file cannot have any: by their smallest and largest value, or by a bloom
//! filter.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ExprSchema};
use datafusion::error::Result;
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::utils::{conjunction, split_conjunction};
use datafusion::logical_expr::{Expr, Filter, LogicalPlan, Volatility, lit};
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_expr::create_physical_expr;
use datafusion::scalar::ScalarValue;
use event_log_codes::EventCode;

use crate::udf::CodeFunction;

/// An analyzer rule: a condition on functions of one column of codes becomes the list of the codes that meet it,
/// so that files sorted by code are read in part.
///
/// `event_code_number(code) = 218 AND device_id = 'a'` becomes `code IN ('UPD1_FAIL_218', ...) AND device_id = 'a'`,
/// with the same rows. A condition of a `WHERE`, one of those joined by `AND`, is looked at as a whole. It is left as it
/// is if it has anything but constants and functions of one column of codes, or if a null or a code that is not
/// catalogued meets it too: no list could have them all.
///
/// ```
/// # use std::sync::Arc;
/// # use datafusion::prelude::SessionContext;
/// use event_log_codes_datafusion::CodePredicates;
///
/// let context = SessionContext::new();
/// context.add_analyzer_rule(Arc::new(CodePredicates));
/// ```
///
/// On Ballista the session builder of the scheduler needs it too.
#[derive(Clone, Copy, Debug, Default)]
pub struct CodePredicates;

/// The longest list of which DataFusion compares each value with the smallest and the largest of a row group.
const LONGEST_PRUNED_LIST: usize = 20;

impl AnalyzerRule for CodePredicates {
    fn name(&self) -> &str {
        "event_code_predicates"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        let plan = plan.transform_up_with_subqueries(|plan| match plan {
            LogicalPlan::Filter(filter) => with_lists(filter),
            other => Ok(Transformed::no(other)),
        })?;
        Ok(plan.data)
    }
}

fn with_lists(filter: Filter) -> Result<Transformed<LogicalPlan>> {
    let schema = filter.input.schema();
    let mut others = Vec::new();
    // Conditions on the same column are one: their lists would overlap.
    let mut columns: Vec<(&Column, Vec<&Expr>)> = Vec::new();
    for condition in split_conjunction(&filter.predicate) {
        let Some(column) = only_column(condition) else {
            others.push(condition.clone());
            continue;
        };
        match columns.iter_mut().find(|(known, _)| *known == column) {
            Some((_, conditions)) => conditions.push(condition),
            None => columns.push((column, vec![condition])),
        }
    }
    let mut lists = Vec::new();
    for (column, conditions) in columns {
        let condition = conjunction(conditions.into_iter().cloned());
        match condition.as_ref().and_then(|condition| as_list(condition, column, schema)) {
            Some(list) => lists.push(list),
            None => others.extend(condition),
        }
    }
    if lists.is_empty() {
        return Ok(Transformed::no(LogicalPlan::Filter(filter)));
    }
    lists.extend(others);
    let predicate = conjunction(lists).expect("there is a list");
    Ok(Transformed::yes(LogicalPlan::Filter(Filter::try_new(predicate, filter.input)?)))
}

/// A condition that is true for the same rows, and calls no function.
fn as_list(condition: &Expr, column: &Column, schema: &DFSchema) -> Option<Expr> {
    let field = schema.field_from_column(column).ok()?;
    let codes = codes_that_meet(condition, column, field)?;
    let value = |code: &EventCode| {
        let value = ScalarValue::from(code.as_str()).cast_to(field.data_type()).ok()?;
        Some(Expr::Literal(value, None))
    };
    let values: Vec<_> = codes.iter().map(value).collect::<Option<_>>()?;
    let (Some(first), Some(last)) = (codes.iter().min_by_key(text), codes.iter().max_by_key(text)) else {
        return Some(lit(false));
    };
    let column = Expr::Column(column.clone());
    if codes.len() <= LONGEST_PRUNED_LIST {
        return Some(column.in_list(values, false));
    }
    let range = column.clone().gt_eq(value(first)?).and(column.clone().lt_eq(value(last)?));
    Some(range.and(column.in_list(values, false)))
}

fn text(code: &&EventCode) -> &'static str {
    code.as_str()
}

/// The column of a condition that has nothing but constants and functions of one column of codes.
fn only_column(condition: &Expr) -> Option<&Column> {
    let mut column = None;
    let mut is_only = true;
    let walk = condition.apply(|part| {
        Ok(match part {
            Expr::ScalarFunction(call)
                if code_column(call).is_some_and(|of| *column.get_or_insert(of) == of) =>
            {
                TreeNodeRecursion::Jump
            }
            Expr::ScalarFunction(call) if call.func.signature().volatility == Volatility::Immutable => {
                TreeNodeRecursion::Continue
            }
            Expr::Literal(..)
            | Expr::Alias(_)
            | Expr::BinaryExpr(_)
            | Expr::Not(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::Between(_)
            | Expr::InList(_)
            | Expr::Like(_)
            | Expr::SimilarTo(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::TryCast(_)
            | Expr::Negative(_) => TreeNodeRecursion::Continue,
            _ => {
                is_only = false;
                TreeNodeRecursion::Stop
            }
        })
    });
    column.filter(|_| is_only && walk.is_ok())
}

/// The column that a function of this crate is called with, if the function knows but the code.
fn code_column(call: &ScalarFunction) -> Option<&Column> {
    let is_of_code =
        call.func.inner().downcast_ref::<CodeFunction>().is_some_and(|function| function.is_of_code);
    match &call.args[..] {
        [Expr::Column(column)] if is_of_code => Some(column),
        _ => None,
    }
}

/// The catalogued codes that meet a condition on a column; `None` if others do as well, or if it fails for one.
fn codes_that_meet(condition: &Expr, column: &Column, field: &Field) -> Option<Vec<EventCode>> {
    // All codes that are not catalogued mean the same: nothing.
    let others = [Some(""), None];
    let texts = EventCode::ALL.iter().map(|code| Some(code.as_str())).chain(others);
    let codes: ArrayRef = Arc::new(texts.collect::<StringArray>());
    let codes = cast(&codes, field.data_type()).ok()?;
    let field = Arc::new(field.clone().with_nullable(true));
    let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![field.clone()])), vec![codes]).ok()?;
    let fields = vec![(column.relation.clone(), field)];
    let schema = DFSchema::new_with_metadata(fields, HashMap::new()).ok()?;
    let evaluate =
        create_physical_expr(condition, &schema, &ExecutionProps::new(), &Default::default()).ok()?;
    let met = evaluate.evaluate(&batch).ok()?.into_array(batch.num_rows()).ok()?;
    let met = met.as_boolean_opt()?;
    let is_met = |row| met.is_valid(row) && met.value(row);
    let (catalogued, all) = (EventCode::ALL.len(), met.len());
    if (catalogued..all).any(is_met) {
        return None;
    }
    Some(EventCode::ALL.iter().enumerate().filter(|(row, _)| is_met(*row)).map(|(_, code)| *code).collect())
}
