//! The cookie that carries what was done over the redirect to the page that tells of it. It holds a
//! word and an id: who that is, the page finds out as whoever asks.

use axum::http::{HeaderMap, HeaderValue, header};

use super::state::AppState;
use crate::{
    domain::UserId,
    server::{foundation::public_url::PublicUrl, services::identity::Actor},
    ui::flash::{Deed, Flash},
};

/// Like that of the session: behind TLS no other host can set it.
fn name(url: &PublicUrl) -> &'static str {
    if url.is_https() { "__Host-rollcall_done" } else { "rollcall_done" }
}

/// Long enough for a redirect, too short to surprise anybody later.
const SECONDS: u32 = 10;

pub fn cookie(url: &PublicUrl, deed: Deed, whom: Option<UserId>) -> HeaderValue {
    let whom = whom.map(|id| format!(".{id}")).unwrap_or_default();
    header_value(url, &format!("{}{whom}", deed.as_str()), SECONDS)
}

/// It is told once.
pub fn removal(url: &PublicUrl) -> HeaderValue {
    header_value(url, "", 0)
}

fn header_value(url: &PublicUrl, value: &str, seconds: u32) -> HeaderValue {
    let secure = if url.is_https() { "; Secure" } else { "" };
    let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", name(url));
    // Words and ids are fit for a header.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static("rollcall_done=; Path=/; Max-Age=0"))
}

/// What a request to the page `here` brought with it, if anything that there is.
pub async fn read(state: &AppState, actor: &Actor, headers: &HeaderMap, here: &str) -> Option<Flash> {
    let name = name(&state.public_url);
    let (deed, whom) = headers.get_all(header::COOKIE).iter().find_map(|value| parse(name, value.to_str().ok()?))?;
    let user = match whom {
        Some(id) => Some(state.users.get(actor, id).await.ok()?),
        None => None,
    };
    Some(Flash { deed, user, here: here.to_owned() })
}

fn parse(name: &str, cookies: &str) -> Option<(Deed, Option<UserId>)> {
    let value = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))?;
    match value.split_once('.') {
        Some((word, id)) => Some((Deed::parse(word)?, Some(id.parse().ok()?))),
        None => Some((Deed::parse(value)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_comes_back_as_it_went() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let urls = ["http://localhost:3000", "https://people.mycompany.com"].map(|url| url.parse().unwrap());
        for ((deed, _), whom) in Deed::ALL.into_iter().flat_map(|deed| [(deed, Some(id)), (deed, None)]) {
            for url in &urls {
                let cookie = cookie(url, deed, whom);
                let text = cookie.to_str().unwrap();
                assert_eq!(text.ends_with("Max-Age=10; Secure"), url.is_https(), "{text}");
                let sent = format!("rollcall=abc; {}", text.split(';').next().unwrap());
                assert_eq!(parse(name(url), &sent), Some((deed, whom)));
            }
        }
    }

    #[test]
    fn nonsense_tells_of_nothing() {
        for cookies in ["", "rollcall=x", "rollcall_done", "rollcall_done=", "rollcall_done=x", "rollcall_done=role.1"]
        {
            assert_eq!(parse("rollcall_done", cookies), None, "{cookies}");
        }
        let removal = removal(&"http://localhost".parse().unwrap());
        assert_eq!(parse("rollcall_done", removal.to_str().unwrap()), None);
    }
}
