//! The theme form. The choice is a cookie, so that the server renders pages in the right colours.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::post::Post;
use crate::{
    domain::{AppError, FieldErrors},
    server::{
        foundation::public_url::PublicUrl,
        http::{pages, paths::local_path},
    },
    ui::theme::Theme,
};

/// `/theme`: sets the `theme` and redirects to the page in `to`.
pub async fn choose(post: Post) -> Response {
    let Some(theme) = Theme::parse(post.text("theme")) else {
        let error = FieldErrors::one("theme", "invalid", "must be one of system, light, dark");
        return AppError::from(error).into_response();
    };
    let to = local_path(post.text("to")).unwrap_or_else(|| "/".to_owned());
    match cookie(theme, &post.state.public_url) {
        Ok(cookie) => {
            let mut response = pages::see_other(&to);
            response.headers_mut().append(header::SET_COOKIE, cookie);
            response
        }
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// The cookie, valid for a year; the system theme removes it. It is not `HttpOnly`, because scripts read it.
fn cookie(theme: Theme, url: &PublicUrl) -> Result<HeaderValue, header::InvalidHeaderValue> {
    let max_age = if theme == Theme::System { 0 } else { 31_536_000 };
    let secure = if url.is_https() { "; Secure" } else { "" };
    HeaderValue::try_from(format!(
        "{}={}; Path=/; Max-Age={max_age}; SameSite=Lax{secure}",
        Theme::COOKIE,
        theme.as_str()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_valid_for_a_year_and_the_system_theme_removes_it() {
        let plain = PublicUrl::listening(([127, 0, 0, 1], 3000).into());
        assert_eq!(cookie(Theme::Dark, &plain).unwrap(), "rollcall_theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");
        let tls = "https://people.example.org".parse().unwrap();
        assert_eq!(
            cookie(Theme::System, &tls).unwrap(),
            "rollcall_theme=system; Path=/; Max-Age=0; SameSite=Lax; Secure"
        );
    }
}
