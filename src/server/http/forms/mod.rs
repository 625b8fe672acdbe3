//! HTML forms, posted to the page that shows them: each calls a service, then redirects, or renders the page again with
//! the errors and the submitted values.

mod account;
mod audit;
mod imports;
mod list;
mod person;
mod post;
mod sign_in;
pub(super) mod theme;
mod tokens;
mod upload;

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};

use super::{pages::render, rest::document, state::AppState};
use crate::{domain::AppError, ui};

pub fn routes() -> Router<AppState> {
    let pages = ui::app::PATHS.iter().fold(Router::new(), |router, path| {
        let path = in_axum(path);
        router.route(&path, page(&path))
    });
    pages.route("/sign-out", post(sign_in::sign_out)).route("/theme", post(theme::choose))
}

/// A path of the pages' router in the syntax of axum: `/users/:id` becomes `/users/{id}`.
fn in_axum(path: &str) -> String {
    let segment = |segment: &str| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
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
        "/audit" => get(audit::show),
        "/api/docs" => get(document::page),
        _ => page,
    }
}

/// The error for an `action` that no form of the page has.
fn no_such_form() -> AppError {
    AppError::Malformed("There is no such form on this page.".to_owned())
}
