use leptos::prelude::*;

#[component]
pub fn SiteHeader() -> impl IntoView {
    view! {
        <header class="site-header">
            <a class="brand" href="/" aria-label="Rollcall, to the list of people">
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
                    <rect width="32" height="32" rx="9"/>
                    <path d="M8 10.5h16M8 16h5M8 21.5h4M15.5 19.5l3.5 3.5 6-8"/>
                </svg>
                <span>"Rollcall"</span>
            </a>
        </header>
    }
}
