//! The header and footer of every page, and sections of a page.

use leptos::prelude::*;

use super::avatar::Avatar;
use crate::{
    domain::{Access, Member},
    ui::{context::PageAddress, text, theme::Theme},
};

/// The header of every page: home link, command palette, navigation and the signed-in user.
#[component]
pub fn SiteHeader() -> impl IntoView {
    // `None` on an error page that was rendered without a session.
    let access = use_context::<Access>();
    view! {
        <header class="site-header">
            <a class="brand" href="/" aria-label=text::site::HOME>
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
                    <rect width="32" height="32" rx="9"/>
                    <path d="M8 10.5h16M8 16h5M8 21.5h4M15.5 19.5l3.5 3.5 6-8"/>
                </svg>
                <span>{text::site::BRAND}</span>
            </a>
            {access.map(|access| view! { <SiteNav access/> })}
        </header>
    }
}

#[component]
fn SiteNav(access: Access) -> impl IntoView {
    let is_anonymous = access.member.is_none();
    view! {
        <nav class="site-nav" aria-label=text::site::SITE>
            {access.read.then(|| view! { <PaletteButton/> })}
            {access.administer.then(|| view! {
                <a href="/tokens">{text::site::TOKENS}</a>
                <a href="/audit">{text::site::AUDIT}</a>
            })}
            {access.member.map(|member| view! { <OwnLink member/> })}
            {is_anonymous.then(|| view! { <a href="/sign-in">{text::site::SIGN_IN}</a> })}
        </nav>
    }
}

/// Opens the command palette through `public/dialogs.js`; hidden without scripts.
#[component]
fn PaletteButton() -> impl IntoView {
    view! {
        <button
            type="button"
            class="palette-button"
            data-opens="palette"
            aria-haspopup="dialog"
            aria-label=text::palette::GO_TO
            aria-keyshortcuts="Control+K Meta+K"
        >
            <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.5" cy="8.5" r="5.5"/><path d="m13 13 4.5 4.5"/></svg>
            <kbd data-command="K" aria-hidden="true">{text::palette::CTRL_K}</kbd>
        </button>
    }
}

#[component]
fn OwnLink(member: Member) -> impl IntoView {
    let Member { id, name, .. } = member;
    view! {
        <a class="own" href="/account">
            <Avatar id name=name.clone()/>
            <span class="visually-hidden">{text::site::BEFORE_OWN_NAME}</span>
            <span class="own-name" dir="auto">{name}</span>
        </a>
    }
}

/// The footer of every page.
#[component]
pub fn SiteFooter() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <ThemeSwitch/>
            <nav class="footer-links" aria-label=text::site::ABOUT>
                <button type="button" class="plain" data-opens="shortcuts" aria-haspopup="dialog" aria-keyshortcuts="?">
                    {text::palette::KEYBOARD_SHORTCUTS}
                    " "
                    <kbd aria-hidden="true">"?"</kbd>
                </button>
                <a href="/api/docs">{text::site::API_DOCUMENTATION}</a>
                <span>{text::site::version(env!("CARGO_PKG_VERSION"))}</span>
            </nav>
        </footer>
    }
}

/// Chooses the theme. The form redirects back to the page; `public/theme.js` applies the choice without a reload.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = Theme::get();
    let choice = |theme: Theme| {
        let pressed = (theme == chosen).to_string();
        view! {
            <button type="submit" name="theme" value=theme.as_str() aria-pressed=pressed>{theme.title()}</button>
        }
    };
    view! {
        <form id="theme" method="post" action="/theme">
            <input type="hidden" name="to" value=PageAddress::get()/>
            <div class="theme-switch" role="group" aria-label=text::site::COLOURS>{Theme::ALL.map(choice).collect_view()}</div>
        </form>
    }
}

/// A link above the heading of a page, to the page that it belongs to.
#[component]
pub fn Breadcrumb(#[prop(into)] href: String, #[prop(into)] text: String) -> impl IntoView {
    view! { <nav aria-label=text::site::BREADCRUMB><a class="back" dir="auto" href=href>{text}</a></nav> }
}

/// A section of a page, with its heading at the side if the viewport is wide enough.
#[component]
pub fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="part">
            <h2>{title}</h2>
            <div class="part-body">{children()}</div>
        </section>
    }
}
