use std::time::Duration;

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Role, Scope},
    server::services::{
        identity::{Actor, Identity},
        tokens::TokenForm,
    },
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{IMPORTS, counts};
use crate::support::{Answer, App};

const ID: &str = "01976f30-8fa0-7000-8000-000000000001";
const FILE: &str = "id,name,email,version,created_at,updated_at\n\
    01976f30-8fa0-7000-8000-000000000001,Ada,ada@example.org,7,2020-01-02T03:04:05Z,2021-01-02T03:04:05Z\n";

/// A client with its credentials.
struct By<'a>(&'a App, &'static str, String);

impl By<'_> {
    async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(self.1, &self.2);
        let request = request.header("content-type", "application/json");
        self.0.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Uploads a file and has it checked.
    async fn upload(&self) -> (String, Value) {
        let new = json!({"file": "people.csv", "size": FILE.len()}).to_string();
        let path = self.ask("POST", IMPORTS, &new).await.header("location").to_owned();
        assert_eq!(self.ask("PUT", &format!("{path}/parts/1"), FILE).await.status, 200);
        let import = self.settled(&path).await;
        (path, import)
    }

    async fn settled(&self, path: &str) -> Value {
        for _ in 0..1_000 {
            let import = self.ask("GET", path, "").await.json();
            if import["progress"].is_null() {
                return import;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{path} goes on for ever");
    }

    async fn apply(&self, path: &str) -> Answer {
        self.ask("POST", &format!("{path}/apply"), r#"{"mode":"insert"}"#).await
    }
}

async fn token(app: &App, scopes: &[Scope]) -> String {
    let form = TokenForm { name: "Service".into(), scopes: scopes.iter().copied().collect(), expires_in_days: None };
    let token = app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
    format!("Bearer {}", token.expose_secret())
}

#[tokio::test]
async fn an_editor_imports_names_and_addresses_and_a_viewer_nothing() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Viewer).await;
    app.member(Role::Editor).await;
    let viewer = By(&app, "cookie", app.sign_in(Role::Viewer).await);
    for (method, path) in [("GET", IMPORTS), ("POST", IMPORTS)] {
        assert_eq!(viewer.ask(method, path, r#"{"file":"a","size":1}"#).await.status, 403, "{method}");
    }
    let editor = By(&app, "cookie", app.sign_in(Role::Editor).await);
    let (path, import) = editor.upload().await;
    assert_eq!(import["counts"], counts(&[("new", 1)]), "{import}");
    assert_eq!(import["created_by"]["name"], "The editor");
    assert_eq!(editor.apply(&path).await.status, 202);
    let import = editor.settled(&path).await;
    assert_eq!(import["state"], "applied", "{import}");
    let ada = editor.ask("GET", "/api/v1/users?email=ada@example.org", "").await.json()[0].clone();
    assert_ne!(ada["id"], ID);
    assert_eq!((&ada["version"], &ada["name"]), (&json!(1), &json!("Ada")));
    assert_ne!(ada["created_at"], "2020-01-02T03:04:05Z");
}

#[tokio::test]
async fn an_admin_token_imports_every_field_of_the_file() {
    let app = App::new(Identity::Anonymous).await;
    let admin = By(&app, "authorization", token(&app, &[Scope::UsersRead, Scope::UsersWrite, Scope::Admin]).await);
    let writer = By(&app, "authorization", token(&app, &[Scope::UsersWrite]).await);
    let (path, import) = admin.upload().await;
    assert_eq!(import["created_by"]["kind"], "token");
    assert_eq!(writer.ask("GET", &path, "").await.status, 200);
    assert_eq!(writer.apply(&path).await.status, 403, "applying needs the same permission as creating");
    assert_eq!(admin.apply(&path).await.status, 202);
    assert_eq!(admin.settled(&path).await["state"], "applied");
    let ada = admin.ask("GET", &format!("/api/v1/users/{ID}"), "").await.json();
    assert_eq!((&ada["version"], &ada["created_at"]), (&json!(7), &json!("2020-01-02T03:04:05Z")), "{ada}");
    assert_eq!(ada["updated_at"], "2021-01-02T03:04:05Z");
}
