//! Where the site's texts and codes are read from.

use std::env;
use std::path::{Path, PathBuf};

use event_log_codes::overlay;

use crate::known_code::add_site_codes;

/// Names the file; an empty value counts as unset.
pub const VARIABLE: &str = "EVENTCODES_SITE_CODES";

/// Reads the site's codes from the file that is `named`, else from the one that the variable names, else
/// from the first default place that has one. Returns every error in the file.
pub fn load(named: Option<&Path>) -> Result<(), Vec<String>> {
    let variable = env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let named = named.map(Path::to_owned).or(variable);
    let Some(path) = named.or_else(|| default_places().find(|path| path.exists())) else {
        return Ok(());
    };
    let codes = overlay::read(&path);
    codes.map(add_site_codes).map_err(|diagnostics| diagnostics.iter().map(ToString::to_string).collect())
}

/// The user's file, then the machine's.
fn default_places() -> impl Iterator<Item = PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let user = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
    let directories = user.into_iter().chain([PathBuf::from("/etc")]);
    directories.map(|directory| directory.join("eventcodes/site-codes.csv"))
}
