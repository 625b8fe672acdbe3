//! Checks every response that a test receives against the OpenAPI document.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use axum::http::Method;
use jsonschema::Validator;
use rollcall::server::http::rest;
use serde_json::{Value, json};

use super::Answer;

pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(rest::document()).unwrap());

/// Panics if a response does not match the document. Paths outside the document are not checked.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some((pointer, operation)) = operation(method, path) else { return };
    let status = answer.status.as_str();
    let told = |what: &str| format!("{method} {path} answers {status} with {what}: {:?}", answer.headers);
    let Some(said) = operation["responses"].get(status) else { panic!("{}", told("a status that is not known")) };
    let pointer = said["$ref"].as_str().map_or(format!("{pointer}/responses/{status}"), |r| r[1..].to_owned());
    let said = DOCUMENT.pointer(&pointer).unwrap();
    for name in DOCUMENT["components"]["headers"].as_object().unwrap().keys() {
        // Any response to a POST can be replayed.
        let is_again = method == Method::POST && name == "Idempotency-Replayed";
        let is_said = is_again || said["headers"].get(name).is_some();
        assert!(is_said || !answer.headers.contains_key(name), "{}", told(&format!("a {name} that is not known")));
    }
    let media_type = answer.header("content-type").split(';').next().unwrap_or_default();
    if answer.status == 304 || method == Method::HEAD {
        return;
    }
    let Some(contents) = said["content"].as_object() else {
        assert!(answer.body.is_empty(), "{}", told("a body that is not known"));
        return;
    };
    assert!(contents.contains_key(media_type), "{}", told("a media type that is not known"));
    if answer.header("content-encoding").is_empty() {
        let body = if media_type.ends_with("json") { answer.json() } else { answer.text().into() };
        let wrong = errors(&format!("{pointer}/content/{}/schema", escaped(media_type)), &body);
        assert!(wrong.is_empty(), "{}", told(&format!("a body that its schema refuses, {wrong:#?} {}", answer.text())));
    }
}

/// The validation errors of a value against a schema of the document, given by its JSON pointer.
pub fn errors(pointer: &str, value: &Value) -> Vec<String> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let known = KNOWN.lock().unwrap().get(pointer).cloned();
    let validator = known.unwrap_or_else(|| {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            // A URI fragment cannot contain braces (RFC 3986).
            "$ref": format!("#{}", pointer.replace('{', "%7B").replace('}', "%7D")),
            "paths": DOCUMENT["paths"],
            "components": DOCUMENT["components"],
        });
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema);
        let validator = Arc::new(validator.unwrap_or_else(|error| panic!("{pointer}: {error}")));
        KNOWN.lock().unwrap().insert(pointer.to_owned(), validator.clone());
        validator
    });
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Escapes a token of a JSON pointer (RFC 6901).
pub fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// The operation of a method and a path, with its JSON pointer.
fn operation(method: &Method, path: &str) -> Option<(String, &'static Value)> {
    let method = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let parts: Vec<_> = path.strip_prefix("/api/v1/")?.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<_> = template.trim_start_matches('/').split('/').collect();
        let same = template.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part);
        same && template.len() == parts.len()
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let found = paths.iter().filter(|(template, _)| fits(template)).min_by_key(|(template, _)| template.contains('{'));
    let (template, item) = found?;
    Some((format!("/paths/{}/{method}", escaped(template)), item.get(&method)?))
}
