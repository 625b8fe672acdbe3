//! Rollcall with one extra route, `/_bench`: a table of a thousand rows of two ids and a link, rendered by Leptos for
//! each request. `bench/peers` compares it with the same table rendered by other frameworks.

use std::{process::ExitCode, sync::LazyLock};

use axum::{Router, response::Html, routing::get};
use leptos::{prelude::*, tachys::view::RenderHtml};
use uuid::Uuid;

/// The same allocator as Rollcall's.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const ROWS: usize = 1_000;

static IDS: LazyLock<Vec<[String; 2]>> = LazyLock::new(|| {
    let id = || Uuid::new_v4().to_string();
    (0..ROWS).map(|_| [id(), id()]).collect()
});

fn main() -> ExitCode {
    rollcall::server::cli::run_with(env!("CARGO_PKG_VERSION").to_owned(), Router::new().route("/_bench", get(table)))
}

async fn table() -> Html<String> {
    let rows = || {
        let row = |[id, name]: &'static [String; 2]| {
            let href = format!("/users/{id}");
            view! {
                <tr>
                    <td>{id.as_str()}</td>
                    <td>{name.as_str()}</td>
                    <td>
                        <a href=href>"Open"</a>
                    </td>
                </tr>
            }
        };
        IDS.iter().map(row).collect_view()
    };
    let page = view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <title>"Table"</title>
            </head>
            <body>
                <table>
                    <tbody>{rows()}</tbody>
                </table>
            </body>
        </html>
    };
    Html(page.to_html())
}
