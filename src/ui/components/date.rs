use leptos::prelude::*;

use crate::domain::Timestamp;

/// How long ago, in the reader's language, with the exact time on hover: public/times.js writes it.
/// Until then, and without scripts, the UTC day.
#[component]
pub fn Ago(at: Timestamp) -> impl IntoView {
    view! { <time class="ago" datetime=at.to_string() title=title(at)>{text(at, Timestamp::date)}</time> }
}

/// The day, in the reader's language and zone once public/times.js has run.
#[component]
pub fn Day(at: Timestamp) -> impl IntoView {
    view! { <time data-exact="day" datetime=at.to_string() title=title(at)>{text(at, Timestamp::date)}</time> }
}

/// The day and the minute, in the same way.
#[component]
pub fn Minute(at: Timestamp) -> impl IntoView {
    view! { <time data-exact="minute" datetime=at.to_string() title=title(at)>{text(at, Timestamp::date_time)}</time> }
}

/// Known when the browser half is compiled, unlike `is_server()`, so that it contains no dates for people.
const IS_SERVER: bool = cfg!(feature = "ssr");

/// The text until public/times.js replaces it. In the browser that is before an island's rows are painted, so
/// RFC 3339 will do.
fn text(at: Timestamp, for_people: impl Fn(Timestamp) -> String) -> String {
    if IS_SERVER { for_people(at) } else { at.to_string() }
}

fn title(at: Timestamp) -> Option<String> {
    IS_SERVER.then(|| at.date_time())
}
