//! What the functions should answer, worked out slowly from `codes.csv` and from words split one by one.

#![allow(dead_code, reason = "each program that mounts this uses a part of it")]

use std::collections::BTreeMap;

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
        let code = match (object, resource, value) {
            (5, 3, n) => format!("UPD1_STATE_{n}"),
            (5, 5, n) if self.contains(&format!("UPD1_OK_{n}")) => format!("UPD1_OK_{n}"),
            (5, 5, n) => format!("UPD1_FAIL_{n}"),
            (5, 6, _) => "UPD1_REPORT_HASH".into(),
            (5, 7, _) => "UPD1_REPORT_VERSION".into(),
            (10252, 2, n) => format!("UPD2_STATE_{n}"),
            (10252, 3, -1 | 255) => "UPD4_OK_M1".into(),
            (10252, 3, n @ (1 | 18 | 19)) => format!("UPD2_OK_{n}"),
            (10252, 3, n @ 2..=17) => format!("UPD2_FAIL_{n}"),
            (10252, 3, 100) => "UPD4_OK_100".into(),
            (10252, 3, n @ 101..=512) => format!("UPD4_FAIL_{n}"),
            (10252, 5, _) => "UPD2_REPORT_HASH".into(),
            (10252, 6, _) => "UPD2_REPORT_VERSION".into(),
            _ => return None,
        };
        self.contains(&code).then_some(code)
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
