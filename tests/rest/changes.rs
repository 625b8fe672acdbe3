//! PATCH, PUT, DELETE and restore.

use chrono::TimeDelta;
use rollcall::{
    domain::{Role, Scope, TokenId},
    server::services::identity::{Actor, Identity},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ANY_VERSION, JSON, MERGE_PATCH, history, path, send};
use crate::support::{Answer, App, id};

async fn patch(app: &App, n: u32, body: &str) -> Answer {
    send(app, "PATCH", &path(n), &[MERGE_PATCH, ANY_VERSION], body).await
}

async fn put(app: &App, n: u32, body: &str) -> Answer {
    send(app, "PUT", &path(n), &[JSON, ANY_VERSION], body).await
}

async fn delete(app: &App, n: u32) -> Answer {
    send(app, "DELETE", &path(n), &[], "").await
}

async fn restore(app: &App, n: u32) -> Answer {
    send(app, "POST", &format!("{}/restore", path(n)), &[], "").await
}

fn name_and_email(answer: &Answer) -> (Value, Value) {
    let user = answer.json();
    (user["name"].clone(), user["email"].clone())
}

#[tokio::test]
async fn a_patch_changes_only_its_fields() {
    let app = App::with_people(Identity::Operator, 1).await;
    app.clock.advance(TimeDelta::seconds(1));
    let renamed = patch(&app, 1, r#"{"name":"  Ada "}"#).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    let expected = json!({
        "id": id(1).to_string(),
        "name": "Ada",
        "email": "person1@example.org",
        "version": 2,
        "created_at": "2026-02-03T04:05:06.789Z",
        "updated_at": "2026-02-03T04:05:07.789Z",
        "deleted_at": null,
    });
    assert_eq!(renamed.json(), expected);
    assert_eq!(app.get(&path(1)).await.json(), expected);
    let moved = patch(&app, 1, r#"{"email":"Lovelace@example.org"}"#).await;
    assert_eq!(name_and_email(&moved), (json!("Ada"), json!("Lovelace@example.org")));
    let found = app.get("/api/v1/users?q=ada+lovelace").await.json();
    assert_eq!(found.as_array().unwrap().len(), 1, "found by what they are called now");
    let recorded = app.get(&format!("{}/history", path(1))).await.json();
    let change = json!([{"field": "email", "from": "person1@example.org", "to": "Lovelace@example.org"}]);
    assert_eq!((&recorded[0]["action"], &recorded[0]["changes"]), (&json!("user.updated"), &change));
}

#[tokio::test]
async fn a_patch_without_changes_keeps_the_version() {
    let app = App::with_people(Identity::Operator, 1).await;
    let before = app.get(&path(1)).await.json();
    app.clock.advance(TimeDelta::hours(1));
    for same in ["{}", r#"{"name":"Person 001"}"#, r#"{"email":" person1@example.org "}"#] {
        let answer = patch(&app, 1, same).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, "\"1\""), "{same}");
        assert_eq!(answer.json(), before, "{same}");
    }
    assert_eq!(put(&app, 1, r#"{"name":"Person 001","email":"person1@example.org"}"#).await.json(), before);
    assert_eq!(history(&app, 1).await, ["user.created"]);
}

#[tokio::test]
async fn a_patch_reports_every_field_that_it_cannot_change() {
    let app = App::with_people(Identity::Operator, 1).await;
    for (body, errors) in [
        (r#"{"name":null}"#, json!([["name", "required"]])),
        (r#"{"email":null,"name":null}"#, json!([["email", "required"], ["name", "required"]])),
        (r#"{"name":"  "}"#, json!([["name", "required"]])),
        (r#"{"name":7,"email":"x"}"#, json!([["name", "invalid"], ["email", "invalid"]])),
        (r#"{"version":2}"#, json!([["version", "unknown"]])),
        (r#"{"name":"Ada","deleted_at":null,"id":"x"}"#, json!([["deleted_at", "unknown"], ["id", "unknown"]])),
    ] {
        let refused = patch(&app, 1, body).await;
        assert_eq!(refused.status, 422, "{body}");
        let problem = refused.json();
        let found: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|error| json!([error["field"], error["code"]])).collect();
        assert_eq!(Value::from(found), errors, "{body}");
    }
    for body in ["", "[]", "7", "{"] {
        assert_eq!(patch(&app, 1, body).await.status, 400, "{body}");
    }
    assert_eq!(history(&app, 1).await, ["user.created"]);
}

#[tokio::test]
async fn patch_requires_merge_patch_and_put_requires_json() {
    let app = App::with_people(Identity::Operator, 1).await;
    for content_type in ["application/json", "application/json-patch+json", "text/plain", ""] {
        let headers = [("content-type", content_type), ANY_VERSION];
        let refused = send(&app, "PATCH", &path(1), &headers, r#"{"name":"Ada"}"#).await;
        assert_eq!(refused.status, 415, "{content_type}");
        assert_eq!(refused.json()["detail"], "The request body must be application/merge-patch+json.");
    }
    let parameters = [("content-type", "Application/Merge-Patch+JSON; charset=utf-8"), ANY_VERSION];
    assert_eq!(send(&app, "PATCH", &path(1), &parameters, r#"{"name":"Ada"}"#).await.status, 200);
    let whole = r#"{"name":"Ada","email":"ada@example.org"}"#;
    let refused = send(&app, "PUT", &path(1), &[MERGE_PATCH, ANY_VERSION], whole).await;
    assert_eq!(refused.status, 415);
    assert_eq!(refused.json()["detail"], "The request body must be application/json.");
}

#[tokio::test]
async fn put_replaces_every_field() {
    let app = App::with_people(Identity::Operator, 1).await;
    let put_there = put(&app, 1, r#"{"name":"Ada","email":"ada@example.org"}"#).await;
    assert_eq!(name_and_email(&put_there), (json!("Ada"), json!("ada@example.org")));
    for (body, fields) in [
        (r#"{"name":"Ada"}"#, vec!["email"]),
        ("{}", vec!["name", "email"]),
        (r#"{"name":"Ada","email":"ada@example.org","version":2}"#, vec!["version"]),
    ] {
        let refused = put(&app, 1, body).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.fields(), fields, "{body}");
    }
    assert_eq!(history(&app, 1).await, ["user.updated", "user.created"]);
}

#[tokio::test]
async fn an_address_in_use_by_another_user_is_a_conflict() {
    let app = App::with_people(Identity::Operator, 2).await;
    for taken in [
        patch(&app, 2, r#"{"email":"PERSON1@example.org"}"#).await,
        put(&app, 2, r#"{"name":"Eve","email":"person1@example.org"}"#).await,
    ] {
        assert_eq!((taken.status.as_u16(), taken.fields()), (409, vec!["email".to_owned()]));
    }
    let own = patch(&app, 2, r#"{"email":"PERSON2@example.org"}"#).await;
    assert_eq!(name_and_email(&own), (json!("Person 002"), json!("PERSON2@example.org")));
}

#[tokio::test]
async fn an_unknown_user_cannot_be_changed() {
    let app = App::with_people(Identity::Operator, 1).await;
    for answer in [
        patch(&app, 9, "{}").await,
        put(&app, 9, r#"{"name":"Ada","email":"ada@example.org"}"#).await,
        delete(&app, 9).await,
        restore(&app, 9).await,
        send(&app, "DELETE", "/api/v1/users/1", &[], "").await,
        send(&app, "POST", "/api/v1/users/1/restore", &[], "").await,
    ] {
        assert_eq!(answer.status, 404);
    }
    delete(&app, 1).await;
    assert_eq!(patch(&app, 1, r#"{"name":"Ada"}"#).await.status, 404, "restore them first");
}

#[tokio::test]
async fn delete_is_idempotent() {
    let app = App::with_people(Identity::Operator, 1).await;
    for version in [&[][..], &[], &[("if-match", "\"1\"")]] {
        let deleted = send(&app, "DELETE", &path(1), version, "").await;
        assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0), "{version:?}");
    }
    assert_eq!(app.get("/api/v1/users").await.json(), json!([]));
    assert_eq!(history(&app, 1).await, ["user.deleted", "user.created"]);
}

#[tokio::test]
async fn deleted_users_are_visible_to_callers_who_can_restore_them() {
    let editor = App::with_people(Identity::Operator, 1).await;
    let visitor = App::with_people(Identity::AnonymousReader, 1).await;
    for app in [&editor, &visitor] {
        app.users.delete(&Actor::operator(), id(1)).await.unwrap();
    }
    let seen = editor.get(&path(1)).await;
    assert_eq!((seen.status.as_u16(), seen.header("etag")), (200, "\"2\""));
    assert_eq!(seen.json()["deleted_at"], "2026-02-03T04:05:06.789Z");
    assert_eq!(visitor.get(&path(1)).await.status, 404);
}

#[tokio::test]
async fn a_deleted_user_is_restored_unchanged() {
    let app = App::with_people(Identity::Operator, 1).await;
    delete(&app, 1).await;
    for _ in 0..2 {
        let restored = restore(&app, 1).await;
        assert_eq!((restored.status.as_u16(), restored.header("etag")), (200, "\"3\""));
        assert_eq!(name_and_email(&restored), (json!("Person 001"), json!("person1@example.org")));
        assert_eq!(restored.json()["deleted_at"], Value::Null);
    }
    assert_eq!(history(&app, 1).await, ["user.restored", "user.deleted", "user.created"]);
}

#[tokio::test]
async fn a_deleted_user_with_a_taken_address_stays_deleted() {
    let app = App::with_people(Identity::Operator, 1).await;
    delete(&app, 1).await;
    let other = r#"{"name":"Other","email":"Person1@example.org"}"#;
    assert_eq!(app.post("/api/v1/users", "application/json", other).await.status, 201);
    let refused = restore(&app, 1).await;
    assert_eq!((refused.status.as_u16(), refused.fields()), (409, vec!["email".to_owned()]));
    assert_eq!(history(&app, 1).await, ["user.deleted", "user.created"]);
}

#[tokio::test]
async fn a_write_token_can_change_users_but_not_admins() {
    let scopes = [Scope::UsersRead, Scope::UsersWrite].into_iter().collect();
    let token = Identity::Token { id: TokenId(Uuid::nil()), scopes };
    for (identity, status) in [(token, 403), (Identity::Operator, 409)] {
        let app = App::with_people(identity, 1).await;
        assert_eq!(app.member(Role::Admin).await, id(2));
        assert_eq!(patch(&app, 1, r#"{"name":"Ada"}"#).await.status, 200);
        assert_eq!(delete(&app, 2).await.status, status);
        let renamed = if status == 403 { 403 } else { 200 };
        assert_eq!(patch(&app, 2, r#"{"name":"Eve"}"#).await.status, renamed);
        assert_eq!(app.get(&path(2)).await.json()["deleted_at"], Value::Null);
    }
}
