//! Formatted values: times, e-mail addresses, roles.

use leptos::{either::Either, prelude::*};

use crate::{
    domain::{Role, Timestamp},
    ui::text,
};

/// A relative time in the reader's language, with the exact time as a tooltip, written by `public/times.js`. Until that
/// runs, the UTC day.
#[component]
pub fn RelativeTime(at: Timestamp) -> impl IntoView {
    view! { <time class="ago" datetime=at.to_string() title=title(at)>{utc_text(at, Timestamp::date)}</time> }
}

/// The day, in the reader's language and time zone once `public/times.js` has run.
#[component]
pub fn Date(at: Timestamp) -> impl IntoView {
    view! { <time data-exact="day" datetime=at.to_string() title=title(at)>{utc_text(at, Timestamp::date)}</time> }
}

/// The day and minute, in the same way.
#[component]
pub fn DateTime(at: Timestamp) -> impl IntoView {
    view! { <time data-exact="minute" datetime=at.to_string() title=title(at)>{utc_text(at, Timestamp::date_time)}</time> }
}

/// A constant, unlike `is_server()`, so that the WASM bundle contains no date formatting.
const IS_SERVER: bool = cfg!(feature = "ssr");

/// The text until `public/times.js` replaces it. In the browser that happens before an island's changes are painted, so
/// the WASM bundle contains no date formatting and writes RFC 3339.
fn utc_text(at: Timestamp, for_people: impl Fn(Timestamp) -> String) -> String {
    if IS_SERVER { for_people(at) } else { at.to_string() }
}

fn title(at: Timestamp) -> Option<String> {
    IS_SERVER.then(|| at.date_time())
}

/// An e-mail address whose preferred line break is before the @.
#[component]
pub fn EmailText(email: String) -> impl IntoView {
    match email.rsplit_once('@') {
        Some((local, host)) => Either::Left(view! { {local.to_owned()}<wbr/>{format!("@{host}")} }),
        None => Either::Right(email),
    }
}

/// A role and its permissions, in one line.
#[must_use]
pub fn role_line(role: Role) -> String {
    let name = match role {
        Role::Viewer => text::person::VIEWER,
        Role::Editor => text::person::EDITOR,
        Role::Admin => text::person::ADMIN,
    };
    text::person::role(name, role.summary())
}
