//! The root component: layout and routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use super::{
    components::{
        error_panel::NotFoundPage,
        layout::{SiteFooter, SiteHeader},
        shortcuts_dialog::ShortcutsDialog,
        toast::FlashToast,
    },
    islands::palette::dialog::PaletteDialog,
    pages::{
        account::AccountPage,
        api_docs::ApiDocsPage,
        audit::AuditPage,
        edit_user::EditUserPage,
        export::ExportPage,
        history::HistoryPage,
        import::ImportPage,
        imports::ImportsPage,
        new_user::NewUserPage,
        person::PersonPage,
        setup::SetupPage,
        sign_in::{InvitePage, SignInPage},
        styleguide::StyleguidePage,
        tokens::TokensPage,
        users::UsersPage,
    },
    text,
};

/// Declares each page once: `PATHS` for the server's router, `Pages` for the one that renders.
///
/// `leptos_axum::generate_route_list` would find the paths too, but instantiates all pages once more: the library of a
/// debug build (`ls -l target/debug/deps/librollcall-*.rlib`) had 4.0 GB with it and 0.87 GB without.
macro_rules! pages {
    ($($path:tt => $page:ident,)+) => {
        /// The paths of all pages, with parameters like `:id`.
        pub const PATHS: &[&str] = &[$($path),+];

        /// The router, which runs only on the server; islands have none.
        #[component]
        fn Pages() -> impl IntoView {
            view! {
                <Router>
                    <main id="main">
                        <FlatRoutes fallback=NotFoundPage>
                            $(<Route path=path!($path) view=$page/>)+
                        </FlatRoutes>
                    </main>
                </Router>
            }
        }
    };
}

pages! {
    "/" => UsersPage,
    "/users/new" => NewUserPage,
    "/users/:id" => PersonPage,
    "/users/:id/edit" => EditUserPage,
    "/users/:id/history" => HistoryPage,
    "/export" => ExportPage,
    "/imports" => ImportsPage,
    "/imports/:id" => ImportPage,
    "/tokens" => TokensPage,
    "/audit" => AuditPage,
    "/account" => AccountPage,
    "/sign-in" => SignInPage,
    "/invite" => InvitePage,
    "/api/docs" => ApiDocsPage,
    "/setup" => SetupPage,
    "/_styleguide" => StyleguidePage,
}

/// The layout that all pages share.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        // leptos_meta does not escape titles, and a title may be a person's name.
        <Title formatter=|title| text::site::tab(&html_escape::encode_text(&title))/>
        <a class="skip-link" href="#main">{text::site::SKIP_TO_CONTENT}</a>
        <FlashToast/>
        <SiteHeader/>
        <Pages/>
        <SiteFooter/>
        <ShortcutsDialog/>
        // Last: the hydration ids of the page's own islands must not depend on it.
        <PaletteDialog/>
    }
}
