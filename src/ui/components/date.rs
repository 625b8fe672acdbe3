use leptos::prelude::*;

use crate::domain::Timestamp;

/// The day, with the minute on hover.
#[component]
pub fn Day(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.to_string() title=at.date_time()>{at.date()}</time> }
}

/// The day and the minute.
#[component]
pub fn Minute(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.to_string()>{at.date_time()}</time> }
}
