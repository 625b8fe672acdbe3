use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::AppError,
    ui::{components::error_panel::ErrorPanel, status::PageStatus},
};

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let error = AppError::NotFound(
        "There is no page at this address. It may have moved, or the link may be misspelt.".to_owned(),
    );
    PageStatus::set(&error);
    view! {
        <Title text="Not found"/>
        <ErrorPanel error/>
    }
}
