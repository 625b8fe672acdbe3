use chrono::TimeDelta;
use rollcall::{
    domain::{Action, AppError, Role},
    server::services::identity::{Actor, Identity},
};
use secrecy::ExposeSecret;

use super::{actions, cookie_of, get, is_signed_in, post};
use crate::support::{App, PASSWORD, form};

const ADA: [(&str, &str); 3] = [("name", "Ada Lovelace"), ("email", "ada@example.org"), ("password", PASSWORD)];

/// The path of the setup link that the server prints.
async fn setup_path(app: &App) -> String {
    let link = app.state.accounts.create_setup_link().await.unwrap().unwrap();
    link.expose_secret().strip_prefix("http://localhost:3000").unwrap().to_owned()
}

/// The path of an invitation that an admin creates on a person's page.
async fn invitation(app: &App, admin: &str, person: &str) -> String {
    let page = post(app, admin, person, &[("action", "link")]).await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    let html = page.text();
    let (_, rest) = html.split_once("http://localhost:3000/invite?token=").unwrap();
    format!("/invite?token={}", &rest[..32])
}

#[tokio::test]
async fn the_setup_link_creates_one_admin_once() {
    let app = App::with_people(Identity::Anonymous, 2).await;
    let (path, other) = (setup_path(&app).await, setup_path(&app).await);
    assert_eq!(app.get(&path).await.status, 200);
    let done = app.post_form(&path, &ADA).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/"));
    let cookie = cookie_of(&done);
    assert!(is_signed_in(&app, &cookie).await, "setup signs the admin in");
    assert_eq!(get(&app, &cookie, "/audit").await.status, 200);
    for path in [&path, &other] {
        let second = app.get(path).await;
        assert_eq!(second.status, 410);
        assert!(second.text().contains("This link has been used: there is already an admin."), "{}", second.text());
        assert_eq!(app.post_form(path, &ADA).await.status, 410);
    }
    assert!(app.state.accounts.create_setup_link().await.unwrap().is_none());
}

#[tokio::test]
async fn an_invalid_form_does_not_use_up_the_link_and_reports_every_error() {
    let app = App::new(Identity::Anonymous).await;
    let path = setup_path(&app).await;
    let bad = app.post_form(&path, &[("name", ""), ("email", "x"), ("password", "short")]).await;
    assert_eq!(bad.status, 422);
    for text in ["must not be empty", "the @ is missing", "must have 15 to 128 characters; it has 5"] {
        assert!(bad.text().contains(text), "{text}: {}", bad.text());
    }
    assert_eq!(app.post_form(&path, &ADA).await.status, 303);
}

#[tokio::test]
async fn the_setup_link_expires_after_thirty_minutes_and_an_unknown_one_is_refused() {
    let app = App::new(Identity::Anonymous).await;
    let path = setup_path(&app).await;
    app.clock.advance(TimeDelta::minutes(30));
    for path in [path.as_str(), "/setup?token=made-up", "/setup"] {
        assert_eq!(app.get(path).await.status, 410, "{path}");
        assert_eq!(app.post_form(path, &ADA).await.status, 410, "{path}");
    }
}

#[tokio::test]
async fn setup_promotes_an_imported_user_with_the_same_address() {
    let app = App::with_people(Identity::Anonymous, 1).await;
    let path = setup_path(&app).await;
    let fields = [("name", "Ada"), ("email", "PERSON1@example.org"), ("password", PASSWORD)];
    assert_eq!(app.post_form(&path, &fields).await.status, 303);
    let user = app.users.get(&Actor::operator(), crate::support::id(1)).await.unwrap();
    assert_eq!((user.profile.name.as_str(), user.profile.email.as_str()), ("Ada", "person1@example.org"));
}

#[tokio::test]
async fn an_invited_person_sets_a_password_once_within_three_days() {
    let app = App::with_people(Identity::Anonymous, 1).await;
    app.member(Role::Admin).await;
    let admin = app.sign_in(Role::Admin).await;
    let id = crate::support::id(1);
    let person = format!("/users/{id}");
    let refused = post(&app, &admin, &person, &[("action", "link")]).await;
    assert_eq!(refused.status, 404, "without a role there is nothing to be invited to");
    post(&app, &admin, &person, &[("action", "role"), ("role", "viewer")]).await;
    let first = invitation(&app, &admin, &person).await;
    let path = invitation(&app, &admin, &person).await;
    assert_eq!(app.get(&first).await.status, 410, "a later link takes its place");
    assert!(app.get(&path).await.text().contains("Person 001"));
    let weak = app.post_form(&path, &[("password", "person1@example.org")]).await;
    assert_eq!(weak.status, 422);
    let accepted = app.post_form(&path, &[("password", PASSWORD)]).await;
    assert_eq!(accepted.status, 303);
    assert!(is_signed_in(&app, &cookie_of(&accepted)).await);
    assert_eq!(app.post_form(&path, &[("password", PASSWORD)]).await.status, 410);
    let trail = actions(&app, id).await;
    assert_eq!(
        trail[..5],
        [Action::SignedIn, Action::PasswordChanged, Action::LinkCreated, Action::LinkCreated, Action::RoleChanged]
    );

    let reset = invitation(&app, &admin, &person).await;
    assert!(is_signed_in(&app, &cookie_of(&accepted)).await);
    assert_eq!(app.post_form(&reset, &[("password", "violet zeppelin harbour nine")]).await.status, 303);
    assert!(!is_signed_in(&app, &cookie_of(&accepted)).await, "a reset ends the sessions there were");
    let unused = invitation(&app, &admin, &person).await;
    let fields = [("email", "person1@example.org"), ("password", "violet zeppelin harbour nine")];
    let cookie = cookie_of(&app.post_form("/sign-in", &fields).await);
    let fields = [("action", "password"), ("current_password", "violet zeppelin harbour nine"), ("password", PASSWORD)];
    assert_eq!(post(&app, &cookie, "/account", &fields).await.status, 303);
    assert_eq!(app.get(&unused).await.status, 410, "another password makes links useless");
    let late = invitation(&app, &admin, &person).await;
    app.clock.advance(TimeDelta::days(3));
    assert_eq!(app.get(&late).await.status, 410);
}

#[tokio::test]
async fn no_caller_can_remove_the_last_admin() {
    let app = App::new(Identity::Anonymous).await;
    let id = app.member(Role::Admin).await;
    let admin = app.sign_in(Role::Admin).await;
    let person = format!("/users/{id}");
    for fields in [
        &[("action", "role"), ("role", "editor")][..],
        &[("action", "role"), ("role", "")],
        &[("action", "delete")],
        &[("action", "erase"), ("sure", "yes")],
    ] {
        let refused = post(&app, &admin, &person, fields).await;
        assert_eq!(refused.status, 409, "{fields:?}");
        assert!(refused.text().contains("last admin"), "{fields:?}: {}", refused.text());
    }
    let operator = Actor::operator();
    assert!(matches!(app.users.erase(&operator, id).await, Err(AppError::Conflict(_))));
    assert!(matches!(app.users.delete(&operator, id).await, Err(AppError::Conflict(_))));
    assert!(matches!(app.state.accounts.set_role(&operator, id, None).await, Err(AppError::Conflict(_))));
    assert!(is_signed_in(&app, &admin).await);
}

#[tokio::test]
async fn an_editor_can_change_users_but_not_admins() {
    let app = App::with_people(Identity::Anonymous, 1).await;
    let (admin, _) = (app.member(Role::Admin).await, app.member(Role::Editor).await);
    let editor = app.sign_in(Role::Editor).await;
    let path = format!("/users/{}", crate::support::id(1));
    let edit = [("name", "Grace"), ("email", "grace@example.org"), ("version", "1")];
    let edited = post(&app, &editor, &format!("{path}/edit"), &edit).await;
    assert_eq!(edited.header("location"), path);
    let stale = post(&app, &editor, &format!("{path}/edit"), &edit).await;
    assert_eq!((stale.status.as_u16(), stale.text().contains("changed this person in the meantime")), (412, true));
    assert_eq!(post(&app, &editor, &path, &[("action", "delete")]).await.status, 303);
    assert_eq!(get(&app, &editor, &path).await.status, 200, "the trash is theirs to see");
    assert_eq!(post(&app, &editor, &path, &[("action", "restore")]).await.status, 303);
    let eve = form("Eve", "eve@example.org");
    let eve = app.state.accounts.create_admin(&Actor::operator(), &eve, PASSWORD.into()).await.unwrap().id;
    app.users.delete(&Actor::operator(), eve).await.unwrap();
    for (path, fields) in [
        (format!("/users/{admin}"), &[("action", "delete")][..]),
        (format!("/users/{eve}"), &[("action", "restore")]),
        (format!("/users/{admin}/edit"), &[("name", "X"), ("email", "x@example.org"), ("version", "1")]),
    ] {
        let refused = post(&app, &editor, &path, fields).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text().contains("Only an admin can change an admin")),
            (403, true)
        );
    }
    let operator = Actor::operator();
    let taken = app.users.update(&operator, crate::support::id(1), 4, &form("Grace", "admin@example.org")).await;
    assert!(matches!(taken, Err(AppError::Conflict(_))), "{taken:?}");
}
