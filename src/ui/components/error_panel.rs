//! Errors in place of a page or a part of it.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    domain::{Access, AppError, FieldError},
    rpc::status::status,
    ui::{context::PageStatus, text},
};

/// A page that says what went wrong, in words, and a way on.
#[component]
pub fn ErrorPanel(error: AppError) -> impl IntoView {
    error_panel(&error, view! { <h1>{text::site::error_title(&error)}</h1> }, ())
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

/// A whole page that says what went wrong, answered with the status of the error.
#[component]
pub fn ErrorPage(error: AppError) -> impl IntoView {
    PageStatus::set(&error);
    view! {
        <Title text=text::site::error_title(&error)/>
        <ErrorPanel error/>
    }
}

/// Instead of a page that whoever asks may not see: whether signing in would help.
pub fn refusal(access: &Access) -> impl IntoView + use<> {
    let error = if access.is_known { AppError::forbidden() } else { AppError::Unauthorized };
    view! { <ErrorPage error/> }
}

/// A page as soon as its data has come, or why it has not.
pub fn loaded<T, V>(
    data: Resource<Result<T, AppError>>,
    page: impl Fn(T) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Suspense>
            {move || {
                let page = page.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(data) => page(data).into_any(),
                        Err(error) => view! { <ErrorPage error/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

/// The page of any address that no other page has.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let error = AppError::NotFound(text::site::NO_SUCH_PAGE.to_owned());
    view! { <ErrorPage error/> }
}
