mod document;
mod example;
mod operation;
mod schema;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

pub use self::document::ApiDocument;
use self::document::{Group, Operation};
use crate::ui::text;

/// `/api/docs`: the OpenAPI document as a page.
#[component]
pub fn ApiDocsPage() -> impl IntoView {
    let document = use_context::<ApiDocument>().unwrap_or_default();
    let groups = document.groups();
    view! {
        <Title text=text::api_docs::API/>
        <h1>{text::api_docs::API}</h1>
        <div class="lead">{prose(document.description())}</div>
        <p class="lead">{text::api_docs::BEFORE_OPENAPI}<a href=document.address()>{text::api_docs::OPENAPI}</a>{text::api_docs::END}</p>
        <nav class="api-contents" aria-label=text::api_docs::OPERATIONS>{groups.iter().map(contents).collect_view()}</nav>
        {groups.iter().map(|group| section(&document, group)).collect_view()}
        <section class="api-group">
            <h2 id="schemas">{text::api_docs::SCHEMAS}</h2>
            {schema::all(&document)}
        </section>
    }
}

fn contents(group: &Group) -> AnyView {
    let entry = |operation: &Operation| {
        view! {
            <li>
                <a href=format!("#{}", operation.id())>{operation.text("summary").to_owned()}</a>
                <span class="method" aria-hidden="true">{operation.method}</span>
            </li>
        }
    };
    view! {
        <div>
            <p class="api-tag">{group.name.to_owned()}</p>
            <ul>{group.operations.iter().map(entry).collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn section(document: &ApiDocument, group: &Group) -> AnyView {
    let operations = group.operations.iter().map(|operation| operation::article(document, operation));
    view! {
        <section class="api-group">
            <h2>{group.name.to_owned()}</h2>
            {prose(group.description)}
            {operations.collect_view()}
        </section>
    }
    .into_any()
}

/// The subset of Markdown that descriptions use: paragraphs, and code between backticks.
pub fn prose(text: &str) -> AnyView {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| view! { <p>{line(paragraph)}</p> }).collect_view().into_any()
}

/// A line with code between backticks.
pub fn line(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(index, part)| {
        let part = part.to_owned();
        if index % 2 == 0 { Either::Left(part) } else { Either::Right(view! { <code>{part}</code> }) }
    });
    parts.collect_view().into_any()
}
