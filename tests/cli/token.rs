use axum::http::Request;

use super::{run, server::Server};

#[tokio::test]
async fn a_token_is_created_used_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["token", "create", "--name", "Payroll", "--scope", "users:read", "--scope", "users:write"];
    let (code, out, err) = run(folder.path(), &create);
    assert_eq!((code, err.as_str(), out.lines().count()), (0, "", 1));
    let token = out.trim();
    assert!(token.starts_with("rc_"), "{token}");
    let server = Server::start(folder.path(), &[]);
    let ask = |method: &'static str| {
        let request = Request::builder().method(method).header("authorization", format!("Bearer {token}"));
        server.send("/api/v1/users", request.header("content-type", "application/json"), ADA.to_owned())
    };
    assert_eq!(ask("GET").await.status, 200);
    assert_eq!(ask("POST").await.status, 201);

    let (_, list, _) = run(folder.path(), &["token", "list"]);
    let columns: Vec<_> = list.trim().split('\t').collect();
    assert_eq!(columns[1..4], ["valid", "users:read users:write", "Payroll"], "{list}");
    assert!(columns[4].starts_with("used 20") && !list.contains(&token[3..]), "{list}");
    assert_eq!(run(folder.path(), &["token", "revoke", columns[0]]), (0, "Revoked.\n".to_owned(), String::new()));
    assert_eq!(ask("GET").await.status, 401);
    assert!(run(folder.path(), &["token", "list"]).1.contains("\trevoked\t"));
}

const ADA: &str = r#"{"name":"Ada","email":"ada@example.org"}"#;

#[test]
fn invalid_token_arguments_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code, named) in [
        (&["create", "--name", "X"][..], 2, "--scope"),
        (&["create", "--name", "X", "--scope", "all"], 2, "must be one of users:read, users:write, admin"),
        (&["create", "--name", "", "--scope", "admin"], 4, "name must not be empty"),
        (&["create", "--name", "X", "--scope", "admin", "--expires", "0d"], 2, "must be from 1d to 3650d"),
        (&["revoke", "x"], 3, "There is no token with this id."),
    ] {
        let (got, out, err) = run(folder.path(), &[&["token"], arguments].concat());
        assert_eq!((got, out.as_str(), err.lines().count()), (code, "", 1), "{arguments:?}: {err}");
        assert!(err.contains(named), "{arguments:?}: {err}");
    }
}
