use leptos::prelude::*;

use crate::ui::{context::PageAddress, text, theme::Theme};

/// Chooses the colours of the pages. Without scripts it leads back here; public/theme.js switches at
/// once.
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
