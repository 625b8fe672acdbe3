//! Importing a file of people, as submitted by a browser without JavaScript.

use std::time::Duration;

use axum::{body::Body, http::Request};
use rollcall::{domain::Role, server::services::identity::Identity};

use super::{get, post};
use crate::support::{Answer, App};

async fn with_editor() -> (App, String) {
    let app = App::with_people(Identity::Anonymous, 1).await;
    app.member(Role::Editor).await;
    let editor = app.sign_in(Role::Editor).await;
    (app, editor)
}

async fn send(app: &App, cookie: &str, name: impl AsRef<[u8]>, file: &str) -> Answer {
    let before = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"";
    let after = format!("\"\r\ncontent-type: text/csv\r\n\r\n{file}\r\n--edge--\r\n");
    let body = [before.as_bytes(), name.as_ref(), after.as_bytes()].concat();
    let request = Request::post("/imports").header("cookie", cookie);
    let request = request.header("content-type", "multipart/form-data; boundary=edge");
    app.send(request.body(Body::from(body)).unwrap()).await
}

/// Polls the page of an import until it contains this text.
async fn until(app: &App, cookie: &str, path: &str, text: &str) -> String {
    for _ in 0..1_000 {
        let page = get(app, cookie, path).await.text();
        if page.contains(text) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} never said {text}");
}

#[tokio::test]
async fn a_file_is_checked_mapped_imported_and_undone_by_forms_alone() {
    let (app, editor) = with_editor().await;
    let file = "Name,Contact,Team\nAda,ada@example.org,Engines\nEve,nonsense,\nPerson,person1@example.org,\n";
    let sent = send(&app, &editor, "people.csv", file).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let path = sent.header("location").to_owned();
    let failed = until(&app, &editor, &path, "no column email").await;
    assert!(failed.contains(r#"<option value="" selected>Not used"#), "{failed}");

    let twice = [("heading", "Name"), ("field", "name"), ("heading", "Contact"), ("field", "name")];
    let twice = post(&app, &editor, &path, &[&[("action", "columns")], &twice[..]].concat()).await;
    assert!(twice.status == 422 && twice.text().contains("Name is chosen twice"), "{}", twice.text());
    let chosen = [("heading", "Name"), ("field", "name"), ("heading", "Contact"), ("field", "email")];
    let chosen = post(&app, &editor, &path, &[&[("action", "columns")], &chosen[..]].concat()).await;
    assert_eq!(chosen.status, 303);
    let page = until(&app, &editor, &path, "Preview").await;
    assert!(page.contains("nonsense") && page.contains("the @ is missing"), "{page}");
    assert!(page.contains(">Team</dd>"), "{page}");
    let changed = get(&app, &editor, &format!("{path}?outcome=changed")).await.text();
    assert!(
        changed.contains("<del dir=\"auto\">Person 001</del>") && changed.contains("<ins dir=\"auto\">Person</ins>")
    );

    let refused = post(&app, &editor, &path, &[("action", "apply"), ("mode", "update")]).await;
    assert!(refused.text().contains("This box must be ticked"), "{}", refused.text());
    let applied = post(&app, &editor, &path, &[("action", "apply"), ("mode", "update"), ("skip", "update")]).await;
    assert_eq!(applied.status, 303, "{}", applied.text());
    until(&app, &editor, &path, "1 person added, 1 updated, 1 skipped.").await;
    assert!(get(&app, &editor, "/?q=person").await.text().contains(">Person<"));
    assert_eq!(post(&app, &editor, &path, &[("action", "undo")]).await.status, 303);
    until(&app, &editor, &path, "Everything was undone.").await;
    assert!(get(&app, &editor, "/imports").await.text().contains("people.csv"));
}

#[tokio::test]
async fn a_file_name_that_is_not_utf_8_is_accepted() {
    let (app, editor) = with_editor().await;
    let sent = send(&app, &editor, b"caf\xe9.csv", "name,email\nAda,ada@example.org\n").await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    until(&app, &editor, sent.header("location"), "Preview").await;
    assert!(get(&app, &editor, "/imports").await.text().contains("caf\u{fffd}.csv"));
}

#[tokio::test]
async fn a_form_without_a_file_is_rejected() {
    let (app, editor) = with_editor().await;
    for (name, file, says) in [("", "", "must be chosen"), ("empty.csv", "", "must not be empty")] {
        let answer = send(&app, &editor, name, file).await;
        assert!(answer.status == 422 && answer.text().contains(says), "{}", answer.text());
    }
    let none = post(&app, &editor, "/imports", &[("file", "people.csv")]).await;
    assert_eq!(none.status, 415);
}

#[tokio::test]
async fn a_file_above_the_body_limit_of_forms_is_accepted() {
    let (app, editor) = with_editor().await;
    let rows =
        (0..60_000).map(|n| format!("Person Number {n},person.number.{n}.of.very.many@a.long.host.example.org\n"));
    let file = format!("name,email\n{}", rows.collect::<String>());
    assert!(file.len() > 2 * 1024 * 1024);
    let sent = send(&app, &editor, "many.csv", &file).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = get(&app, &editor, sent.header("location")).await;
    assert!(page.text().contains("http-equiv=\"refresh\"") || page.text().contains("Preview"));
}

#[tokio::test]
async fn users_without_write_access_cannot_upload_a_file() {
    let (app, _) = with_editor().await;
    app.member(Role::Viewer).await;
    let viewer = app.sign_in(Role::Viewer).await;
    assert_eq!(send(&app, &viewer, "people.csv", "name,email\nAda,ada@example.org\n").await.status, 403);
    assert_eq!(get(&app, &viewer, "/imports").await.status, 403);
}
