use leptos::prelude::*;
use serde_json::Value;

use super::{
    document::{ApiDocument, Operation, text},
    example::example,
    line, prose,
    schema::{Row, kind, note, table},
};
use crate::ui::text::api_docs as words;

/// An operation: description, permissions, parameters, body and responses.
pub fn article(document: &ApiDocument, operation: &Operation) -> AnyView {
    let id = operation.id();
    view! {
        <article class="api-operation" id=id.to_owned()>
            <h3>{operation.text("summary").to_owned()}</h3>
            <p class="api-route">
                <span class="method" data-method=operation.method>{operation.method}</span>
                " "
                <code>{operation.path.clone()}</code>
            </p>
            {prose(operation.text("description"))}
            {needs(operation.get("security"))}
            {parameters(document, operation.get("parameters"))}
            {body(document, document.resolve(operation.get("requestBody")))}
            {answers(document, operation.get("responses"))}
        </article>
    }
    .into_any()
}

/// The permissions: a token with a scope, or a session with a role.
fn needs(security: &Value) -> AnyView {
    let ways = security.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    let ways: Vec<_> = ways
        .map(|(scheme, scopes)| {
            let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
            if scheme == "token" { words::a_token(&scopes) } else { words::a_session(&scopes) }
        })
        .collect();
    (!ways.is_empty()).then(|| view! { <p class="hint">{line(&words::needs(&ways))}</p> }).into_any()
}

fn parameters(document: &ApiDocument, parameters: &Value) -> AnyView {
    let Some(parameters) = parameters.as_array() else { return ().into_any() };
    let row = |parameter: &Value| {
        let parameter = document.resolve(parameter);
        let place = match (text(parameter, "in"), parameter["required"] == true) {
            ("path", _) => words::IN_PATH,
            ("header", true) => words::HEADER_REQUIRED,
            ("header", false) => words::HEADER,
            (_, required) => note(required),
        };
        let (name, schema) = (text(parameter, "name").to_owned(), parameter["schema"].clone());
        view! { <Row name note=place schema description=text(parameter, "description").to_owned()/> }
    };
    view! {
        <h4>{words::PARAMETERS}</h4>
        {table(words::NAME, parameters.iter().map(row).collect_view().into_any())}
    }
    .into_any()
}

fn body(document: &ApiDocument, body: &Value) -> AnyView {
    let Some(contents) = body["content"].as_object() else { return ().into_any() };
    view! {
        <h4>{words::BODY}</h4>
        {prose(text(body, "description"))}
        {contents.iter().map(|(media_type, content)| medium(document, media_type, content)).collect_view()}
    }
    .into_any()
}

/// A media type with its schema and an example.
fn medium(document: &ApiDocument, media_type: &str, content: &Value) -> AnyView {
    let schema = &content["schema"];
    let named =
        content["examples"].as_object().into_iter().flatten().map(|(_, named)| &document.resolve(named)["value"]);
    let examples: Vec<_> = content.get("example").into_iter().chain(named).collect();
    let block = |value: &&Value| view! { <pre tabindex="0"><code>{example(document, value, schema)}</code></pre> };
    view! {
        <p class="api-medium"><code>{media_type.to_owned()}</code>" "{kind(schema)}</p>
        {examples.iter().map(block).collect_view()}
    }
    .into_any()
}

fn answers(document: &ApiDocument, answers: &Value) -> AnyView {
    let answers: Vec<_> = answers.as_object().into_iter().flatten().collect();
    let row = |(status, answer): &(&String, &Value)| {
        let answer = document.resolve(answer);
        // Headers that every response has are documented once.
        let names = answer["headers"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        let names: Vec<_> = names.filter(|name| !is_everywhere(name)).collect();
        let headers = if names.is_empty() { String::new() } else { format!("`{}`", names.join("`, `")) };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row"><code>{(*status).clone()}</code></th>
                <td role="cell">{prose(text(answer, "description"))}</td>
                <td role="cell">{line(&headers)}</td>
            </tr>
        }
    };
    let examples = answers.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| {
        let contents = document.resolve(answer)["content"].as_object().into_iter().flatten();
        contents.map(|(media_type, content)| medium(document, media_type, content)).collect_view()
    });
    view! {
        <h4>{words::ANSWERS}</h4>
        <table class="api-table api-answers" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{words::STATUS}</th>
                    <th role="columnheader" scope="col">{words::MEANING}</th>
                    <th role="columnheader" scope="col">{words::HEADERS}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{answers.iter().map(row).collect_view()}</tbody>
        </table>
        {examples.collect_view()}
    }
    .into_any()
}

fn is_everywhere(header: &str) -> bool {
    header == "X-Request-Id" || header.starts_with("RateLimit")
}
