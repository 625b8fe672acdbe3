//! The server functions over HTTP, and that both doors refuse the same.

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Action, AppError, Listing, Person, Total, Trail, User},
    server::services::identity::Identity,
};

use crate::support::{App, id};

#[tokio::test]
async fn the_functions_answer_what_the_browser_reads() {
    let app = App::with_people(Identity::Operator, 3).await;
    let list = app.get("/rpc/list_users?query=per_page%3D2").await;
    assert_eq!(list.status, 200);
    let Listing { page, may_write } = list.wire();
    assert_eq!((page.items.len(), page.next.is_some(), page.total), (2, true, Some(Total::Exactly(3))));
    assert!(may_write);
    let user: User = app.get(&format!("/rpc/get_user?id={}", id(1))).await.wire();
    assert_eq!(serde_json::to_value(user).unwrap(), app.get(&format!("/api/v1/users/{}", id(1))).await.json());
    let form = "form[name]=Ada&form[email]=ada%40example.org";
    let created = app.post("/rpc/create_user", "application/x-www-form-urlencoded", form).await;
    assert_eq!((created.status.as_u16(), created.wire::<User>().profile.email), (200, "ada@example.org".to_owned()));
    let person: Person = app.get(&format!("/rpc/get_person?id={}", id(1))).await.wire();
    assert_eq!(
        (person.user.profile.name, person.standing.map(|standing| standing.role)),
        ("Person 001".to_owned(), Some(None))
    );
    let trail: Trail = app.get("/rpc/list_events?query=").await.wire();
    assert_eq!(
        (trail.events[0].action, &trail.events[0].changes[0].to),
        (Action::UserCreated, &Some("Ada".to_owned()))
    );
}

/// What REST is sent, and what the server function is sent for the same: status and fields agree.
#[tokio::test]
async fn both_doors_refuse_the_same() {
    let app = App::with_people(Identity::Operator, 1).await;
    for query in [
        "per_page=0",
        "per_page=1000",
        "per_page=x",
        "page=0",
        "page=501",
        "sort=colour",
        "colour=red",
        "page=1&page=2",
        "per_page=0&sort=x&z=1",
        "q=%00",
    ] {
        let rest = app.get(&format!("/api/v1/users?{query}")).await;
        let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let rpc = app.get(&format!("/rpc/list_users?query={encoded}")).await;
        assert_eq!(rest.status, 422, "{query}");
        assert_eq!((rest.status, rest.fields()), (rpc.status, rpc.fields()), "{query}");
        assert!(!rest.fields().is_empty(), "{query}");
    }
    for (name, email, status) in [
        ("", "x", 422),
        (" \u{200b} ", "ada@example.org", 422),
        ("a\u{7}b", "ada@example.org", 422),
        ("Ada", "ada@", 422),
        ("Ada", "person1@EXAMPLE.org", 409),
        (&"x".repeat(201), &"x".repeat(300), 422),
    ] {
        let body = serde_json::json!({ "name": name, "email": email }).to_string();
        let rest = app.post("/api/v1/users", "application/json", body).await;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("form[name]", name)
            .append_pair("form[email]", email)
            .finish();
        let rpc = app.post("/rpc/create_user", "application/x-www-form-urlencoded", form).await;
        assert_eq!(rest.status, status, "{name:?} {email:?}");
        assert_eq!((rest.status, rest.fields()), (rpc.status, rpc.fields()), "{name:?} {email:?}");
    }
    for id in ["1", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(app.get(&format!("/api/v1/users/{id}")).await.status, 404);
        assert_eq!(app.get(&format!("/rpc/get_user?id={id}")).await.status, 404);
    }
}

#[tokio::test]
async fn an_error_reaches_the_browser_as_it_was() {
    let app = App::new(Identity::Stranger).await;
    let error: AppError = app.get("/rpc/list_users?query=").await.wire();
    assert!(matches!(error, AppError::Unauthorized), "{error:?}");
    let missing: AppError = app.get("/rpc/list_users").await.wire();
    assert!(matches!(missing, AppError::Malformed(_)), "{missing:?}");
}

#[tokio::test]
async fn what_changes_something_is_not_a_get_and_what_does_not_exist_is_not_found() {
    let app = App::new(Identity::Operator).await;
    let get = app.get("/rpc/create_user?form[name]=Ada&form[email]=ada%40example.org").await;
    assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST"));
    assert_eq!(app.get("/rpc/nothing").await.status, 404);
    assert_eq!(app.get("/api/v1/users").await.json(), serde_json::json!([]));
}

#[tokio::test]
async fn a_form_post_is_not_led_to_where_it_claims_to_come_from() {
    let app = App::new(Identity::Operator).await;
    let request = Request::post("/rpc/create_user")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header("referer", "https://evil.example/")
        .body(Body::from("form[name]=Ada&form[email]=ada%40example.org"))
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (200, ""));
}
