//! Paths that several parts of the server name, and the check of paths that a client names.

use axum::http::Uri;

use crate::domain::AppError;

/// The prefix of the REST API.
pub const API: &str = "/api/v1";
/// The collection of users.
pub const USERS: &str = "/api/v1/users";
/// The audit trail.
pub const AUDIT: &str = "/api/v1/audit";
/// The collection of imports.
pub const IMPORTS: &str = "/api/v1/imports";
/// The stream of changes to users.
pub const EVENTS: &str = "/events/users";
/// The liveness probe.
pub const LIVE: &str = "/health/live";
/// The readiness probe.
pub const READY: &str = "/health/ready";

/// The handler of paths that no route matches.
pub async fn not_found() -> AppError {
    nothing_here()
}

/// The error for a path that no route matches.
pub fn nothing_here() -> AppError {
    AppError::NotFound("There is nothing at this address.".to_owned())
}

/// Accepts a redirect target only if it is a path on this site, to prevent open redirects.
pub fn local_path(to: &str) -> Option<String> {
    let is_local = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\');
    let uri: Uri = to.parse().ok()?;
    (is_local && uri.authority().is_none() && uri.path() != "/sign-out").then(|| to.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::server::http::paths::local_path;

    #[test]
    fn only_paths_of_this_site_are_accepted() {
        for to in ["/", "/users/1?done=created", "/?q=a%20b&page=2"] {
            assert_eq!(local_path(to).as_deref(), Some(to));
        }
        for to in [
            "",
            "https://evil.example/",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "users",
            "/a\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "/sign-out",
        ] {
            assert_eq!(local_path(to), None, "{to:?}");
        }
    }
}
