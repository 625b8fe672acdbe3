use leptos::prelude::*;

use crate::{domain::AppError, ui::components::error_page::ErrorPage};

/// Any address that no other page has.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let error = AppError::NotFound(
        "There is no page at this address. It may have moved, or the link may be misspelt.".to_owned(),
    );
    view! { <ErrorPage error/> }
}
