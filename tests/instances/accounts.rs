//! Sessions, links and tokens across instances: a change made at one instance takes effect at the others before its
//! response is sent.

use axum::http::Request;

use super::fixture::{Fixture, create, write};
use crate::{
    cli::{run_with_input, server::Server},
    support::{PASSWORD, postgres},
};

const ADMIN: &str = "admin@example.org";
const ANOTHER: &str = "violet zeppelin harbour nine";

async fn with_admin() -> Fixture {
    let fixture = Fixture::new(None).await;
    let admin = ["admin", "create", "--name", "Admin", "--email", ADMIN, "--password-stdin", "--database-url"];
    let arguments = [&admin[..], &[&fixture.database.url]].concat();
    assert_eq!(run_with_input(fixture.folders[0].path(), &arguments, PASSWORD).0, 0);
    fixture
}

async fn sign_in(server: &Server, email: &str, password: &str) -> String {
    let signed_in = server.post("/sign-in", "", &[("email", email), ("password", password)]).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (303, "/"), "{}", signed_in.text);
    signed_in.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// The status of the account page at each instance, for a session cookie.
async fn accounts(fixture: &Fixture, cookie: &str) -> [u16; 2] {
    let account = async |server: &Server| {
        server.send("/account", Request::get("/").header("cookie", cookie), String::new()).await.status
    };
    [account(&fixture.one).await, account(&fixture.other).await]
}

const IN: [u16; 2] = [200; 2];
const OUT: [u16; 2] = [303; 2];

/// Creates a viewer who accepts the invitation at the other instance; returns their id.
async fn viewer(fixture: &Fixture, admin: &str, name: &str) -> String {
    let id = create(&fixture.one, &fixture.token, name).await;
    let invitation = invitation(fixture, admin, &id).await;
    assert_eq!(fixture.other.post(&invitation, "", &[("password", PASSWORD)]).await.status, 303);
    id
}

/// The path of a link that an admin creates at the first instance.
async fn invitation(fixture: &Fixture, admin: &str, id: &str) -> String {
    let person = format!("/users/{id}");
    assert_eq!(fixture.one.post(&person, admin, &[("action", "role"), ("role", "viewer")]).await.status, 303);
    let page = fixture.one.post(&person, admin, &[("action", "link")]).await.text;
    format!("/invite?token={}", &page.split_once("/invite?token=").unwrap_or_else(|| panic!("{page}")).1[..32])
}

#[tokio::test]
async fn a_session_is_shared_by_both_instances() {
    let fixture = with_admin().await;
    for (opened_at, ended_at) in [(&fixture.one, &fixture.other), (&fixture.other, &fixture.one)] {
        let cookie = sign_in(opened_at, ADMIN, PASSWORD).await;
        let kept = sign_in(ended_at, ADMIN, PASSWORD).await;
        assert_eq!(accounts(&fixture, &cookie).await, IN);
        assert_eq!(ended_at.post("/sign-out", &cookie, &[("everywhere", "")]).await.status, 303);
        assert_eq!((accounts(&fixture, &cookie).await, accounts(&fixture, &kept).await), (OUT, IN));
        assert_eq!(opened_at.post("/sign-out", &kept, &[("everywhere", "1")]).await.status, 303);
        assert_eq!(accounts(&fixture, &kept).await, OUT);
    }
}

#[tokio::test]
async fn a_session_ended_at_one_instance_ends_at_both() {
    let fixture = with_admin().await;
    let (ended, kept) = (sign_in(&fixture.one, ADMIN, PASSWORD).await, sign_in(&fixture.other, ADMIN, PASSWORD).await);
    let page = fixture.other.send("/account", Request::get("/").header("cookie", &kept), String::new()).await.text;
    let (_, session) = page.split_once(r#"name="session" value=""#).unwrap_or_else(|| panic!("{page}"));
    let fields = [("action", "end-session"), ("session", &session[..36])];
    assert_eq!(fixture.other.post("/account", &kept, &fields).await.header("location"), "/account?done=session");
    assert_eq!((accounts(&fixture, &ended).await, accounts(&fixture, &kept).await), (OUT, IN));
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions_at_both_instances() {
    let fixture = with_admin().await;
    let (here, there) = (sign_in(&fixture.one, ADMIN, PASSWORD).await, sign_in(&fixture.other, ADMIN, PASSWORD).await);
    let fields = [("action", "password"), ("current_password", PASSWORD), ("password", ANOTHER)];
    let changed = fixture.one.post("/account", &here, &fields).await;
    assert_eq!(changed.header("location"), "/account?done=password");
    assert_eq!((accounts(&fixture, &here).await, accounts(&fixture, &there).await), (OUT, OUT));
    let renewed = changed.header("set-cookie").split(';').next().unwrap();
    assert_eq!(accounts(&fixture, renewed).await, IN);
    let old = fixture.other.post("/sign-in", "", &[("email", ADMIN), ("password", PASSWORD)]).await;
    assert_eq!(old.status, 422);
    sign_in(&fixture.other, ADMIN, ANOTHER).await;
}

#[tokio::test]
async fn an_account_removed_at_one_instance_is_removed_at_both() {
    let fixture = with_admin().await;
    let admin = sign_in(&fixture.one, ADMIN, PASSWORD).await;
    for (name, taken) in [("ada", [("action", "role"), ("role", "")]), ("grace", [("action", "delete"), ("back", "/")])]
    {
        let id = viewer(&fixture, &admin, name).await;
        let cookie = sign_in(&fixture.other, &format!("{name}@example.org"), PASSWORD).await;
        assert_eq!(accounts(&fixture, &cookie).await, IN);
        assert_eq!(fixture.one.post(&format!("/users/{id}"), &admin, &taken).await.status, 303);
        assert_eq!(accounts(&fixture, &cookie).await, OUT, "{taken:?}");
    }
}

#[tokio::test]
async fn a_role_change_applies_at_both_instances_and_renews_the_session_once() {
    let fixture = with_admin().await;
    let admin = sign_in(&fixture.one, ADMIN, PASSWORD).await;
    let id = viewer(&fixture, &admin, "ada").await;
    let cookie = sign_in(&fixture.other, "ada@example.org", PASSWORD).await;
    let edit = format!("/users/{id}/edit");
    let ask = async |server: &Server, cookie: &str| {
        server.send(&edit, Request::get("/").header("cookie", cookie), String::new()).await
    };
    assert_eq!(ask(&fixture.other, &cookie).await.status, 403);
    let fields = [("action", "role"), ("role", "editor")];
    assert_eq!(fixture.one.post(&format!("/users/{id}"), &admin, &fields).await.status, 303);
    let renewed = ask(&fixture.other, &cookie).await;
    assert_eq!(renewed.status, 200);
    let renewed = renewed.header("set-cookie").split(';').next().unwrap();
    // The previous secret is valid for requests that are on their way.
    assert_eq!((accounts(&fixture, &cookie).await, accounts(&fixture, renewed).await), (IN, IN));
    assert_eq!(ask(&fixture.one, &cookie).await.header("set-cookie"), "", "it is not renewed again");
    assert_eq!(ask(&fixture.one, renewed).await.status, 200);
}

#[tokio::test]
async fn a_setup_link_works_once_at_either_instance() {
    let (database, folders) = (postgres().await, [(); 2].map(|()| tempfile::tempdir().unwrap()));
    let mut servers = [0, 1].map(|n: usize| Server::start(folders[n].path(), &["--database-url", &database.url]));
    let [path, unused] = servers.each_mut().map(Server::setup_path);
    let admin = [("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)];
    let made = servers[1].post(&path, "", &admin).await;
    assert_eq!((made.status, made.header("location")), (303, "/"), "{}", made.text);
    for server in &servers {
        for path in [&path, &unused] {
            assert_eq!(server.get(path).await.0, 410);
            assert_eq!(server.post(path, "", &admin).await.status, 410);
        }
        sign_in(server, "ada@example.org", PASSWORD).await;
    }
}

#[tokio::test]
async fn an_invitation_works_once_at_either_instance() {
    let fixture = with_admin().await;
    let admin = sign_in(&fixture.one, ADMIN, PASSWORD).await;
    let id = create(&fixture.other, &fixture.token, "ada").await;
    let replaced = invitation(&fixture, &admin, &id).await;
    let path = invitation(&fixture, &admin, &id).await;
    assert_eq!(fixture.other.get(&replaced).await.0, 410, "a later link takes its place");
    let taken = fixture.other.post(&path, "", &[("password", PASSWORD)]).await;
    assert_eq!((taken.status, taken.header("location")), (303, "/"), "{}", taken.text);
    assert_eq!(accounts(&fixture, taken.header("set-cookie").split(';').next().unwrap()).await, IN);
    for server in [&fixture.one, &fixture.other] {
        assert_eq!(server.post(&path, "", &[("password", ANOTHER)]).await.status, 410);
        sign_in(server, "ada@example.org", PASSWORD).await;
    }
}

#[tokio::test]
async fn of_concurrent_uses_of_a_link_at_both_instances_one_succeeds() {
    let fixture = with_admin().await;
    let admin = sign_in(&fixture.one, ADMIN, PASSWORD).await;
    let id = create(&fixture.one, &fixture.token, "ada").await;
    let path = invitation(&fixture, &admin, &id).await;
    let take = |server: &std::sync::Arc<Server>, n: usize| {
        let (server, path) = (server.clone(), path.clone());
        async move { server.post(&path, "", &[("password", &format!("{ANOTHER} {n}"))]).await.status }
    };
    let takers = (0..6).map(|n| take(if n % 2 == 0 { &fixture.one } else { &fixture.other }, n));
    let mut answers = futures::future::join_all(takers).await;
    answers.sort_unstable();
    assert_eq!(answers, [303, 410, 410, 410, 410, 410]);
}

#[tokio::test]
async fn a_token_is_created_and_revoked_for_both_instances() {
    let fixture = with_admin().await;
    let admin = sign_in(&fixture.one, ADMIN, PASSWORD).await;
    let fields = [("action", "create"), ("name", "Payroll"), ("scope", "users:write"), ("expires", "30")];
    let page = fixture.one.post("/tokens", &admin, &fields).await.text;
    let token = format!("Bearer rc_{}", &page.split_once("rc_").unwrap_or_else(|| panic!("{page}")).1[..46]);
    create(&fixture.other, &token, "ada").await;
    create(&fixture.one, &token, "grace").await;
    let page = fixture.other.send("/tokens", Request::get("/").header("cookie", &admin), String::new()).await.text;
    let ids: Vec<_> = page.split(r#"name="token" value=""#).skip(1).map(|rest| &rest[..36]).collect();
    assert_eq!(ids.len(), 2, "{page}");
    for id in ids {
        let fields = [("action", "revoke"), ("token", id)];
        assert_eq!(fixture.other.post("/tokens", &admin, &fields).await.status, 303);
    }
    for server in [&fixture.one, &fixture.other] {
        for token in [&token, &fixture.token] {
            let body = r#"{"name":"Eve","email":"eve@example.org"}"#.to_owned();
            assert_eq!(write(server, token, "POST", "/api/v1/users", body).await.0, 401);
        }
    }
}
