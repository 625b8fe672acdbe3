use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use rollcall::{
    domain::{Action, Role},
    server::{
        foundation::{client_ip::Peer, clock::Clock},
        http::state::Settings,
        services::{
            derived_columns::rebuild,
            identity::{Actor, Identity},
        },
        store::SessionRecord,
    },
};
use secrecy::ExposeSecret;
use sqlx::{Connection, SqliteConnection};
use uuid::Uuid;

use super::{actions, is_signed_in};
use crate::support::{Answer, App, PASSWORD, form, settings};

async fn try_from(app: &App, address: &str, email: &str, password: &str) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", password)])
        .finish();
    let mut request = Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    request.extensions_mut().insert(Peer(format!("{address}:1234").parse().unwrap()));
    app.send(request).await
}

#[tokio::test]
async fn the_correct_password_signs_in_and_the_address_is_case_insensitive() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let answer = app.post_form("/sign-in", &[("email", " VIEWER@Example.org "), ("password", PASSWORD)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"));
    assert!(is_signed_in(&app, answer.header("set-cookie").split(';').next().unwrap()).await);
    assert_eq!(actions(&app, id).await[0], Action::SignedIn);
}

#[tokio::test]
async fn every_failed_sign_in_gets_the_same_response() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let invited = app.users.create(&Actor::operator(), &form("Ada", "ada@example.org")).await.unwrap();
    app.state.accounts.set_role(&Actor::operator(), invited.id, Some(Role::Viewer)).await.unwrap();
    let mut pages = Vec::new();
    for (email, password) in [
        ("viewer@example.org", "wrong wrong wrong"),
        ("nobody@example.org", "wrong wrong wrong"),
        ("ada@example.org", "wrong wrong wrong"),
        ("ada@example.org", ""),
        ("viewer@example.org", &format!("{PASSWORD}{}", "x".repeat(200))),
    ] {
        let answer = app.post_form("/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (422, ""), "{email}");
        let page = answer.text();
        assert!(page.contains("is wrong, or no one with this e-mail address can sign in"), "{page}");
        assert!(page.contains(email), "what was typed stays");
        assert!(!page.contains("wrong wrong"), "but for the password");
        pages.push(page.replace(email, ""));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    assert_eq!(actions(&app, id).await[0], Action::SignInFailed);
}

#[tokio::test]
async fn a_sign_in_that_a_reset_overtakes_starts_no_session() {
    let app = App::new(Identity::Anonymous).await;
    let (operator, store) = (Actor::operator(), &app.database.store);
    let user = app.member(Role::Viewer).await;
    let signed_in = app.state.accounts.sign_in(&operator, "viewer@example.org", PASSWORD.into()).await.unwrap();
    let link = app.state.accounts.invite(&operator, user).await.unwrap();
    let link = link.expose_secret().rsplit_once('=').unwrap().1.to_owned();
    let reset = app.state.accounts.accept(&operator, &link.into(), "violet zeppelin harbour nine".into()).await;
    let now = app.clock.now().unwrap();
    let session = SessionRecord {
        id: Uuid::now_v7(),
        user,
        role: Role::Viewer,
        signed_in_at: now,
        seen_at: now,
        expires_at: now.plus(TimeDelta::hours(12)),
        address: None,
        agent: None,
    };
    assert!(!store.create_session(&[1; 32], &session, Some(&signed_in.password_hash)).await.unwrap());
    assert!(store.sessions_of(user, now).await.unwrap().is_empty());
    assert!(store.create_session(&[1; 32], &session, Some(&reset.unwrap().password_hash)).await.unwrap());
}

#[tokio::test]
async fn parallel_sign_ins_with_an_outdated_hash_all_succeed() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Viewer).await;
    let current = app.database.store.account(id).await.unwrap().unwrap().password_hash.unwrap();
    let outdated = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 1, 1, None).unwrap());
    let outdated = outdated.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    assert!(app.database.store.rehash_password(id, &current, &outdated.into()).await.unwrap());
    let sign_ins = (0..3).map(|_| app.sign_in(Role::Viewer));
    for cookie in futures::future::join_all(sign_ins).await {
        assert!(is_signed_in(&app, &cookie).await);
    }
    let renewed = app.database.store.account(id).await.unwrap().unwrap().password_hash.unwrap();
    assert!(renewed.expose_secret().contains("m=19456,t=2"));
}

#[tokio::test]
async fn five_failures_of_a_client_lock_an_account_for_that_client_only() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    for _ in 0..5 {
        assert_eq!(try_from(&app, "192.0.2.1", "viewer@example.org", "wrong").await.status, 422);
        app.clock.advance(TimeDelta::minutes(1));
    }
    let locked = try_from(&app, "192.0.2.1", "viewer@example.org", PASSWORD).await;
    assert_eq!((locked.status.as_u16(), locked.header("retry-after")), (429, "601"));
    assert!(locked.text().contains("Try again in 11 minutes"), "{}", locked.text());
    assert_eq!(try_from(&app, "192.0.2.2", "viewer@example.org", PASSWORD).await.status, 303, "from elsewhere");
    app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(try_from(&app, "192.0.2.1", "viewer@example.org", PASSWORD).await.status, 303, "later");
}

#[tokio::test]
async fn a_success_resets_the_failures() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(try_from(&app, "192.0.2.1", "viewer@example.org", "wrong").await.status, 422);
        }
        assert_eq!(try_from(&app, "192.0.2.1", "viewer@example.org", PASSWORD).await.status, 303);
    }
}

#[tokio::test]
async fn fifty_failures_lock_a_client_out_of_every_account() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let network = |n: u32| format!("[2001:db8:1:2::{n:x}]");
    for n in 0..50 {
        let email = format!("{n}@example.org");
        assert_eq!(try_from(&app, &network(n), &email, "wrong").await.status, 422);
    }
    assert_eq!(try_from(&app, &network(99), "viewer@example.org", PASSWORD).await.status, 429);
    assert_eq!(try_from(&app, "[2001:db8:1:3::1]", "viewer@example.org", PASSWORD).await.status, 303, "elsewhere");
}

#[tokio::test]
async fn sign_in_redirects_to_the_requested_page_of_this_site() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    let fields = [("email", "viewer@example.org"), ("password", PASSWORD)];
    for (to, location) in [
        ("%2F%3Fq%3Dada", "/?q=ada"),
        ("%2Fusers%2F1", "/users/1"),
        ("https%3A%2F%2Fevil.example%2F", "/"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("", "/"),
    ] {
        let answer = app.post_form(&format!("/sign-in?to={to}"), &fields).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, location), "{to}");
    }
}

#[tokio::test]
async fn sign_in_beyond_loopback_requires_tls() {
    let mut insecure: Settings = settings(Identity::Anonymous, "http://people.mycompany.com");
    insecure.sign_in_policy.is_enabled = false;
    let app = App::with_settings(insecure).await;
    let answer = app.post_form("/sign-in", &[("email", "viewer@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("set --public-url to its https address"), "{}", answer.text());
}

#[tokio::test]
async fn users_with_colliding_addresses_each_sign_in_with_their_own() {
    let app = App::new(Identity::Anonymous).await;
    let people = [("u1@bücher.example", PASSWORD), ("u1@xn--bcher-kva.example", "walrus quartz bonnet tide")];
    for (email, password) in people {
        let created = app.state.accounts.create_admin(&Actor::operator(), &form("Ada", email), password.into()).await;
        created.unwrap();
        // As folding 1 compared addresses.
        let mut connection = SqliteConnection::connect(&app.database.url).await.unwrap();
        let earlier = "update users set folding = 1, email_key = email where email = 'u1@bücher.example'";
        sqlx::query(earlier).execute(&mut connection).await.unwrap();
    }
    assert_eq!(rebuild(app.database.store.as_ref()).await.unwrap().collisions.len(), 1);
    for (email, password) in people {
        let answer = app.post_form("/sign-in", &[("email", email), ("password", password)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{email}");
    }
}
