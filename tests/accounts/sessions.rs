use chrono::TimeDelta;
use rollcall::{
    domain::{Action, OwnAccount, Role, Scope},
    server::{
        foundation::clock::Clock,
        services::{
            identity::{Actor, Identity},
            tokens::TokenForm,
        },
    },
};
use secrecy::ExposeSecret;

use super::{actions, cookie_of, get, is_signed_in, post};
use crate::support::{Answer, App, PASSWORD, settings};

#[tokio::test]
async fn the_session_cookie_is_host_only_secure_and_http_only() {
    for (url, name, secure) in
        [("https://people.mycompany.com", "__Host-rollcall=", true), ("http://localhost:3000", "rollcall=", false)]
    {
        let app = App::with_settings(settings(Identity::Anonymous, url)).await;
        app.member(Role::Viewer).await;
        let answer = app.post_form("/sign-in", &[("email", "viewer@example.org"), ("password", PASSWORD)]).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with(name), "{cookie}");
        assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        assert!(["HttpOnly", "SameSite=Lax", "Path=/"].iter().all(|part| cookie.contains(part)), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let hsts = answer.header("strict-transport-security");
        assert_eq!(hsts.starts_with("max-age=63072000"), secure, "{hsts}");
    }
}

#[tokio::test]
async fn signing_in_always_creates_a_new_session() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let fields = [("email", "viewer@example.org"), ("password", PASSWORD)];
    let planted = "rollcall=AAAAAAAAAAAAAAAAAAAAAA";
    let first = cookie_of(&post(&app, planted, "/sign-in", &fields).await);
    assert_ne!(first, planted);
    assert!(!is_signed_in(&app, planted).await);
    let second = cookie_of(&post(&app, &first, "/sign-in", &fields).await);
    assert_ne!(second, first);
    assert!(is_signed_in(&app, &second).await && !is_signed_in(&app, &first).await);
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_after_thirty_days_at_the_latest() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let cookie = app.sign_in(Role::Viewer).await;
    for _ in 0..65 {
        app.clock.advance(TimeDelta::hours(11));
        assert!(is_signed_in(&app, &cookie).await);
    }
    app.clock.advance(TimeDelta::hours(6));
    assert!(!is_signed_in(&app, &cookie).await, "thirty days are over");
    let idle = app.sign_in(Role::Viewer).await;
    app.clock.advance(TimeDelta::hours(12));
    assert!(!is_signed_in(&app, &idle).await);
}

#[tokio::test]
async fn signing_out_ends_one_session_and_signing_out_everywhere_all() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let (here, there, elsewhere) =
        (app.sign_in(Role::Viewer).await, app.sign_in(Role::Viewer).await, app.sign_in(Role::Viewer).await);
    let out = post(&app, &here, "/sign-out", &[("everywhere", "")]).await;
    assert_eq!((out.status.as_u16(), out.header("location")), (303, "/sign-in"));
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    assert!(out.header("clear-site-data").contains("storage"));
    assert!(!is_signed_in(&app, &here).await && is_signed_in(&app, &there).await);
    assert_eq!(actions(&app, id).await[0], Action::SessionEnded);
    post(&app, &there, "/sign-out", &[("everywhere", "1")]).await;
    assert!(!is_signed_in(&app, &there).await && !is_signed_in(&app, &elsewhere).await);
}

#[tokio::test]
async fn users_see_and_end_only_their_own_sessions() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    app.member(Role::Editor).await;
    let (here, there) = (app.sign_in(Role::Viewer).await, app.sign_in(Role::Viewer).await);
    let other = app.sign_in(Role::Editor).await;
    let own: OwnAccount = get(&app, &here, "/rpc/get_own_account").await.wire();
    assert_eq!(own.sessions.iter().filter(|session| session.current).count(), 1);
    assert!(!format!("{own:?}").contains(here.split('=').nth(1).unwrap()));
    // The session that accepted the invitation was signed out, so two sessions remain.
    let ended = &own.sessions.iter().find(|session| !session.current).unwrap().id.to_string();
    post(&app, &other, "/account", &[("action", "end-session"), ("session", ended)]).await;
    assert!(is_signed_in(&app, &there).await, "other users cannot end it");
    let done = post(&app, &here, "/account", &[("action", "end-session"), ("session", ended)]).await;
    assert_eq!(done.header("location"), "/account?done=session");
    assert!(!is_signed_in(&app, &there).await && is_signed_in(&app, &here).await);
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions_and_renews_this_one() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let (here, there) = (app.sign_in(Role::Viewer).await, app.sign_in(Role::Viewer).await);
    let change = |current: &'static str, new: &'static str| {
        let fields = [("action", "password"), ("current_password", current), ("password", new)];
        let (app, here) = (&app, &here);
        async move { post(app, here, "/account", &fields).await }
    };
    let wrong = change("wrong wrong wrong", "violet zeppelin harbour nine").await;
    assert_eq!((wrong.status.as_u16(), wrong.text().contains("Current password is wrong")), (422, true));
    let weak = change(PASSWORD, "lanternlanternlantern").await;
    assert_eq!((weak.status.as_u16(), weak.text().contains("is too easy to guess")), (422, true));
    let changed = change(PASSWORD, "violet zeppelin harbour nine").await;
    assert_eq!(changed.header("location"), "/account?done=password");
    assert!(is_signed_in(&app, &cookie_of(&changed)).await);
    assert!(!is_signed_in(&app, &here).await && !is_signed_in(&app, &there).await);
    let old = app.post_form("/sign-in", &[("email", "viewer@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, 422);
    assert!(actions(&app, id).await.contains(&Action::PasswordChanged));
}

#[tokio::test]
async fn of_parallel_password_changes_one_succeeds_and_stays_signed_in() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let passwords = ["violet zeppelin harbour nine", "walrus quartz bonnet tide", "copper lagoon thistle drum"];
    let mut cookies = Vec::new();
    for _ in passwords {
        cookies.push(app.sign_in(Role::Viewer).await);
    }
    let fields = passwords.map(|new| [("action", "password"), ("current_password", PASSWORD), ("password", new)]);
    let changes = cookies.iter().zip(&fields).map(|(cookie, fields)| post(&app, cookie, "/account", fields));
    let answers = futures::future::join_all(changes).await;
    let is_done = |answer: &Answer| answer.header("location") == "/account?done=password";
    assert_eq!(answers.iter().filter(|answer| is_done(answer)).count(), 1);
    for (answer, new) in answers.iter().zip(passwords) {
        if is_done(answer) {
            assert!(is_signed_in(&app, &cookie_of(answer)).await);
        } else if answer.status == 303 {
            assert!(answer.header("location").starts_with("/sign-in"), "the session had ended before the request");
        } else {
            assert_eq!((answer.status.as_u16(), answer.text().contains("Current password is wrong")), (422, true));
        }
        let signed_in = app.post_form("/sign-in", &[("email", "viewer@example.org"), ("password", new)]).await;
        assert_eq!(signed_in.status == 303, is_done(answer), "{new}");
    }
    for cookie in &cookies {
        assert!(!is_signed_in(&app, cookie).await);
    }
}

#[tokio::test]
async fn of_parallel_requests_after_a_role_change_one_renews_the_session_and_none_loses_it() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let cookie = app.sign_in(Role::Viewer).await;
    app.state.accounts.set_role(&Actor::operator(), id, Some(Role::Editor)).await.unwrap();
    let requests = (0..4).map(|_| get(&app, &cookie, "/rpc/get_own_account"));
    let answers = futures::future::join_all(requests).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let renewed: Vec<_> = answers.iter().filter(|answer| !answer.header("set-cookie").is_empty()).collect();
    assert_eq!(renewed.len(), 1);
    assert!(is_signed_in(&app, &cookie_of(renewed[0])).await && is_signed_in(&app, &cookie).await);
    app.clock.advance(TimeDelta::seconds(30));
    assert!(is_signed_in(&app, &cookie_of(renewed[0])).await && !is_signed_in(&app, &cookie).await);
    assert_eq!(app.database.store.sessions_of(id, app.clock.now().unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_role_change_applies_at_once_and_renews_the_session() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let cookie = app.sign_in(Role::Viewer).await;
    app.state.accounts.set_role(&Actor::operator(), id, Some(Role::Editor)).await.unwrap();
    let answer = get(&app, &cookie, &format!("/users/{id}/edit")).await;
    assert_eq!(answer.status, 200);
    let renewed = cookie_of(&answer);
    assert!(is_signed_in(&app, &renewed).await);
    app.state.accounts.set_role(&Actor::operator(), id, None).await.unwrap();
    assert!(!is_signed_in(&app, &renewed).await && !is_signed_in(&app, &cookie).await);
}

#[tokio::test]
async fn signing_out_with_the_previous_secret_ends_the_renewed_session() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    for (everywhere, role) in [("", Role::Editor), ("1", Role::Admin)] {
        let (here, there) = (app.sign_in(Role::Viewer).await, app.sign_in(Role::Viewer).await);
        app.state.accounts.set_role(&Actor::operator(), id, Some(role)).await.unwrap();
        let renewed = cookie_of(&get(&app, &here, "/account").await);
        assert_eq!(post(&app, &here, "/sign-out", &[("everywhere", everywhere)]).await.status, 303);
        assert!(!is_signed_in(&app, &renewed).await && !is_signed_in(&app, &here).await, "{role:?}");
        assert_eq!(is_signed_in(&app, &there).await, everywhere.is_empty());
    }
}

#[tokio::test]
async fn deleting_a_user_ends_their_sessions_and_tokens_at_once() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Admin).await;
    let eve = crate::support::form("Eve", "eve@example.org");
    let eve = app.state.accounts.create_admin(&Actor::operator(), &eve, PASSWORD.into()).await.unwrap();
    let signed_in = app.post_form("/sign-in", &[("email", "eve@example.org"), ("password", PASSWORD)]).await;
    let form =
        TokenForm { name: "Hers".into(), scopes: [Scope::UsersRead].into_iter().collect(), expires_in_days: None };
    let token = app.state.tokens.create(&Identity::Member(eve.clone()).into(), &form).await.unwrap();
    let bearer = || {
        let token = format!("Bearer {}", token.expose_secret());
        axum::http::Request::get("/api/v1/users")
            .header("authorization", token)
            .body(axum::body::Body::empty())
            .unwrap()
    };
    assert_eq!(app.send(bearer()).await.status, 200);
    let admin = app.sign_in(Role::Admin).await;
    let deleted = post(&app, &admin, &format!("/users/{}", eve.id), &[("action", "delete")]).await;
    assert_eq!(deleted.status, 303);
    assert!(!is_signed_in(&app, &cookie_of(&signed_in)).await);
    assert_eq!(app.send(bearer()).await.status, 401);
    let again = app.post_form("/sign-in", &[("email", "eve@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 422);
}
