//! The catalogue as a map.

use core::fmt;

use crate::EventCode;
use crate::tables::MAP;

/// The map from the text of each code to the code.
///
/// For callers that want a map; [`EventCode::from_bytes`] finds the same code several times faster.
///
/// ```
/// use event_log_codes::{EVENT_CODES, EventCode};
///
/// assert_eq!(EVENT_CODES.get("SYS_112"), Some(&EventCode::Sys112));
/// assert_eq!(EVENT_CODES.len(), EventCode::COUNT);
/// ```
pub static EVENT_CODES: CodeMap = CodeMap { map: &MAP };

/// The type of [`EVENT_CODES`]: an immutable map from text to code.
///
/// The map underneath is a `phf::Map`, built at compile time. It is private, so that a new major
/// version of phf is not a breaking change of this crate. Iteration follows the order of
/// [`EventCode::ALL`].
///
/// ```
/// use event_log_codes::{CodeMap, EVENT_CODES};
///
/// fn count_known(map: &CodeMap, words: &[&str]) -> usize {
///     words.iter().filter(|word| map.contains_key(word)).count()
/// }
/// assert_eq!(count_known(&EVENT_CODES, &["SYS_111", "SYS_999"]), 1);
/// ```
#[derive(Clone, Copy)]
pub struct CodeMap {
    map: &'static phf::Map<&'static str, EventCode>,
}

impl CodeMap {
    /// Returns the code whose text is exactly `code`.
    ///
    /// Constant time, no allocation, no panic.
    ///
    /// ```
    /// use event_log_codes::{EVENT_CODES, EventCode};
    ///
    /// assert_eq!(EVENT_CODES.get("SYS_111"), Some(&EventCode::Sys111));
    /// assert_eq!(EVENT_CODES.get("sys_111"), None);
    /// ```
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&'static EventCode> {
        self.map.get(code)
    }

    /// Returns whether `code` is the text of a code.
    ///
    /// ```
    /// assert!(event_log_codes::EVENT_CODES.contains_key("SYS_111"));
    /// ```
    #[must_use]
    pub fn contains_key(&self, code: &str) -> bool {
        self.map.contains_key(code)
    }

    /// Returns every text with its code.
    ///
    /// ```
    /// use event_log_codes::EVENT_CODES;
    ///
    /// assert!(EVENT_CODES.entries().all(|(text, code)| code == text));
    /// ```
    #[must_use = "iterators are lazy"]
    pub fn entries(
        &self,
    ) -> impl ExactSizeIterator<Item = (&'static str, &'static EventCode)> + Clone + use<> {
        EventCode::ALL.iter().map(|code| (code.as_str(), code))
    }

    /// Returns the text of every code.
    ///
    /// ```
    /// use event_log_codes::EVENT_CODES;
    ///
    /// assert!(EVENT_CODES.keys().any(|text| text == "SYS_111"));
    /// ```
    #[must_use = "iterators are lazy"]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &'static str> + Clone + use<> {
        self.entries().map(|(text, _)| text)
    }

    /// Returns every code.
    ///
    /// ```
    /// use event_log_codes::{EVENT_CODES, EventCode};
    ///
    /// assert!(EVENT_CODES.values().eq(EventCode::ALL));
    /// ```
    #[must_use = "iterators are lazy"]
    pub fn values(&self) -> impl ExactSizeIterator<Item = &'static EventCode> + Clone + use<> {
        self.entries().map(|(_, code)| code)
    }

    /// Returns the number of codes, [`EventCode::COUNT`].
    ///
    /// ```
    /// assert_eq!(event_log_codes::EVENT_CODES.len(), event_log_codes::EventCode::COUNT);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Returns whether the map has no codes, which is never so.
    ///
    /// ```
    /// assert!(!event_log_codes::EVENT_CODES.is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}

impl fmt::Debug for CodeMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries()).finish()
    }
}
