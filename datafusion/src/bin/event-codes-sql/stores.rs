//! Where files are: on this machine, in object stores and on web servers, each opened when a query first needs it.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreScheme, RetryConfig};
use url::{Position, Url};

/// What the names of the environment variables begin with that configure a store.
const VARIABLES: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];

/// A runtime that reads from and writes to stores by their URLs.
pub fn runtime_builder() -> RuntimeEnvBuilder {
    RuntimeEnvBuilder::new().with_object_store_registry(registry())
}

/// The stores of this process. Each is opened once, with credentials from the environment of this process.
fn registry() -> Arc<dyn ObjectStoreRegistry> {
    static STORES: LazyLock<Arc<Stores>> = LazyLock::new(Arc::default);
    STORES.clone()
}

/// DataFusion's registry, which has the local file system, and the stores opened so far.
#[derive(Debug, Default)]
struct Stores {
    registered: DefaultObjectStoreRegistry,
    /// By all that is before the path: a container of Azure stands before the `@`.
    opened: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.registered.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.registered.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        if let Ok(store) = self.registered.get_store(url) {
            return Ok(store);
        }
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let key = &url[..Position::BeforePath];
        if let Some(store) = opened.get(key) {
            return Ok(store.clone());
        }
        let store = open(url)?;
        opened.insert(key.to_owned(), store.clone());
        Ok(store)
    }
}

fn open(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    check(url)?;
    // Whatever is on a web server is read from it, a store's own address included.
    if matches!(url.scheme(), "http" | "https") {
        let options = ClientOptions::new().with_allow_http(true);
        let builder = HttpBuilder::new().with_url(&url[..Position::BeforePath]).with_client_options(options);
        return Ok(Arc::new(builder.with_retry(retries()).build()?));
    }
    // `parse_url_opts` would do it, but for the retries.
    let (scheme, _) = ObjectStoreScheme::parse(url).map_err(object_store::Error::from)?;
    let variables = variables(env::vars_os());
    macro_rules! build {
        ($builder:expr) => {{
            let builder = $builder.with_url(url.as_str()).with_retry(retries());
            let builder = variables.into_iter().fold(builder, |builder, (name, value)| {
                match name.to_ascii_lowercase().parse() {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                }
            });
            Ok(Arc::new(builder.build()?))
        }};
    }
    match scheme {
        ObjectStoreScheme::AmazonS3 => build!(AmazonS3Builder::new()),
        ObjectStoreScheme::MicrosoftAzure => build!(MicrosoftAzureBuilder::new()),
        ObjectStoreScheme::GoogleCloudStorage => build!(GoogleCloudStorageBuilder::new()),
        other => exec_err!("{url}: {other:?} is no object store"),
    }
}

/// As long as a store may be away without a query ending: its own default is three minutes.
fn retries() -> RetryConfig {
    let backoff = BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 8, retry_timeout: Duration::from_secs(15) }
}

/// Whether a URL is one that a store can be opened for, without a secret in it: URLs are part of plans and
/// messages.
pub fn check(url: &Url) -> Result<()> {
    let scheme = url.scheme();
    let is_azure = matches!(scheme, "az" | "adl" | "azure" | "abfs" | "abfss");
    if !is_azure && !matches!(scheme, "s3" | "s3a" | "gs" | "http" | "https") {
        return exec_err!(
            "{scheme}://: expected a path, or a URL with s3://, gs://, az://, https:// or http://"
        );
    }
    let host = url.host_str().unwrap_or_default();
    if url.password().is_some() || (!is_azure && !url.username().is_empty()) {
        return exec_err!(
            "{scheme}://{host}: a URL must not have a password or a user: credentials come from the environment"
        );
    }
    if url.query().is_some() {
        return exec_err!("{scheme}://{host}{}: a URL must not have a query (`?`)", url.path());
    }
    Ok(())
}

/// The error of a store, and what it first came from where its own text does not say that.
pub fn with_root(error: &dyn Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    let (text, root) = (error.to_string(), root.to_string());
    if text.contains(&root) { text } else { format!("{text}: {root}") }
}

fn variables(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<(String, String)> {
    all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| VARIABLES.iter().any(|start| name.starts_with(start)))
        .collect()
}
