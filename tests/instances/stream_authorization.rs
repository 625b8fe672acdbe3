//! Authorization of the event stream: access, and when it ends.

use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use rollcall::{
    domain::{Role, Scope, UserForm},
    server::{
        http::state::Settings,
        services::{
            identity::{Actor, Identity},
            tokens::TokenForm,
        },
    },
};
use secrecy::ExposeSecret;
use sqlx::{Connection, SqliteConnection};

use crate::support::{App, PASSWORD, settings, stream::EventStream};

async fn private_directory() -> App {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Admin).await;
    app
}

async fn token(app: &App, name: &str, expires_in_days: Option<u32>) -> String {
    let form = TokenForm { name: name.into(), scopes: [Scope::UsersRead].into_iter().collect(), expires_in_days };
    let token = app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
    format!("Bearer {}", token.expose_secret())
}

async fn watch(app: &App, credentials: (&str, &str)) -> EventStream {
    EventStream::at(app, &[credentials]).await.greeted().await
}

async fn status(app: &App, credentials: (&str, &str)) -> u16 {
    EventStream::at(app, &[credentials]).await.status
}

async fn create(app: &App, name: &str) {
    let form = UserForm::new(name, format!("{name}@example.org"));
    app.users.create(&Actor::operator(), &form).await.unwrap();
    app.state.feed.notify();
}

/// Expects a final message, and then the end of the stream.
async fn assert_ends(mut stream: EventStream) {
    let last = stream.next().await.expect("a last word");
    assert_eq!((last.event.as_str(), stream.next().await), ("bye", None));
}

async fn assert_continues(app: &App, stream: &mut EventStream, name: &str) {
    create(app, name).await;
    assert_eq!(stream.names(1).await[0].0, name);
}

async fn sign_out(app: &App, cookie: &str) {
    let request = Request::post("/sign-out").header("cookie", cookie);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(Body::empty()).unwrap();
    assert_eq!(app.send(request).await.status, 303);
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_no_other_does() {
    let app = private_directory().await;
    app.member(Role::Viewer).await;
    let (here, there) = (app.sign_in(Role::Viewer).await, app.sign_in(Role::Viewer).await);
    let ended = watch(&app, ("cookie", &here)).await;
    let mut kept = watch(&app, ("cookie", &there)).await;
    let mut other = watch(&app, ("cookie", &app.sign_in(Role::Admin).await)).await;
    sign_out(&app, &here).await;
    assert_ends(ended).await;
    assert_eq!(status(&app, ("cookie", &here)).await, 401);
    assert_continues(&app, &mut kept, "ada").await;
    assert_eq!(other.names(1).await[0].0, "ada");
}

#[tokio::test]
async fn a_stream_ends_on_a_role_change_and_on_deletion() {
    let app = private_directory().await;
    let viewer = app.member(Role::Viewer).await;
    let cookie = app.sign_in(Role::Viewer).await;
    let mut other = watch(&app, ("cookie", &app.sign_in(Role::Admin).await)).await;
    let stream = watch(&app, ("cookie", &cookie)).await;
    app.state.accounts.set_role(&Actor::operator(), viewer, Some(Role::Editor)).await.unwrap();
    assert_ends(stream).await;
    assert_eq!(status(&app, ("cookie", &cookie)).await, 200, "they may look as what they are now");
    let cookie = app.sign_in(Role::Viewer).await;
    let stream = watch(&app, ("cookie", &cookie)).await;
    app.users.delete(&Actor::operator(), viewer).await.unwrap();
    assert_ends(stream).await;
    assert_eq!(status(&app, ("cookie", &cookie)).await, 401);
    assert_eq!(other.changed().await.0, viewer.to_string());
    assert_continues(&app, &mut other, "ada").await;
}

#[tokio::test]
async fn a_password_change_ends_the_streams_of_other_sessions() {
    let app = private_directory().await;
    let (here, there) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Admin).await);
    let ended = watch(&app, ("cookie", &there)).await;
    let fields = [("action", "password"), ("current_password", PASSWORD), ("password", "quite another tin whistle")];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post("/account").header("cookie", &here);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(Body::from(body)).unwrap();
    let changed = app.send(request).await;
    assert_eq!(changed.status, 303);
    assert_ends(ended).await;
    assert_eq!(status(&app, ("cookie", &there)).await, 401);
    let mut kept = watch(&app, ("cookie", changed.header("set-cookie").split(';').next().unwrap())).await;
    assert_continues(&app, &mut kept, "ada").await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_those_of_others_do_not() {
    let app = private_directory().await;
    let (kept, revoked) = (token(&app, "Kept", None).await, token(&app, "Revoked", None).await);
    let mut other = watch(&app, ("authorization", &kept)).await;
    let stream = watch(&app, ("authorization", &revoked)).await;
    let known = app.state.tokens.list(&Actor::operator()).await.unwrap();
    let id = known.iter().find(|token| token.name == "Revoked").unwrap().id;
    app.state.tokens.revoke(&Actor::operator(), id).await.unwrap();
    assert_ends(stream).await;
    assert_eq!(status(&app, ("authorization", &revoked)).await, 401);
    assert_continues(&app, &mut other, "ada").await;
}

#[tokio::test]
async fn a_revoked_token_makes_only_its_own_streams_check_their_authorization() {
    let app = private_directory().await;
    let (other, revoked) = (token(&app, "Other", None).await, token(&app, "Revoked", None).await);
    let mut of_other = watch(&app, ("authorization", &other)).await;
    let of_revoked = watch(&app, ("authorization", &revoked)).await;
    // Revoked without an event: the stream ends only if it checks its authorization again.
    let mut connection = SqliteConnection::connect(&app.database.url).await.unwrap();
    sqlx::query("update tokens set revoked_at = 1 where name = 'Other'").execute(&mut connection).await.unwrap();
    let known = app.state.tokens.list(&Actor::operator()).await.unwrap();
    let id = known.iter().find(|token| token.name == "Revoked").unwrap().id;
    app.state.tokens.revoke(&Actor::operator(), id).await.unwrap();
    assert_ends(of_revoked).await;
    assert_continues(&app, &mut of_other, "ada").await;
}

#[tokio::test]
async fn a_stream_sends_nothing_after_its_credential_expires() {
    let app = private_directory().await;
    let cookie = app.sign_in(Role::Admin).await;
    app.clock.advance(TimeDelta::hours(12) - TimeDelta::minutes(2));
    let passing = token(&app, "Passing", Some(1)).await;
    let of_session = watch(&app, ("cookie", &cookie)).await;
    let mut of_token = watch(&app, ("authorization", &passing)).await;
    app.clock.advance(TimeDelta::minutes(2));
    create(&app, "ada").await;
    // An open stream does not count as use of the session, which expires twelve hours after the sign-in.
    assert_ends(of_session).await;
    assert_eq!(status(&app, ("cookie", &cookie)).await, 401);
    assert_eq!(of_token.names(1).await[0].0, "ada");
    app.clock.advance(TimeDelta::minutes(30));
    create(&app, "grace").await;
    assert_ends(of_token).await;
    assert_eq!(status(&app, ("authorization", &passing)).await, 200, "after half an hour one shows it again");
    app.clock.advance(TimeDelta::hours(24));
    assert_eq!(status(&app, ("authorization", &passing)).await, 401);
}

#[tokio::test]
async fn beyond_the_stream_limit_the_response_is_503() {
    let settings = Settings { max_streams: 2, ..settings(Identity::AnonymousReader, "http://localhost:3000") };
    let app = App::with_settings(settings).await;
    let (one, _other) = (EventStream::at(&app, &[]).await.greeted().await, EventStream::at(&app, &[]).await);
    let refused = EventStream::at(&app, &[]).await;
    assert_eq!((refused.status, refused.headers["retry-after"].to_str().unwrap()), (503, "1"));
    drop(one);
    EventStream::at(&app, &[]).await.greeted().await;
}

#[tokio::test]
async fn the_stream_endpoint_follows_http_like_the_others() {
    let app = App::new(Identity::AnonymousReader).await;
    let stream = EventStream::at(&app, &[("accept-encoding", "gzip, br, zstd")]).await;
    let header = |name: &str| stream.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(header("content-type"), Some("text/event-stream"));
    assert_eq!((header("cache-control"), header("x-accel-buffering")), (Some("no-store"), Some("no")));
    assert_eq!(header("content-encoding"), None, "a message does not wait for others to be compressed with");
    for accept in ["text/event-stream", "text/*", "*/*", "application/json, text/event-stream;q=0.5"] {
        assert_eq!(status(&app, ("accept", accept)).await, 200, "{accept}");
    }
    for accept in ["application/json", "text/html", "text/event-stream;q=0"] {
        assert_eq!(status(&app, ("accept", accept)).await, 406, "{accept}");
    }
    let send = async |method: &str| {
        app.send(Request::builder().method(method).uri("/events/users").body(Body::empty()).unwrap()).await
    };
    let head = send("HEAD").await;
    assert_eq!((head.status.as_u16(), head.header("content-type")), (200, "text/event-stream"));
    for method in ["POST", "PUT", "DELETE", "TRACE"] {
        let refused = send(method).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "GET,HEAD"));
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
    assert_eq!(EventStream::at(&private_directory().await, &[]).await.status, 401);
}

#[tokio::test]
async fn heartbeats_carry_the_position() {
    let app = App::new(Identity::AnonymousReader).await;
    let mut stream = EventStream::at(&app, &[]).await.greeted().await;
    // Creating a token sends no message but appends to the audit trail.
    token(&app, "Service", None).await;
    let heartbeat = stream.block().await.unwrap();
    assert_eq!(
        (heartbeat.event.as_str(), heartbeat.id),
        ("", Some(app.state.feed.position().await.unwrap().to_string()))
    );
}
