//! The forms of a person, as rendered for and submitted by a browser without JavaScript.

use chrono::TimeDelta;
use rollcall::{
    domain::{Role, UserId},
    server::{
        foundation::limits::BODY_LIMIT,
        services::identity::{Actor, Identity},
    },
};

use super::{cookie_of, get, post};
use crate::support::{App, form, id};

/// A directory with `count` people and a signed-in editor.
async fn with_editor(count: u32) -> (App, String) {
    let app = App::with_people(Identity::Anonymous, count).await;
    app.member(Role::Editor).await;
    let editor = app.sign_in(Role::Editor).await;
    (app, editor)
}

fn path(id: UserId) -> String {
    format!("/users/{id}")
}

/// Joins both cookies into one header, as a browser does.
fn and(session: &str, flash: &str) -> String {
    format!("{session}; {flash}")
}

#[tokio::test]
async fn an_invalid_form_is_rendered_again_with_its_values_and_errors() {
    let (app, editor) = with_editor(0).await;
    let bad = post(&app, &editor, "/users/new", &[("name", " "), ("email", "ada.example.org")]).await;
    assert_eq!(bad.status, 422);
    let html = bad.text();
    for part in [
        r#"value="ada.example.org""#,
        r#"aria-invalid="true" aria-describedby="name-error""#,
        r#"id="name-error" class="field-error">Name must not be empty."#,
        r#"id="email-error" class="field-error">E-mail must be an address like ada@example.org: the @ is missing."#,
        "data-unsaved",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let good = post(&app, &editor, "/users/new", &[("name", "Ada"), ("email", "ada@example.org")]).await;
    assert_eq!((good.status.as_u16(), good.header("location")), (303, path(id(3)).as_str()));
    let redirected = get(&app, &and(&editor, &cookie_of(&good)), good.header("location")).await;
    assert!(redirected.text().contains("was added"), "{}", redirected.text());
    let taken = post(&app, &editor, "/users/new", &[("name", "Eve"), ("email", "ADA@example.org")]).await;
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains(r#"value="ADA@example.org""#) && taken.text().contains(r#"id="email-error""#));
}

#[tokio::test]
async fn a_flash_message_is_shown_once_and_only_to_permitted_readers() {
    let (app, editor) = with_editor(1).await;
    let deleted = post(&app, &editor, &path(id(1)), &[("action", "delete")]).await;
    assert_eq!((deleted.status.as_u16(), deleted.header("location")), (303, "/"));
    let set = deleted.header("set-cookie").to_owned();
    assert_eq!(set, format!("rollcall_done=deleted.{}; HttpOnly; SameSite=Lax; Path=/; Max-Age=10", id(1)));
    let with_flash = and(&editor, &cookie_of(&deleted));
    let missing = get(&app, &with_flash, "/nothing").await;
    assert_eq!((missing.status.as_u16(), missing.header("set-cookie")), (404, ""), "that was no page to tell it on");
    let list = get(&app, &with_flash, "/?sort=name").await;
    assert!(list.text().contains("Person 001</bdi> was deleted."), "{}", list.text());
    assert!(list.text().contains(r#"name="back" value="/?sort=name""#));
    assert!(
        list.header("set-cookie").starts_with("rollcall_done=; ") && list.header("set-cookie").contains("Max-Age=0")
    );
    app.member(Role::Viewer).await;
    let viewer = and(&app.sign_in(Role::Viewer).await, &cookie_of(&deleted));
    let list = get(&app, &viewer, "/").await;
    assert!(!list.text().contains("was deleted.") && !list.text().contains("Person 001"));
}

#[tokio::test]
async fn undo_restores_and_redirects_to_the_page_it_was_pressed_on() {
    let (app, editor) = with_editor(1).await;
    for (back, to) in [
        ("/?sort=name&page=2", "/?sort=name&page=2".to_owned()),
        ("https://evil.example/", path(id(1))),
        ("//evil.example/", path(id(1))),
        ("", path(id(1))),
    ] {
        app.users.delete(&Actor::operator(), id(1)).await.unwrap();
        let restored = post(&app, &editor, &path(id(1)), &[("action", "restore"), ("back", back)]).await;
        assert_eq!((restored.status.as_u16(), restored.header("location")), (303, to.as_str()));
        let page = get(&app, &and(&editor, &cookie_of(&restored)), "/").await;
        assert!(page.text().contains("Person 001</bdi> was restored."));
    }
}

#[tokio::test]
async fn a_deleted_users_page_names_the_actor_the_erase_date_and_the_owner_of_the_address() {
    let (app, editor) = with_editor(1).await;
    post(&app, &editor, &path(id(1)), &[("action", "delete")]).await;
    app.clock.advance(TimeDelta::days(10));
    let editor = app.sign_in(Role::Editor).await;
    let page = get(&app, &editor, &path(id(1))).await.text();
    for part in [">3 Feb 2026</time>", "by <bdi>The editor</bdi>", ">5 Mar 2026</time>, in 20 days."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let holder = app.users.create(&Actor::operator(), &form("Grace Hopper", "PERSON1@example.org")).await.unwrap();
    let link = format!(r#"href="{}">Grace Hopper</a>"#, path(holder.id));
    assert!(get(&app, &editor, &path(id(1))).await.text().contains(&link));
    let refused = post(&app, &editor, &path(id(1)), &[("action", "restore"), ("back", "/")]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.text().matches(&link).count(), 1);
    assert!(refused.text().contains("Not restored. The e-mail address now belongs to"), "{}", refused.text());
}

#[tokio::test]
async fn a_conflict_shows_both_versions_and_either_can_be_saved() {
    let (app, editor) = with_editor(1).await;
    let edit = format!("{}/edit", path(id(1)));
    app.users.update(&Actor::operator(), id(1), 1, &form("Theirs", "person1@example.org")).await.unwrap();
    let mine = [("name", "Mine"), ("email", "person1@example.org"), ("version", "1")];
    let stale = post(&app, &editor, &edit, &mine).await;
    assert_eq!(stale.status, 412);
    let html = stale.text();
    for part in [
        "The command line</bdi> changed this person in the meantime, on <time",
        r#"<dd dir="auto">Mine</dd>"#,
        r#"<dd dir="auto">Theirs</dd>"#,
        r#"name="version" value="2""#,
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(html.matches("differs</span>").count(), 2, "the name, on both sides");
    let again = [("name", "Mine"), ("email", "nonsense"), ("version", "2")];
    let bad = post(&app, &editor, &edit, &again).await;
    assert_eq!(bad.status, 422);
    assert!(bad.text().contains(r#"name="version" value="2""#));
    app.users.update(&Actor::operator(), id(1), 2, &form("Theirs again", "person1@example.org")).await.unwrap();
    let bad = post(&app, &editor, &edit, &again).await;
    assert!(bad.text().contains(r#"name="version" value="2""#), "what was not seen is not overwritten");
    let over = [("name", "Mine"), ("email", "person1@example.org"), ("version", "3")];
    assert_eq!(post(&app, &editor, &edit, &over).await.header("location"), path(id(1)));
    assert_eq!(app.users.get(&Actor::operator(), id(1)).await.unwrap().profile.name, "Mine");
}

#[tokio::test]
async fn a_user_deleted_during_an_edit_can_be_restored_with_the_edit() {
    let (app, editor) = with_editor(2).await;
    let edit = format!("{}/edit", path(id(1)));
    app.users.delete(&Actor::operator(), id(1)).await.unwrap();
    let typed = [("name", "Typed"), ("email", "typed@example.org"), ("version", "1")];
    let gone = post(&app, &editor, &edit, &typed).await;
    assert_eq!(gone.status, 404);
    for part in ["The command line</bdi> deleted this person in the meantime", r#"value="Typed""#, "Restore and save"] {
        assert!(gone.text().contains(part), "{part}: {}", gone.text());
    }
    let taken = [("name", "Typed"), ("email", "person2@example.org"), ("restore", "yes")];
    let taken = post(&app, &editor, &edit, &taken).await;
    assert_eq!(taken.status, 409);
    assert!(taken.text().contains(r#"id="email-error""#) && taken.text().contains("Restore and save"));
    assert!(app.users.get(&Actor::operator(), id(1)).await.unwrap().deleted_at.is_some(), "all of it or nothing");
    let restored = [("name", "Typed"), ("email", "typed@example.org"), ("restore", "yes")];
    assert_eq!(post(&app, &editor, &edit, &restored).await.header("location"), path(id(1)));
    let user = app.users.get(&Actor::operator(), id(1)).await.unwrap();
    assert_eq!((user.profile.name.as_str(), user.deleted_at), ("Typed", None));
    app.users.erase(&Actor::operator(), id(1)).await.unwrap();
    let erased = post(&app, &editor, &edit, &typed).await;
    assert_eq!(erased.status, 404);
    for part in [r#"action="/users/new""#, r#"value="typed@example.org""#] {
        assert!(erased.text().contains(part), "{part}: {}", erased.text());
    }
}

#[tokio::test]
async fn a_users_page_shows_recent_changes_to_permitted_readers() {
    let (app, editor) = with_editor(1).await;
    app.users.update(&Actor::operator(), id(1), 1, &form("Ada", "person1@example.org")).await.unwrap();
    let page = get(&app, &editor, &path(id(1))).await.text();
    assert!(page.contains("Latest changes") && page.contains("<del dir=\"auto\">Person 001</del>"), "{page}");
    app.member(Role::Viewer).await;
    let page = get(&app, &app.sign_in(Role::Viewer).await, &path(id(1))).await.text();
    assert!(!page.contains("Latest changes") && !page.contains("Person 001"));
}

#[tokio::test]
async fn a_form_may_be_as_large_as_any_body_and_its_media_type_in_any_case() {
    let (app, _) = with_editor(1).await;
    let post = async |length| app.post("/theme", "Application/X-WWW-Form-URLencoded", "a".repeat(length)).await.status;
    let accepted = app.post("/theme", "application/x-www-form-urlencoded", "a").await.status;
    assert_eq!(post(1).await, accepted);
    assert_eq!(post(3 * 1024 * 1024).await, accepted);
    assert_eq!(post(BODY_LIMIT + 1).await, 413);
    let other = app.post("/theme", "application/x-www-form-urlencodedX", "a").await;
    assert_eq!(other.status, 415);
}
