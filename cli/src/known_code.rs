//! The codes that are known: those of the catalogue, with the texts that the site gives them, and the site's
//! own. Everything that the command says about a code comes from here.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use event_log_codes::overlay::SiteCode;
use event_log_codes::{EventCode, Section, Status};
use serde::{Serialize, Serializer};

/// A code of the catalogue or of the site.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KnownCode {
    Catalogued(EventCode),
    /// Not in the catalogue.
    OfSite(&'static SiteCode),
}

/// The codes of the site; not set if it has none.
static SITE: OnceLock<Site> = OnceLock::new();

struct Site {
    codes: Vec<SiteCode>,
    /// The places in `codes` by name.
    places: HashMap<Box<str>, usize>,
}

impl Site {
    fn get(&self, name: &str) -> Option<&SiteCode> {
        self.places.get(name).map(|&place| &self.codes[place])
    }
}

/// Adds the codes of the site, once in the life of the process.
pub fn add_site_codes(codes: Vec<SiteCode>) {
    let places = codes.iter().zip(0..).map(|(code, place)| (code.as_str().into(), place)).collect();
    SITE.get_or_init(|| Site { codes, places });
}

/// What precedes the first underscore of a code.
pub fn family_of(name: &str) -> &str {
    name.split('_').next().unwrap_or_default()
}

impl KnownCode {
    /// The code of this name, in either case; none for a name that neither catalogue nor site has.
    pub fn of(name: &[u8]) -> Option<Self> {
        EventCode::from_bytes_ignore_ascii_case(name)
            .map(KnownCode::Catalogued)
            .or_else(|| KnownCode::of_site(name))
    }

    /// The same for a name that the catalogue lacks.
    #[inline]
    pub fn of_site(name: &[u8]) -> Option<Self> {
        let site = SITE.get()?;
        let name = str::from_utf8(name).ok()?.to_ascii_uppercase();
        site.get(&name).filter(|code| code.code().is_none()).map(KnownCode::OfSite)
    }

    /// Every code, those of the catalogue first.
    pub fn all() -> impl Iterator<Item = KnownCode> {
        let site = SITE.get().map_or(&[][..], |site| &site.codes);
        let own = site.iter().filter(|code| code.code().is_none());
        EventCode::ALL.iter().copied().map(KnownCode::Catalogued).chain(own.map(KnownCode::OfSite))
    }

    /// The codes with this portal text.
    pub fn all_with_portal_text(text: &str) -> Vec<KnownCode> {
        let catalogued = EventCode::all_with_portal_text(text);
        let has_text = |code: &KnownCode| match code.site() {
            Some(site) => site.has_portal_text(text),
            None => code.catalogued().is_some_and(|code| catalogued.contains(&code)),
        };
        KnownCode::all().filter(has_text).collect()
    }

    /// What the site says about the code.
    fn site(self) -> Option<&'static SiteCode> {
        match self {
            KnownCode::Catalogued(code) => SITE.get()?.get(code.as_str()),
            KnownCode::OfSite(site) => Some(site),
        }
    }

    pub fn catalogued(self) -> Option<EventCode> {
        match self {
            KnownCode::Catalogued(code) => Some(code),
            KnownCode::OfSite(_) => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            KnownCode::Catalogued(code) => code.as_str(),
            KnownCode::OfSite(site) => site.as_str(),
        }
    }

    pub fn status(self) -> Status {
        match self {
            KnownCode::Catalogued(code) => code.status(),
            KnownCode::OfSite(site) => site.status(),
        }
    }

    pub fn section(self) -> Section {
        match self {
            KnownCode::Catalogued(code) => code.section(),
            KnownCode::OfSite(site) => site.section(),
        }
    }

    pub fn family(self) -> &'static str {
        family_of(self.as_str())
    }

    pub fn number(self) -> Option<i16> {
        match self {
            KnownCode::Catalogued(code) => code.number(),
            KnownCode::OfSite(site) => site.number(),
        }
    }

    pub fn portal_text(self) -> Option<&'static str> {
        self.text(SiteCode::portal_text, EventCode::portal_text)
    }

    pub fn explanation(self) -> Option<&'static str> {
        self.text(SiteCode::explanation, EventCode::explanation)
    }

    pub fn corrective_action(self) -> Option<&'static str> {
        self.text(SiteCode::corrective_action, EventCode::corrective_action)
    }

    /// A text of the site, if it says anything about the code, else of the catalogue.
    fn text(
        self,
        of_site: fn(&'static SiteCode) -> Option<&'static str>,
        of_catalogue: fn(EventCode) -> Option<&'static str>,
    ) -> Option<&'static str> {
        match self.site() {
            Some(site) => of_site(site),
            None => self.catalogued().and_then(of_catalogue),
        }
    }

    /// Whether the document has the code.
    pub fn is_documented(self) -> bool {
        self.catalogued().is_some_and(EventCode::is_documented)
    }

    pub fn is_user_defined(self) -> bool {
        self.catalogued().is_some_and(EventCode::is_user_defined)
    }

    pub fn is_roll_up(self) -> bool {
        self.catalogued().is_some_and(EventCode::is_roll_up)
    }
}

impl fmt::Display for KnownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for KnownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for KnownCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
