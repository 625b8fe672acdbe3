//! Batches: many operations, all or nothing.

use rollcall::{
    domain::{Role, Scope, TokenId},
    server::services::identity::Identity,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{history, path};
use crate::support::{Answer, App, id};

async fn batch(app: &App, operations: &Value) -> Answer {
    app.post("/api/v1/users/batch", "application/json", json!({ "operations": operations }).to_string()).await
}

/// The errors, as field and code.
fn errors(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect()
}

#[tokio::test]
async fn operations_run_in_order_with_the_results_of_single_requests() {
    let app = App::with_people(Identity::Operator, 2).await;
    let operations = json!([
        {"op": "create", "body": {"name": "Ada", "email": "ada@example.org"}},
        {"op": "update", "id": id(1), "if_match": 1, "body": {"name": "First"}},
        {"op": "update", "id": id(1), "if_match": "\"2\"", "body": {"email": "first@example.org"}},
        {"op": "delete", "id": id(2)},
        {"op": "create", "body": {"name": "Second", "email": "PERSON2@example.org"}},
        {"op": "delete", "id": id(1), "if_match": 3},
        {"op": "restore", "id": id(1), "if_match": "*"},
    ]);
    let done = batch(&app, &operations).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let answer = done.json();
    let results = answer["results"].as_array().unwrap();
    let done_operations: Vec<_> = results.iter().map(|result| (&result["index"], &result["status"])).collect();
    let statuses = [201, 200, 200, 204, 201, 204, 200].map(|status| json!(status));
    let indexes: Vec<_> = (0..7).map(|index| json!(index)).collect();
    assert_eq!(done_operations, indexes.iter().zip(&statuses).collect::<Vec<_>>());
    assert_eq!((&results[0]["user"]["id"], &results[0]["user"]["version"]), (&json!(id(3)), &json!(1)));
    assert_eq!(results[2]["user"]["email"], "first@example.org");
    assert_eq!(results[3]["user"], Value::Null);
    assert_eq!(results[6]["user"], app.get(&path(1)).await.json());
    assert_eq!(results[6]["user"]["version"], 5);
    let first = ["user.restored", "user.deleted", "user.updated", "user.updated", "user.created"];
    assert_eq!(history(&app, 1).await, first);
    assert_eq!(history(&app, 2).await, ["user.deleted", "user.created"]);
    assert_eq!(history(&app, 4).await, ["user.created"], "an address is free as soon as its holder is deleted");
}

#[tokio::test]
async fn a_batch_is_atomic_and_every_failed_operation_is_reported() {
    let app = App::with_people(Identity::Operator, 3).await;
    let before = app.get("/api/v1/users?status=all").await.json();
    let refused = batch(
        &app,
        &json!([
            {"op": "create", "body": {"name": "Ada", "email": "ada@example.org"}},
            {"op": "create", "body": {"name": "Eve", "email": "Person1@example.org"}},
            {"op": "update", "id": id(2), "if_match": 7, "body": {"name": "Stale"}},
            {"op": "delete", "id": id(9)},
            {"op": "delete", "id": id(3)},
            {"op": "create", "body": {"name": "Twin", "email": "ADA@example.org"}},
            {"op": "create", "body": {"name": "", "email": "x"}},
        ]),
    )
    .await;
    assert_eq!((refused.status.as_u16(), refused.header("content-type")), (422, "application/problem+json"));
    let expected = [
        ("operations[1].body.email", "taken"),
        ("operations[2].if_match", "stale"),
        ("operations[3].id", "not_found"),
        ("operations[5].body.email", "taken"),
        ("operations[6].body.name", "required"),
        ("operations[6].body.email", "invalid"),
    ];
    assert_eq!(errors(&refused), pairs(&expected));
    assert_eq!(
        refused.json()["detail"],
        "Nothing was changed: operations[1].body.email already belongs to another user; and 5 more."
    );
    assert_eq!(app.get("/api/v1/users?status=all").await.json(), before);
    assert_eq!(history(&app, 3).await, ["user.created"]);
}

#[tokio::test]
async fn the_status_is_that_of_the_first_error_unless_an_operation_is_invalid() {
    let app = App::with_people(Identity::Operator, 2).await;
    let stale = json!({"op": "update", "id": id(1), "if_match": 2, "body": {}});
    let taken = json!({"op": "update", "id": id(1), "if_match": 1, "body": {"email": "person2@example.org"}});
    let unknown = json!({"op": "restore", "id": id(9)});
    let invalid = json!({"op": "delete"});
    for (operations, status) in [
        (json!([stale, taken, unknown]), 412),
        (json!([taken, stale]), 409),
        (json!([unknown, taken]), 404),
        (json!([unknown, taken, invalid]), 422),
    ] {
        let refused = batch(&app, &operations).await;
        assert_eq!(refused.status, status, "{operations}");
        assert_eq!(refused.json()["status"], status, "{operations}");
        assert_eq!(errors(&refused).len(), operations.as_array().unwrap().len(), "{operations}");
    }
}

#[tokio::test]
async fn invalid_operations_are_reported_field_by_field() {
    let app = App::with_people(Identity::Operator, 1).await;
    let refused = batch(
        &app,
        &json!([
            7,
            {},
            {"op": "erase", "id": id(1)},
            {"op": "create", "id": id(1), "body": {"name": "Ada", "email": "ada@example.org", "role": "admin"}},
            {"op": "create"},
            {"op": "create", "body": []},
            {"op": "update", "id": id(1), "body": {"name": "Ada"}},
            {"op": "update", "id": id(1), "if_match": null, "body": {"name": null}},
            {"op": "update", "if_match": "1"},
            {"op": "delete", "id": 1, "if_match": 1.5, "body": {}},
            {"op": "restore", "id": "1"},
        ]),
    )
    .await;
    assert_eq!(refused.status, 422);
    let expected = [
        ("operations[0]", "invalid"),
        ("operations[1].op", "required"),
        ("operations[2].op", "invalid"),
        ("operations[3].body.role", "unknown"),
        ("operations[3].id", "unknown"),
        ("operations[4].body", "required"),
        ("operations[5].body", "invalid"),
        ("operations[6].if_match", "required"),
        ("operations[7].if_match", "required"),
        ("operations[7].body.name", "required"),
        ("operations[8].id", "required"),
        ("operations[8].if_match", "invalid"),
        ("operations[8].body", "required"),
        ("operations[9].id", "invalid"),
        ("operations[9].if_match", "invalid"),
        ("operations[9].body", "unknown"),
        ("operations[10].id", "invalid"),
    ];
    assert_eq!(errors(&refused), pairs(&expected));
}

#[tokio::test]
async fn a_batch_has_one_to_a_thousand_operations() {
    let app = App::new(Identity::Operator).await;
    let create = |n: u32| json!({"op": "create", "body": {"name": "Ada", "email": format!("{n}@example.org")}});
    let operations = |count: u32| Value::from((0..count).map(create).collect::<Vec<_>>());
    for (body, expected) in [
        (json!({}), [("operations", "required")]),
        (json!({"operations": null}), [("operations", "required")]),
        (json!({"operations": {}}), [("operations", "invalid")]),
        (json!({"operations": []}), [("operations", "out_of_range")]),
        (json!({"operations": operations(1_001)}), [("operations", "out_of_range")]),
        (json!({"operations": operations(1), "atomic": true}), [("atomic", "unknown")]),
    ] {
        let refused = app.post("/api/v1/users/batch", "application/json", body.to_string()).await;
        assert_eq!(refused.status, 422);
        assert_eq!(errors(&refused), pairs(&expected));
    }
    assert_eq!(app.post("/api/v1/users/batch", "application/json", "[]").await.status, 400);
    assert_eq!(app.post("/api/v1/users/batch", "text/plain", "{}").await.status, 415);
    assert_eq!(app.get("/api/v1/users").await.json(), json!([]));
    assert_eq!(batch(&app, &operations(1_000)).await.status, 200);
    assert_eq!(app.get("/api/v1/users?count=exact").await.header("x-total-count"), "1000");
}

#[tokio::test]
async fn a_failed_batch_leaves_nothing_behind() {
    let app = App::with_people(Identity::Operator, 1).await;
    let create = |n: u32| json!({"op": "create", "body": {"name": "Ada", "email": format!("{n}@example.org")}});
    for place in [0, 25, 49] {
        let mut operations: Vec<_> = (0..50).map(create).collect();
        operations[place] = json!({"op": "delete", "id": id(1), "if_match": 2});
        let refused = batch(&app, &Value::from(operations)).await;
        assert_eq!(refused.status, 412);
        let field = format!("operations[{place}].if_match");
        assert_eq!(errors(&refused), pairs(&[(field.as_str(), "stale")]));
        assert_eq!(app.get("/api/v1/users?count=exact").await.header("x-total-count"), "1");
    }
}

#[tokio::test]
async fn each_operation_obeys_the_rules_about_admins() {
    let scopes = [Scope::UsersRead, Scope::UsersWrite].into_iter().collect();
    let token = Identity::Token { id: TokenId(Uuid::nil()), scopes };
    let operations = json!([
        {"op": "update", "id": id(1), "if_match": 1, "body": {"name": "Ada"}},
        {"op": "update", "id": id(2), "if_match": "*", "body": {"name": "Eve"}},
        {"op": "delete", "id": id(2)},
        {"op": "restore", "id": id(2)},
    ]);
    let by_token = [1, 2, 3].map(|n| (format!("operations[{n}].id"), "forbidden".to_owned())).to_vec();
    let by_operator = pairs(&[("operations[2].role", "last_admin")]);
    for (identity, status, expected) in [(token, 403, by_token), (Identity::Operator, 409, by_operator)] {
        let app = App::with_people(identity, 1).await;
        assert_eq!(app.member(Role::Admin).await, id(2));
        let refused = batch(&app, &operations).await;
        assert_eq!(refused.status, status);
        assert_eq!(errors(&refused), expected);
        assert_eq!(app.get(&path(1)).await.json()["name"], "Person 001");
    }
}

#[tokio::test]
async fn a_forbidden_operation_is_explained_in_one_sentence() {
    let scopes = [Scope::UsersRead, Scope::UsersWrite].into_iter().collect();
    let app = App::with_people(Identity::Token { id: TokenId(Uuid::nil()), scopes }, 1).await;
    assert_eq!(app.member(Role::Admin).await, id(2));
    let refused = batch(&app, &json!([{"op": "delete", "id": id(2)}])).await;
    assert_eq!(refused.status, 403);
    let reason = "cannot be changed: Only an admin can change an admin";
    assert_eq!(refused.json()["errors"][0]["message"], reason);
    assert_eq!(refused.json()["detail"], format!("Nothing was changed: operations[0].id {reason}."));
}
