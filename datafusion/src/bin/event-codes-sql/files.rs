//! The files that the paths and URLs of a query name.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::{self, Metadata};
use std::path::{Component, Path};
use std::sync::Arc;

use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use futures::TryStreamExt;
use glob::{MatchOptions, Pattern};
use object_store::path::Path as Location;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use url::{Position, Url};

use crate::{Error, scan, stores};

const COMPRESSED: [&str; 7] = ["gz", "gzip", "zst", "zstd", "bz2", "xz", "lz4"];
const WILDCARDS: [char; 3] = ['*', '?', '['];
/// What Hive calls a partition without a value.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// What a file is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ndjson,
    Csv,
    Parquet,
    /// Read for the events in it.
    Other,
}

#[derive(Clone, Debug)]
pub struct File {
    pub store: ObjectStoreUrl,
    pub meta: ObjectMeta,
    pub kind: Kind,
    pub is_compressed: bool,
    /// The directories `key=value` that it is in.
    pub partitions: Vec<(String, Option<String>)>,
}

impl File {
    fn new(store: ObjectStoreUrl, meta: ObjectMeta, path: &str) -> Self {
        let mut segments: Vec<_> = path.split('/').collect();
        let name = segments.pop().unwrap_or_default().to_ascii_lowercase();
        let (stem, suffix) = name.rsplit_once('.').unwrap_or((&name, ""));
        let is_compressed = COMPRESSED.contains(&suffix);
        let kind = match if is_compressed { Path::new(stem).extension() } else { Some(OsStr::new(suffix)) } {
            Some(suffix) if ["ndjson", "jsonl", "json"].iter().any(|kind| suffix == *kind) => Kind::Ndjson,
            Some(suffix) if suffix == "csv" => Kind::Csv,
            Some(suffix) if suffix == "parquet" && !is_compressed => Kind::Parquet,
            _ => Kind::Other,
        };
        let partitions = segments.iter().filter_map(|segment| {
            let (key, value) = segment.split_once('=')?;
            // Hive escapes what a path cannot have.
            let value = Location::from_url_path(value).map_or_else(|_| value.to_owned(), Into::into);
            (!key.is_empty()).then(|| (key.to_owned(), Some(value).filter(|value| value != NO_VALUE)))
        });
        let partitions = partitions.collect();
        Self { store, meta, kind, is_compressed, partitions }
    }

    pub fn name(&self) -> String {
        scan::name_of(self.store.as_ref(), &self.meta.location)
    }
}

/// Finds the files, those in directories in the order of their names.
pub async fn find(runtime: &RuntimeEnv, paths: &[impl AsRef<Path>]) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for path in paths {
        let path = path.as_ref();
        match path.to_str().filter(|path| path.contains("://")) {
            Some(url) => find_at(runtime, url, &mut files).await?,
            None => find_here(path, &mut files)?,
        }
    }
    if files.is_empty() { Err("no files in the directories".into()) } else { Ok(files) }
}

/// Finds files on this machine.
fn find_here(path: &Path, files: &mut Vec<File>) -> Result<(), Error> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            let pattern = path.to_str().filter(|path| path.contains(WILDCARDS));
            let mut found = pattern.map(glob::glob).transpose()?.into_iter().flatten().peekable();
            if found.peek().is_none() {
                return Err(format!("{}: {error}", path.display()).into());
            }
            return found.try_for_each(|path| find_here(&path?, files));
        }
    };
    if metadata.is_dir() { add_directory(path, files) } else { add_file(path, &metadata, files) }
}

/// Adds the files of a directory and of those in it, in the order of their names.
fn add_directory(directory: &Path, files: &mut Vec<File>) -> Result<(), Error> {
    let of_directory = |error| format!("{}: {error}", directory.display());
    let mut entries: Vec<_> = fs::read_dir(directory).and_then(Iterator::collect).map_err(of_directory)?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().to_str().is_some_and(is_hidden) {
            continue;
        }
        // Of a link only a file is followed, so that no circle is.
        if entry.file_type().map_err(of_directory)?.is_dir() {
            add_directory(&path, files)?;
            continue;
        }
        let metadata = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if metadata.is_file() {
            add_file(&path, &metadata, files)?;
        }
    }
    Ok(())
}

fn add_file(path: &Path, metadata: &Metadata, files: &mut Vec<File>) -> Result<(), Error> {
    let of_file = |error: &dyn Display| format!("{}: {error}", path.display());
    if !metadata.is_file() {
        return Err(of_file(&"not a file that can be read in parts; write it to one first").into());
    }
    // The path of a link is left as it is: others may have the same link to another place.
    let absolute = if path.components().any(|component| component == Component::ParentDir) {
        fs::canonicalize(path)
    } else {
        std::path::absolute(path)
    };
    let absolute = absolute.map_err(|error| of_file(&error))?;
    let meta = ObjectMeta {
        location: Location::from_absolute_path(absolute).map_err(|error| of_file(&error))?,
        last_modified: metadata.modified().map_err(|error| of_file(&error))?.into(),
        size: metadata.len(),
        e_tag: None,
        version: None,
    };
    files.push(File::new(ObjectStoreUrl::local_filesystem(), meta, &path.to_string_lossy()));
    Ok(())
}

/// Finds files in an object store or on a web server.
async fn find_at(runtime: &RuntimeEnv, text: &str, files: &mut Vec<File>) -> Result<(), Error> {
    let url = Url::parse(text).map_err(|error| format!("{text}: {error}"))?;
    if let Ok(path) = url.to_file_path() {
        return find_here(&path, files);
    }
    stores::check(&url)?;
    let of_url = |error: &dyn Display| format!("{url}: {error}");
    let base = ObjectStoreUrl::parse(&url[..Position::BeforePath])?;
    let store = runtime.object_store(&base).map_err(|error| of_url(&error))?;
    let location = Location::from_url_path(url.path()).map_err(|error| of_url(&error))?;
    let path = location.as_ref();

    let found = if let Some(wildcard) = path.find(WILDCARDS) {
        let pattern = Pattern::new(path).map_err(|error| of_url(&error))?;
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        let directory = path[..wildcard].rsplit_once('/').map(|(directory, _)| Location::from(directory));
        let mut found =
            list(&store, directory.as_ref()).await.map_err(|error| of_url(&stores::with_root(&error)))?;
        found.retain(|file| pattern.matches_with(file.location.as_ref(), options));
        found
    } else if path.is_empty() || url.path().ends_with('/') {
        list(&store, Some(&location)).await.map_err(|error| of_url(&stores::with_root(&error)))?
    } else {
        match store.head(&location).await {
            Ok(file) => vec![file],
            Err(error @ object_store::Error::NotFound { .. }) => match list(&store, Some(&location)).await {
                Ok(found) if !found.is_empty() => found,
                _ => return Err(of_url(&error).into()),
            },
            Err(error) => return Err(of_url(&stores::with_root(&error)).into()),
        }
    };
    if found.is_empty() {
        return Err(of_url(&"no files").into());
    }
    for meta in found {
        let path = meta.location.to_string();
        files.push(File::new(base.clone(), meta, &path));
    }
    Ok(())
}

async fn list(
    store: &Arc<dyn ObjectStore>,
    directory: Option<&Location>,
) -> Result<Vec<ObjectMeta>, object_store::Error> {
    let mut found: Vec<_> = store.list(directory).try_collect().await?;
    let start = directory.map_or(0, |directory| directory.as_ref().len());
    found.retain(|file| file.size > 0 && !file.location.as_ref()[start..].split('/').any(is_hidden));
    found.sort_by(|a, b| a.location.cmp(&b.location));
    Ok(found)
}

/// Whether it is a file or directory by whose name a writer marks what is not data, as Hive and Spark do.
fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

/// The names of the partitions of some files, in order.
pub fn partition_names(files: &[File]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in files.iter().flat_map(|file| &file.partitions) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}
