use leptos::prelude::*;

use super::theme_switch::ThemeSwitch;

/// What stands at the end of every page.
#[component]
pub fn SiteFooter() -> impl IntoView {
    view! {
        <footer class="site-footer">
            <ThemeSwitch/>
            <nav class="footer-links" aria-label="About">
                <button type="button" class="plain" data-opens="shortcuts" aria-haspopup="dialog" aria-keyshortcuts="?">
                    "Keyboard shortcuts "
                    <kbd aria-hidden="true">"?"</kbd>
                </button>
                <a href="/api/docs">"API documentation"</a>
                <span>"Rollcall " {env!("CARGO_PKG_VERSION")}</span>
            </nav>
        </footer>
    }
}
