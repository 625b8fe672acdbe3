//! The page of the API documentation, rendered from the OpenAPI document.

use axum::{body::Body, http::Request};
use rollcall::{domain::Role, server::services::identity::Identity};

use crate::{
    openapi::operations,
    support::{App, contract::DOCUMENT},
};

#[tokio::test]
async fn the_tokens_page_links_to_the_api_docs() {
    let app = App::new(Identity::Anonymous).await;
    app.member(Role::Admin).await;
    let tokens = Request::get("/tokens").header("cookie", app.sign_in(Role::Admin).await).body(Body::empty()).unwrap();
    assert!(app.send(tokens).await.text().contains("href=\"/api/docs\""));
}

#[tokio::test]
async fn the_api_docs_show_every_operation_and_schema_without_sign_in() {
    let app = App::new(Identity::Anonymous).await;
    let page = app.get("/api/docs").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let html = page.text();
    assert!(html.contains("<title>API · Rollcall</title>"));
    assert!(html.contains("href=\"/api/v1/openapi.json\""));
    for (pointer, operation) in operations() {
        let operation_id = operation["operationId"].as_str().unwrap();
        assert!(html.contains(&format!("id=\"{operation_id}\"")), "{pointer}");
        assert!(html.contains(&format!("href=\"#{operation_id}\"")), "{pointer}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert!(html.contains(&format!("<code>{name}</code>")), "{pointer} {name}");
        }
    }
    for name in DOCUMENT["components"]["schemas"].as_object().unwrap().keys() {
        assert!(html.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
    assert!(html.contains("PATCH") && html.contains("/api/v1/users/{id}/restore") && html.contains("Payroll"));
    assert!(!html.contains('`'), "what is code is marked as code");
}
