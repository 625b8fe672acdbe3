use leptos::prelude::*;

use super::theme_switch::ThemeSwitch;
use crate::ui::text;

/// What stands at the end of every page.
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
