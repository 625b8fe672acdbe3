//! The cookies that Rollcall sets: their names and attributes, and reading them from a request.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use cookie::{Cookie, CookieBuilder, SameSite, time::Duration};

use crate::{
    server::foundation::{public_url::PublicUrl, secret::SessionSecret},
    ui::theme::Theme,
};

/// The name of the flash cookie, without its prefix behind TLS.
pub const FLASH: &str = "rollcall_done";

/// The name of the session cookie. Behind TLS its prefix keeps other hosts from setting it (RFC 6265bis section
/// 4.1.3.2).
pub fn session_cookie(url: &PublicUrl) -> &'static str {
    if url.is_https() { "__Host-rollcall" } else { "rollcall" }
}

/// The name of the flash cookie, with the same prefix behind TLS.
pub fn flash_cookie(url: &PublicUrl) -> &'static str {
    if url.is_https() { "__Host-rollcall_done" } else { FLASH }
}

/// The `Set-Cookie` header of a cookie for the whole site. Browsers require the same attributes of its removal.
pub fn set_cookie(cookie: CookieBuilder<'_>, is_https: bool) -> HeaderValue {
    let cookie = cookie.same_site(SameSite::Lax).secure(is_https).path("/").build();
    // Names and values are plain ASCII; browsers ignore an empty header.
    HeaderValue::try_from(cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// The secret in the session cookie of this name. If another path has a cookie of the same name, that of `/` is last
/// (RFC 6265 section 5.4).
pub fn session_secret(headers: &HeaderMap, name: &str) -> Option<SessionSecret> {
    let (_, value) = cookies(headers).filter(|(found, _)| *found == name).last()?;
    BASE64_URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()
}

/// The `Set-Cookie` header that gives a browser this secret, or removes the cookie.
pub fn set_session_cookie(
    name: &str,
    secret: Option<SessionSecret>,
    max_age: TimeDelta,
    is_https: bool,
) -> HeaderValue {
    let value = secret.map(|secret| BASE64_URL_SAFE_NO_PAD.encode(secret)).unwrap_or_default();
    let cookie = Cookie::build((name, value)).http_only(true).max_age(Duration::seconds(max_age.num_seconds()));
    set_cookie(cookie, is_https)
}

/// The theme that a request's cookies choose.
pub fn chosen_theme(headers: &HeaderMap) -> Theme {
    let value = cookies(headers).find_map(|(name, value)| (name == Theme::COOKIE).then_some(value));
    value.and_then(Theme::parse).unwrap_or_default()
}

pub fn has_cookie(headers: &HeaderMap, wanted: &str) -> bool {
    cookies(headers).any(|(name, _)| name == wanted)
}

/// All cookies of a request, as names and values. Those of other applications on the host may not be ASCII, or not even
/// UTF-8: they are left out.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    lines.flat_map(|line| line.split(|byte| *byte == b';')).filter_map(|pair| {
        let cookie = Cookie::parse(str::from_utf8(pair).ok()?).ok()?;
        Some((cookie.name_raw()?, cookie.value_raw()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_cookie_is_found_among_others_and_invalid_values_are_ignored() {
        for (cookies, theme) in [
            ("rollcall=abc; rollcall_theme=dark", Theme::Dark),
            ("rollcall_theme=light;x=y", Theme::Light),
            ("rollcall_theme=pink", Theme::System),
            ("not_rollcall_theme=dark", Theme::System),
            ("name=Zoë; rollcall_theme=dark", Theme::Dark),
            ("flag; =; ;rollcall_theme = dark ", Theme::Dark),
            ("", Theme::System),
        ] {
            let headers =
                HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(cookies.as_bytes()).unwrap())]);
            assert_eq!(chosen_theme(&headers), theme, "{cookies}");
        }
        let latin_1 = HeaderValue::from_bytes(b"name=Zo\xeb; rollcall_theme=dark").unwrap();
        assert_eq!(chosen_theme(&HeaderMap::from_iter([(header::COOKIE, latin_1)])), Theme::Dark);
    }
}
