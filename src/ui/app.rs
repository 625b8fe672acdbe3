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

/// The routes of the pages, declared only here: the server takes them from this router.
///
/// The router runs only on the server; islands have no router.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Router>
            <main id="main">
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=UsersPage/>
                    <Route path=path!("/users/new") view=NewUserPage/>
                    <Route path=path!("/users/:id") view=PersonPage/>
                    <Route path=path!("/users/:id/edit") view=EditUserPage/>
                    <Route path=path!("/users/:id/history") view=HistoryPage/>
                    <Route path=path!("/export") view=ExportPage/>
                    <Route path=path!("/imports") view=ImportsPage/>
                    <Route path=path!("/imports/:id") view=ImportPage/>
                    <Route path=path!("/tokens") view=TokensPage/>
                    <Route path=path!("/audit") view=AuditPage/>
                    <Route path=path!("/account") view=AccountPage/>
                    <Route path=path!("/sign-in") view=SignInPage/>
                    <Route path=path!("/invite") view=InvitePage/>
                    <Route path=path!("/api/docs") view=ApiDocsPage/>
                    <Route path=path!("/setup") view=SetupPage/>
                    <Route path=path!("/_styleguide") view=StyleguidePage/>
                </FlatRoutes>
            </main>
        </Router>
    }
}
