use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use rollcall::server::services::identity::Identity;
use serde_json::json;

use crate::support::{App, id};

const USERS: &str = "/api/v1/users";

#[tokio::test]
async fn a_created_user_is_found_at_its_location() {
    let app = App::new(Identity::Operator).await;
    let body = json!({"name": "  Marie Curie ", "email": "Marie.Curie@laureates.example"}).to_string();
    let created = app.post(USERS, "application/json; charset=utf-8", body).await;
    assert_eq!(created.status, 201, "{}", created.text());
    assert_eq!(created.header("location"), format!("{USERS}/{}", id(1)));
    let expected = json!({
        "id": id(1).to_string(),
        "name": "Marie Curie",
        "email": "Marie.Curie@laureates.example",
        "version": 1,
        "created_at": "2026-02-03T04:05:06.789Z",
        "updated_at": "2026-02-03T04:05:06.789Z",
        "deleted_at": null,
    });
    assert_eq!(created.json(), expected);
    let read = app.get(created.header("location")).await;
    assert_eq!((read.status.as_u16(), read.json()), (200, expected));
    let head = app.send(Request::head(created.header("location")).body(Body::empty()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn every_invalid_field_is_reported() {
    let app = App::new(Identity::Operator).await;
    let answer = app.post(USERS, "application/json", r#"{"name":"","email":"x"}"#).await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], 422);
    assert_eq!(
        problem["errors"],
        json!([
            {"field": "name", "code": "required", "message": "must not be empty"},
            {"field": "email", "code": "invalid", "message": "must be an address like ada@example.org: the @ is missing"},
        ])
    );
    let message = "name must not be empty; email must be an address like ada@example.org: the @ is missing";
    assert_eq!((&problem["detail"], &problem["error"]), (&json!(message), &json!(message)));
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn invisible_characters_are_trimmed_from_names_and_reported_in_addresses() {
    let app = App::new(Identity::Operator).await;
    let ada = "{\"name\":\"\u{feff}Ada\u{200b}\",\"email\":\"ada@example.org\"}";
    assert_eq!(app.post(USERS, "application/json", ada).await.json()["name"], "Ada");
    let eve = "{\"name\":\"Eve\",\"email\":\"e\u{200b}ve@example.org\"}";
    let answer = app.post(USERS, "application/json", eve).await;
    assert_eq!((answer.status, answer.fields()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["email".to_owned()]));
    assert!(answer.text().contains("U+200B zero-width space"), "{}", answer.text());
}

#[tokio::test]
async fn unknown_fields_and_non_strings_are_refused() {
    let app = App::new(Identity::Operator).await;
    for (body, fields) in [
        (r#"{"name":"Ada","email":"ada@example.org","admin":true}"#, vec!["admin"]),
        (r#"{"name":"Ada","email":"ada@example.org","id":"x","created_at":null}"#, vec!["created_at", "id"]),
        (r#"{"name":7,"email":"x"}"#, vec!["name", "email"]),
        (r#"{"name":null}"#, vec!["name", "email"]),
        ("{}", vec!["name", "email"]),
    ] {
        let answer = app.post(USERS, "application/json", body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.fields(), fields, "{body}");
    }
    assert_eq!(app.get(USERS).await.json(), json!([]), "nothing was created");
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_malformed() {
    let app = App::new(Identity::Operator).await;
    for body in ["", "{", r#"{"name": "Ada""#, "[]", "7", "\u{feff}{}", "{} {}", &"[".repeat(100_000)] {
        let answer = app.post(USERS, "application/json", body.to_owned()).await;
        assert_eq!(answer.status, 400, "{body:.40}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let not_utf8 = app.post(USERS, "application/json", b"{\"name\":\"\xff\"}".to_vec()).await;
    assert_eq!(not_utf8.status, 400);
}

#[tokio::test]
async fn a_body_with_a_member_twice_is_malformed() {
    let app = App::new(Identity::Operator).await;
    let user = r#"{"name":"Ada","email":"ada@example.org","email":"eve@example.org"}"#;
    let batch = format!(r#"{{"operations":[{{"op":"create","body":{user}}}]}}"#);
    for (path, body) in [(USERS, user), ("/api/v1/users/batch", batch.as_str())] {
        let answer = app.post(path, "application/json", body.to_owned()).await;
        assert_eq!(answer.status, 400, "{body}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("The request body has the member \"email\" twice at line 1 column "), "{detail}");
    }
    assert_eq!(app.get(USERS).await.json(), json!([]), "nothing was created");
}

#[tokio::test]
async fn an_object_has_few_members_with_short_names() {
    let app = App::new(Identity::Operator).await;
    let members = |count| (0..count).map(|n| format!("\"field{n}\":1")).collect::<Vec<_>>().join(",");
    let (name, too_long) = ("x".repeat(200), "x".repeat(201));
    for (body, status, detail) in [
        (format!("{{{}}}", members(32)), 422, "field31 is not a field"),
        (format!("{{{}}}", members(33)), 400, "has an object with more than 32 members"),
        (format!("{{\"{name}\":1}}"), 422, "is not a field"),
        (format!("{{\"{too_long}\":1}}"), 400, "has a member whose name has more than 200 characters"),
    ] {
        let answer = app.post(USERS, "application/json", body).await;
        assert_eq!(answer.status, status);
        let text = answer.json().to_string();
        assert!(status == 422 || text.contains(detail), "{text}");
        assert!(text.len() < 20_000, "{}", text.len());
    }
}

#[tokio::test]
async fn an_encoded_body_is_not_supported() {
    let app = App::new(Identity::Operator).await;
    let request = Request::post(USERS).header("content-type", "application/json").header("content-encoding", "gzip");
    let answer = app.send(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("accept-encoding")), (415, "identity"));
    assert_eq!(answer.json()["detail"], "The request body must not have a Content-Encoding.");
}

#[tokio::test]
async fn other_content_types_are_not_supported() {
    let app = App::new(Identity::Operator).await;
    for content_type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
        let answer = app.post(USERS, content_type, "name=Ada&email=ada%40example.org").await;
        assert_eq!(answer.status, 415, "{content_type}");
        assert_eq!(answer.json()["detail"], "The request body must be application/json.");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_too_large_whether_announced_or_not() {
    let app = App::new(Identity::Operator).await;
    let eleven_megabytes = vec![b' '; 11 * 1024 * 1024];
    let announced = app.post(USERS, "application/json", eleven_megabytes.clone()).await;
    let chunks = eleven_megabytes.chunks(64 * 1024).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
    let chunked =
        app.post(USERS, "application/json", Body::from_stream(futures::stream::iter(chunks.collect::<Vec<_>>()))).await;
    for answer in [announced, chunked] {
        assert_eq!(answer.status, 413);
        assert_eq!(answer.json()["detail"], "The request body must have at most 10485760 bytes.");
    }
}

#[tokio::test]
async fn an_address_can_be_used_once_in_any_case() {
    let app = App::with_people(Identity::Operator, 1).await;
    let answer = app.post(USERS, "application/json", r#"{"name":"Eve","email":"PERSON1@Example.org"}"#).await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.json()["errors"][0]["code"], "taken");
    assert_eq!(answer.fields(), ["email"]);
}

#[tokio::test]
async fn unknown_paths_and_users_are_not_found() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    for path in [
        "/api/v1/users/01890a5d-ac96-774b-bcce-b302099a8057",
        "/api/v1/users/1",
        "/api/v1/people",
        "/api/v2/users",
        "/api",
        "/api/v1",
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn an_unsupported_method_lists_the_supported_ones() {
    let app = App::new(Identity::Operator).await;
    let answer = app.send(Request::delete(USERS).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
    assert_eq!(answer.json()["status"], 405);
}

#[tokio::test]
async fn anonymous_callers_cannot_change_anything_and_read_only_if_allowed() {
    let closed = App::with_people(Identity::Anonymous, 1).await;
    let open = App::with_people(Identity::AnonymousReader, 1).await;
    let ada = r#"{"name":"Ada","email":"ada@example.org"}"#;
    for answer in [
        closed.get(USERS).await,
        closed.get(&format!("{USERS}/{}", id(1))).await,
        closed.get(&format!("{USERS}/{}", id(9))).await,
        closed.get("/api/v1/nothing").await,
        closed.post("/api/v1/nothing", "text/plain", "").await,
        closed.post(USERS, "application/json", ada).await,
        open.post(USERS, "application/json", ada).await,
    ] {
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.json()["detail"], "Sign in, or send an API token.");
    }
    assert_eq!(open.get(USERS).await.json().as_array().unwrap().len(), 1);
}
