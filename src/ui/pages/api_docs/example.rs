//! Pretty-printed examples.

use std::fmt::Write;

use serde_json::Value;

use super::document::ApiDocument;

/// Formats an example as indented JSON, with fields in the order of their schema.
pub fn example(document: &ApiDocument, value: &Value, schema: &Value) -> String {
    let mut json = String::new();
    write_value(&mut json, document, value, schema, 0);
    json
}

fn write_value(json: &mut String, document: &ApiDocument, value: &Value, schema: &Value, depth: usize) {
    let schema = document.resolve(schema);
    match value {
        Value::Array(items) if !items.is_empty() => {
            json.push('[');
            for (index, item) in items.iter().enumerate() {
                begin_line(json, index, depth + 1);
                write_value(json, document, item, &schema["items"], depth + 1);
            }
            end(json, ']', depth);
        }
        Value::Object(fields) if !fields.is_empty() => {
            json.push('{');
            for (index, name) in field_names(schema, fields.keys()).into_iter().enumerate() {
                begin_line(json, index, depth + 1);
                let _ = write!(json, "\"{name}\": ");
                write_value(json, document, &fields[name], &schema["properties"][name], depth + 1);
            }
            end(json, '}', depth);
        }
        other => {
            let _ = write!(json, "{other}");
        }
    }
}

/// The required fields in the order of the schema, then the others.
pub fn field_names<'a>(schema: &Value, names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let index = |name: &str| required.iter().position(|required| *required == name).unwrap_or(required.len());
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_by_key(|name| index(name));
    names
}

fn begin_line(json: &mut String, index: usize, depth: usize) {
    let comma = if index == 0 { "" } else { "," };
    let _ = write!(json, "{comma}\n{}", "  ".repeat(depth));
}

fn end(json: &mut String, bracket: char, depth: usize) {
    let _ = write!(json, "\n{}{bracket}", "  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_in_the_order_of_their_schema() {
        let user = json!({"required": ["id", "email"], "properties": {"email": {}, "id": {}, "at": {}}});
        let document = ApiDocument::new(json!({"components": {"schemas": {"User": user}}}));
        let users = json!({"items": {"$ref": "#/components/schemas/User"}});
        let value = json!([{"at": [], "email": "a\"b", "id": {"x": null}}]);
        let lines = example(&document, &value, &users);
        assert_eq!(
            lines,
            "[\n  {\n    \"id\": {\n      \"x\": null\n    },\n    \"email\": \"a\\\"b\",\n    \"at\": []\n  }\n]"
        );
        assert_eq!(serde_json::from_str::<Value>(&lines).unwrap(), value);
    }
}
