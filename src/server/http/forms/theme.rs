//! The theme form. The choice is a cookie, so that the server renders pages in the right colours.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use cookie::{Cookie, time::Duration};

use super::post::Post;
use crate::{
    domain::{AppError, FieldErrors},
    server::{
        foundation::public_url::PublicUrl,
        http::{cookies::set_cookie, pages, paths::local_path},
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
    let mut response = pages::see_other(&to);
    response.headers_mut().append(header::SET_COOKIE, cookie(theme, &post.state.public_url));
    response
}

/// The cookie, valid for a year; the system theme removes it. It is not `HttpOnly`, because scripts read it.
fn cookie(theme: Theme, url: &PublicUrl) -> HeaderValue {
    let max_age = if theme == Theme::System { Duration::ZERO } else { Duration::days(365) };
    set_cookie(Cookie::build((Theme::COOKIE, theme.as_str())).max_age(max_age), url.is_https())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_valid_for_a_year_and_the_system_theme_removes_it() {
        let plain = PublicUrl::listening(([127, 0, 0, 1], 3000).into());
        assert_eq!(cookie(Theme::Dark, &plain), "rollcall_theme=dark; SameSite=Lax; Path=/; Max-Age=31536000");
        let tls = "https://people.example.org".parse().unwrap();
        assert_eq!(cookie(Theme::System, &tls), "rollcall_theme=system; SameSite=Lax; Secure; Path=/; Max-Age=0");
    }
}
