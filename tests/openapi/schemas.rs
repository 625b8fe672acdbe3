//! The schemas of the document have the fields and limits of the domain's types.

use rollcall::{
    domain::{Event, Import, ImportProgress, Name, NewImport, RowError},
    server::{foundation::limits::BATCH_OPERATIONS, services::identity::Identity},
};
use serde_json::{Value, json};

use crate::support::{
    App,
    contract::{DOCUMENT, errors},
    id,
};

#[test]
fn the_name_schema_accepts_what_the_domain_accepts() {
    let (longest, too_long) = ("x".repeat(200), "x".repeat(201));
    let names =
        ["Ada", "李娜", "علی\u{200c}رضا", "x", &longest, &too_long, "", " ", "\u{200b}\u{2060}", "\u{ad}", "\u{3164}"];
    let controls = ["a\u{0}b", "a\tb", "\u{7f}a", "\u{85}", "a\u{2028}b", "a\u{202e}b", "a\u{2066}b", "a\u{202a}b"];
    let trimmed = ["\u{61c}a", "a\u{200f}", " a ", "\u{feff}a\u{200b}", "\u{202e}", "\u{200e}"];
    for name in names.into_iter().chain(controls).chain(trimmed) {
        let wrong = errors("/components/schemas/UserForm/properties/name", &json!(name));
        assert_eq!(wrong.is_empty(), Name::parse(name).is_ok(), "{name:?} {wrong:?}");
    }
}

/// Collects the names of fields that the schema lacks, with nested ones as `actor.kind`.
fn fields(schema: &Value, value: &Value, within: &str, unknown: &mut Vec<String>) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
        None => schema,
    };
    match value {
        Value::Array(items) => items.iter().for_each(|item| fields(&schema["items"], item, within, unknown)),
        Value::Object(object) => {
            let schema = schema["oneOf"].get(0).map_or(schema, |first| match first["$ref"].as_str() {
                Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
                None => first,
            });
            for (name, value) in object {
                let path = format!("{within}.{name}");
                match schema["properties"].get(name) {
                    Some(schema) => fields(schema, value, &path, unknown),
                    None => unknown.push(path),
                }
            }
        }
        _ => {}
    }
}

/// The types of the domain have no schemas of their own: those of the document are declared beside them.
#[test]
fn schemas_have_the_fields_of_the_domain() {
    let example = |path: &str| {
        DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"][0].clone()
    };
    let event: Event = serde_json::from_value(example("/audit")).unwrap();
    let import: Import = serde_json::from_value(example("/imports")).unwrap();
    let import = Import { progress: Some(ImportProgress::default()), ..import };
    let mut shown = json!(import);
    shown["parts"] = json!(import.parts());
    let error = RowError { column: "E-mail".into(), value: "x".into(), message: "must be an address".into() };
    let mut unknown = Vec::new();
    for (name, value) in [("Event", json!(event)), ("Import", shown), ("RowError", json!(error))] {
        let wrong = errors(&format!("/components/schemas/{name}"), &value);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        fields(&DOCUMENT["components"]["schemas"][name], &value, name, &mut unknown);
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Attributes take literals only, so schemas repeat limits.
#[test]
fn limits_are_those_of_the_domain() {
    let field = |schema: &str, name: &str| &DOCUMENT["components"]["schemas"][schema]["properties"][name];
    let (size, part_size) = (field("NewImport", "size"), field("NewImport", "part_size"));
    for (limit, value) in [
        (&field("Batch", "operations")["maxItems"], json!(BATCH_OPERATIONS)),
        (&field("BatchDone", "results")["maxItems"], json!(BATCH_OPERATIONS)),
        (&field("NewImport", "file")["maxLength"], json!(NewImport::MAX_NAME_CHARS)),
        (&size["maximum"], json!(u64::from(Import::MAX_PART) * u64::from(Import::MAX_PARTS))),
        (&part_size["minimum"], json!(Import::MIN_PART)),
        (&part_size["maximum"], json!(Import::MAX_PART)),
        (&part_size["default"], json!(Import::MAX_PART)),
    ] {
        assert_eq!(*limit, value);
    }
    let description = size["description"].as_str().unwrap().replace(',', "");
    assert!(description.contains(&format!("at most {} parts", Import::MAX_PARTS)), "{description}");
}

#[tokio::test]
async fn responses_have_only_documented_fields() {
    let app = App::with_people(Identity::Operator, 2).await;
    let mut unknown = Vec::new();
    for (path, schema) in [
        ("/api/v1/users".to_owned(), "User"),
        ("/api/v1/audit".to_owned(), "Event"),
        ("/api/v1/users?page=0".to_owned(), "Problem"),
        (format!("/api/v1/users/{}", id(9)), "Problem"),
    ] {
        let answer = app.get(&path).await.json();
        let schema = &DOCUMENT["components"]["schemas"][schema];
        let values = answer.as_array().cloned().unwrap_or_else(|| vec![answer]);
        assert!(!values.is_empty(), "{path}");
        for value in &values {
            fields(schema, value, &path, &mut unknown);
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
