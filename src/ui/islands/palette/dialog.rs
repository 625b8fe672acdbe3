use leptos::{either::Either, prelude::*};

use super::Palette;
use crate::{
    domain::Access,
    ui::{text, theme::Theme},
};

/// The command palette: finds people and actions. The server renders the actions that the user may take as links and
/// buttons, which the island filters. `public/dialogs.js` opens it.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    // Without permission to read there is nothing to find.
    access.read.then(|| {
        view! {
            <dialog id="palette" class="dialog palette" aria-label=text::palette::GO_TO>
                <Palette>
                    <Actions access/>
                </Palette>
                <p class="palette-note" data-failed="" hidden=true role="alert">
                    {text::palette::FAILED}
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
        let title = text::site::choose_colours(theme.title());
        view! {
            <button id=id role="option" tabindex="-1" form="theme" type="submit" name="theme" value=theme.as_str()>
                {title}
            </button>
        }
    });
    view! {
        <div role="group" aria-labelledby="palette-actions" data-actions="">
            <p id="palette-actions" role="presentation">{text::palette::ACTIONS}</p>
            {write.then(|| link("new", "/users/new", text::site::NEW_PERSON, Some("n")))}
            {write.then(|| link("imports", "/imports", text::imports::IMPORT_PEOPLE, None))}
            {link("people", "/", text::site::ALL_PEOPLE, None)}
            {write.then(|| link("deleted", "/?status=deleted", text::site::DELETED_PEOPLE, None))}
            {administer.then(|| (
                link("tokens", "/tokens", text::site::TOKENS, None),
                link("audit", "/audit", text::trail::AUDIT_TRAIL, None),
            ))}
            {member.is_some().then(|| link("account", "/account", text::account::YOUR_ACCOUNT, None))}
            {link("api", "/api/docs", text::site::API_DOCUMENTATION, None)}
            <button id="palette-shortcuts" role="option" tabindex="-1" type="button" data-opens="shortcuts">
                {text::palette::KEYBOARD_SHORTCUTS}
            </button>
            {themes.collect_view()}
            {if member.is_some() {
                Either::Left(view! {
                    <button id="palette-out" role="option" tabindex="-1" type="submit" form="sign-out">{text::site::SIGN_OUT}</button>
                })
            } else {
                Either::Right(link("in", "/sign-in", text::site::SIGN_IN, None))
            }}
        </div>
    }
}

fn link(name: &str, href: &'static str, title: &'static str, key: Option<&'static str>) -> impl IntoView + use<> {
    let id = format!("palette-{name}");
    view! { <a id=id role="option" tabindex="-1" href=href aria-keyshortcuts=key>{title}</a> }
}
