//! HTML forms, posted to the page that shows them: each calls a service, then redirects, or renders the page again with
//! the errors and the submitted values.

mod account;
mod imports;
mod list;
mod person;
mod post;
mod sign_in;
pub(super) mod theme;
mod tokens;
mod upload;

use std::sync::LazyLock;

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};

use super::{pages::render, rest::document, state::AppState};
use crate::ui;

/// The paths of all pages, taken from the router of `ui::app`, where each page is declared once.
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let routes = leptos_axum::generate_route_list(ui::app::Pages);
    routes.iter().map(|route| route.path().to_owned()).collect()
});

pub fn routes() -> Router<AppState> {
    let pages = PAGES.iter().fold(Router::new(), |router, path| router.route(path, page(path)));
    pages.route("/sign-out", post(sign_in::sign_out)).route("/theme", post(theme::choose))
}

/// The methods of a page: rendering it, and the form that is posted to it.
fn page(path: &str) -> MethodRouter<AppState> {
    let page = get(render);
    match path {
        "/" => get(list::show).post(list::change),
        "/sign-in" => page.post(sign_in::sign_in),
        "/setup" => page.post(sign_in::set_up),
        "/invite" => page.post(sign_in::accept),
        "/account" => page.post(account::change),
        "/users/new" => page.post(person::create),
        "/users/{id}" => page.post(person::change),
        "/users/{id}/edit" => page.post(person::edit),
        "/imports" => imports::unlimited(page.post(imports::begin)),
        "/imports/{id}" => page.post(imports::change),
        "/tokens" => page.post(tokens::change),
        "/api/docs" => get(document::page),
        _ => page,
    }
}
