use leptos::prelude::*;

use crate::{
    domain::AppError,
    ui::{components::error_page::ErrorPage, text},
};

/// Any address that no other page has.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let error = AppError::NotFound(text::site::NO_SUCH_PAGE.to_owned());
    view! { <ErrorPage error/> }
}
