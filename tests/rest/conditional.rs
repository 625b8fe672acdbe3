//! Conditional requests: 304 for a current version, and optimistic concurrency with `If-Match`.

use axum::http::Method;
use rollcall::server::services::identity::Identity;

use super::{ANY_VERSION, JSON, MERGE_PATCH, history, path, send};
use crate::support::App;

const RENAME: &str = r#"{"name":"Ada"}"#;
const REPLACE: &str = r#"{"name":"Ada","email":"ada@example.org"}"#;

#[tokio::test]
async fn every_response_with_a_user_has_its_version_as_etag() {
    let app = App::new(Identity::Operator).await;
    let created = app.post("/api/v1/users", "application/json", REPLACE).await;
    assert_eq!((created.status.as_u16(), created.header("etag")), (201, "\"1\""));
    assert_eq!(created.header("location"), path(1));
    let patched = send(&app, "PATCH", &path(1), &[MERGE_PATCH, ANY_VERSION], r#"{"name":"Countess"}"#).await;
    assert_eq!((patched.status.as_u16(), patched.header("etag")), (200, "\"2\""));
    let replaced = send(&app, "PUT", &path(1), &[JSON, ("if-match", patched.header("etag"))], REPLACE).await;
    assert_eq!((replaced.status.as_u16(), replaced.header("etag")), (200, "\"3\""));
    assert_eq!(send(&app, "DELETE", &path(1), &[], "").await.status, 204);
    let restored = send(&app, "POST", &format!("{}/restore", path(1)), &[], "").await;
    assert_eq!((restored.status.as_u16(), restored.header("etag")), (200, "\"5\""));
    for method in [Method::GET, Method::HEAD] {
        let read = send(&app, method.as_str(), &path(1), &[], "").await;
        assert_eq!((read.status.as_u16(), read.header("etag")), (200, "\"5\""), "{method}");
    }
}

#[tokio::test]
async fn a_current_version_gets_304() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    for (known, status) in [
        ("\"1\"", 304),
        ("\"0\", \"1\"", 304),
        ("W/\"1\"", 304),
        ("*", 304),
        ("\"2\"", 200),
        ("\"a,1\"", 200),
        ("1", 200),
        ("", 200),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = send(&app, method, &path(1), &[("if-none-match", known)], "").await;
            assert_eq!((answer.status.as_u16(), answer.header("etag")), (status, "\"1\""), "{method} {known}");
            assert_eq!(answer.body.is_empty(), status == 304 || method == "HEAD", "{method} {known}");
        }
    }
    let lines = [("if-none-match", "\"7\""), ("if-none-match", "\"1\"")];
    assert_eq!(send(&app, "GET", &path(1), &lines, "").await.status, 304, "two lines are one list");
    assert_eq!(send(&app, "GET", &path(2), &[("if-none-match", "*")], "").await.status, 404);
}

#[tokio::test]
async fn a_read_with_if_match_returns_only_that_version() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    for (expected, status) in [
        ("\"1\"", 200),
        ("\"0\", \"1-br\"", 200),
        ("*", 200),
        ("\"2\"", 412),
        ("\"abc\"", 412),
        ("W/\"1\"", 412),
        ("1", 400),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = send(&app, method, &path(1), &[("if-match", expected)], "").await;
            assert_eq!(answer.status, status, "{method} {expected}");
            if method == "GET" && status == 412 {
                assert_eq!(answer.json()["title"], "Precondition Failed");
            }
        }
    }
    // If-Match is evaluated first (RFC 9110 section 13.2.2).
    for (expected, status) in [("\"1\"", 304), ("\"2\"", 412)] {
        let both = [("if-match", expected), ("if-none-match", "\"1\"")];
        assert_eq!(send(&app, "GET", &path(1), &both, "").await.status, status, "{expected}");
    }
    assert_eq!(send(&app, "GET", &path(2), &[("if-match", "*")], "").await.status, 404);
}

#[tokio::test]
async fn changes_require_if_match() {
    let app = App::with_people(Identity::Operator, 1).await;
    for (method, content_type, body) in [("PATCH", MERGE_PATCH, RENAME), ("PUT", JSON, REPLACE)] {
        let refused = send(&app, method, &path(1), &[content_type], body).await;
        assert_eq!(refused.status, 428, "{method}");
        assert_eq!(refused.header("content-type"), "application/problem+json");
        assert_eq!(refused.json()["title"], "Precondition Required");
        assert!(refused.json()["detail"].as_str().unwrap().contains("If-Match"), "{}", refused.text());
    }
    assert_eq!(history(&app, 1).await, ["user.created"]);
}

#[tokio::test]
async fn stale_versions_are_refused() {
    let app = App::with_people(Identity::Operator, 2).await;
    assert_eq!(send(&app, "DELETE", &path(2), &[], "").await.status, 204);
    let restore = format!("{}/restore", path(2));
    for stale in ["\"2\"", "\"0\", \"17\"", "W/\"1\"", "\"abc\"", "\"01\""] {
        let version = ("if-match", stale);
        for answer in [
            send(&app, "PATCH", &path(1), &[MERGE_PATCH, version], RENAME).await,
            send(&app, "PUT", &path(1), &[JSON, version], REPLACE).await,
            send(&app, "DELETE", &path(1), &[version], "").await,
            send(&app, "POST", &restore, &[("if-match", "\"1\"")], "").await,
        ] {
            assert_eq!(answer.status, 412, "{stale}");
            assert_eq!(answer.json()["title"], "Precondition Failed");
        }
    }
    assert_eq!(history(&app, 1).await, ["user.created"]);
    assert_eq!(history(&app, 2).await, ["user.deleted", "user.created"]);
}

#[tokio::test]
async fn one_matching_version_is_enough() {
    let app = App::with_people(Identity::Operator, 1).await;
    let list = ("if-match", "\"7\", \"1\"");
    assert_eq!(send(&app, "PATCH", &path(1), &[MERGE_PATCH, list], RENAME).await.header("etag"), "\"2\"");
    assert_eq!(send(&app, "DELETE", &path(1), &[("if-match", "\"2\"")], "").await.status, 204);
    let restore = format!("{}/restore", path(1));
    assert_eq!(send(&app, "POST", &restore, &[("if-match", "\"3\"")], "").await.status, 200);
}

#[tokio::test]
async fn an_unparsable_if_match_is_malformed() {
    let app = App::with_people(Identity::Operator, 1).await;
    for nonsense in ["1", "\"1", "", "\"1\" \"2\"", "\"1\", *"] {
        for (method, content_type, body) in [("PATCH", MERGE_PATCH, RENAME), ("DELETE", JSON, "")] {
            let refused = send(&app, method, &path(1), &[content_type, ("if-match", nonsense)], body).await;
            assert_eq!(refused.status, 400, "{method} {nonsense}");
        }
    }
    assert_eq!(history(&app, 1).await, ["user.created"]);
}

#[tokio::test]
async fn clients_that_do_not_accept_json_get_406() {
    let app = App::with_people(Identity::Operator, 1).await;
    for (accept, status) in [
        ("text/html", 406),
        ("application/json;q=0, application/problem+json;q=0, */*", 406),
        ("application/xml, */*;q=0.0", 406),
        ("text/html, */*;q=0.1", 200),
        ("application/json", 200),
        ("application/problem+json", 200),
        ("application/*", 200),
    ] {
        let answer = send(&app, "GET", &path(1), &[("accept", accept)], "").await;
        assert_eq!(answer.status, status, "{accept}");
    }
    let refused = send(&app, "DELETE", &path(1), &[("accept", "text/html")], "").await;
    assert_eq!((refused.status.as_u16(), refused.header("content-type")), (406, "application/problem+json"));
    assert_eq!(history(&app, 1).await, ["user.created"], "the refused change left no event");
    let anonymous = App::new(Identity::Anonymous).await;
    assert_eq!(send(&anonymous, "GET", &path(1), &[("accept", "text/html")], "").await.status, 401);
    assert_eq!(send(&app, "GET", "/", &[("accept", "text/html")], "").await.status, 200, "pages are for browsers");
}

#[tokio::test]
async fn a_weak_tag_is_refused_with_its_own_error() {
    let app = App::with_people(Identity::Operator, 1).await;
    let refused = send(&app, "PATCH", &path(1), &[MERGE_PATCH, ("if-match", "W/\"1\"")], RENAME).await;
    assert_eq!(refused.status, 412);
    assert!(refused.json()["detail"].as_str().unwrap().contains("weak"), "{}", refused.text());
    let one_is_strong = ("if-match", "W/\"7\", \"1\"");
    assert_eq!(send(&app, "PATCH", &path(1), &[MERGE_PATCH, one_is_strong], RENAME).await.status, 200);
}

#[tokio::test]
async fn a_compressed_response_has_its_own_etag_which_every_condition_accepts() {
    let app = App::with_people(Identity::Operator, 1).await;
    for coding in ["gzip", "br", "zstd"] {
        let answer = send(&app, "GET", &path(1), &[("accept-encoding", coding)], "").await;
        let tag = format!("\"1-{coding}\"");
        assert_eq!((answer.header("content-encoding"), answer.header("etag")), (coding, tag.as_str()));
        let known = send(&app, "GET", &path(1), &[("if-none-match", &tag)], "").await;
        assert_eq!((known.status.as_u16(), known.header("etag")), (304, tag.as_str()), "a 304 has the tag of the 200");
        assert!(known.headers.get_all("vary").iter().any(|vary| vary == "accept-encoding"), "{:?}", known.headers);
        let deleted = send(&app, "DELETE", &path(1), &[("if-match", "\"2\"")], "").await;
        assert_eq!(deleted.status, 412, "{coding}");
    }
    let renamed = send(&app, "PATCH", &path(1), &[MERGE_PATCH, ("if-match", "\"1-br\"")], RENAME).await;
    assert_eq!((renamed.status.as_u16(), renamed.header("etag")), (200, "\"2\""));
}
