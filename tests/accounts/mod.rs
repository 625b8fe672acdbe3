//! Sign-in, links, sessions and roles, as used by a browser.

mod cross_site;
mod forms;
mod imports;
mod links;
mod session_cookie;
mod sessions;
mod sign_in;

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Action, Event, ListEvents, UserId},
    server::services::identity::Actor,
};

use crate::support::{Answer, App};

/// Submits a form with a cookie.
async fn post(app: &App, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path)
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body));
    app.send(request.unwrap()).await
}

async fn get(app: &App, cookie: &str, path: &str) -> Answer {
    app.send(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
}

/// Whether a session cookie is still valid.
async fn is_signed_in(app: &App, cookie: &str) -> bool {
    get(app, cookie, "/rpc/get_own_account").await.status == 200
}

/// The cookie that a response sets.
fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// The audit trail of a user, newest first.
async fn trail(app: &App, user: UserId) -> Vec<Event> {
    app.state.audit.list(&Actor::operator(), &ListEvents::of(user)).await.unwrap().events
}

async fn actions(app: &App, user: UserId) -> Vec<Action> {
    trail(app, user).await.into_iter().map(|event| event.action).collect()
}
