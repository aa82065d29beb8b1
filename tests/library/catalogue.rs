//! Every cell of the catalogue against the document and the service's list of event types.

use std::collections::{BTreeMap, BTreeSet};

use event_log_codes::{EventCode, Family, Section, Status};

/// The document, word for word.
const DOCUMENT: &str = include_str!("../fixtures/document.txt");
/// The service's own list: code and status.
const SERVICE: &str = include_str!("../fixtures/service-event-types.tsv");

/// The headings of the document, in its order, and the sections of the catalogue.
const SECTIONS: [(&str, Section); 8] = [
    ("General", Section::General),
    ("Update", Section::Update),
    ("Manifest Validation", Section::ManifestValidation),
    ("Update Fetching", Section::UpdateFetching),
    ("Update Processing", Section::UpdateProcessing),
    ("Update Writing", Section::UpdateWriting),
    ("LwM2M Standard Object", Section::Lwm2mStandardObject),
    ("Service-generated items", Section::ServiceGenerated),
];

/// What the document states about one code; an empty cell is an empty text.
#[derive(Debug, PartialEq)]
struct Documented {
    code: String,
    section: Section,
    portal_text: String,
    explanation: String,
    corrective_action: String,
}

/// Reads the document: a table in each section, with its own columns, trailing cells left out.
fn document() -> Vec<Documented> {
    let mut rows = Vec::new();
    let mut section = None;
    let mut columns = Vec::new();
    for line in DOCUMENT.lines().skip(1) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let Some((_, named)) = SECTIONS.iter().find(|(heading, _)| *heading == line) {
            section = Some(*named);
        } else if cells[0] == "Event log code" {
            columns = cells;
        } else if cells[0] != "---" {
            let cell = |name| {
                let column = columns.iter().position(|column| *column == name)?;
                cells.get(column).map(|cell| cell.to_string())
            };
            for code in expanded(cells[0]) {
                rows.push(Documented {
                    code,
                    section: section.unwrap(),
                    portal_text: cell("Portal text").unwrap(),
                    explanation: cell("Explanation").unwrap_or_default(),
                    corrective_action: cell("Possible corrective action").unwrap_or_default(),
                });
            }
        }
    }
    rows
}

/// Expands `UPD4_FAIL_310-314` into five codes.
fn expanded(cell: &str) -> Vec<String> {
    let Some((first, last)) = cell.split_once('-') else {
        return vec![cell.to_string()];
    };
    let (prefix, first) = first.rsplit_once('_').unwrap();
    let range = first.parse::<u16>().unwrap()..=last.parse().unwrap();
    range.map(|number| format!("{prefix}_{number}")).collect()
}

/// The service's status of each code on its list.
fn service() -> BTreeMap<&'static str, &'static str> {
    SERVICE.lines().skip(1).map(|line| line.split_once('\t').unwrap()).collect()
}

/// The rows of `codes.csv`, by column name.
fn rows() -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path("codes.csv").unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn code(name: &str) -> EventCode {
    *EventCode::ALL.iter().find(|code| code.as_str() == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn the_document_is_read_whole() {
    let rows = document();
    assert_eq!(rows.len(), 94);
    assert_eq!(rows.iter().map(|row| &row.code).collect::<BTreeSet<_>>().len(), 94);
    for (heading, section) in SECTIONS {
        assert!(rows.iter().any(|row| row.section == section), "no code under {heading}");
    }
    // Cells read by a person: the last row of a table, a cell with a comma, a range, two empty columns.
    let cell = |name: &str| rows.iter().find(|row| row.code == name).unwrap();
    assert_eq!(cell("SYS_112").portal_text, "Device reached desired state.");
    assert_eq!(cell("UPD2_FAIL_13").corrective_action, "Check the vendor ID, class ID, and device ID.");
    assert_eq!(cell("UPD4_FAIL_312").portal_text, "User-defined errors.");
    assert_eq!(cell("UPD4_FAIL_316").explanation, "");
    assert_eq!(cell("UPD4_FAIL_500").corrective_action, "Call FAE.");
}

#[test]
fn codes_csv_matches_the_document() {
    let rows = rows();
    let documented: Vec<Documented> = rows
        .iter()
        .filter(|row| row["source"] == "document")
        .map(|row| Documented {
            code: row["code"].clone(),
            section: row["section"].parse().unwrap(),
            portal_text: row["portal_text"].clone(),
            explanation: row["explanation"].clone(),
            corrective_action: row["corrective_action"].clone(),
        })
        .collect();
    assert_eq!(documented, document(), "cell by cell, in the document's order");
}

#[test]
fn accessors_match_the_document() {
    for row in document() {
        let code = code(&row.code);
        assert!(code.is_documented(), "{code}");
        assert_eq!(code.section(), row.section, "{code}");
        for (actual, expected) in [
            (code.portal_text(), &*row.portal_text),
            (code.explanation(), &*row.explanation),
            (code.corrective_action(), &*row.corrective_action),
        ] {
            assert_eq!(actual, Some(expected).filter(|text| !text.is_empty()), "{code}");
        }
    }
}

#[test]
fn accessors_match_codes_csv() {
    let rows = rows();
    assert_eq!(rows.len(), EventCode::COUNT);
    for (row, code) in rows.iter().zip(EventCode::ALL) {
        assert_eq!(row["code"], code.as_str());
        assert_eq!(row["section"], code.section().as_str(), "{code}");
        assert_eq!(row["status"], code.status().as_str(), "{code}");
        assert_eq!(row["source"] == "document", code.is_documented(), "{code}");
        assert_eq!(row["portal_text"], code.portal_text().unwrap_or_default(), "{code}");
        assert_eq!(row["explanation"], code.explanation().unwrap_or_default(), "{code}");
        assert_eq!(row["corrective_action"], code.corrective_action().unwrap_or_default(), "{code}");
        for text in [code.portal_text(), code.explanation(), code.corrective_action()] {
            assert_ne!(text, Some(""), "{code}: an unknown text is None");
        }
    }
}

#[test]
fn the_catalogue_is_the_union_of_the_document_and_the_list() {
    let document: BTreeSet<String> = document().into_iter().map(|row| row.code).collect();
    let service: BTreeSet<String> = service().into_keys().map(str::to_string).collect();
    let catalogue: BTreeSet<String> = EventCode::ALL.iter().map(|code| code.to_string()).collect();
    assert_eq!(catalogue, &document | &service);
    assert_eq!(EventCode::COUNT, 143);
    assert_eq!(service.difference(&document).count(), 49);
    for code in EventCode::ALL {
        assert_eq!(code.is_documented(), document.contains(code.as_str()), "{code}");
    }
}

#[test]
fn statuses_are_those_of_the_service() {
    let service = service();
    let mut inferred = Vec::new();
    for code in EventCode::ALL {
        match service.get(code.as_str()) {
            Some(status) => assert_eq!(code.status().as_str(), *status, "{code}"),
            None => inferred.push((*code, code.status())),
        }
    }
    assert_eq!(inferred, [(EventCode::Sys102, Status::Fail), (EventCode::Sys109, Status::Info)]);
}

#[test]
fn codes_outside_the_document_have_no_invented_texts() {
    for code in EventCode::ALL.iter().filter(|code| !code.is_documented()) {
        assert_eq!(code.portal_text(), None, "{code}");
        assert_eq!(code.corrective_action(), None, "{code}");
        // Only the LwM2M objects say what a value means.
        let defined = matches!(code.family(), Family::Upd1 | Family::Upd2);
        assert_eq!(code.explanation().is_some(), defined, "{code}");
    }
}

#[test]
fn sections_and_families_list_their_codes() {
    for section in Section::ALL {
        let expected: Vec<String> = rows()
            .into_iter()
            .filter(|row| *row["section"] == *section)
            .map(|row| row["code"].clone())
            .collect();
        assert_eq!(section.codes().map(|code| code.to_string()).collect::<Vec<_>>(), expected, "{section}");
    }
    let mut listed = Vec::new();
    for family in Family::ALL {
        assert!(
            family.codes().all(|code| code.as_str().split('_').next() == Some(family.as_str())),
            "{family}"
        );
        assert!(family.codes().is_sorted());
        listed.extend(family.codes());
    }
    listed.sort();
    assert_eq!(listed, EventCode::ALL);
}

#[test]
fn codes_outside_the_document_are_in_the_section_of_their_number() {
    for code in EventCode::ALL {
        let section = match (code.family(), code.number()) {
            (Family::Upd1, _) => Section::Lwm2mStandardObject,
            (Family::Upd2, _) => Section::General,
            (Family::Sys, _) => Section::ServiceGenerated,
            (_, Some(..200)) => Section::Update,
            (_, Some(200..300)) => Section::ManifestValidation,
            (_, Some(300..400)) => Section::UpdateFetching,
            (_, Some(400..500)) => Section::UpdateProcessing,
            (_, Some(500..600)) => Section::UpdateWriting,
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(code.section(), section, "{code}");
    }
}

#[test]
fn order_is_by_section_family_and_number() {
    let sections: Vec<Section> = SECTIONS.iter().map(|(_, section)| *section).collect();
    assert_eq!(Section::ALL, sections);
    let place = |code: &EventCode| {
        // Codes that end in a word come after those that end in a number.
        (code.section(), code.family(), code.number().is_none(), code.number())
    };
    assert!(EventCode::ALL.is_sorted_by_key(place));
}

#[test]
fn family_and_number_are_parts_of_the_code() {
    for code in EventCode::ALL {
        let parts: Vec<&str> = code.as_str().split('_').collect();
        assert_eq!(code.family().as_str(), parts[0], "{code}");
        let last = parts.last().unwrap().replace('M', "-");
        assert_eq!(code.number(), last.parse().ok(), "{code}");
    }
    assert_eq!(EventCode::Upd4OkM1.number(), Some(-1));
    assert_eq!(EventCode::Upd1ReportVersion.number(), None);
    assert_eq!(Family::ALL, [Family::Upd1, Family::Upd2, Family::Upd4, Family::Sys]);
}

#[test]
fn user_defined_codes_are_the_ranges_of_the_document() {
    let ranges = DOCUMENT.lines().map(|line| line.split(' ').next().unwrap_or_default());
    let expected: Vec<String> =
        ranges.filter(|cell| cell.starts_with("UPD4") && cell.contains('-')).flat_map(expanded).collect();
    let user_defined = EventCode::ALL.iter().filter(|code| code.is_user_defined());
    assert_eq!(user_defined.map(|code| code.to_string()).collect::<Vec<_>>(), expected);
    assert_eq!(expected.len(), 15);
}

#[test]
fn index_is_the_position_in_all() {
    for (place, code) in EventCode::ALL.iter().enumerate() {
        assert_eq!(code.index(), place);
        assert_eq!(EventCode::from_index(place), Some(*code));
    }
    for outside in [EventCode::COUNT, EventCode::COUNT + 1, 255, 256, usize::MAX] {
        assert_eq!(EventCode::from_index(outside), None);
    }
}

/// The names are part of the API: `EventCode::Upd4OkM1`, not another spelling.
#[test]
fn variants_are_named_after_their_codes() {
    for code in EventCode::ALL {
        let mut name = String::new();
        for part in code.as_str().split('_') {
            name += &part[..1];
            name += &part[1..].to_lowercase();
        }
        assert_eq!(format!("{code:?}"), name);
    }
}
