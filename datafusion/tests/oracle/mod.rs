//! What the functions should answer, worked out slowly from `codes.csv` and from words split one by one.

#![allow(dead_code, reason = "each program that mounts this uses a part of it")]

use std::collections::BTreeMap;

/// Code, resource and value, as the LwM2M objects and the client's headers define them.
const LWM2M_VALUES: &str = include_str!("../../../tests/fixtures/lwm2m-values.tsv");

/// The rows of `codes.csv` by code.
pub struct Oracle(BTreeMap<String, BTreeMap<String, String>>);

impl Oracle {
    pub fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../codes.csv");
        let rows: Vec<BTreeMap<String, String>> =
            csv::Reader::from_path(path).unwrap().into_deserialize().map(Result::unwrap).collect();
        assert!(rows.len() >= 143, "{path} has {} codes", rows.len());
        Self(rows.into_iter().map(|row| (row["code"].clone(), row)).collect())
    }

    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn contains(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// A cell of the CSV; an empty one is a null.
    pub fn cell(&self, code: &str, column: &str) -> Option<String> {
        self.0.get(code).map(|row| row[column].clone()).filter(|cell| !cell.is_empty())
    }

    /// The words of a text that are codes or look like one.
    pub fn find<'t>(&self, text: &'t str) -> Vec<&'t str> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| self.contains(word) || (word.len() <= 64 && looks_like_a_code(word)))
            .collect()
    }

    pub fn lwm2m(&self, object: i64, resource: i64, value: i64) -> Option<String> {
        let path = format!("/{object}/0/{resource}");
        let value = value.to_string();
        // A report of a hash or a version carries a text: any value means the report.
        let is_meant = |row: &Vec<&str>| row[1] == path && (row[2].is_empty() || row[2] == value);
        let mut rows = LWM2M_VALUES.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
        let row = rows.find(is_meant)?;
        self.contains(row[0]).then(|| row[0].to_owned())
    }
}

/// `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+`.
fn looks_like_a_code(word: &str) -> bool {
    let all = |part: &str, allowed: fn(char) -> bool| !part.is_empty() && part.chars().all(allowed);
    match word.split('_').collect::<Vec<_>>()[..] {
        ["SYS", number] => all(number, |c| c.is_ascii_digit()),
        [family, kind, last] => {
            family.strip_prefix("UPD").is_some_and(|n| n.len() == 1 && all(n, |c| c.is_ascii_digit()))
                && all(kind, |c| c.is_ascii_uppercase())
                && all(last, |c| c.is_ascii_uppercase() || c.is_ascii_digit())
        }
        _ => false,
    }
}
