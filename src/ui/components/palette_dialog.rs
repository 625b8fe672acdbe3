use leptos::{either::Either, prelude::*};

use crate::{
    domain::Access,
    ui::{islands::palette::Palette, theme::Theme},
};

/// The command palette: people and actions, found by typing. What whoever asks may do is written here
/// by the server, as links and buttons that the island filters. public/dialogs.js opens it.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    // Who may see nobody has nowhere to go.
    access.read.then(|| {
        view! {
            <dialog id="palette" class="dialog palette" aria-label="Go to a person or a page">
                <Palette>
                    <Actions access/>
                </Palette>
                <p class="palette-note" data-failed="" hidden=true role="alert">
                    "People cannot be found from here right now. Enter searches the list."
                </p>
            </dialog>
            <form id="sign-out" method="post" action="/sign-out" hidden=true></form>
        }
    })
}

#[component]
fn Actions(access: Access) -> impl IntoView {
    let Access { member, write, administer, .. } = access;
    let themes = Theme::ALL.map(|theme| {
        let id = format!("palette-theme-{}", theme.as_str());
        let text = format!("Colours: {}", theme.title());
        view! {
            <button id=id role="option" tabindex="-1" form="theme" type="submit" name="theme" value=theme.as_str()>
                {text}
            </button>
        }
    });
    view! {
        <div role="group" aria-labelledby="palette-actions" data-actions="">
            <p id="palette-actions" role="presentation">"Actions"</p>
            {write.then(|| link("new", "/users/new", "New person", Some("n")))}
            {link("people", "/", "All people", None)}
            {write.then(|| link("deleted", "/?status=deleted", "Deleted people", None))}
            {administer.then(|| (
                link("tokens", "/tokens", "Tokens", None),
                link("audit", "/audit", "Audit trail", None),
            ))}
            {member.is_some().then(|| link("account", "/account", "Your account", None))}
            {link("api", "/api/docs", "API documentation", None)}
            <button id="palette-shortcuts" role="option" tabindex="-1" type="button" data-opens="shortcuts">
                "Keyboard shortcuts"
            </button>
            {themes.collect_view()}
            {if member.is_some() {
                Either::Left(view! {
                    <button id="palette-out" role="option" tabindex="-1" type="submit" form="sign-out">"Sign out"</button>
                })
            } else {
                Either::Right(link("in", "/sign-in", "Sign in", None))
            }}
        </div>
    }
}

fn link(name: &str, href: &'static str, text: &'static str, key: Option<&'static str>) -> impl IntoView + use<> {
    let id = format!("palette-{name}");
    view! { <a id=id role="option" tabindex="-1" href=href aria-keyshortcuts=key>{text}</a> }
}
