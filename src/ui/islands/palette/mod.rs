//! The command palette's island: a combobox (ARIA 1.2) over people and actions.

pub mod dialog;
mod options;
mod people;

use leptos::{ev, html, prelude::*};

use self::people::People;
use crate::{
    domain::{ListUsers, User},
    ui::{components::avatar::avatar_of, text},
};

/// Searches people on the server, and actions among those rendered into the page. Before hydration its form searches
/// the list.
#[cfg_attr(feature = "split", island(lazy))]
#[cfg_attr(not(feature = "split"), island)]
pub fn Palette(
    /// The actions, as options.
    children: Children,
) -> impl IntoView {
    let people = People::new();
    let input = NodeRef::<html::Input>::new();
    let list = NodeRef::<html::Div>::new();
    let (active, set_active) = signal(None::<String>);
    let show = move || {
        let Some((input, list)) = input.get_untracked().zip(list.get_untracked()) else { return };
        let words = input.value();
        options::filter(&list, &words);
        people.find(words.trim());
    };
    // Text may have been typed before hydration.
    Effect::new(move |_| show());
    // Effects run after the rows are in the DOM: the first is the best match.
    Effect::new(move |_| {
        people.found.track();
        people.note.track();
        set_active.set(list.get().and_then(|list| options::select(&list, 0)));
    });
    let press = move |key: ev::KeyboardEvent| {
        let Some(list) = list.get_untracked().filter(|_| !key.is_composing()) else { return };
        let step = match key.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Enter" if options::choose(&list) => 0,
            _ => return,
        };
        key.prevent_default();
        if step != 0 {
            set_active.set(options::step(&list, step));
        }
    };
    view! {
        <form class="palette-search" method="get" action="/">
            <input
                node_ref=input
                name="q"
                type="text"
                role="combobox"
                aria-label=text::palette::PERSON_OR_PAGE
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=active
                placeholder=text::palette::PERSON_OR_PAGE
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                enterkeyhint="go"
                maxlength=ListUsers::MAX_Q_CHARS.to_string()
                autofocus=true
                on:input=move |_| show()
                on:keydown=press
            />
        </form>
        <div node_ref=list id="palette-list" class="palette-list" role="listbox" aria-label=text::palette::FOUND>
            <div role="group" aria-labelledby="palette-people" hidden=move || people.found.read().is_empty()>
                <p id="palette-people" role="presentation">{text::palette::PEOPLE}</p>
                {move || people.found.get().into_iter().map(option).collect_view()}
            </div>
            {children()}
        </div>
        <p class="palette-note" role="status" data-said=move || people.note.read().is_said().then_some("")>
            {move || people.note.get().text()}
        </p>
    }
}

fn option(user: User) -> impl IntoView {
    let id = format!("palette-{}", user.id);
    let href = format!("/users/{}", user.id);
    view! {
        <a id=id role="option" tabindex="-1" href=href>
            {avatar_of(&user)}
            <span class="palette-name" dir="auto">{user.profile.name}</span>
            <span class="palette-email">{user.profile.email}</span>
        </a>
    }
}
