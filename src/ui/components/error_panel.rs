use leptos::{either::Either, prelude::*};

use crate::{
    domain::{AppError, FieldError},
    rpc::status::status,
    ui::text,
};

/// A page that says what went wrong, in words, and a way on.
#[component]
pub fn ErrorPanel(error: AppError) -> impl IntoView {
    error_panel(&error, view! { <h1>{text::errors::title(&error)}</h1> }, ())
}

/// What went wrong, under a heading that fits the page around it; `action` is offered first, but
/// for signing in where that would help.
pub fn error_panel<H: IntoView, A: IntoView>(error: &AppError, heading: H, action: A) -> impl IntoView + use<H, A> {
    let field =
        |field: &FieldError| view! { <li><code>{field.field.to_string()}</code>" "{field.message.clone()}</li> };
    let details = match error.fields() {
        [] => Either::Left(view! { <p>{error.to_string()}</p> }),
        fields => Either::Right(view! { <ul>{fields.iter().map(field).collect_view()}</ul> }),
    };
    let sign_in = matches!(error, AppError::Unauthorized)
        .then(|| view! { <a class="button primary" href="/sign-in">{text::site::SIGN_IN}</a> });
    view! {
        <section class="panel" role="alert">
            <p class="panel-code" aria-hidden="true">{status(error)}</p>
            {heading}
            {details}
            <p class="panel-actions">{sign_in}{action}<a class="button" href="/">{text::site::ALL_PEOPLE}</a></p>
        </section>
    }
}
