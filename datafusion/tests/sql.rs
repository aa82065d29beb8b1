//! The functions and the table through the engine's SQL.

mod oracle;

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, StringArray};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::prelude::{SessionConfig, SessionContext};
use event_log_codes_datafusion::{event_codes, functions, register_all};

use oracle::Oracle;

fn session() -> SessionContext {
    let mut context = SessionContext::new_with_config(SessionConfig::new().with_information_schema(true));
    register_all(&mut context).unwrap();
    context.register_table("event_codes", event_codes().unwrap()).unwrap();
    context
}

/// The rows of an answer as text, nulls as the empty text.
async fn answer(context: &SessionContext, sql: &str) -> Vec<Vec<String>> {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let options = FormatOptions::default();
    let mut rows = Vec::new();
    for batch in &batches {
        let columns: Vec<_> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
        rows.extend(
            (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect()),
        );
    }
    rows
}

#[tokio::test]
async fn the_documented_examples_are_true() {
    let context = session();
    for function in functions::all() {
        let example = function.documentation().unwrap().sql_example.clone().unwrap();
        let (sql, expected) = example.split_once(";  -- ").unwrap();
        assert_eq!(answer(&context, sql).await, [[expected]], "{sql}");
    }
}

#[tokio::test]
async fn show_functions_tells_what_they_do() {
    let context = session();
    for function in functions::all() {
        let rows = answer(&context, &format!("SHOW FUNCTIONS LIKE '{}'", function.name())).await;
        assert!(!rows.is_empty(), "{} is not shown", function.name());
        let documentation = function.documentation().unwrap();
        for row in rows {
            let shown = |part: &str| row.iter().any(|cell| cell == part);
            assert!(shown(&documentation.description) && shown(&documentation.syntax_example), "{row:?}");
        }
        assert!(documentation.arguments.as_ref().is_some_and(|arguments| !arguments.is_empty()));
    }
}

#[tokio::test]
async fn the_table_is_the_catalogue() {
    let oracle = Oracle::read();
    let context = session();
    let columns = ["section", "status", "source", "portal_text", "explanation", "corrective_action"];
    let rows = answer(&context, &format!("SELECT code, {} FROM event_codes", columns.join(", "))).await;
    assert_eq!(rows.len(), oracle.codes().count());
    for row in &rows {
        let expected = columns.map(|column| oracle.cell(&row[0], column).unwrap_or_default());
        assert_eq!(row[1..], expected, "{}", row[0]);
    }

    let in_order: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../codes.csv")).unwrap();
    let position = |code: &str| file.find(&format!("\n{code},")).unwrap();
    assert!(in_order.is_sorted_by_key(|code| position(code)), "the order of the file is kept");

    let parts = "SELECT family, number, is_user_defined FROM event_codes WHERE code = ";
    assert_eq!(answer(&context, &format!("{parts} 'UPD4_FAIL_312'")).await, [["UPD4", "312", "true"]]);
    assert_eq!(answer(&context, &format!("{parts} 'UPD4_OK_M1'")).await, [["UPD4", "-1", "false"]]);
}

/// Texts of a fleet, joined and grouped with the functions and with the table, against a plain count.
#[tokio::test]
async fn grouping_and_joining() {
    let oracle = Oracle::read();
    let context = session();
    let codes: Vec<_> = oracle.codes().chain(["UPD4_FAIL_9999"]).collect();
    let lines: Vec<_> = (0..20_000)
        .map(|n| (n % 17 != 0).then(|| format!("gateway {n}: <{}>", codes[n * n % codes.len()])))
        .collect();
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        let code = line.as_deref().and_then(|line| oracle.find(line).first().copied());
        let status = code.and_then(|code| oracle.cell(code, "status"));
        *expected.entry(status.unwrap_or_default()).or_default() += 1;
    }
    let expected: Vec<_> = expected.into_iter().map(|(status, n)| vec![status, n.to_string()]).collect();

    let lines: Arc<dyn Array> = Arc::new(lines.iter().map(Option::as_deref).collect::<StringArray>());
    context.register_batch("log", RecordBatch::try_from_iter([("line", lines)]).unwrap()).unwrap();
    for sql in [
        "SELECT event_code_status(find_event_code(line)) AS status, count(*) FROM log
         GROUP BY status ORDER BY status NULLS FIRST",
        "SELECT status, count(*) FROM log LEFT JOIN event_codes ON code = find_event_code(line)
         GROUP BY status ORDER BY status NULLS FIRST",
        "SELECT event_code_status(arrow_cast(find_event_code(line), 'Dictionary(Int32, Utf8)')) AS status,
         count(*) FROM log GROUP BY status ORDER BY status NULLS FIRST",
        "SELECT event_code_status(find_event_codes(line)[1]) AS status, count(*) FROM log
         GROUP BY status ORDER BY status NULLS FIRST",
    ] {
        assert_eq!(answer(&context, sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn null_literals() {
    let context = session();
    for function in functions::all() {
        let arguments = function.documentation().unwrap().arguments.as_ref().unwrap().len();
        let sql = format!("SELECT {}({}) IS NULL", function.name(), vec!["NULL"; arguments].join(", "));
        assert_eq!(answer(&context, &sql).await, [["true"]], "{sql}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_refused_by_the_planner() {
    let context = session();
    for sql in [
        "SELECT event_code_status(42)",
        "SELECT event_code_status()",
        "SELECT find_event_code(true)",
        "SELECT event_code_from_lwm2m(10252, 3)",
        "SELECT event_code_from_lwm2m('a', 'b', 'c')",
    ] {
        let error = context.sql(sql).await.unwrap_err().strip_backtrace();
        let function = &sql["SELECT ".len()..sql.find('(').unwrap()];
        assert!(error.contains(function), "{sql}: {error}");
        println!("{sql}: {error}\n");
    }
}
