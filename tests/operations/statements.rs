//! The number of statements per list, counted in the log of a real server. docs/adr/0043-list-totals.md has the same
//! table.

use std::collections::BTreeMap;

use axum::http::Request;
use serde_json::Value;

use crate::{
    cli::{run_with_input, server::Server},
    support::empty_postgres,
};

/// The query of each list, with its number of statements on SQLite and on PostgreSQL.
const LISTS: [(&str, usize, usize); 8] = [
    // All users: the page and its total; the last page is its own total.
    ("per_page=100", 2, 2),
    ("per_page=100&page=52", 1, 1),
    // Few matches: the candidates and the page; if there is another page, the count of the candidates.
    ("q=bert&per_page=100", 2, 2),
    ("q=bert&per_page=20", 3, 3),
    ("q=bert&per_page=20&page=2", 2, 2),
    ("q=bert&status=all&per_page=100", 4, 4),
    // Too many matches to sort: SQLite counts them to choose between its two walks.
    ("q=anna", 4, 3),
    ("email=anna1@example.org", 1, 1),
];

/// A CSV file of 5,100 people called Anna and 30 called Bert.
fn people() -> String {
    let anna = (1..=5_100).map(|n| format!("Anna {n},anna{n}@example.org\n"));
    let bert = (1..=30).map(|n| format!("Bert {n},bert{n}@example.org\n"));
    std::iter::once("name,email\n".to_owned()).chain(anna).chain(bert).collect()
}

/// The number of statements for each list, by the id of its request, without the one that reads the token and those by
/// which the pool opens a connection.
async fn statements(database: Option<&str>) -> BTreeMap<String, usize> {
    let folder = tempfile::tempdir().unwrap();
    let flags: Vec<&str> = database.into_iter().flat_map(|url| ["--database-url", url]).collect();
    let (code, _, error) = run_with_input(folder.path(), &[&["import", "-"], flags.as_slice()].concat(), &people());
    assert_eq!(code, 0, "{error}");
    let create = ["token", "create", "--name", "Lists", "--scope", "users:read", "--scope", "users:write"];
    let (code, token, error) = run_with_input(folder.path(), &[&create[..], flags.as_slice()].concat(), "");
    assert_eq!(code, 0, "{error}");
    let log = [("RUST_LOG", "info,sqlx::query=debug"), ("ROLLCALL_LOG_FORMAT", "json")];
    let mut server = Server::start_with(folder.path(), &[&["--anonymous", "read"], flags.as_slice()].concat(), &log);
    for (number, (query, ..)) in LISTS.iter().enumerate() {
        let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let request = Request::get("/").header("x-request-id", format!("list-{number}"));
        let request = request.header("authorization", format!("Bearer {}", token.trim()));
        let reply = server.send(&format!("/rpc/list_users?query={query}"), request, String::new()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));

    let mut counts = BTreeMap::new();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    for line in log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        if let ("sqlx::query", Some(request)) = (line["target"].as_str().unwrap(), line["spans"][0]["id"].as_str()) {
            let statement = line["db.statement"].as_str().unwrap();
            let of_list = !statement.contains("tokens") && !statement.contains("PRAGMA");
            *counts.entry(request.to_owned()).or_default() += usize::from(of_list);
        }
    }
    counts
}

fn expected(of: impl Fn(&(&str, usize, usize)) -> usize) -> BTreeMap<String, usize> {
    LISTS.iter().enumerate().map(|(number, list)| (format!("list-{number}"), of(list))).collect()
}

#[tokio::test]
async fn a_list_needs_few_statements_on_sqlite() {
    assert_eq!(statements(None).await, expected(|(_, sqlite, _)| *sqlite));
}

#[tokio::test]
async fn a_list_needs_few_statements_on_postgresql() {
    assert_eq!(statements(Some(&empty_postgres().await)).await, expected(|(.., postgres)| *postgres));
}
