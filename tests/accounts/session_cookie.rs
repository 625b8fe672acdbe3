//! The session cookie: its format, when it is set, and when it is read.

use axum::{body::Body, http::Request};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use rollcall::{
    domain::{Role, Scope},
    server::{
        foundation::{clock::Clock, secret},
        services::{
            identity::{Actor, Identity},
            tokens::TokenForm,
        },
        store::SessionRecord,
    },
};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{cookie_of, get, is_signed_in, post};
use crate::support::{App, PASSWORD, settings};

const OWN: &str = "/rpc/get_own_account";
const SIGN_IN: [(&str, &str); 2] = [("email", "viewer@example.org"), ("password", PASSWORD)];
const SET: &str = "; HttpOnly; SameSite=Lax; Path=/; Max-Age=43200";

/// A cookie as tower-sessions 0.15 wrote it: base64url, without padding, of the little-endian bytes of the id
/// `0x0d0c0b0a090807060504030201bffffb`.
const EARLIER: &str = "rollcall=-_-_AQIDBAUGBwgJCgsMDQ";
/// The SHA-256 of these bytes, as the database stores it:
/// `printf fbffbf0102030405060708090a0b0c0d | xxd -r -p | sha256sum`.
const EARLIER_HASH: &str = "7f5edee363964acfea0674372a8c896b33c1c9baea77f4fb914237ba72cdfed9";

/// A server with a viewer, whose session has the cookie `EARLIER`.
async fn with_earlier_session() -> App {
    let app = App::new(Identity::Anonymous).await;
    let (user, now) = (app.member(Role::Viewer).await, app.clock.now().unwrap());
    let record = SessionRecord {
        id: Uuid::now_v7(),
        user,
        role: Role::Viewer,
        signed_in_at: now,
        seen_at: now,
        expires_at: now.plus(TimeDelta::hours(12)),
        address: None,
        agent: None,
    };
    let hash: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&EARLIER_HASH[2 * n..2 * n + 2], 16).unwrap()).collect();
    let password = app.database.store.account(user).await.unwrap().unwrap().password_hash;
    let created = app.database.store.create_session(&hash.try_into().unwrap(), &record, password.as_ref()).await;
    assert!(created.unwrap());
    app
}

#[tokio::test]
async fn a_session_from_before_the_upgrade_is_still_signed_in_and_keeps_its_cookie() {
    let app = with_earlier_session().await;
    assert!(is_signed_in(&app, EARLIER).await);
    app.clock.advance(TimeDelta::minutes(1));
    let answer = get(&app, EARLIER, OWN).await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (200, format!("{EARLIER}{SET}").as_str()));
}

#[tokio::test]
async fn a_new_cookie_has_the_format_of_earlier_ones_and_the_database_only_its_hash() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let cookie = app.sign_in(Role::Viewer).await;
    let secret = BASE64_URL_SAFE_NO_PAD.decode(cookie.strip_prefix("rollcall=").unwrap()).unwrap();
    assert_eq!(secret.len(), 16);
    let found = app.database.store.session(&secret::hash(&secret), app.clock.now().unwrap()).await.unwrap();
    assert_eq!(found.unwrap().1.role, Role::Viewer);
}

#[tokio::test]
async fn the_cookie_lives_as_long_as_its_session_and_is_set_again_once_a_minute() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let signed_in = app.post_form("/sign-in", &SIGN_IN).await;
    let cookie = cookie_of(&signed_in);
    assert_eq!(signed_in.header("set-cookie"), format!("{cookie}{SET}"));
    app.clock.advance(TimeDelta::seconds(59));
    assert_eq!(get(&app, &cookie, OWN).await.header("set-cookie"), "");
    app.clock.advance(TimeDelta::seconds(1));
    let stream = get(&app, &cookie, "/events/users").await;
    assert_eq!((stream.status.as_u16(), stream.header("set-cookie")), (200, ""), "an open stream is no use");
    assert_eq!(get(&app, &cookie, OWN).await.header("set-cookie"), format!("{cookie}{SET}"));
    assert_eq!(get(&app, &cookie, OWN).await.header("set-cookie"), "");
    for _ in 0..64 {
        app.clock.advance(TimeDelta::hours(11));
        assert_eq!(get(&app, &cookie, OWN).await.header("set-cookie"), format!("{cookie}{SET}"));
    }
    app.clock.advance(TimeDelta::hours(11) - TimeDelta::minutes(1));
    let last = get(&app, &cookie, OWN).await;
    assert!(last.header("set-cookie").ends_with("; Max-Age=18000"), "30 days after the sign-in: {:?}", last.headers);
}

#[tokio::test]
async fn a_response_sets_the_cookie_once_whatever_happened_to_the_session() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let first = app.sign_in(Role::Viewer).await;
    app.state.accounts.set_role(&Actor::operator(), id, Some(Role::Editor)).await.unwrap();
    let again = post(&app, &first, "/sign-in", &SIGN_IN).await;
    assert_eq!(again.headers.get_all("set-cookie").iter().count(), 1);
    assert!(is_signed_in(&app, &cookie_of(&again)).await);
    assert_eq!(app.database.store.sessions_of(id, app.clock.now().unwrap()).await.unwrap().len(), 1);
    for (url, removal) in [
        ("http://localhost:3000", "rollcall=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"),
        ("https://people.mycompany.com", "__Host-rollcall=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"),
    ] {
        let app = App::with_settings(settings(Identity::Anonymous, url)).await;
        app.member(Role::Viewer).await;
        let cookie = app.sign_in(Role::Viewer).await;
        let out = post(&app, &cookie, "/sign-out", &[]).await;
        assert_eq!(out.headers.get_all("set-cookie").iter().collect::<Vec<_>>(), [removal]);
    }
}

#[tokio::test]
async fn a_malformed_cookie_is_no_session_and_asks_no_database() {
    let app = with_earlier_session().await;
    app.database.store.close().await;
    for value in [
        "",
        "-_-_AQIDBAUGBwgJCgsMD",
        "-_-_AQIDBAUGBwgJCgsMDQ0",
        "-_-_AQIDBAUGBwgJCgsMDQ==",
        "+/+/AQIDBAUGBwgJCgsMDQ",
        // The last character has bits that belong to no byte.
        "-_-_AQIDBAUGBwgJCgsMDR",
    ] {
        let answer = get(&app, &format!("rollcall={value}"), OWN).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, ""), "{value}");
    }
    assert_eq!(get(&app, EARLIER, OWN).await.status, 503, "the database is unavailable");
}

/// Its removal could arrive after the cookie of a parallel request that renewed the session.
#[tokio::test]
async fn a_cookie_of_an_unknown_session_is_left_alone() {
    let app = App::new(Identity::Anonymous).await;
    let answer = get(&app, EARLIER, OWN).await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (401, ""));
}

#[tokio::test]
async fn of_two_cookies_the_last_counts_which_is_that_of_the_whole_host() {
    let app = with_earlier_session().await;
    let other = "rollcall=AAAAAAAAAAAAAAAAAAAAAA";
    assert!(is_signed_in(&app, &format!("{other}; name=Zoe; {EARLIER}")).await);
    assert!(!is_signed_in(&app, &format!("{EARLIER}; {other}")).await);
    assert!(!is_signed_in(&app, &format!("__Host-{EARLIER}; x{EARLIER}")).await);
}

#[tokio::test]
async fn a_request_with_a_token_is_no_use_of_the_session() {
    let app = with_earlier_session().await;
    let form =
        TokenForm { name: "Payroll".into(), scopes: [Scope::UsersRead].into_iter().collect(), expires_in_days: None };
    let token = app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
    app.clock.advance(TimeDelta::minutes(1));
    let request = Request::get("/api/v1/users")
        .header("authorization", format!("Bearer {}", token.expose_secret()))
        .header("cookie", EARLIER);
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (200, ""));
    assert_eq!(get(&app, EARLIER, OWN).await.header("set-cookie"), format!("{EARLIER}{SET}"));
}
