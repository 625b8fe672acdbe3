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

use axum::{Router, routing::MethodRouter, routing::get, routing::post};

use super::{pages::render, rest::document, state::AppState};

/// Every page with the form that is posted to it.
#[must_use]
pub fn pages() -> Vec<(&'static str, MethodRouter<AppState>)> {
    vec![
        ("/", get(list::show).post(list::change)),
        ("/sign-in", get(render).post(sign_in::sign_in)),
        ("/sign-out", post(sign_in::sign_out)),
        ("/theme", post(theme::choose)),
        ("/setup", get(render).post(sign_in::set_up)),
        ("/invite", get(render).post(sign_in::accept)),
        ("/account", get(render).post(account::change)),
        ("/users/new", get(render).post(person::create)),
        ("/users/{id}", get(render).post(person::change)),
        ("/users/{id}/edit", get(render).post(person::edit)),
        ("/users/{id}/history", get(render)),
        ("/export", get(render)),
        ("/imports", imports::unlimited(get(render).post(imports::begin))),
        ("/imports/{id}", get(render).post(imports::change)),
        ("/tokens", get(render).post(tokens::change)),
        ("/audit", get(render)),
        ("/api/docs", get(document::page)),
    ]
}

pub fn routes() -> Router<AppState> {
    pages().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods))
}
