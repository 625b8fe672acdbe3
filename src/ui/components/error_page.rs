use leptos::prelude::*;
use leptos_meta::Title;

use super::error_panel::ErrorPanel;
use crate::{
    domain::{Access, AppError},
    ui::{context::PageStatus, text},
};

/// A whole page that says what went wrong, answered with the status of the error.
#[component]
pub fn ErrorPage(error: AppError) -> impl IntoView {
    PageStatus::set(&error);
    view! {
        <Title text=text::errors::title(&error)/>
        <ErrorPanel error/>
    }
}

/// Instead of a page that whoever asks may not see: whether signing in would help.
pub fn refusal(access: &Access) -> impl IntoView + use<> {
    let error = if access.is_known { AppError::forbidden() } else { AppError::Unauthorized };
    view! { <ErrorPage error/> }
}
