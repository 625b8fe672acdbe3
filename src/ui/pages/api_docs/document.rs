//! Typed access to the OpenAPI document.

use std::sync::Arc;

use serde_json::Value;

/// The OpenAPI 3.1 document.
#[derive(Debug, Clone, Default)]
pub struct ApiDocument(Arc<Value>);

/// The operations of one tag.
#[derive(Debug)]
pub struct Group<'a> {
    pub name: &'a str,
    pub description: &'a str,
    pub operations: Vec<Operation<'a>>,
}

/// One method of one path.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// Upper case.
    pub method: &'static str,
    /// The full path, `/api/v1/users/{id}`.
    pub path: String,
    json: &'a Value,
}

impl ApiDocument {
    #[must_use]
    pub fn new(document: Value) -> Self {
        Self(Arc::new(document))
    }

    /// The description of the API, in paragraphs.
    #[must_use]
    pub fn description(&self) -> &str {
        text(&self.0["info"], "description")
    }

    /// The address of the document.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/openapi.json", self.base())
    }

    /// The operations by tag, in the order of `tags`.
    #[must_use]
    pub fn groups(&self) -> Vec<Group<'_>> {
        let operations = self.operations();
        let tags = self.0["tags"].as_array().into_iter().flatten();
        tags.map(|tag| {
            let name = text(tag, "name");
            let operations = operations.iter().filter(|operation| operation.json["tags"][0] == name).cloned().collect();
            Group { name, description: text(tag, "description"), operations }
        })
        .collect()
    }

    /// The named schemas.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        let schemas = self.0["components"]["schemas"].as_object().into_iter().flatten();
        schemas.map(|(name, schema)| (name.as_str(), schema))
    }

    /// Follows a `$ref`; returns anything else unchanged.
    #[must_use]
    pub fn resolve<'a>(&'a self, json: &'a Value) -> &'a Value {
        match json["$ref"].as_str().and_then(|address| address.strip_prefix('#')) {
            Some(pointer) => self.0.pointer(pointer).unwrap_or(&Value::Null),
            None => json,
        }
    }

    fn base(&self) -> &str {
        text(&self.0["servers"][0], "url")
    }

    fn operations(&self) -> Vec<Operation<'_>> {
        const METHODS: [(&str, &str); 5] =
            [("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths
            .flat_map(|(path, item)| {
                let path = format!("{}{path}", self.base());
                METHODS.iter().filter_map(move |&(key, method)| {
                    let json = item.get(key)?;
                    Some(Operation { method, path: path.clone(), json })
                })
            })
            .collect()
    }
}

impl<'a> Operation<'a> {
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.text("operationId")
    }

    #[must_use]
    pub fn text(&self, field: &str) -> &'a str {
        text(self.json, field)
    }

    #[must_use]
    pub fn get(&self, field: &str) -> &'a Value {
        &self.json[field]
    }
}

/// A text field; empty if absent.
pub fn text<'a>(json: &'a Value, field: &str) -> &'a str {
    json[field].as_str().unwrap_or_default()
}
