//! Catalogue -> source text: one function per emitted item.

use super::catalogue::{Catalogue, camel_case};
use super::entry::Entry;
use super::key::Hash;
use super::portal_text::{compare, significant};

const HEADER: &str = "\
// Generated from codes.csv and the overlay, if any. Do not edit: change those files and build again.
// The generator is in codegen/, run by build.rs.
";

const EVENT_CODE_DOCS: &str = r#"
/// An event code of the catalogue.
///
/// [`from_bytes`](EventCode::from_bytes), `parse` and `try_from` turn text into a code;
/// [`as_str`](EventCode::as_str) and `Display` turn a code into text. Non-exhaustive: a release may
/// add codes.
///
/// One byte, and so is an `Option` of it; two bytes if an overlay brings the catalogue to more than
/// 255 codes.
///
/// `Ord`, [`index`](EventCode::index) and `as usize` follow the order of this build's catalogue,
/// which another release or another overlay may change: store the text of a code, not its number.
///
/// ```
/// use event_log_codes::{EventCode, Status};
///
/// let code: EventCode = "UPD4_FAIL_207".parse()?;
/// assert_eq!(code.status(), Status::Fail);
/// # #[cfg(feature = "texts")]
/// assert_eq!(code.portal_text(), Some("Manifest rejected, integrity check failed (hash error)"));
/// # #[cfg(feature = "texts")]
/// assert_eq!(code.corrective_action(), Some("Manifest was edited or corrupted in transit. Retry."));
/// # Ok::<(), event_log_codes::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventCode {
"#;

const FAMILY_DOCS: &str = r#"
/// The prefix of a code: the scheme by which a device reports results, or the service.
///
/// Families order as [`ALL`](Family::ALL) lists them. Non-exhaustive: a release may add families.
///
/// ```
/// use event_log_codes::{EventCode, Family};
///
/// assert_eq!(EventCode::Sys111.family(), Family::Sys);
/// assert_eq!("UPD4".parse(), Ok(Family::Upd4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
"#;

/// Returns the whole file, which depends on nothing but the arguments.
pub fn tables(catalogue: &Catalogue, [exact, any_case]: [Hash; 2]) -> String {
    let entries = &catalogue.entries;
    let families = families(entries);
    [
        HEADER.to_owned(),
        event_code_enum(entries),
        array("const ALL_CODES", "EventCode", entries.iter().map(path)),
        family_enum(&families),
        array(
            "const ALL_FAMILIES",
            "Family",
            families.iter().map(|name| format!("Family::{}", camel_case(name))),
        ),
        array("static FAMILY_NAMES", "&str", families.iter().map(|name| format!("{name:?}"))),
        array("static RECORDS", "Record", entries.iter().map(record)),
        texts_only(array("static TEXTS", "Texts", entries.iter().map(texts))),
        texts_only(array("static PORTAL_TEXTS", "(&str, &[EventCode])", portal_texts(entries))),
        hash_constant("HASH", exact),
        hash_constant("ANY_CASE_HASH", any_case),
        map(entries),
    ]
    .concat()
}

fn event_code_enum(entries: &[Entry]) -> String {
    EVENT_CODE_DOCS.to_owned() + &entries.iter().map(variant).collect::<String>() + "}\n"
}

/// Returns the variant of a code, documented by its row.
fn variant(entry: &Entry) -> String {
    let mut paragraphs = vec![match &*entry.portal_text {
        "" => format!("`{}`", entry.code),
        text => format!("`{}`: {}", entry.code, markdown(text)),
    }];
    if !entry.explanation.is_empty() {
        paragraphs.push(markdown(&entry.explanation));
    }
    if !entry.corrective_action.is_empty() {
        paragraphs.push(format!("Corrective action: {}", markdown(&entry.corrective_action)));
    }
    let source = if entry.documented { "" } else { "; not in the document" };
    paragraphs.push(format!(
        "Status: {}. Section: {}{source}.",
        entry.status.as_str(),
        entry.section.as_str()
    ));
    format!(
        "    /// {}\n    #[doc(alias = {:?})]\n    {},\n",
        paragraphs.join("\n    ///\n    /// "),
        entry.code,
        entry.identifier(),
    )
}

/// Returns the text as Markdown that renders as the text's words on one line.
fn markdown(text: &str) -> String {
    // Space at the start of a line would make it code.
    let words: Vec<_> = text.split([' ', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    let mut escaped = String::new();
    for char in words.join(" ").chars() {
        let after_digits_at_most = escaped.bytes().all(|byte| byte.is_ascii_digit());
        match char {
            // An invisible character, such as one that reverses the direction of writing.
            _ if !char.is_ascii() && char.escape_debug().len() > 1 => {
                escaped.push('\\');
                escaped.extend(char.escape_unicode());
            }
            ',' | ':' | ';' | '\'' | '(' | '/' | '?' | '!' => escaped.push(char),
            // At the start they would begin a list.
            '.' | ')' | '-' if !after_digits_at_most => escaped.push(char),
            _ => {
                if char.is_ascii_punctuation() {
                    escaped.push('\\');
                }
                escaped.push(char);
            }
        }
    }
    // rustdoc warns about a URL that is not a link.
    escaped.replace("://", "\\://")
}

/// Returns the families of the catalogue: the devices' by number, then the service's.
fn families(entries: &[Entry]) -> Vec<&str> {
    let mut families: Vec<_> = entries.iter().map(Entry::family).collect();
    families.sort_by_key(|name| (!name.starts_with("UPD"), *name));
    families.dedup();
    families
}

fn family_enum(families: &[&str]) -> String {
    let variant =
        |name: &&str| format!("    /// Codes that begin with `{name}_`.\n    {},\n", camel_case(name));
    FAMILY_DOCS.to_owned() + &families.iter().map(variant).collect::<String>() + "}\n"
}

fn record(entry: &Entry) -> String {
    format!(
        "Record {{
        code: {:?},
        section: Section::{},
        status: Status::{},
        family: Family::{},
        number: {:?},
        documented: {},
        user_defined: {},
    }}",
        entry.code,
        camel_case(entry.section.as_str()),
        camel_case(entry.status.as_str()),
        camel_case(entry.family()),
        entry.number,
        entry.documented,
        entry.user_defined,
    )
}

fn texts(entry: &Entry) -> String {
    format!(
        "Texts {{
        portal_text: {},
        explanation: {},
        corrective_action: {},
    }}",
        optional(&entry.portal_text),
        optional(&entry.explanation),
        optional(&entry.corrective_action),
    )
}

/// Returns an item that is compiled with the feature `texts` only.
fn texts_only(item: String) -> String {
    format!("\n#[cfg(feature = \"texts\")]{item}")
}

fn optional(text: &str) -> String {
    if text.is_empty() { "None".to_owned() } else { format!("Some({text:?})") }
}

/// Returns each portal text once, in the order of [`compare`], with its codes in catalogue order.
fn portal_texts(entries: &[Entry]) -> Vec<String> {
    let mut texts: Vec<(&str, Vec<String>)> = Vec::new();
    for entry in entries {
        let text = significant(&entry.portal_text);
        if text.is_empty() {
            continue;
        }
        match texts.binary_search_by(|(known, _)| compare(known, text)) {
            Ok(place) => texts[place].1.push(path(entry)),
            Err(place) => texts.insert(place, (text, vec![path(entry)])),
        }
    }
    texts.iter().map(|(text, codes)| format!("({text:?}, &[{}])", codes.join(", "))).collect()
}

fn hash_constant(name: &str, hash: Hash) -> String {
    let Hash { ignored, multipliers, mix, bits } = hash;
    format!(
        "
pub(crate) const {name}: Hash = Hash {{
    ignored: {ignored:#x},
    multipliers: {multipliers:?},
    mix: {mix:#x},
    bits: {bits},
}};
"
    )
}

fn map(entries: &[Entry]) -> String {
    let mut map = phf_codegen::Map::new();
    for entry in entries {
        map.entry(&*entry.code, path(entry));
    }
    format!("\npub(crate) static MAP: phf::Map<&'static str, EventCode> = {};\n", map.phf_path("phf").build(),)
}

fn path(entry: &Entry) -> String {
    format!("EventCode::{}", entry.identifier())
}

/// Returns an array with one item on each line.
fn array(name: &str, item_type: &str, items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| format!("    {item},\n")).collect();
    format!("\npub(crate) {name}: [{item_type}; {}] = [\n{}];\n", items.len(), items.concat())
}
