use leptos::{either::Either, prelude::*};

/// What descriptions use of Markdown: paragraphs, and code between backticks.
pub fn prose(text: &str) -> AnyView {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| view! { <p>{line(paragraph)}</p> }).collect_view().into_any()
}

/// A line with code between backticks.
pub fn line(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(place, part)| {
        let part = part.to_owned();
        if place % 2 == 0 { Either::Left(part) } else { Either::Right(view! { <code>{part}</code> }) }
    });
    parts.collect_view().into_any()
}
