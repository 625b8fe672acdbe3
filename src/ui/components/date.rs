use leptos::prelude::*;

use crate::domain::Timestamp;

/// How long ago, in the reader's language, with the exact time on hover: public/times.js writes it.
/// Until then, and without scripts, the UTC day.
#[component]
pub fn Ago(at: Timestamp) -> impl IntoView {
    view! { <time class="ago" datetime=at.to_string() title=at.date_time()>{at.date()}</time> }
}

/// The day, in the reader's language and zone once public/times.js has run.
#[component]
pub fn Day(at: Timestamp) -> impl IntoView {
    view! { <time data-exact="day" datetime=at.to_string() title=at.date_time()>{at.date()}</time> }
}

/// The day and the minute, in the same way.
#[component]
pub fn Minute(at: Timestamp) -> impl IntoView {
    view! { <time data-exact="minute" datetime=at.to_string() title=at.date_time()>{at.date_time()}</time> }
}
