//! Where Rollcall is reached from outside.

use std::{fmt, net::SocketAddr, str::FromStr};

use axum::http::Uri;

/// Scheme, host and perhaps a port, as a browser writes an origin (RFC 6454): absolute links, the
/// kind of cookie, HSTS and the check of origins go by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
}

impl PublicUrl {
    /// Of a server that is reached where it listens.
    #[must_use]
    pub fn listening(on: SocketAddr) -> Self {
        Self { origin: format!("http://{on}"), is_https: false }
    }

    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The absolute address of a path.
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
            "must be http:// or https://, a host and perhaps a port, as in https://people.mycompany.com";
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
        Ok(Self { origin: format!("{scheme}://{}{port}", authority.host().to_ascii_lowercase()), is_https })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_do() {
        for (text, origin) in [
            ("https://People.MyCompany.com/", "https://people.mycompany.com"),
            ("https://mycompany.com:443", "https://mycompany.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().origin(), origin);
        }
        for text in
            ["", "mycompany.com", "ftp://mycompany.com", "https://", "https://a/b", "https://a?b", "https://u@a"]
        {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
