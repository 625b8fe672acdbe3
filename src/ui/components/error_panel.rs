use leptos::prelude::*;

use crate::domain::AppError;

/// What went wrong, in words, and a way on. Whatever stands inside it is offered first.
#[component]
pub fn ErrorPanel(
    error: AppError,
    /// Part of a page that has a heading of its own.
    #[prop(optional)]
    nested: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let fields = error.fields().iter().map(|field| {
        view! { <li><code>{field.field.to_string()}</code>" "{field.message.clone()}</li> }
    });
    let fields: Vec<_> = fields.collect();
    let details = if fields.is_empty() {
        view! { <p>{error.to_string()}</p> }.into_any()
    } else {
        view! { <ul>{fields}</ul> }.into_any()
    };
    let heading = if nested {
        view! { <h2>{error.title()}</h2> }.into_any()
    } else {
        view! { <h1>{error.title()}</h1> }.into_any()
    };
    view! {
        <section class="panel" role="alert">
            <p class="panel-code" aria-hidden="true">{error.status()}</p>
            {heading}
            {details}
            <p class="panel-actions">
                {children.map(|children| children())}
                <a class="button" href="/">"All people"</a>
            </p>
        </section>
    }
}
