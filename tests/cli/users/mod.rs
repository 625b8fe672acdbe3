//! `rollcall users`: the same commands on a local database and on a server, over both databases.

mod output;
mod server;

use std::path::Path;

use serde_json::Value;

use super::{LAUREATES, run, server::Server};
use crate::support;

/// A directory as `rollcall users …` accesses it: a local database or a server.
struct Place {
    folder: tempfile::TempDir,
    flags: Vec<String>,
    _server: Option<Server>,
}

impl Place {
    fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), flags: Vec::new(), _server: None }
    }

    async fn postgres() -> Self {
        let flags = vec!["--database-url".to_owned(), support::empty_postgres().await];
        Self { folder: tempfile::tempdir().unwrap(), flags, _server: None }
    }

    /// A running server, and a token that can read and write.
    fn server() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = token(folder.path(), &["users:read", "users:write"]);
        let server = Server::start(folder.path(), &[]);
        let flags = ["--server", &server.url, "--token", &token].map(str::to_owned).to_vec();
        Self { folder, flags, _server: Some(server) }
    }

    fn users(&self, arguments: &[&str]) -> (i32, String, String) {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        run(self.folder.path(), &[&["users"], arguments, &flags].concat())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (code, out, err) = self.users(&[arguments, &["--json"]].concat());
        assert_eq!(code, 0, "{arguments:?}: {err}");
        serde_json::from_str(&out).unwrap()
    }
}

fn token(folder: &Path, scopes: &[&str]) -> String {
    let scopes: Vec<&str> = scopes.iter().flat_map(|scope| ["--scope", scope]).collect();
    run(folder, &[&["token", "create", "--name", "Daily"], scopes.as_slice()].concat()).1.trim().to_owned()
}

fn assert_typical_session(place: &Place) {
    let ada = place.json(&["create", "--name", "Ada Lovelace", "--email", "ada@example.org"]);
    let id = ada["id"].as_str().unwrap();
    assert_eq!((ada["name"].as_str(), ada["version"].as_i64()), (Some("Ada Lovelace"), Some(1)));
    assert_eq!(place.json(&["get", id]), ada);
    assert_eq!(place.json(&["get", "ADA@example.org"]), ada);

    let king = place.json(&["update", id, "--name", "Ada King", "--if-version", "1"]);
    assert_eq!((king["name"].as_str(), king["email"].as_str()), (Some("Ada King"), Some("ada@example.org")));
    let (code, _, err) = place.users(&["update", id, "--name", "Countess", "--if-version", "1"]);
    assert_eq!((code, err.contains("This user has changed since you read it")), (4, true), "{err}");
    assert_eq!(place.json(&["update", "ada@example.org", "--email", "countess@example.org"])["version"], 3);

    let (code, out, err) = place.users(&["delete", "no-id", id]);
    assert_eq!((code, out.as_str()), (3, format!("Deleted {id}.\n").as_str()), "{err}");
    assert_eq!(place.json(&["list"]), serde_json::json!([]));
    assert_eq!(place.json(&["list", "--status", "deleted"])[0]["id"], id);
    assert_eq!(place.json(&["restore", id])[0]["deleted_at"], Value::Null);

    let history = place.json(&["history", id]);
    let actions: Vec<_> = history.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["user.restored", "user.deleted", "user.updated", "user.updated", "user.created"]);
    let (_, output, more) = place.users(&["history", id, "--per-page", "4"]);
    assert!(output.contains("name: Ada Lovelace → Ada King"), "{output}");
    let before = more.trim().strip_prefix("Earlier changes: --before ").unwrap();
    assert_eq!(place.json(&["history", id, "--before", before]).as_array().unwrap().len(), 1);
}

fn assert_errors(place: &Place) {
    let unknown_id = "01890a5d-ac96-774b-bcce-b302099a8057";
    place.json(&["create", "--name", "Grace", "--email", "grace@example.org"]);
    for (arguments, code, status) in [
        (&["get", unknown_id][..], 3, 404),
        (&["get", "nobody@example.org"], 3, 404),
        (&["update", unknown_id, "--name", "X"], 3, 404),
        (&["restore", unknown_id], 3, 404),
        (&["history", unknown_id], 3, 404),
        (&["create", "--name", "", "--email", "x"], 4, 422),
        (&["create", "--name", "Grace", "--email", "GRACE@example.org"], 4, 409),
    ] {
        let (got, out, err) = place.users(&[arguments, &["--json"]].concat());
        let problem: Value = serde_json::from_str(&err).unwrap_or_else(|_| panic!("{arguments:?}: {err}"));
        assert_eq!((got, problem["status"].as_i64()), (code, Some(status)), "{arguments:?}: {err}");
        assert!(out.is_empty() || out == "[]\n", "{arguments:?}: {out}");
        let (got, _, err) = place.users(arguments);
        assert_eq!((got, err.lines().count()), (code, 1), "{arguments:?}: {err}");
        assert_eq!(err.trim(), format!("rollcall: {}", problem["detail"].as_str().unwrap()));
    }
    assert_eq!(
        place.users(&["list", "--page", "600", "--per-page", "10", "--json"]),
        (0, "[]\n".to_owned(), String::new())
    );
    for (arguments, per_page, last) in
        [(&["list", "--page", "501"][..], 20, 500), (&["list", "--page", "101", "--per-page", "100"], 100, 100)]
    {
        let (code, out, err) = place.users(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        let expected =
            format!("page must be at most {last} with per_page={per_page}: numbered pages end after 10000 rows");
        assert_eq!(err, format!("rollcall: {expected}\n"));
    }
    for arguments in
        [&["update", unknown_id][..], &["list", "--sort", "colour"], &["list", "--page", "501"], &["delete"], &[]]
    {
        assert_eq!(place.users(arguments).0, 2, "{arguments:?}");
    }
}

/// Follows the cursors that the command prints, page by page.
fn assert_pagination(place: &Place) {
    let mut found: Vec<Value> = Vec::new();
    let mut cursor = Vec::new();
    loop {
        let query = ["list", "--q", "curie", "--sort", "name", "--per-page", "2", "--count", "--json"];
        let next: Vec<&str> = cursor.iter().map(String::as_str).collect();
        let (code, out, err) = place.users(&[&query[..], next.as_slice()].concat());
        assert_eq!((code, err.contains("3 in total")), (0, true), "{err}");
        found.extend(serde_json::from_str::<Vec<Value>>(&out).unwrap());
        let Some((_, next)) = err.trim().split_once("Next page: --cursor ") else { break };
        cursor = vec!["--cursor".to_owned(), next.to_owned()];
    }
    let names: Vec<_> = found.iter().map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Irène Joliot-Curie", "Marie Curie", "Pierre Curie"]);
}

fn assert_all(place: &Place) {
    assert_typical_session(place);
    assert_errors(place);
}

#[test]
fn user_commands_work_on_a_sqlite_database() {
    let place = Place::sqlite();
    assert_all(&place);
    run(place.folder.path(), &["import", LAUREATES]);
    assert_pagination(&place);
}

#[tokio::test]
async fn user_commands_work_on_a_postgresql_database() {
    let place = Place::postgres().await;
    assert_all(&place);
    run(place.folder.path(), &["import", LAUREATES, "--database-url", &place.flags[1]]);
    assert_pagination(&place);
}

#[test]
fn user_commands_work_on_a_running_server() {
    let place = Place::server();
    assert_all(&place);
    run(place.folder.path(), &["import", LAUREATES]);
    assert_pagination(&place);
    let (code, _, err) = place.users(&["erase", "01890a5d-ac96-774b-bcce-b302099a8057"]);
    assert_eq!((code, err.contains("without --server")), (2, true), "{err}");
}
