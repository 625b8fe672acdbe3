use axum::{body::Body, http::Request};
use rollcall::server::services::identity::Identity;
use serde_json::{Value, json};

use super::{applied, apply, apps, cancel, counts, file, lines, people, settled, undone, upload};
use crate::{rest::path as user, support::App};

/// Two created, one updated, one unchanged, and one row for each reason to be rejected.
const MIXED: &str = "\
name,email\r
Ada,ada@example.org\r
Another,PERSON1@example.org\r
Person 002,person2@example.org\r
Grace,grace\r
Ada again,Ada@Example.org\r
\"=1+1\",formula@example.org\r
";

async fn with_two_people(app: &App) {
    for n in 1..=2 {
        let form = json!({"name": format!("Person {n:03}"), "email": format!("person{n}@example.org")});
        assert_eq!(app.post("/api/v1/users", "application/json", form.to_string()).await.status, 201);
    }
}

#[tokio::test]
async fn a_dry_run_reports_the_outcome_of_each_row_and_changes_nothing() {
    for app in apps().await {
        with_two_people(&app).await;
        let (path, import) = upload(&app, MIXED.as_bytes()).await;
        let expected_counts = [("new", 2), ("changed", 1), ("unchanged", 1), ("invalid", 1), ("duplicate", 1)];
        assert_eq!(import["counts"], counts(&expected_counts), "{import}");
        let found = [("new", vec![2, 7]), ("changed", vec![3]), ("unchanged", vec![4]), ("invalid", vec![5])];
        for (outcome, expected) in found.into_iter().chain([("duplicate", vec![6]), ("taken", vec![])]) {
            assert_eq!(lines(&app, &path, outcome).await, expected, "{outcome}");
        }
        let row = &app.get(&format!("{path}/rows?outcome=changed")).await.json()[0];
        let expected = json!([
            {"field": "name", "from": "Person 001", "to": "Another"},
            {"field": "email", "from": "person1@example.org", "to": "PERSON1@example.org"},
        ]);
        assert_eq!((&row["changes"], row["user"].is_string()), (&expected, true));
        let invalid = &app.get(&format!("{path}/rows?outcome=invalid")).await.json()[0]["errors"][0];
        assert_eq!((&invalid["column"], &invalid["value"]), (&json!("email"), &json!("grace")));
        assert_eq!(app.get(&format!("{path}/rows?outcome=duplicate")).await.json()[0]["duplicate_of"], 2);
        assert_eq!(people(&app).await, 2);
    }
}

#[tokio::test]
async fn rows_are_paginated() {
    let app = App::new(Identity::Operator).await;
    let (path, _) = upload(&app, file(250).as_bytes()).await;
    let mut next = format!("{path}/rows?outcome=new");
    let mut pages = Vec::new();
    while !next.is_empty() {
        let page = app.get(&next).await;
        pages.push(page.json().as_array().unwrap().len());
        let link = page.header("link").strip_suffix(">; rel=\"next\"").unwrap_or_default();
        link.trim_start_matches('<').clone_into(&mut next);
    }
    assert_eq!(pages, [100, 100, 50]);
    let two = app.get(&format!("{path}/rows?outcome=new&after=7&per_page=2")).await;
    assert_eq!(two.json()[0]["line"], 8);
    assert_eq!(two.header("link"), format!("<{path}/rows?outcome=new&after=9&per_page=2>; rel=\"next\""));
    for (query, fields) in [
        ("", &["outcome"][..]),
        ("outcome=odd&after=-1&per_page=1001", &["outcome", "after", "per_page"]),
        ("outcome=new&outcome=new&page=2", &["outcome", "page"]),
    ] {
        let refused = app.get(&format!("{path}/rows?{query}")).await;
        assert_eq!(
            (refused.status.as_u16(), refused.fields()),
            (422, fields.iter().map(|f| (*f).to_owned()).collect())
        );
    }
}

#[tokio::test]
async fn refused_rows_prevent_the_import_unless_they_may_be_skipped() {
    for app in apps().await {
        with_two_people(&app).await;
        let (path, _) = upload(&app, MIXED.as_bytes()).await;
        let refused = apply(&app, &path, &json!({"mode": "insert"})).await;
        assert_eq!((refused.status.as_u16(), refused.fields()), (409, vec!["skip_invalid".to_owned()]));
        assert_eq!(
            refused.json()["errors"][0]["message"],
            "must be true: 3 of 6 rows would be skipped",
            "the changed one, too"
        );
        let import = applied(&app, &path, &json!({"mode": "update", "skip_invalid": true})).await;
        assert_eq!((&import["state"], &import["mode"]), (&json!("applied"), &json!("update")), "{import}");
        assert_eq!(people(&app).await, 4);
        assert_eq!(app.get(&user(1)).await.json()["name"], "Another");
        assert_eq!(lines(&app, &path, "invalid").await, [5]);
        let history = app.get(&format!("{}/history", user(1))).await.json();
        assert_eq!((&history[0]["action"], &history[0]["import"]), (&json!("user.updated"), &import["id"]));
        let audit = app.get("/api/v1/audit?action=import.applied").await.json();
        assert_eq!(audit[0]["import"], import["id"]);
        assert_eq!(apply(&app, &path, &json!({"mode": "update"})).await.status, 409, "a second time");
        assert_eq!(cancel(&app, &path).await.status, 409, "it can be undone");
    }
}

#[tokio::test]
async fn skipped_rows_are_a_file_that_can_be_corrected_and_imported() {
    for app in apps().await {
        with_two_people(&app).await;
        let (path, _) = upload(&app, MIXED.as_bytes()).await;
        let rejected = app.get(&format!("{path}/rejected?mode=update")).await;
        assert_eq!(rejected.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(rejected.header("content-disposition"), "attachment; filename=\"rejected.csv\"");
        let text = rejected.text();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("name,email,problem"));
        assert!(lines.next().unwrap().starts_with("Grace,grace,email must be an address"), "{text}");
        assert_eq!(lines.next(), Some("Ada again,Ada@Example.org,line 2 has the same address or id"));
        assert_eq!(lines.next(), None);
        let inserting = app.get(&format!("{path}/rejected")).await.text();
        assert!(
            inserting.contains("Another,PERSON1@example.org,\"is already in the directory with different values"),
            "{inserting}"
        );
        let mended = text.replace(",grace,", ",grace@example.org,").replace("Ada@Example.org", "other@example.org");
        let (_, import) = upload(&app, mended.as_bytes()).await;
        assert_eq!(import["counts"], counts(&[("new", 2)]));
        applied(&app, &path, &json!({"mode": "update", "skip_invalid": true})).await;
        assert_eq!(app.get(&format!("{path}/rejected")).await.text(), text, "also when it is applied");
        assert_eq!(app.get(&format!("{path}/rejected?mode=both&x=1")).await.fields(), ["mode", "x"]);
    }
}

#[tokio::test]
async fn skipped_rows_of_a_json_file_are_json_lines() {
    let app = App::new(Identity::Operator).await;
    let (path, import) =
        upload(&app, br#"[{"name": "Ada", "email": "ada"}, {"name": "Eve", "email": "eve@example.org"}]"#).await;
    assert_eq!(import["format"]["kind"], "json", "{import}");
    let asked = |accept| Request::get(format!("{path}/rejected")).header("accept", accept).body(Body::empty()).unwrap();
    let rejected = app.send(asked("application/jsonl")).await;
    assert_eq!(rejected.status, 200, "{}", rejected.text());
    assert_eq!(rejected.header("content-disposition"), "attachment; filename=\"rejected.jsonl\"");
    let row: Value = serde_json::from_str(rejected.text().trim_end()).unwrap();
    assert_eq!((&row["name"], row["problem"].is_string()), (&json!("Ada"), true));
    assert_eq!(app.send(asked("text/csv")).await.status, 406);
}

#[tokio::test]
async fn an_undo_is_atomic_and_keeps_users_changed_since() {
    for app in apps().await {
        with_two_people(&app).await;
        let (path, import) = upload(&app, MIXED.as_bytes()).await;
        assert_eq!(super::super::send(&app, "POST", &format!("{path}/undo"), &[], "").await.status, 409);
        applied(&app, &path, &json!({"mode": "update", "skip_invalid": true})).await;
        let ada = app.get("/api/v1/users?email=ada@example.org").await.json()[0]["id"].as_str().unwrap().to_owned();
        let headers = [super::MERGE_PATCH, ("if-match", "*")];
        super::send(&app, "PATCH", &format!("/api/v1/users/{ada}"), &headers, r#"{"name":"Ada King"}"#).await;
        let undone = undone(&app, &path).await;
        assert_eq!((&undone["state"], &undone["kept"]), (&json!("undone"), &json!(1)), "{undone}");
        assert!(undone["undone_at"].is_string());
        assert_eq!(app.get(&user(1)).await.json()["name"], "Person 001");
        let left = app.get("/api/v1/users?sort=name").await.json();
        let left: Vec<_> = left.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()).collect();
        assert_eq!(left, ["Ada King", "Person 001", "Person 002"]);
        let kept = &app.get(&format!("{path}/rows?outcome=kept")).await.json()[0];
        assert_eq!((&kept["email"], &kept["user"]), (&json!("ada@example.org"), &json!(ada)), "{import}");
    }
}

#[tokio::test]
async fn counts_are_renewed_when_the_directory_has_changed() {
    for app in apps().await {
        let (path, import) = upload(&app, b"name,email\nPerson 001,person1@example.org\nAda,ada@example.org\n").await;
        assert_eq!(import["counts"], counts(&[("new", 2)]));
        with_two_people(&app).await;
        let import = applied(&app, &path, &json!({"mode": "insert"})).await;
        assert_eq!(import["counts"], counts(&[("new", 1), ("unchanged", 1)]), "{import}");
        let problem = import["problem"].as_str().unwrap();
        assert!(import["state"] == "checked" && problem.starts_with("The directory has changed"), "{import}");
        assert_eq!(people(&app).await, 2);
        let import = applied(&app, &path, &json!({"mode": "insert"})).await;
        assert_eq!((&import["state"], &import["problem"]), (&json!("applied"), &Value::Null), "{import}");
        assert_eq!(people(&app).await, 3);
    }
}

#[tokio::test]
async fn a_cancelled_import_cannot_continue() {
    for app in apps().await {
        let (path, _) = upload(&app, file(3).as_bytes()).await;
        assert_eq!(cancel(&app, &path).await.status, 204);
        assert_eq!(cancel(&app, &path).await.status, 204, "again");
        assert_eq!(settled(&app, &path).await["state"], "cancelled");
        assert_eq!(apply(&app, &path, &json!({"mode": "insert"})).await.status, 409);
        assert_eq!(app.get(&format!("{path}/rejected")).await.status, 409);
        let (path, _) = upload(&app, file(10_000).as_bytes()).await;
        assert_eq!(apply(&app, &path, &json!({"mode": "insert"})).await.status, 202);
        let cancelled = cancel(&app, &path).await.status.as_u16();
        let (state, there) = (settled(&app, &path).await["state"].clone(), people(&app).await);
        let whole = (cancelled, state == "applied", there);
        assert!([(204, false, 0), (409, true, 10_000)].contains(&whole), "{whole:?}: all or nothing");
    }
}
