use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use futures::StreamExt;
use rollcall::{
    domain::{Role, User},
    server::services::identity::{Actor, Identity},
};
use tower::ServiceExt;

use super::send;
use crate::support::{Answer, App, bring_in, form, id, record};

const EXPORT: &str = "/api/v1/users/export";

fn lines(answer: &Answer) -> Vec<User> {
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn table(answer: &Answer) -> Vec<User> {
    csv::Reader::from_reader(answer.body.as_slice()).deserialize().map(Result::unwrap).collect()
}

fn array(answer: &Answer) -> Vec<User> {
    serde_json::from_slice(&answer.body).unwrap()
}

/// Enough people for five pages of the export and a bit.
async fn with_many_users() -> App {
    let app = App::new(Identity::Operator).await;
    let person = |n| record(n, &format!("Person {n}"), &format!("{n}@example.org"), "2026-01-01T00:00:00Z");
    bring_in(&*app.database.store, &(1..=20_003).map(person).collect::<Vec<_>>()).await;
    app
}

#[tokio::test]
async fn each_format_holds_the_whole_list_and_round_trips() {
    let app = with_many_users().await;
    let csv = app.get(EXPORT).await;
    assert_eq!((csv.status.as_u16(), csv.header("content-type")), (200, "text/csv; charset=utf-8; header=present"));
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"people.csv\"");
    let people = table(&csv);
    assert_eq!(people.iter().map(|user| user.id.0).collect::<BTreeSet<_>>().len(), 20_003);
    assert!(people.is_sorted_by_key(|user| std::cmp::Reverse((user.created_at, user.id.0))), "the newest first");
    let jsonl = app.get(&format!("{EXPORT}?format=jsonl")).await;
    assert_eq!(jsonl.header("content-type"), "application/jsonl");
    assert_eq!(jsonl.header("content-disposition"), "attachment; filename=\"people.jsonl\"");
    assert!(lines(&jsonl) == people);
    let json = app.get(&format!("{EXPORT}?format=json")).await;
    assert_eq!(json.header("content-type"), "application/json");
    assert!(array(&json) == people);
}

#[tokio::test]
async fn an_export_matches_the_list_and_its_order() {
    let app = App::with_people(Identity::Operator, 130).await;
    app.users.delete(&Actor::operator(), id(7)).await.unwrap();
    let names = async |query: &str| -> Vec<String> {
        let file = app.get(&format!("{EXPORT}?format=json&{query}")).await;
        array(&file).into_iter().map(|user| user.profile.name).collect()
    };
    assert_eq!(names("q=person+12&sort=-name").await.len(), 10);
    assert_eq!(names("q=person+12&sort=-name").await[0], "Person 129");
    assert_eq!(names("status=deleted").await, ["Person 007"]);
    assert_eq!(names("status=all&sort=name").await[6], "Person 007");
    assert_eq!(names("email=PERSON9@example.org").await, ["Person 009"]);
    assert_eq!(names("created_after=2026-02-03T04:05:06.789Z").await, [""; 0]);
    let deleted = table(&app.get(&format!("{EXPORT}?status=deleted")).await);
    assert!(deleted[0].deleted_at.is_some());
}

#[tokio::test]
async fn an_empty_list_is_a_valid_file() {
    let app = App::new(Identity::AnonymousReader).await;
    let columns = "id,name,email,version,created_at,updated_at,deleted_at\r\n";
    assert_eq!(app.get(EXPORT).await.text(), columns);
    assert_eq!(app.get(&format!("{EXPORT}?format=jsonl")).await.text(), "");
    assert_eq!(array(&app.get(&format!("{EXPORT}?format=json")).await), []);
}

#[tokio::test]
async fn formulas_in_names_are_escaped_for_spreadsheets() {
    let app = App::new(Identity::Operator).await;
    let names = ["=cmd()", "+1", "-1", "@SUM(A1)", "'=1", "'t Hoff", "Ada, \"the\" Countess"];
    for (n, name) in names.iter().enumerate() {
        app.users.create(&Actor::operator(), &form(name, &format!("{n}@example.org"))).await.unwrap();
    }
    app.users.create(&Actor::operator(), &form("Eve", "=eve@example.org")).await.unwrap();
    let file = app.get(&format!("{EXPORT}?sort=created_at")).await;
    let cells = ["'=cmd()", "'+1", "'-1", "'@SUM(A1)", "''=1", "'t Hoff", "Ada, \"the\" Countess", "Eve"];
    let people = table(&file);
    assert_eq!(people.iter().map(|user| user.profile.name.as_str()).collect::<Vec<_>>(), cells);
    assert_eq!(people[7].profile.email, "'=eve@example.org");
    let json = array(&app.get(&format!("{EXPORT}?sort=created_at&format=json")).await);
    assert_eq!(
        json.iter().map(|user| user.profile.name.as_str()).collect::<Vec<_>>()[..7],
        names,
        "no program needs that"
    );
}

#[tokio::test]
async fn accept_chooses_the_format_unless_it_is_given() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    for (query, accept, media_type) in [
        ("", "*/*", "text/csv; charset=utf-8; header=present"),
        ("", "text/csv", "text/csv; charset=utf-8; header=present"),
        ("", "application/jsonl", "application/jsonl"),
        ("", "application/json, */*;q=0.1", "application/json"),
        ("?format=jsonl", "*/*", "application/jsonl"),
    ] {
        let answer = send(&app, "GET", &format!("{EXPORT}{query}"), &[("accept", accept)], "").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, media_type), "{accept}");
    }
    for (query, accept) in [("", "text/html"), ("?format=csv", "application/json"), ("?format=json", "text/csv")] {
        let answer = send(&app, "GET", &format!("{EXPORT}{query}"), &[("accept", accept)], "").await;
        assert_eq!(answer.status, 406, "{query} {accept}");
    }
    let others = send(&app, "GET", "/api/v1/users", &[("accept", "text/csv")], "").await;
    assert_eq!(others.status, 406, "elsewhere there is no such form");
}

#[tokio::test]
async fn paging_parameters_are_refused_by_name() {
    let app = App::new(Identity::AnonymousReader).await;
    let refused = app.get(&format!("{EXPORT}?page=2&per_page=5&cursor=x&count=exact&format=xml&sort=colour")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fields(), ["page", "per_page", "cursor", "count", "format", "sort"]);
    let allowed = "allowed are format, q, status, email, created_after, created_before, sort";
    assert!(refused.text().contains(allowed), "{}", refused.text());
    assert!(refused.text().contains("must be one of csv, jsonl, json"));
}

#[tokio::test]
async fn exports_need_read_access_and_those_of_deleted_users_write_access() {
    let app = App::new(Identity::Anonymous).await;
    assert_eq!(app.get(EXPORT).await.status, 401);
    app.member(Role::Admin).await;
    app.member(Role::Viewer).await;
    let cookie = app.sign_in(Role::Viewer).await;
    for (query, status) in [("", 200), ("?status=deleted", 403), ("?status=all", 403)] {
        let answer = send(&app, "GET", &format!("{EXPORT}{query}"), &[("cookie", &cookie)], "").await;
        assert_eq!(answer.status, status, "{query}");
    }
}

#[tokio::test]
async fn a_disconnected_client_leaves_no_open_query() {
    let app = with_many_users().await;
    // More often than there are connections in the read pool.
    for _ in 0..20 {
        let request = Request::get(EXPORT).body(Body::empty()).unwrap();
        let mut body = app.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
        assert!(!body.next().await.unwrap().unwrap().is_empty());
    }
    let whole = app.get(&format!("{EXPORT}?format=jsonl")).await;
    assert_eq!(whole.text().lines().count(), 20_003);
}

#[tokio::test]
async fn the_page_offers_each_format_for_the_list_and_the_selection() {
    let app = App::with_people(Identity::AnonymousReader, 5).await;
    let list = app.get("/?q=person&sort=name").await.text();
    assert!(list.contains("href=\"/export?q=person&amp;sort=name\""), "{list}");
    let page = app.get("/export?q=person&sort=name").await.text();
    assert!(page.contains("All people in the list, in the same order: 5."), "{page}");
    for kind in ["csv", "jsonl", "json"] {
        assert!(page.contains(&format!("href=\"/export.{kind}?q=person&amp;sort=name\"")), "{kind}: {page}");
    }
    let selected = app.get(&format!("/export?id={}&id={}", id(1), id(2))).await.text();
    assert!(selected.contains("Selected people: 2."), "{selected}");
    assert!(selected.contains(&format!("href=\"/export.json?id={}&amp;id={}\"", id(1), id(2))));
    let two = app.get(&format!("/export.json?id={}&id={}", id(1), id(2))).await;
    assert_eq!(array(&two).iter().map(|user| user.id).collect::<Vec<_>>(), [id(1), id(2)]);
    assert_eq!(app.get("/export?colour=red").await.status, 422);
}
