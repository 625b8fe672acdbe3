//! The OpenAPI document matches the routes in both directions. Responses are checked against it by every test that
//! sends a request (`support::contract`).

mod schemas;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use rollcall::{
    domain::{ListEvents, ListUsers},
    server::{
        http::rest,
        services::{identity::Identity, users::ExportUsers},
    },
};
use serde_json::Value;

use crate::support::{
    App,
    contract::{DOCUMENT, errors, escaped},
    id,
};

const SERVED: &str = "/api/v1/openapi.json";

/// With `ROLLCALL_REFRESH` set, as `make openapi` does, this writes the file instead of comparing.
#[test]
fn the_document_in_docs_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let now = rest::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("ROLLCALL_REFRESH").is_some() {
        std::fs::write(path, now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let differs = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
    assert!(kept == now, "docs/openapi.json differs, from line {differs:?} on: run make openapi and look at the diff");
}

#[tokio::test]
async fn the_document_is_public_and_supports_conditional_requests() {
    let app = App::new(Identity::Anonymous).await;
    let served = app.get(SERVED).await;
    assert_eq!((served.status.as_u16(), served.header("content-type")), (200, "application/json"));
    assert_eq!(served.header("cache-control"), "no-cache");
    assert_eq!(served.json(), *DOCUMENT);
    let again = Request::get(SERVED).header("if-none-match", served.header("etag")).body(Body::empty()).unwrap();
    let again = app.send(again).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), served.header("etag"));
}

/// The methods of each path, in upper case.
type Methods = BTreeMap<String, BTreeSet<String>>;

fn documented() -> Methods {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths
        .iter()
        .map(|(path, item)| (path.clone(), item.as_object().unwrap().keys().map(|m| m.to_uppercase()).collect()))
        .collect()
}

#[tokio::test]
async fn the_document_lists_exactly_the_operations_of_the_router() {
    let app = App::with_people(Identity::Operator, 1).await;
    let mut answered = Methods::new();
    for (path, _) in rest::resources() {
        // A request with an unsupported method is answered with the methods that the path allows.
        let address = format!("/api/v1{}", path.replace("{id}", &id(1).to_string()));
        let refused = Request::builder().method(Method::TRACE).uri(address).body(Body::empty()).unwrap();
        let refused = app.send(refused).await;
        assert_eq!(refused.status, 405, "{path}");
        let methods = refused.header("allow").split(',').map(|method| method.trim().to_owned());
        answered.insert(path, methods.filter(|method| method != "HEAD").collect());
    }
    assert_eq!(documented(), answered);
}

/// Every operation of the document, with its JSON pointer.
pub fn operations() -> Vec<(String, &'static Value)> {
    let mut operations = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((format!("/paths/{}/{method}", escaped(path)), operation));
        }
    }
    operations
}

#[test]
fn the_document_lists_exactly_the_supported_parameters() {
    for (id, known) in [
        ("listUsers", &ListUsers::PARAMETERS[..]),
        ("exportUsers", &ExportUsers::PARAMETERS[..]),
        ("listEvents", &ListEvents::PARAMETERS[..]),
    ] {
        let operations = operations();
        let (_, operation) = operations.iter().find(|(_, operation)| operation["operationId"] == id).unwrap();
        let parameters = operation["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "query");
        let names: BTreeSet<_> = parameters.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(names, known.iter().copied().collect(), "{id}");
    }
}

/// Every media type of a request or response body, by its JSON pointer.
fn media_types() -> Vec<(String, &'static Value)> {
    let below = |pointer: &str, owner: &'static Value| -> Vec<(String, &'static Value)> {
        let contents = owner["content"].as_object().into_iter().flatten();
        contents.map(|(name, content)| (format!("{pointer}/content/{}", escaped(name)), content)).collect()
    };
    let mut found = Vec::new();
    for (pointer, operation) in operations() {
        found.extend(below(&format!("{pointer}/requestBody"), &operation["requestBody"]));
        for (status, answer) in operation["responses"].as_object().unwrap() {
            found.extend(below(&format!("{pointer}/responses/{status}"), answer));
        }
    }
    for (name, answer) in DOCUMENT["components"]["responses"].as_object().unwrap() {
        found.extend(below(&format!("/components/responses/{name}"), answer));
    }
    found
}

#[test]
fn every_body_has_an_example_that_fits_its_schema() {
    let media_types = media_types();
    assert!(media_types.len() > 20, "{}", media_types.len());
    for (pointer, content) in media_types {
        let example = content.get("example").unwrap_or_else(|| panic!("{pointer} has no example"));
        let wrong = errors(&format!("{pointer}/schema"), example);
        assert!(wrong.is_empty(), "{pointer}: {wrong:#?}");
    }
}

#[test]
fn every_parameter_example_fits_its_schema() {
    let mut shown = 0;
    for (pointer, operation) in operations() {
        for (place, parameter) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
            for example in parameter["schema"]["examples"].as_array().into_iter().flatten() {
                let wrong = errors(&format!("{pointer}/parameters/{place}/schema"), example);
                assert!(wrong.is_empty(), "{}: {wrong:#?}", parameter["name"]);
                shown += 1;
            }
        }
    }
    assert!(shown > 10, "{shown}");
}
