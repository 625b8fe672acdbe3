//! The public URL of Rollcall.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::http::Uri;

/// Scheme, host and optional port, in the form of a browser's origin (RFC 6454). Absolute links, cookie attributes,
/// HSTS and origin checks depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
    is_loopback: bool,
}

impl PublicUrl {
    /// The URL of a server that is reached at its own address.
    #[must_use]
    pub fn listening(on: SocketAddr) -> Self {
        Self { origin: format!("http://{on}"), is_https: false, is_loopback: on.ip().to_canonical().is_loopback() }
    }

    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether traffic to this URL never leaves the machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The absolute URL of a path.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str =
            "must be http:// or https://, a host and an optional port, for example https://people.mycompany.com";
        let uri: Uri = text.trim().parse().map_err(|_| SHAPE)?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(SHAPE);
        };
        let has_nothing_else = uri.path_and_query().is_none_or(|rest| rest == "/") && !authority.as_str().contains('@');
        if !has_nothing_else || authority.host().is_empty() || !text.is_ascii() {
            return Err(SHAPE);
        }
        let is_https = scheme == "https";
        let default_port = if is_https { 443 } else { 80 };
        let port = authority.port_u16().filter(|port| *port != default_port);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let host = authority.host().to_ascii_lowercase();
        Ok(Self { origin: format!("{scheme}://{host}{port}"), is_https, is_loopback: is_loopback(&host) })
    }
}

/// Whether a host is `localhost`, a name below it (RFC 6761 section 6.3), or a loopback address.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_the_form_that_browsers_use() {
        for (text, origin) in [
            ("https://People.MyCompany.com/", "https://people.mycompany.com"),
            ("https://mycompany.com:443", "https://mycompany.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().origin(), origin);
        }
        for (text, is_loopback) in [
            ("http://localhost:3000", true),
            ("http://127.0.0.2", true),
            ("http://[::1]:3000", true),
            ("http://rollcall.localhost", true),
            ("http://people.mycompany.com", false),
            ("http://127.0.0.1.mycompany.com", false),
            ("http://0.0.0.0:3000", false),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().is_loopback(), is_loopback, "{text}");
        }
        for text in
            ["", "mycompany.com", "ftp://mycompany.com", "https://", "https://a/b", "https://a?b", "https://u@a"]
        {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
