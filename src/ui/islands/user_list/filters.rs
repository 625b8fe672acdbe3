use leptos::{either::Either, prelude::*};

use super::{
    Go,
    go::{ListLink, address},
};
use crate::{
    domain::{FieldErrors, ListUsers, UserStatus},
    ui::text,
};

/// What the list can be narrowed to, beside words. Whatever is chosen is shown at once; without this
/// island the form has a button for that.
#[component]
pub fn Filters(list: Signal<ListUsers>, go: Go) -> impl IntoView {
    let choose = move |chosen: Result<ListUsers, FieldErrors>| {
        // A day half typed is none yet.
        if let Ok(chosen) = chosen {
            go.to(&chosen);
        }
    };
    let status = move |event| {
        // The page around the list is another one then.
        if let Ok(status) = event_target_value(&event).parse() {
            let to = ListUsers { status, ..list.get_untracked().at_page(1) };
            // Fails only for an address that is none.
            let _ = window().location().set_href(&address(&to));
        }
    };
    let option = move |value: UserStatus, title: &'static str| {
        view! { <option value=value.as_str() selected=move || list.read().status == value>{title}</option> }
    };
    let (sort, per_page) = (move || kept(&list.read(), "sort"), move || kept(&list.read(), "per_page"));
    view! {
        <details class="filter">
            <summary class="button">{text::people::FILTER}</summary>
            <div class="filter-fields">
                <div class="field">
                    <label for="status">{text::people::WHO}</label>
                    <select id="status" name="status" autocomplete="off" on:change=status>
                        {option(UserStatus::Active, text::people::ACTIVE)}
                        {option(UserStatus::Deleted, text::people::DELETED)}
                        {option(UserStatus::All, text::people::BOTH)}
                    </select>
                </div>
                <div class="field">
                    <label for="joined_from">{text::people::JOINED_FROM}</label>
                    <input
                        id="joined_from" name="joined_from" type="date"
                        value=untrack(move || list.read().joined_from())
                        prop:value=move || list.read().joined_from()
                        on:change=move |event| choose(list.get_untracked().with_joined_from(&event_target_value(&event)))
                    />
                </div>
                <div class="field">
                    <label for="joined_to">{text::people::JOINED_UNTIL}</label>
                    <input
                        id="joined_to" name="joined_to" type="date"
                        value=untrack(move || list.read().joined_to())
                        prop:value=move || list.read().joined_to()
                        on:change=move |event| choose(list.get_untracked().with_joined_to(&event_target_value(&event)))
                    />
                </div>
                <input type="hidden" name="sort" value=sort/>
                <input type="hidden" name="per_page" value=per_page/>
                <button type="submit" class="apply">{text::people::SHOW}</button>
            </div>
        </details>
    }
}

/// What the form keeps of the list that it asks for anew, when it is sent without this island. The
/// server leaves out what is empty.
fn kept(list: &ListUsers, name: &str) -> String {
    let default = ListUsers::default();
    match name {
        "sort" if list.sort != default.sort => list.sort.to_string(),
        "per_page" if list.per_page != default.per_page => list.per_page.to_string(),
        _ => String::new(),
    }
}

/// The filters that are set, each a link to the list without it.
#[component]
pub fn Chips(list: Signal<ListUsers>, go: Go) -> impl IntoView {
    let chips = move || {
        let list = list.get();
        let chip = |filter: String, without: ListUsers| {
            view! { <li><ListLink to=Some(without.at_page(1)) go class="chip" label=text::people::remove_filter(&filter) text=filter/></li> }
        };
        let (from, to) = (list.joined_from(), list.joined_to());
        let chips: Vec<_> = [
            list.email.clone().map(|email| chip(email, ListUsers { email: None, ..list.clone() })),
            (!from.is_empty())
                .then(|| chip(text::people::joined_from(&from), ListUsers { created_after: None, ..list.clone() })),
            (!to.is_empty())
                .then(|| chip(text::people::joined_until(&to), ListUsers { created_before: None, ..list.clone() })),
        ]
        .into_iter()
        .flatten()
        .collect();
        if chips.is_empty() {
            Either::Left(())
        } else {
            Either::Right(view! { <ul class="chips" aria-label=text::people::FILTERS>{chips}</ul> })
        }
    };
    view! { {chips} }
}
