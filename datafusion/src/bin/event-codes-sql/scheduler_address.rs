//! Where a scheduler listens, as people write it.

use std::fmt;
use std::str::FromStr;

use url::{Position, Url};

const DEFAULT_PORT: u16 = 50050;

/// The host and the port of a scheduler.
#[derive(Clone, Debug, PartialEq)]
pub struct SchedulerAddress {
    /// A name, or an address; an IPv6 address is in brackets, as in a URL.
    pub host: String,
    pub port: u16,
}

impl FromStr for SchedulerAddress {
    type Err = String;

    /// Reads `HOST`, `HOST:PORT` and `df://HOST:PORT`.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected HOST:PORT or df://HOST:PORT, an IPv6 address in brackets";
        let url = if text.contains("://") { text.to_owned() } else { format!("df://{text}") };
        let url = Url::parse(&url).map_err(|error| format!("{error}; {expected}"))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(expected)?;
        let is_bare =
            url[..Position::BeforeHost] == *"df://" && matches!(&url[Position::AfterPort..], "" | "/");
        if !is_bare {
            return Err(expected.into());
        }
        Ok(Self { host: host.to_owned(), port: url.port().unwrap_or(DEFAULT_PORT) })
    }
}

impl fmt::Display for SchedulerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_it() {
        for (text, host, port) in [
            ("localhost", "localhost", 50050),
            ("localhost:1234", "localhost", 1234),
            ("df://localhost:1234", "localhost", 1234),
            ("df://scheduler.example/", "scheduler.example", 50050),
            ("127.0.0.1:50051", "127.0.0.1", 50051),
            ("[::1]:50050", "[::1]", 50050),
            ("df://[fd00::7]", "[fd00::7]", 50050),
        ] {
            assert_eq!(text.parse(), Ok(SchedulerAddress { host: host.into(), port }), "{text}");
        }
        for text in [
            "",
            ":50050",
            "::1",
            "::1:50050",
            "a:b",
            "a:65536",
            "http://a:1",
            "df://",
            "df://u@a",
            "a:1/b",
            "a b",
        ] {
            let error = text.parse::<SchedulerAddress>().unwrap_err();
            assert!(error.contains("expected HOST:PORT"), "{text}: {error}");
        }
    }
}
