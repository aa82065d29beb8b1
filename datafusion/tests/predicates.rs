//! `CodePredicates`: the same rows as without it, and fewer that are read.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use event_log_codes::EventCode;
use event_log_codes_datafusion::{CodePredicates, register_all};

fn session(has_rule: bool) -> SessionContext {
    let mut context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
    register_all(&mut context).unwrap();
    if has_rule {
        context.add_analyzer_rule(Arc::new(CodePredicates));
    }
    context
}

/// Codes of all kinds in a random order: catalogued, in lower case, not catalogued, none.
fn codes(rows: u64) -> impl Iterator<Item = Option<String>> {
    (0..rows).map(|n| {
        let random = n.wrapping_add(7).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let random = (random ^ random >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20;
        let code = EventCode::ALL[random as usize % EventCode::COUNT].as_str();
        match random >> 30 & 15 {
            0 => None,
            1 => Some(code.to_lowercase()),
            2 => Some(format!("UPD4_FAIL_{}", 900 + random % 50)),
            3 => Some(String::new()),
            _ => Some(code.to_owned()),
        }
    })
}

/// What is asked, and whether it becomes a list.
const CONDITIONS: [(&str, bool); 31] = [
    ("event_code_number(code) = 218", true),
    ("event_code_number(code) = 100 + 118", true),
    ("event_code_number(code) IN (207, 303) AND row > 100", true),
    ("event_code_number(code) BETWEEN 200 AND 299", true),
    ("event_code_number(code) * 2 < 20", true),
    ("event_code_number(code) = 30000", true),
    ("event_code_section(code) = 'update-fetching'", true),
    ("event_code_status(code) = 'fail'", true),
    ("event_code_status(code) <> 'info'", true),
    ("event_code_status(code) IS NOT NULL", true),
    ("event_code_family(code) = 'UPD2' AND event_code_status(code) = 'fail'", true),
    // Together not met by a null, which meets the first.
    ("(event_code_status(code) IS DISTINCT FROM 'info') AND event_code_family(code) = 'SYS'", true),
    ("event_code_family(code) LIKE 'UPD%' AND row % 2 = 0", true),
    ("event_code_number(code) = 218 OR event_code_status(code) = 'skipped'", true),
    ("NOT (event_code_status(code) = 'fail')", true),
    ("NOT (event_code_number(code) < 300 OR event_code_status(code) = 'fail')", true),
    ("is_event_code(code)", true),
    ("event_code_portal_text(code) LIKE '%signature%'", true),
    ("CASE event_code_family(code) WHEN 'SYS' THEN true ELSE event_code_number(code) = 1 END", true),
    // Also met by a null, or by what is not catalogued.
    ("event_code_status(code) IS NULL", false),
    ("event_code_number(code) IS DISTINCT FROM 218", false),
    ("coalesce(event_code_status(code), 'fail') = 'fail'", false),
    ("NOT is_event_code(code)", false),
    ("(event_code_status(code) = 'fail') IS NOT TRUE", false),
    // Of more than the code.
    ("event_code_number(code) = 218 OR row = 3", false),
    ("event_code_number(code) = row", false),
    ("event_code_number(code) = 218 OR code = 'upd4_fail_207'", false),
    ("event_code_status(code) = event_code_status(other)", false),
    ("event_code_number(upper(code)) = 218", false),
    ("event_code_number(code) > random() * 0", false),
    // It would fail for codes that are not among the rows.
    ("row < 0 AND 1 / (event_code_number(code) - 218) = 0", false),
];

#[tokio::test]
async fn the_same_rows() {
    let texts: ArrayRef = Arc::new(codes(5_000).collect::<StringArray>());
    let others: ArrayRef = Arc::new(codes(10_000).skip(5_000).collect::<StringArray>());
    let rows: ArrayRef = Arc::new(Int32Array::from_iter_values(0..5_000));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for data_type in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, DataType::Binary, dictionary] {
        let column = |texts: &ArrayRef| cast(texts, &data_type).unwrap();
        let columns = [("code", column(&texts)), ("other", column(&others)), ("row", rows.clone())];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        for (condition, is_list) in CONDITIONS {
            // Functions of texts refuse bytes, whatever the rule does.
            let is_of_bytes = data_type == DataType::Binary;
            if is_of_bytes && (condition.contains("upper") || condition.contains("code = '")) {
                continue;
            }
            let sql = format!("SELECT row FROM log WHERE {condition} ORDER BY row");
            let mut answers = Vec::new();
            for has_rule in [false, true] {
                let context = session(has_rule);
                context.register_batch("log", batch.clone()).unwrap();
                let frame = context.sql(&sql).await.unwrap();
                let plan = frame.clone().into_optimized_plan().unwrap().display_indent().to_string();
                let calls = plan.contains("event_code");
                assert_eq!(calls, !(has_rule && is_list), "{condition} of {data_type}: {plan}");
                answers.push(pretty_format_batches(&frame.collect().await.unwrap()).unwrap().to_string());
            }
            assert_eq!(answers[0], answers[1], "{condition} of {data_type}");
        }
    }
}

/// Rows that come out of the files, whatever a filter above keeps of them.
fn rows_read(plan: &Arc<dyn ExecutionPlan>) -> usize {
    match &plan.children()[..] {
        [] => plan.metrics().unwrap().output_rows().unwrap(),
        children => children.iter().map(|child| rows_read(child)).sum(),
    }
}

#[tokio::test]
async fn sorted_files_are_read_in_part() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("log.parquet");
    let file = file.to_str().unwrap();
    let column: ArrayRef = Arc::new(codes(100_000).collect::<StringArray>());
    let context = session(false);
    let batch = RecordBatch::try_from_iter([("code", column)]).unwrap();
    context.register_batch("log", batch).unwrap();
    let copy = format!(
        "COPY (SELECT code FROM log ORDER BY code) TO '{file}' OPTIONS ('format.max_row_group_size' '2000')"
    );
    context.sql(&copy).await.unwrap().collect().await.unwrap();

    for (condition, at_most) in [
        ("event_code_number(code) = 218", 10_000),
        ("event_code_section(code) = 'update-fetching'", 40_000),
        ("event_code_family(code) = 'SYS'", 20_000),
        ("event_code_number(code) = 30000", 0),
    ] {
        let mut answers = Vec::new();
        for has_rule in [false, true] {
            let context = session(has_rule);
            context.register_parquet("log", file, ParquetReadOptions::new()).await.unwrap();
            let sql =
                format!("SELECT code, count(*) AS n FROM log WHERE {condition} GROUP BY code ORDER BY code");
            let plan = context.sql(&sql).await.unwrap().create_physical_plan().await.unwrap();
            let batches = collect(plan.clone(), context.task_ctx()).await.unwrap();
            answers.push(pretty_format_batches(&batches).unwrap().to_string());
            let read = if plan.name() == "EmptyExec" { 0 } else { rows_read(&plan) };
            println!("{condition}: {read} rows");
            match has_rule {
                true => assert!(read <= at_most, "{condition}: {read} rows are read"),
                false => assert_eq!(read, 100_000, "{condition}"),
            }
        }
        assert_eq!(answers[0], answers[1], "{condition}");
    }
}
