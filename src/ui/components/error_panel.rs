//! Error panels and error pages.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    domain::{Access, AppError, FieldError},
    rpc::status::status,
    ui::{context::PageStatus, text},
};

/// The error as the content of a whole page.
#[component]
pub fn ErrorPanel(error: AppError) -> impl IntoView {
    error_panel(&error, view! { <h1>{text::site::error_title(&error)}</h1> }, ())
}

/// An error under a heading that fits the surrounding page. The actions are signing in, if that helps, then `action`,
/// then the list of people.
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

/// An error page with the title and HTTP status of the error.
#[component]
pub fn ErrorPage(error: AppError) -> impl IntoView {
    PageStatus::set(&error);
    view! {
        <Title text=text::site::error_title(&error)/>
        <ErrorPanel error/>
    }
}

/// The error page for a page that the user may not see: 401 if signing in could help, else 403.
pub fn refusal(access: &Access) -> impl IntoView + use<> {
    let error = if access.is_known { AppError::forbidden() } else { AppError::Unauthorized };
    view! { <ErrorPage error/> }
}

/// Renders `page` once its data is loaded, or an error page.
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

/// The page for addresses that match no route.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let error = AppError::NotFound(text::site::NO_SUCH_PAGE.to_owned());
    view! { <ErrorPage error/> }
}
