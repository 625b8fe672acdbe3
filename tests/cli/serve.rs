use super::{LAUREATES, run, server::Server};
use crate::support::{self, PASSWORD};

async fn serves_the_laureates(server: &Server) {
    let (status, list) = server.get("/api/v1/users?per_page=100").await;
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    assert_eq!((status, list.len()), (200, 100));
    let (status, html) = server.get("/?q=rontgen").await;
    assert_eq!((status, html.contains("Wilhelm Conrad <mark>Röntgen</mark>")), (200, true));
}

#[tokio::test]
async fn sqlite_is_served_until_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let server = Server::start(folder.path(), &["--anonymous", "read", "--log-format", "json"]);
    serves_the_laureates(&server).await;
    let (code, log) = server.stop(folder.path());
    assert_eq!(code, Some(0));
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["spans"][0]["route"] == "/api/v1/users"), "{log}");
    assert!(!log.contains("rontgen"), "what people search for is not logged");
}

#[tokio::test]
async fn postgresql_is_served_likewise() {
    let database = support::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES, "--database-url", &database.url]);
    let server = Server::start(folder.path(), &["serve", "--anonymous", "read", "--database-url", &database.url]);
    serves_the_laureates(&server).await;
}

#[tokio::test]
async fn anonymous_reads_are_off_by_default() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.get("/api/v1/users").await.0, 401);
    assert_eq!(server.get("/").await.0, 303);
}

#[tokio::test]
async fn each_start_prints_a_setup_link_until_there_is_an_admin() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let mut first = Server::start(folder.path(), &[]);
    let unused = first.setup_path();
    drop(first);
    let mut second = Server::start(folder.path(), &[]);
    let path = second.setup_path();
    assert_ne!(path, unused);
    let admin = [("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)];
    assert_eq!(second.post(&path, "", &admin).await.status, 303);
    let again = second.post(&path, "", &admin).await;
    assert_eq!((again.status, again.text.contains("This link has been used")), (410, true));
    drop(second);
    let third = Server::start(folder.path(), &[]);
    let (code, log) = third.stop(folder.path());
    assert_eq!((code, log.contains("setup")), (Some(0), false));
}

#[tokio::test]
async fn links_use_the_public_url() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &["--public-url", "https://people.mycompany.com"]);
    assert_eq!(server.url, "https://people.mycompany.com");
    assert!(server.setup_path().starts_with("/setup?token="));
}

#[tokio::test]
async fn without_tls_beyond_loopback_a_message_replaces_the_setup_link() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--listen", "0.0.0.0:0", "--anonymous", "read"]);
    let (_, log) = server.stop(folder.path());
    assert_eq!(log.lines().filter(|line| line.contains("Sign-in is disabled")).count(), 1, "{log}");
}
