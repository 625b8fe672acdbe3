//! Access control: every REST route, server function, page and form, called with every kind of credentials.

mod table;

use chrono::TimeDelta;
use std::collections::BTreeSet;

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
    routing::get,
};
use rollcall::{
    domain::{Role, Scope},
    server::{
        foundation::lifecycle::Phase,
        services::{
            identity::{Actor, Identity},
            tokens::TokenForm,
        },
    },
};
use secrecy::ExposeSecret;
use table::{Needs, Row, TABLE};

use crate::support::{Answer, App, id};

/// Every kind of credentials a request can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Anonymous,
    Viewer,
    Editor,
    Admin,
    ReadToken,
    WriteToken,
    AdminToken,
    ExpiredSession,
    RevokedToken,
    ExpiredToken,
    NoToken,
}

impl Caller {
    const ALL: [Self; 11] = [
        Self::Anonymous,
        Self::Viewer,
        Self::Editor,
        Self::Admin,
        Self::ReadToken,
        Self::WriteToken,
        Self::AdminToken,
        Self::ExpiredSession,
        Self::RevokedToken,
        Self::ExpiredToken,
        Self::NoToken,
    ];

    /// The expected status; 200 stands for any response that is not a refusal.
    fn expected(self, needs: Needs) -> u16 {
        let is_known = matches!(
            self,
            Self::Viewer | Self::Editor | Self::Admin | Self::ReadToken | Self::WriteToken | Self::AdminToken
        );
        let has_bad_token = matches!(self, Self::RevokedToken | Self::ExpiredToken | Self::NoToken);
        let may = match needs {
            Needs::Nothing | Needs::Unchecked => true,
            Needs::Reading => matches!(self, Self::Viewer | Self::Editor | Self::Admin | Self::ReadToken),
            Needs::Writing => matches!(self, Self::Editor | Self::Admin | Self::WriteToken),
            Needs::Editing => matches!(self, Self::Editor | Self::Admin),
            Needs::AdministeringByPeople | Needs::Governing => self == Self::Admin,
            Needs::Administering => matches!(self, Self::Admin | Self::AdminToken),
            Needs::Session => matches!(self, Self::Viewer | Self::Editor | Self::Admin),
        };
        match (may, is_known) {
            _ if has_bad_token && needs != Needs::Unchecked => 401,
            (true, _) => 200,
            (false, true) => 403,
            (false, false) => 401,
        }
    }
}

/// A directory without anonymous access, with one user for each role.
struct Fixture {
    app: App,
    credentials: Vec<(Caller, &'static str, String)>,
}

impl Fixture {
    async fn new() -> Self {
        let app = App::with_people(Identity::Anonymous, 3).await;
        app.state.lifecycle.enter(Phase::Ready);
        app.member(Role::Admin).await;
        app.member(Role::Editor).await;
        app.member(Role::Viewer).await;
        let expired_session = app.sign_in(Role::Viewer).await;
        let expired_token = token(&app, &[Scope::UsersRead], Some(1)).await;
        let revoked_token = token(&app, &[Scope::UsersRead], None).await;
        let known = app.state.tokens.list(&Actor::operator()).await.unwrap();
        app.state.tokens.revoke(&Actor::operator(), known[0].id).await.unwrap();
        app.clock.advance(TimeDelta::days(2));
        let credentials = vec![
            (Caller::Viewer, "cookie", app.sign_in(Role::Viewer).await),
            (Caller::Editor, "cookie", app.sign_in(Role::Editor).await),
            (Caller::Admin, "cookie", app.sign_in(Role::Admin).await),
            (Caller::ReadToken, "authorization", token(&app, &[Scope::UsersRead], None).await),
            (Caller::WriteToken, "authorization", token(&app, &[Scope::UsersWrite], None).await),
            (Caller::AdminToken, "authorization", token(&app, &[Scope::Admin], None).await),
            (Caller::ExpiredSession, "cookie", expired_session),
            (Caller::RevokedToken, "authorization", revoked_token),
            (Caller::ExpiredToken, "authorization", expired_token),
            (Caller::NoToken, "authorization", "Basic YWRhOmxvdmVsYWNl".to_owned()),
        ];
        Self { app, credentials }
    }

    async fn send(&self, row: &Row, caller: Caller) -> Answer {
        let path = row.path.replace("{id}", &id(1).to_string());
        let mut request = Request::builder().method(row.method).uri(path);
        if !row.body.is_empty() {
            let content_type = match row.method {
                "PATCH" => "application/merge-patch+json",
                _ if row.body.starts_with('{') => "application/json",
                _ => "application/x-www-form-urlencoded",
            };
            request = request.header("content-type", content_type);
        }
        if ["PATCH", "PUT"].contains(&row.method) {
            request = request.header("if-match", "*");
        }
        if let Some((_, header, value)) = self.credentials.iter().find(|(known, ..)| *known == caller) {
            request = request.header(*header, value);
        }
        let body = row.body.replace("{id}", &id(1).to_string());
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }
}

async fn token(app: &App, scopes: &[Scope], expires_in_days: Option<u32>) -> String {
    let form = TokenForm { name: "Service".into(), scopes: scopes.iter().copied().collect(), expires_in_days };
    let token = app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
    format!("Bearer {}", token.expose_secret())
}

/// The status that a response amounts to: a redirect to the sign-in page counts as a refusal.
fn verdict(row: &Row, answer: &Answer) -> u16 {
    let is_redirected = answer.status == 303 && answer.header("location").starts_with("/sign-in");
    match answer.status.as_u16() {
        303 if is_redirected && row.path != "/sign-out" => 401,
        refused @ (401 | 403) => refused,
        _ => 200,
    }
}

#[tokio::test]
async fn every_caller_can_do_exactly_what_the_table_allows() {
    let fixture = Fixture::new().await;
    let mut wrong = Vec::new();
    for row in TABLE {
        for caller in Caller::ALL {
            let answer = fixture.send(row, caller).await;
            assert!(answer.status.as_u16() < 500, "{row:?} {caller:?}: {}", answer.text());
            let (got, expected) = (verdict(row, &answer), caller.expected(row.needs));
            if got != expected {
                wrong.push(format!(
                    "{} {} {} by {caller:?}: {} not {expected}",
                    row.method, row.path, row.body, answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Fallback paths, which answer 404, and the path that dispatches to the server functions.
const NOT_RESOURCES: [&str; 7] =
    ["/api", "/api/", "/api/{*path}", "/api/v1", "/api/v1/", "/api/v1/{*path}", "/rpc/{*function}"];

/// Every path of a router. Axum exposes them only through `Debug`.
fn paths(router: &Router) -> Vec<String> {
    let debug = format!("{router:?}");
    let (own, _) = debug.split_once("fallback_router:").unwrap();
    let paths = own.split("RouteId(").skip(1).filter_map(|route| Some(route.split_once("): \"")?.1.split_once('"')?.0));
    paths.map(str::to_owned).collect()
}

/// Every method of every route of the router and of every server function. A request with an unsupported method is
/// answered with the methods that the path allows.
async fn resources(fixture: &Fixture) -> BTreeSet<(String, String)> {
    let mut resources = BTreeSet::new();
    for path in paths(&fixture.app.router).into_iter().filter(|path| !NOT_RESOURCES.contains(&path.as_str())) {
        let asked =
            Row { method: "TRACE", path: Box::leak(path.clone().into_boxed_str()), body: "", needs: Needs::Nothing };
        let answer = fixture.send(&asked, Caller::Admin).await;
        assert_eq!(answer.status, 405, "{path}");
        resources.extend(answer.header("allow").split(',').map(|method| (method.trim().to_owned(), path.clone())));
    }
    let functions = server_fn::axum::server_fn_paths();
    resources.extend(functions.map(|(path, method)| (method.to_string(), path.to_owned())));
    resources.retain(|(method, _)| *method != Method::HEAD.as_str());
    resources
}

/// The methods and paths of the table.
fn known() -> BTreeSet<(String, String)> {
    let path = |row: &Row| row.path.split('?').next().unwrap().to_owned();
    TABLE.iter().map(|row| (row.method.to_owned(), path(row))).collect()
}

#[tokio::test]
async fn the_table_covers_every_route_and_server_function() {
    let resources = resources(&Fixture::new().await).await;
    assert!(resources.contains(&("GET".to_owned(), "/_styleguide".to_owned())), "a page that only ui::app names");
    assert_eq!(resources, known());
}

#[tokio::test]
async fn a_route_missing_from_the_table_is_detected() {
    let Fixture { app, credentials } = Fixture::new().await;
    let router = app.router.clone().route("/users/{id}/secrets", get(async || ""));
    let resources = resources(&Fixture { app: app.around(router), credentials }).await;
    let unknown: Vec<_> = resources.difference(&known()).cloned().collect();
    assert_eq!(unknown, [("GET".to_owned(), "/users/{id}/secrets".to_owned())]);
}

#[tokio::test]
async fn an_open_directory_allows_anonymous_reads_only() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    for row in
        TABLE.iter().filter(|row| !matches!(row.needs, Needs::Nothing | Needs::Unchecked) && row.path != "/sign-out")
    {
        let fixture = Fixture { app: App::with_people(Identity::AnonymousReader, 1).await, credentials: Vec::new() };
        let expected = if row.needs == Needs::Reading { 200 } else { 401 };
        assert_eq!(verdict(row, &fixture.send(row, Caller::Anonymous).await), expected, "{row:?}");
    }
    let wrong = Request::get("/api/v1/users").header("authorization", "Bearer rc_wrong").body(Body::empty()).unwrap();
    let refused = app.send(wrong).await;
    assert_eq!((refused.status.as_u16(), refused.header("www-authenticate")), (401, "Bearer error=\"invalid_token\""));
}
