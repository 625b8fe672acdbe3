//! The real router in process, with a clock that the test sets.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use rollcall::{
    domain::{AppError, Role, Timestamp, UserForm, UserId},
    server::{
        foundation::{
            client_ip::TrustedProxies,
            clock::{Clock, Ids},
        },
        http::{
            router::router,
            state::{AppState, Settings},
        },
        services::{
            accounts::SignInPolicy,
            identity::{Actor, Identity},
            users::Users,
        },
    },
};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use super::{Fresh, at, contract, id, sqlite};

/// A valid password, used by the members of `App`.
pub const PASSWORD: &str = "mauve otter tax lantern";

/// A clock that a test sets.
pub struct StillClock(AtomicI64);

impl StillClock {
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_microseconds().unwrap(), Ordering::Relaxed);
    }
}

impl Default for StillClock {
    fn default() -> Self {
        Self(at("2026-02-03T04:05:06.789Z").unix_micros().into())
    }
}

impl Clock for StillClock {
    fn now(&self) -> Result<Timestamp, AppError> {
        Ok(Timestamp::from_unix_micros(self.0.load(Ordering::Relaxed)).unwrap())
    }
}

/// Generates ids like `id`, starting with the first.
struct Counted(AtomicU32);

impl Ids for Counted {
    fn next(&self) -> Uuid {
        id(self.0.fetch_add(1, Ordering::Relaxed)).0
    }
}

pub fn settings(anonymous: Identity, public_url: &str) -> Settings {
    let sign_in_policy = SignInPolicy { public_url: public_url.parse().unwrap(), is_enabled: true };
    Settings {
        anonymous,
        sign_in_policy,
        trusted_proxies: TrustedProxies::default(),
        rate_limit: None,
        redis: None,
        max_streams: 100,
        trash_days: 30,
        max_in_flight: 100,
        cache_bytes: 1 << 20,
    }
}

/// The real router with a fresh SQLite file. Requests without credentials run as `identity`.
pub struct App {
    pub router: Router,
    pub users: Users,
    pub state: AppState,
    pub clock: Arc<StillClock>,
    pub database: Fresh,
}

impl App {
    pub async fn new(identity: Identity) -> Self {
        Self::with_settings(settings(identity, "http://localhost:3000")).await
    }

    pub async fn with_settings(settings: Settings) -> Self {
        Self::over(sqlite().await, settings)
    }

    /// The same with another database.
    pub fn over(database: Fresh, settings: Settings) -> Self {
        let clock = Arc::new(StillClock::default());
        let (still, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (clock.clone(), Arc::new(Counted(1.into())));
        let state = AppState::new(&database.store, &still, &ids, settings).unwrap();
        let router = router(state.clone(), Router::new(), vec!["mycompany.com".parse().unwrap()]);
        Self { router, users: state.users.clone(), state, clock, database }
    }

    pub async fn with_people(identity: Identity, count: u32) -> Self {
        let app = Self::new(identity).await;
        for n in 1..=count {
            let form = UserForm::new(format!("Person {n:03}"), format!("person{n}@example.org"));
            app.users.create(&Actor::operator(), &form).await.unwrap();
        }
        app
    }

    /// Creates a user with a role and a password: `ROLE@example.org`.
    pub async fn member(&self, role: Role) -> UserId {
        let form = UserForm::new(format!("The {role}"), format!("{role}@example.org"));
        let operator = Actor::operator();
        if role == Role::Admin {
            return self.state.accounts.create_admin(&operator, &form, PASSWORD.into()).await.unwrap().id;
        }
        let id = self.users.create(&operator, &form).await.unwrap().id;
        self.state.accounts.set_role(&operator, id, Some(role)).await.unwrap();
        let link = self.state.accounts.invite(&operator, id).await.unwrap();
        let secret = link.expose_secret().rsplit_once('=').unwrap().1.to_owned();
        self.state.accounts.accept(&operator, &secret.into(), PASSWORD.into()).await.unwrap();
        id
    }

    /// Signs in the member with a role, as a browser does; returns the cookie.
    pub async fn sign_in(&self, role: Role) -> String {
        let answer =
            self.post_form("/sign-in", &[("email", &format!("{role}@example.org")), ("password", PASSWORD)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/"), "{}", answer.text());
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post(path, "application/x-www-form-urlencoded", body).await
    }

    /// The same app with another router.
    pub fn around(self, router: Router) -> Self {
        Self { router, ..self }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(path).header("content-type", content_type).body(body.into()).unwrap()).await
    }

    /// Sends a request. The response must match the OpenAPI document.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // An event stream has no end.
        let is_endless = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if is_endless { Vec::new() } else { body.collect().await.unwrap().to_bytes().to_vec() };
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        contract::check(&method, &path, &answer);
        answer
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body without the comments by which hydration finds the dynamic parts: they differ between builds with and
    /// without erased views.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap().replace("<!>", "")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// Decodes the response of a server function.
    pub fn wire<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.header("content-type"), "application/x-postcard");
        postcard::from_bytes(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The fields that an error names, from REST or from a server function.
    pub fn fields(&self) -> Vec<String> {
        if self.header("content-type") == "application/x-postcard" {
            return self.wire::<AppError>().fields().iter().map(|error| error.field.to_string()).collect();
        }
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}
