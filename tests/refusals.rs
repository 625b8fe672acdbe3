//! The same bad inputs through every entry point: pages and forms, REST, server functions and the command line. Each
//! answers with the same status and messages.

use rollcall::server::services::identity::Identity;
use serde_json::{Value, json};

use crate::{
    cli,
    support::{Answer, App, id},
};

/// The refusal of an input: its status, and the field and message of each error.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    status: u16,
    errors: Vec<(String, String)>,
}

impl Refusal {
    /// Parses problem details, as REST and `rollcall --json` return them.
    fn of_problem(problem: &Value) -> Self {
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = errors.iter().map(|error| (text(&error["field"]), text(&error["message"]))).collect();
        Self { status: u16::try_from(problem["status"].as_u64().unwrap()).unwrap(), errors }
    }

    fn of_rest(answer: &Answer) -> Self {
        Self { status: answer.status.as_u16(), ..Self::of_problem(&answer.json()) }
    }

    fn of_function(answer: &Answer) -> Self {
        let error: rollcall::domain::AppError = answer.wire();
        let errors = error.fields().iter().map(|error| (error.field.to_string(), error.message.clone())).collect();
        Self { status: answer.status.as_u16(), errors }
    }

    /// Fails unless a page has this status and shows the message of each field.
    fn ensure_shown(&self, page: &Answer, input: &str) {
        assert_eq!((page.status.as_u16(), page.header("content-type")), (self.status, HTML), "{input}");
        let html = page.text();
        for (field, message) in &self.errors {
            let named = [format!("<code>{field}</code>"), format!("id=\"{field}-error\"")];
            assert!(named.iter().any(|named| html.contains(named)), "{input}: {field} in {html}");
            assert!(html.contains(&*html_escape::encode_text(message)), "{input}: {message} in {html}");
        }
    }
}

const HTML: &str = "text/html; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `rollcall users` over the database of an app: exit code and standard error.
fn users(app: &App, arguments: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, error) =
        cli::run(folder.path(), &[&["users", "--database-url", &app.database.url], arguments].concat());
    (code, error)
}

#[tokio::test]
async fn every_entry_point_refuses_the_same_lists() {
    let app = App::with_people(Identity::Operator, 1).await;
    for query in [
        "per_page=0",
        "per_page=1000",
        "per_page=x",
        "page=0",
        "page=501",
        "sort=colour",
        "status=gone",
        "email=nobody",
        "created_after=yesterday",
        "cursor=nonsense",
        "colour=red",
        "page=1&page=2",
        "per_page=0&sort=x&z=1",
        "q=%00",
    ] {
        let rest = Refusal::of_rest(&app.get(&format!("/api/v1/users?{query}")).await);
        assert_eq!((rest.status, rest.errors.is_empty()), (422, false), "{query}");
        let function = app.get(&format!("/rpc/list_users?query={}", encoded(query))).await;
        assert_eq!(Refusal::of_function(&function), rest, "{query}");
        let body = format!("action=Delete&query={}", encoded(query));
        assert_eq!(Refusal::of_function(&app.post("/rpc/change_page", FORM, body).await), rest, "{query}");
        rest.ensure_shown(&app.get(&format!("/?{query}")).await, query);

        let pairs = form_urlencoded::parse(query.as_bytes());
        let flags: Vec<String> = pairs.map(|(name, value)| format!("--{}={value}", name.replace('_', "-"))).collect();
        // The arguments of a process cannot contain NUL.
        if flags.iter().any(|flag| flag.contains('\0')) {
            continue;
        }
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let (code, error) = users(&app, &[&["list"], flags.as_slice()].concat());
        // Only the service decodes a cursor.
        assert_eq!(code, if query.starts_with("cursor") { 4 } else { 2 }, "{query}: {error}");
        // The command line has a flag for each parameter, so it refuses unknown and repeated ones by itself.
        if let [(field, message)] = &rest.errors[..]
            && flags.len() == 1
            && field != "colour"
        {
            assert!(error.contains(message), "{query}: {message} in {error}");
        }
    }
}

#[tokio::test]
async fn every_entry_point_refuses_the_same_users() {
    let app = App::with_people(Identity::Operator, 2).await;
    let (path, person) = (format!("/api/v1/users/{}", id(1)), id(1).to_string());
    for (name, email, status) in [
        ("", "x", 422),
        (" \u{200b} ", "ada@example.org", 422),
        ("a\u{7}b", "ada@example.org", 422),
        ("Ada", "ada@", 422),
        ("Ada", "person2@EXAMPLE.org", 409),
        (&"x".repeat(201), &"x".repeat(300), 422),
    ] {
        let input = format!("{name:?} {email:?}");
        let body = json!({ "name": name, "email": email }).to_string();
        let rest = Refusal::of_rest(&app.post("/api/v1/users", "application/json", body.clone()).await);
        assert_eq!((rest.status, rest.errors.is_empty()), (status, false), "{input}");
        for (method, content_type) in [("PUT", "application/json"), ("PATCH", "application/merge-patch+json")] {
            let request = axum::http::Request::builder().method(method).uri(&path).header("if-match", "*");
            let request = request.header("content-type", content_type).body(body.clone().into()).unwrap();
            assert_eq!(Refusal::of_rest(&app.send(request).await), rest, "{method} {input}");
        }

        let fields = [("name", name), ("email", email), ("version", "1")];
        rest.ensure_shown(&app.post_form("/users/new", &fields[..2]).await, &input);
        rest.ensure_shown(&app.post_form(&format!("/users/{person}/edit"), &fields).await, &input);

        for command in [&["create"][..], &["update", &person]] {
            let arguments = [command, &["--name", name, "--email", email, "--json"]].concat();
            let (code, error) = users(&app, &arguments);
            assert_eq!(
                (code, Refusal::of_problem(&serde_json::from_str(&error).unwrap())),
                (4, rest.clone()),
                "{input}"
            );
        }
    }
}

#[tokio::test]
async fn every_entry_point_refuses_the_same_ids() {
    let app = App::with_people(Identity::Operator, 1).await;
    for id in ["1", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        let rest = Refusal::of_rest(&app.get(&format!("/api/v1/users/{id}")).await);
        assert_eq!(rest, Refusal { status: 404, errors: Vec::new() }, "{id}");
        for function in ["get_user?", "get_person?", "get_history?query=&"] {
            let answer = app.get(&format!("/rpc/{function}id={id}")).await;
            assert_eq!(Refusal::of_function(&answer), rest, "{function} {id}");
        }
        for page in ["", "/edit", "/history"] {
            rest.ensure_shown(&app.get(&format!("/users/{id}{page}")).await, id);
        }
        let (code, error) = users(&app, &["get", id, "--json"]);
        assert_eq!((code, Refusal::of_problem(&serde_json::from_str(&error).unwrap())), (3, rest), "{id}");
    }
}

#[tokio::test]
async fn every_entry_point_refuses_the_same_audit_queries() {
    let app = App::new(Identity::Operator).await;
    for query in ["user=7", "actor=x", "action=dance", "since=yesterday", "before=-1", "per_page=0", "page=1"] {
        let rest = Refusal::of_rest(&app.get(&format!("/api/v1/audit?{query}")).await);
        assert_eq!((rest.status, rest.errors.len()), (422, 1), "{query}");
        let function = app.get(&format!("/rpc/list_events?query={}", encoded(query))).await;
        assert_eq!(Refusal::of_function(&function), rest, "{query}");
        rest.ensure_shown(&app.get(&format!("/audit?{query}")).await, query);
    }
}
