use leptos::{either::Either, prelude::*};
use serde_json::Value;

use super::{
    document::{ApiDocument, text},
    example::field_names,
    prose,
};
use crate::ui::text::api_docs as words;

/// The named schemas with their fields.
pub fn all(document: &ApiDocument) -> AnyView {
    let article = |(name, schema): (&str, &Value)| {
        view! {
            <article class="api-schema" id=anchor(name)>
                <h3>{name.to_owned()}</h3>
                {prose(text(schema, "description"))}
                {fields(schema)}
            </article>
        }
    };
    document.schemas().map(article).collect_view().into_any()
}

/// The fields of an object, or the kind of any other schema.
pub fn fields(schema: &Value) -> AnyView {
    let Some(properties) = schema["properties"].as_object() else {
        return view! { <p>{kind(schema)}</p> }.into_any();
    };
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name));
    let row =
        |name: &str| view! { <Row name=name.to_owned() note=note(required(name)) schema=properties[name].clone()/> };
    table(words::FIELD, field_names(schema, properties.keys()).into_iter().map(row).collect_view().into_any())
}

/// A table of names and meanings, laid out as a list on narrow screens.
pub fn table(heading: &'static str, rows: AnyView) -> AnyView {
    view! {
        <table class="api-table" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{heading}</th>
                    <th role="columnheader" scope="col">{words::VALUE}</th>
                    <th role="columnheader" scope="col">{words::MEANING}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A row of such a table.
#[component]
pub fn Row(
    name: String,
    /// Its location, or that it is optional.
    note: &'static str,
    schema: Value,
    /// The meaning, if the schema does not describe it.
    #[prop(optional, into)]
    description: Option<String>,
) -> impl IntoView {
    let description = description.unwrap_or_else(|| text(&schema, "description").to_owned());
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><code>{name}</code>" "<span class="hint">{note}</span></th>
            <td role="cell">{kind(&schema)}</td>
            <td role="cell">{prose(&description)}</td>
        </tr>
    }
}

/// `optional`, unless the field is required.
pub fn note(required: bool) -> &'static str {
    if required { "" } else { words::OPTIONAL }
}

fn anchor(name: &str) -> String {
    format!("schema-{name}")
}

/// The kind of a value: `UUID or null`, `array of User, at most 100`.
pub fn kind(schema: &Value) -> AnyView {
    if let Some(name) = schema["$ref"].as_str().and_then(|address| address.rsplit('/').next()) {
        return view! { <a href=format!("#{}", anchor(name))>{name.to_owned()}</a> }.into_any();
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let separated = choices.iter().enumerate().map(|(index, choice)| {
                let separator = if index == 0 { "" } else { words::OR };
                view! { {separator}{kind(choice)} }
            });
            return separated.collect_view().into_any();
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return one_of(schema, values);
    }
    if schema["type"] == "array" {
        return view! { {words::BEFORE_ITEM}{kind(&schema["items"])}{limits(schema)} }.into_any();
    }
    view! { {base(schema)}{limits(schema)}{default(schema)} }.into_any()
}

fn one_of(schema: &Value, values: &[Value]) -> AnyView {
    let words = values.iter().enumerate().map(|(index, value)| {
        let separator = if index == 0 { "" } else { ", " };
        let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        view! { {separator}<code>{word}</code> }
    });
    view! { {words.collect_view()}{default(schema)} }.into_any()
}

/// The type, or the display name of its format.
fn base(schema: &Value) -> String {
    if schema["maxLength"] == 0 {
        return words::EMPTY.to_owned();
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect::<Vec<_>>(),
    };
    let format = match text(schema, "format") {
        "date-time" => Some(words::DATE_AND_TIME),
        "date" => Some(words::DAY),
        "uuid" => Some(words::UUID),
        "idn-email" => Some(words::EMAIL_ADDRESS),
        _ => None,
    };
    let names = types.into_iter().map(|name| if name == "null" { name } else { format.unwrap_or(name) });
    names.collect::<Vec<_>>().join(words::OR)
}

/// `, 1 to 100`, `, at most 200 characters`.
fn limits(schema: &Value) -> String {
    let kinds =
        [("minimum", "maximum", ""), ("minLength", "maxLength", words::CHARACTERS), ("minItems", "maxItems", "")];
    kinds
        .iter()
        .filter_map(|(least, most, what)| match (schema[*least].as_i64(), schema[*most].as_i64()) {
            (_, Some(0)) | (None, None) => None,
            (Some(least), Some(most)) => Some(words::between(least, most, what)),
            (None, Some(most)) => Some(words::at_most(most, what)),
            (Some(least), None) => Some(words::at_least(least, what)),
        })
        .collect()
}

/// The default value.
fn default(schema: &Value) -> AnyView {
    match &schema["default"] {
        Value::Null => Either::Left(()),
        value => {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Either::Right(view! { {words::BEFORE_DEFAULT}<code>{value}</code>{words::AFTER_DEFAULT} })
        }
    }
    .into_any()
}
