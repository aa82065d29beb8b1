//! The transform that `eventcodes export vector --config` writes, run with the table that `eventcodes export
//! vector` writes.

#[path = "../examples/host/mod.rs"]
#[allow(dead_code, reason = "the other test and the examples use the rest of it")]
mod host;

use std::collections::BTreeMap;
use std::sync::Arc;

use host::Host;
use host::enrichment_table::{GetEnrichmentTableRecord, table, transform};
use vrl::value::{ObjectMap, Value};

#[test]
fn the_exported_transform_explains_codes() {
    let table = Arc::new(table());
    let rows = csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../codes.csv"))
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect::<Vec<BTreeMap<String, String>>>();
    assert_eq!(table.len(), rows.len());

    let get = Box::new(GetEnrichmentTableRecord(Arc::clone(&table)));
    let mut host = Host::compile(&transform(), vec![get]).unwrap();
    let mut run = |message: Value| {
        let event = host.run(BTreeMap::from([("message".into(), message)]).into()).unwrap();
        event.as_object().unwrap().get("event_code").cloned()
    };
    for row in &rows {
        let fields = ["code", "status", "section", "portal_text", "explanation", "corrective_action"];
        let expected: ObjectMap =
            fields.iter().map(|name| ((*name).into(), row[*name].as_str().into())).collect();
        let message = format!("{{\"log\":\"failed:\\n{}\"}}", row["code"]);
        assert_eq!(run(message.into()), Some(expected.into()));
    }
    let unknown: ObjectMap = [("code".into(), "UPD4_FAIL_999".into())].into_iter().collect();
    assert_eq!(run("device failed, UPD4_FAIL_999".into()), Some(unknown.into()));
    assert_eq!(run("nothing here".into()), None);
    assert_eq!(run(Value::Integer(207)), None, "a message that is not a string is left alone");
    assert_eq!(run(Value::Null), None);
}
