use leptos::prelude::*;

use super::{
    ListNavigation,
    navigation::{ListLink, address},
};
use crate::{
    domain::{FieldErrors, ListUsers, UserStatus},
    ui::text,
};

/// The filters besides the search text. A choice applies at once; before hydration the form has a submit button.
#[component]
pub fn Filters(go: ListNavigation) -> impl IntoView {
    let status = move |event| {
        // The title and actions of the page also change.
        if let Ok(status) = event_target_value(&event).parse() {
            let to = ListUsers { status, ..go.list.get_untracked().at_page(1) };
            // Fails only for an invalid address.
            let _ = window().location().set_href(&address(&to));
        }
    };
    let shown = go.list.get_untracked();
    let option = |value: UserStatus, title: &'static str| {
        view! { <option value=value.as_str() selected=shown.status == value>{title}</option> }
    };
    view! {
        <details class="filter">
            <summary class="button">{text::people::FILTER}</summary>
            <div class="filter-fields">
                <div class="field">
                    <label for="status">{text::people::STATUS}</label>
                    <select id="status" name="status" autocomplete="off" on:change=status>
                        {option(UserStatus::Active, text::people::ACTIVE)}
                        {option(UserStatus::Deleted, text::people::DELETED)}
                        {option(UserStatus::All, text::people::BOTH)}
                    </select>
                </div>
                <Day name="joined_from" label=text::people::JOINED_FROM go day=ListUsers::joined_from with=ListUsers::with_joined_from/>
                <Day name="joined_to" label=text::people::JOINED_UNTIL go day=ListUsers::joined_to with=ListUsers::with_joined_to/>
                <input type="hidden" name="sort" value=kept(&shown, "sort")/>
                <input type="hidden" name="per_page" value=kept(&shown, "per_page")/>
                <button type="submit" class="apply">{text::people::SHOW}</button>
            </div>
        </details>
    }
}

/// A date input that filters the list.
#[component]
fn Day(
    name: &'static str,
    label: &'static str,
    go: ListNavigation,
    day: fn(&ListUsers) -> String,
    with: fn(&ListUsers, &str) -> Result<ListUsers, FieldErrors>,
) -> impl IntoView {
    let choose = move |event| {
        // A partly typed date does not parse.
        if let Ok(chosen) = with(&go.list.read_untracked(), &event_target_value(&event)) {
            go.to(&chosen);
        }
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name name=name type="date"
                value=day(&go.list.read_untracked())
                prop:value=move || day(&go.list.read())
                on:change=choose
            />
        </div>
    }
}

/// A parameter that the form keeps when it is submitted without this island. The server ignores empty values.
fn kept(list: &ListUsers, name: &str) -> String {
    let default = ListUsers::default();
    match name {
        "sort" if list.sort != default.sort => list.sort.to_string(),
        "per_page" if list.per_page != default.per_page => list.per_page.to_string(),
        _ => String::new(),
    }
}

/// The active filters, each a link to the list without it.
#[component]
pub fn Chips(go: ListNavigation) -> impl IntoView {
    let chips = move || {
        let list = go.list.get();
        let chip = |filter: String, without: ListUsers| {
            view! { <li><ListLink to=Some(without.at_page(1)) go class="chip" label=text::people::remove_filter(&filter) text=filter/></li> }
        };
        let (from, to) = (list.joined_from(), list.joined_to());
        let chips = [
            list.email.clone().map(|email| chip(email, ListUsers { email: None, ..list.clone() })),
            (!from.is_empty())
                .then(|| chip(text::people::joined_from(&from), ListUsers { created_after: None, ..list.clone() })),
            (!to.is_empty())
                .then(|| chip(text::people::joined_until(&to), ListUsers { created_before: None, ..list.clone() })),
        ];
        let any = chips.iter().any(Option::is_some);
        any.then(|| view! { <ul class="chips" aria-label=text::people::FILTERS>{chips}</ul> })
    };
    view! { {chips} }
}
