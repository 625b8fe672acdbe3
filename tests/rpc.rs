//! Server functions over HTTP.

use std::{collections::BTreeSet, path::Path};

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Action, AppError, Listing, Person, Total, Trail, User},
    server::services::identity::Identity,
};

use crate::{
    support::{App, id},
    texts::sources,
};

#[tokio::test]
async fn server_functions_return_what_the_browser_decodes() {
    let app = App::with_people(Identity::Operator, 3).await;
    let list = app.get("/rpc/list_users?query=per_page%3D2").await;
    assert_eq!(list.status, 200);
    let Listing { page, may_write } = list.wire();
    assert_eq!((page.items.len(), page.next.is_some(), page.total), (2, true, Some(Total::Exactly(3))));
    assert!(may_write);
    let user: User = app.get(&format!("/rpc/get_user?id={}", id(1))).await.wire();
    assert_eq!(serde_json::to_value(user).unwrap(), app.get(&format!("/api/v1/users/{}", id(1))).await.json());
    let person: Person = app.get(&format!("/rpc/get_person?id={}", id(1))).await.wire();
    assert_eq!(
        (person.user.profile.name, person.account.map(|account| account.role)),
        ("Person 001".to_owned(), Some(None))
    );
    let trail: Trail = app.get("/rpc/list_events?query=").await.wire();
    assert_eq!(
        (trail.events[0].action, &trail.events[0].changes[0].to),
        (Action::UserCreated, &Some("Person 003".to_owned()))
    );
}

#[tokio::test]
async fn an_error_reaches_the_browser_unchanged() {
    let app = App::new(Identity::Anonymous).await;
    let error: AppError = app.get("/rpc/list_users?query=").await.wire();
    assert!(matches!(error, AppError::Unauthorized), "{error:?}");
    let missing: AppError = app.get("/rpc/list_users").await.wire();
    assert!(matches!(missing, AppError::Malformed(_)), "{missing:?}");
}

#[tokio::test]
async fn a_body_that_cannot_be_decoded_is_malformed() {
    let app = App::new(Identity::Anonymous).await;
    let answer = app.post("/rpc/get_invitation", "application/x-postcard", vec![0xff, 0xff, 0xff, 0xff, 0x0f]).await;
    assert_eq!(answer.status, 400);
    assert!(matches!(answer.wire::<AppError>(), AppError::Malformed(_)));
}

#[tokio::test]
async fn changes_require_post_and_unknown_functions_are_not_found() {
    let app = App::with_people(Identity::Operator, 1).await;
    let get = app.get(&format!("/rpc/change_users?action=Delete&ids[0]={}", id(1))).await;
    assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST"));
    assert_eq!(app.get("/rpc/nothing").await.status, 404);
    assert_eq!(app.get(&format!("/api/v1/users/{}", id(1))).await.json()["deleted_at"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_form_post_does_not_redirect_to_its_referer() {
    let app = App::with_people(Identity::Operator, 1).await;
    let request = Request::post("/rpc/change_users")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("referer", "https://evil.example/")
        .body(Body::from(format!("action=Delete&ids[0]={}", id(1))))
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (200, ""));
}

#[test]
fn every_server_function_is_called_by_the_ui() {
    let functions: Vec<&str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert!(functions.len() > 10, "{functions:?}");
    let ui: Vec<String> =
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")).into_iter().map(|(_, source)| source).collect();
    assert_eq!(uncalled(&functions, &ui), [""; 0]);
}

/// The server functions that none of these sources uses outside comments and imports.
fn uncalled<'a>(functions: &[&'a str], sources: &[String]) -> Vec<&'a str> {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let without_comments = |source: &String| source.lines().filter(is_code).collect::<Vec<_>>().join("\n");
    let mut called = BTreeSet::new();
    for source in sources.iter().map(without_comments) {
        for statement in source.split_inclusive(';').filter(|statement| !statement.trim_start().starts_with("use ")) {
            let words = statement.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            called.extend(words.map(str::to_owned));
        }
    }
    functions.iter().filter(|path| !called.contains(path.rsplit('/').next().unwrap())).copied().collect()
}

#[test]
fn an_uncalled_server_function_is_detected() {
    let functions = ["/rpc/list_users", "/rpc/create_user", "/rpc/get_user"];
    let page = "// create_user makes a user\nuse crate::{\n    rpc::users::{create_user, list_users},\n};\n\
                fn page() { Resource::new(query, list_users); get_user_name(id); }";
    assert_eq!(uncalled(&functions, &[page.to_owned()]), ["/rpc/create_user", "/rpc/get_user"]);
}
