//! Operations on the list of people: trash, bulk changes, export.

use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use rollcall::{
    domain::{BulkAction, BulkReport, ListUsers, Listing, Role},
    server::services::identity::{Actor, Identity},
};

use crate::support::{Answer, App, form, id};

async fn listing(app: &App, query: &str) -> Listing {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    app.get(&format!("/rpc/list_users?query={query}")).await.wire()
}

async fn names(app: &App, query: &str) -> Vec<String> {
    listing(app, query).await.page.items.into_iter().map(|listed| listed.user.profile.name).collect()
}

fn form_of(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn change(app: &App, function: &str, pairs: &[(&str, &str)]) -> Answer {
    app.post(&format!("/rpc/{function}"), "application/x-www-form-urlencoded", form_of(pairs)).await
}

async fn post_as(app: &App, cookie: &str, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(Body::from(form_of(pairs)));
    app.send(request.unwrap()).await
}

#[tokio::test]
async fn the_list_marks_matches_and_the_trash_shows_actor_and_erase_date() {
    let app = App::with_people(Identity::Operator, 2).await;
    app.users.create(&Actor::operator(), &form("Wilhelm Röntgen", "w@example.org")).await.unwrap();
    app.users.delete(&Actor::operator(), id(3)).await.unwrap();
    let found = listing(&app, "q=person").await;
    assert_eq!((found.may_write, found.page.items.len()), (true, 2));
    assert_eq!(found.page.items[0].name_marks, [(0, 6)]);
    assert_eq!((&*found.page.items[0].email_marks, &found.page.items[0].trashed), (&[(0, 6)][..], &None));
    let trash = listing(&app, "status=deleted&q=rontgen").await;
    let [listed] = &trash.page.items[..] else { panic!("{trash:?}") };
    assert_eq!(listed.name_marks, [(8, 16)]);
    let trashed = listed.trashed.as_ref().unwrap();
    assert_eq!(trashed.by.as_deref(), Some("the command line"));
    assert_eq!(trashed.erase_at, listed.user.deleted_at.unwrap().plus(TimeDelta::days(30)));
}

#[tokio::test]
async fn a_bulk_delete_and_restore_reports_failures() {
    let app = App::with_people(Identity::Operator, 4).await;
    let [one, two, unknown] = [1, 2, 9].map(|n| id(n).to_string());
    let of = |action| [("action", action), ("ids[0]", &*one), ("ids[1]", &*two), ("ids[2]", &*unknown)];
    let report: BulkReport = change(&app, "change_users", &of("Delete")).await.wire();
    assert_eq!(report.changed, [id(1), id(2)]);
    assert_eq!((report.refused.len(), report.refused[0].id, &report.refused[0].name), (1, id(9), &None));
    let again: BulkReport = change(&app, "change_users", &of("Delete")).await.wire();
    assert!(again.changed.is_empty(), "to delete the deleted changes nothing that could be taken back");

    app.users.create(&Actor::operator(), &form("Other", "person1@example.org")).await.unwrap();
    let report: BulkReport = change(&app, "change_users", &of("Restore")).await.wire();
    assert_eq!(report.changed, [id(2)]);
    assert_eq!(report.refused[0].name.as_deref(), Some("Person 001"));
    assert!(report.refused[0].reason.contains("email"), "{}", report.refused[0].reason);
    assert_eq!(names(&app, "sort=name").await, ["Other", "Person 002", "Person 003", "Person 004"]);
}

#[tokio::test]
async fn a_bulk_change_covers_every_page_of_a_list() {
    let app = App::with_people(Identity::Operator, 7).await;
    let mut list: ListUsers = "q=person&sort=name&per_page=3".parse().unwrap();
    let mut changed = Vec::new();
    loop {
        let query = list.to_string();
        let report: BulkReport = change(&app, "change_page", &[("action", "Delete"), ("query", &query)]).await.wire();
        changed.extend(report.changed);
        let Some(next) = report.next else { break };
        list = list.at_cursor(&next);
    }
    assert_eq!(changed, [1, 2, 3, 4, 5, 6, 7].map(id));
    assert!(names(&app, "").await.is_empty());
}

#[tokio::test]
async fn a_bulk_change_has_a_maximum_size() {
    let app = App::with_people(Identity::Operator, 1).await;
    let actor = Actor::operator();
    let ids = vec![id(1); BulkAction::MAX_USERS + 1];
    let error = app.users.change_each(&actor, BulkAction::Delete, &ids).await.unwrap_err();
    assert_eq!(error.to_string(), "ids must be at most 100 at once");
    let report = app.users.change_each(&actor, BulkAction::Delete, &ids[..2]).await.unwrap();
    assert_eq!(report.changed, [id(1)], "the same twice is done once");
}

#[tokio::test]
async fn the_list_form_works_without_scripts() {
    let app = App::with_people(Identity::Anonymous, 3).await;
    let admin = app.member(Role::Admin).await;
    app.member(Role::Editor).await;
    let editor = app.sign_in(Role::Editor).await;
    let (one, two, admin) = (id(1).to_string(), id(2).to_string(), admin.to_string());
    let deleted = post_as(&app, &editor, "/?q=person", &[("action", "delete"), ("id", &one), ("id", &two)]).await;
    assert_eq!((deleted.status.as_u16(), deleted.header("location")), (303, "/?q=person"));
    let refused = post_as(&app, &editor, "/", &[("action", "delete"), ("id", &admin), ("id", &one)]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("The admin: Only an admin can change an admin."), "{}", refused.text());
    for (body, status) in [(("action", "erase"), 400), (("id", "7"), 400)] {
        assert_eq!(post_as(&app, &editor, "/", &[body]).await.status, status, "{body:?}");
    }
    let bad = post_as(&app, &editor, "/", &[("action", "restore"), ("id", "7")]).await;
    assert_eq!(bad.status, 404, "{}", bad.text());
}

#[tokio::test]
async fn the_filter_form_redirects_to_a_canonical_url() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let asked = app.get("/?q=&joined_from=2026-01-01&joined_to=&sort=name").await;
    assert_eq!(asked.status, 303);
    let address = asked.header("location").to_owned();
    assert_eq!(address, "/?created_after=2025-12-31T23%3A59%3A59.999999Z&sort=name");
    let page = app.get(&address).await;
    assert!(page.text().contains("Person 001") && page.text().contains(r#"value="2026-01-01""#));
    assert_eq!(app.get("/?joined_from=soon").await.status, 422);
}

#[tokio::test]
async fn a_list_can_be_exported() {
    let app = App::with_people(Identity::AnonymousReader, 205).await;
    app.users.create(&Actor::operator(), &form("=cmd()", "formula@example.org")).await.unwrap();
    let file = app.get("/export.csv?sort=name&page=7&per_page=5").await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/csv; charset=utf-8; header=present"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"people.csv\"");
    let text = file.text();
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 1 + 206 + 1, "complete, wherever the query is");
    assert_eq!(lines[0], "id,name,email,version,created_at,updated_at,deleted_at");
    assert!(lines[1].contains(",'=cmd(),"), "{}", lines[1]);
    assert!(lines[2].starts_with(&format!("{},Person 001,person1@example.org,1,2026-02-03T04:05:06.789Z,", id(1))));

    let chosen = app.get(&format!("/export.csv?id={}&id={}", id(2), id(3))).await.text();
    assert_eq!(chosen.lines().count(), 3);
    assert_eq!(app.get("/export.csv?colour=red").await.status, 422);
    assert_eq!(app.get("/export.csv?id=7").await.status, 422);
    let trash = app.get("/export.csv?status=deleted").await;
    assert_eq!((trash.status.as_u16(), trash.header("location")), (303, "/sign-in?to=%2F"));
}
