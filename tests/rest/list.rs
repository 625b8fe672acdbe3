//! The list of users.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use rollcall::server::services::identity::{Actor, Identity};

use crate::support::{Answer, App, id};

const USERS: &str = "/api/v1/users";

/// The target of a `Link` header, by its relation.
fn linked(answer: &Answer, rel: &str) -> Option<String> {
    let rel = format!("rel=\"{rel}\"");
    let link = answer.header("link").split(", ").find(|link| link.ends_with(&rel))?.to_owned();
    Some(link[1..link.find('>')?].to_owned())
}

#[tokio::test]
async fn an_unchanged_list_gets_304() {
    let app = App::with_people(Identity::AnonymousReader, 3).await;
    let first = app.get(USERS).await;
    let tag = first.header("etag").to_owned();
    let ask = |tag: String| {
        let request = Request::get(USERS).header("if-none-match", tag).body(Body::empty()).unwrap();
        app.send(request)
    };
    let again = ask(format!("\"other\", {tag}")).await;
    assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, tag.as_str()));
    app.users.delete(&Actor::operator(), id(1)).await.unwrap();
    assert_eq!(ask(tag).await.status, 200);
}

#[tokio::test]
async fn the_total_is_exact_on_request() {
    let app = App::with_people(Identity::AnonymousReader, 5).await;
    assert_eq!(app.get("/api/v1/users?per_page=2").await.header("x-total-count"), "");
    let counted = app.get("/api/v1/users?per_page=2&count=exact").await;
    assert_eq!(counted.header("x-total-count"), "5");
    let next = app.get(&linked(&counted, "next").unwrap()).await;
    assert_eq!((next.header("x-total-count"), next.json().as_array().unwrap().len()), ("5", 2));
}

#[tokio::test]
async fn a_cursor_of_another_list_or_an_altered_one_is_refused() {
    let app = App::with_people(Identity::AnonymousReader, 5).await;
    let next = linked(&app.get("/api/v1/users?per_page=2&sort=name").await, "next").unwrap();
    let cursor = next.split_once("cursor=").unwrap().1;
    for (query, code) in [
        (format!("sort=-name&cursor={cursor}"), "mismatch"),
        (format!("sort=name&q=person&cursor={cursor}"), "mismatch"),
        (format!("sort=name&cursor=A{cursor}"), "invalid"),
        (format!("sort=name&cursor={}", &cursor[..cursor.len() - 2]), "invalid"),
        ("sort=name&cursor=abc".to_owned(), "invalid"),
    ] {
        let refused = app.get(&format!("{USERS}?{query}")).await;
        assert_eq!((refused.status.as_u16(), refused.fields()), (422, vec!["cursor".to_owned()]), "{query}");
        assert_eq!(refused.json()["errors"][0]["code"], code, "{query}");
    }
    assert_eq!(app.get(&next.replace("per_page=2", "per_page=3")).await.status, 200, "the length may change");
}

#[tokio::test]
async fn the_list_is_an_array_with_pagination_links() {
    let app = App::with_people(Identity::AnonymousReader, 5).await;
    let page = app.get("/api/v1/users?per_page=2&page=2&sort=name").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "application/json");
    let names: Vec<_> = page.json().as_array().unwrap().iter().map(|user| user["name"].clone()).collect();
    assert_eq!(names, ["Person 003", "Person 004"]);
    for (rel, expected) in [("first", vec!["001", "002"]), ("prev", vec!["001", "002"]), ("next", vec!["005"])] {
        let neighbour = app.get(&linked(&page, rel).unwrap()).await;
        let names = neighbour.json().as_array().unwrap().clone();
        let names: Vec<_> = names.iter().map(|user| user["name"].as_str().unwrap()[7..].to_owned()).collect();
        assert_eq!(names, expected, "{rel}");
    }
    let all = app.get(USERS).await;
    assert_eq!(all.json().as_array().unwrap().len(), 5);
    assert_eq!(all.json()[0]["name"], "Person 005", "the newest first");
    assert_eq!(all.header("link"), "</api/v1/users>; rel=\"first\"");
}

#[tokio::test]
async fn an_unencoded_plus_sign_is_an_error_that_explains_the_encoding() {
    let app = App::new(Identity::Operator).await;
    let ada = r#"{"name":"Ada","email":"a+tag@example.org"}"#;
    assert_eq!(app.post(USERS, "application/json", ada).await.status, 201);
    let answer = app.get(&format!("{USERS}?email=a+tag@example.org")).await;
    assert_eq!((answer.status, answer.fields()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["email".to_owned()]));
    assert!(answer.text().contains("%2B"), "{}", answer.text());
    assert_eq!(app.get(&format!("{USERS}?email=a%2Btag@example.org")).await.json()[0]["name"], "Ada");
}
