//! The flash cookie: carries the result of a form over the redirect to the page that shows it. It contains a kind and a
//! user id; the page loads the user with the permissions of the actor.

use axum::http::{HeaderMap, HeaderValue};
use cookie::{Cookie, time::Duration};

use super::{
    cookies::{cookies, flash_cookie, set_cookie},
    state::AppState,
};
use crate::{
    domain::UserId,
    server::{foundation::public_url::PublicUrl, services::identity::Actor},
    ui::flash::{Flash, FlashKind},
};

/// The lifetime in seconds: long enough for a redirect, too short for a message to appear on a later visit.
const MAX_AGE: i64 = 10;

pub fn cookie(url: &PublicUrl, kind: FlashKind, user_id: Option<UserId>) -> HeaderValue {
    let user_id = user_id.map(|id| format!(".{id}")).unwrap_or_default();
    header_value(url, format!("{}{user_id}", kind.as_str()), MAX_AGE)
}

/// Removes the cookie, because a message is shown only once.
pub fn removal(url: &PublicUrl) -> HeaderValue {
    header_value(url, String::new(), 0)
}

fn header_value(url: &PublicUrl, value: String, seconds: i64) -> HeaderValue {
    let cookie = Cookie::build((flash_cookie(url), value)).http_only(true).max_age(Duration::seconds(seconds));
    set_cookie(cookie, url.is_https())
}

/// Reads the flash message of a request to the page `here`, unless it is invalid or names an unknown user.
pub async fn read(state: &AppState, actor: &Actor, headers: &HeaderMap, here: &str) -> Option<Flash> {
    let (kind, user_id) = message(headers, flash_cookie(&state.public_url))?;
    let user = match user_id {
        Some(id) => Some(state.users.get(actor, id).await.ok()?),
        None => None,
    };
    Some(Flash { kind, user, here: here.to_owned() })
}

/// The kind and the user id in the cookie of this name.
fn message(headers: &HeaderMap, name: &str) -> Option<(FlashKind, Option<UserId>)> {
    let (_, value) = cookies(headers).find(|(given, _)| *given == name)?;
    match value.split_once('.') {
        Some((word, id)) => Some((FlashKind::parse(word)?, Some(id.parse().ok()?))),
        None => Some((FlashKind::parse(value)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn parse(name: &str, cookies: &str) -> Option<(FlashKind, Option<UserId>)> {
        message(&HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookies).unwrap())]), name)
    }

    #[test]
    fn a_flash_message_survives_the_round_trip() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let urls = ["http://localhost:3000", "https://people.mycompany.com"].map(|url| url.parse().unwrap());
        for ((kind, _), user_id) in FlashKind::ALL.into_iter().flat_map(|kind| [(kind, Some(id)), (kind, None)]) {
            for url in &urls {
                let cookie = cookie(url, kind, user_id);
                let text = cookie.to_str().unwrap();
                assert!(text.ends_with("; Path=/; Max-Age=10"), "{text}");
                assert_eq!(text.contains("; Secure"), url.is_https(), "{text}");
                let sent = format!("rollcall=abc; {}", text.split(';').next().unwrap());
                assert_eq!(parse(flash_cookie(url), &sent), Some((kind, user_id)));
            }
        }
    }

    #[test]
    fn invalid_cookies_are_ignored() {
        for cookies in ["", "rollcall=x", "rollcall_done", "rollcall_done=", "rollcall_done=x", "rollcall_done=role.1"]
        {
            assert_eq!(parse("rollcall_done", cookies), None, "{cookies}");
        }
        let removal = removal(&"http://localhost".parse().unwrap());
        assert_eq!(parse("rollcall_done", removal.to_str().unwrap()), None);
    }
}
