//! Secrets never appear in the log, at any level.

use axum::http::Request;

use super::{LAUREATES, run, run_with_input, server::Server};
use crate::support::{self, PASSWORD};

/// Every secret of a run, with its kind.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn keep(&mut self, what: &'static str, secret: &str) -> String {
        assert!(secret.len() >= 15, "{what}");
        self.0.push((what, secret.to_owned()));
        secret.to_owned()
    }

    fn assert_absent(&self, log: &str) {
        assert!(log.contains("TRACE") && log.lines().count() > 20, "the log is at its finest");
        for (what, secret) in &self.0 {
            let place = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(place, None, "{what}");
        }
    }
}

/// Exercises every path that handles a secret: setup, invitations, sign-in and sign-out, tokens, and failed attempts.
async fn live(server: &mut Server, secrets: &mut Secrets, cli_token: &str) {
    let setup = server.setup_path();
    secrets.keep("the setup link", setup.split_once('=').unwrap().1);
    server.get(&setup).await;
    let weak = secrets.keep("a weak password", "aaaaaaaaaaaaaaaaaaaa");
    server.post(&setup, "", &[("name", "Ada"), ("email", "ada@example.org"), ("password", &weak)]).await;
    let done = server.post(&setup, "", &[("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    server.get(&setup).await;

    let wrong = secrets.keep("a wrong password", "my other password for the bank");
    server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", &wrong)]).await;
    server.post("/sign-in", "", &[("email", &wrong), ("password", &wrong)]).await;
    let signed_in = server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    secrets.keep("a session", cookie.split_once('=').unwrap().1);

    let people = server.send("/api/v1/users", Request::get("/").header("cookie", &cookie), String::new()).await;
    let people: serde_json::Value = serde_json::from_str(&people.text).unwrap();
    let person = format!("/users/{}", people[1]["id"].as_str().unwrap());
    server.post(&person, &cookie, &[("action", "role"), ("role", "viewer")]).await;
    let page = server.post(&person, &cookie, &[("action", "link")]).await.text;
    let invitation = page.split_once("/invite?token=").unwrap_or_else(|| panic!("{page}")).1[..32].to_owned();
    secrets.keep("an invitation", &invitation);
    let invite = format!("/invite?token={invitation}");
    server.get(&invite).await;
    let theirs = secrets.keep("an invited person's password", "violet zeppelin harbour nine");
    assert_eq!(server.post(&invite, "", &[("password", &theirs)]).await.status, 303);

    let fields = [("action", "create"), ("name", "Payroll"), ("scope", "users:read"), ("expires", "30")];
    let page = server.post("/tokens", &cookie, &fields).await.text;
    let token = format!("rc_{}", &page.split_once("rc_").unwrap_or_else(|| panic!("{page}")).1[..46]);
    secrets.keep("a token", &token);
    for token in [token.as_str(), cli_token, &format!("{cli_token}0")] {
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        server.send("/api/v1/users", request, String::new()).await;
    }
    let fields = [("action", "password"), ("current_password", PASSWORD), ("password", "amber quilt lagoon seventeen")];
    secrets.keep("a new password", fields[2].1);
    assert_eq!(server.post("/account", &cookie, &fields).await.status, 303);
    server.post("/sign-out", &cookie, &[("everywhere", "1")]).await;
}

#[tokio::test]
async fn no_secret_appears_in_the_trace_log() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let (_, cli_token, _) = run(folder.path(), &["token", "create", "--name", "CLI", "--scope", "admin"]);
    let mut secrets = Secrets::default();
    secrets.keep("the first password", PASSWORD);
    let cli_token = secrets.keep("a token of the command line", cli_token.trim());
    let mut server = Server::start_with_log(folder.path(), &[], "trace");
    live(&mut server, &mut secrets, &cli_token).await;
    let (_, log) = server.stop(folder.path());
    secrets.assert_absent(&log);
    assert!(!log.contains("$argon2id$"), "not even a hash");
}

#[tokio::test]
async fn the_database_password_is_never_logged() {
    let database = support::postgres().await;
    let url = database.url.replace("rollcall@", "rollcall:hunter2-hunter2-hunter2@");
    let folder = tempfile::tempdir().unwrap();
    let mut secrets = Secrets::default();
    secrets.keep("the database's password", "hunter2-hunter2-hunter2");
    let create = ["admin", "create", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];
    run_with_input(folder.path(), &[&create[..], &["--database-url", &url]].concat(), PASSWORD);
    let server = Server::start_with_log(folder.path(), &["--database-url", &url], "trace");
    server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    let (_, log) = server.stop(folder.path());
    secrets.keep("a password", PASSWORD);
    secrets.assert_absent(&log);
}
