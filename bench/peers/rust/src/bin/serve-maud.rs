//! axum and maud: `serve-maud PAGE TABLE` renders two pages anew for each request, the list of people and a table of
//! ids.
//!
//! The markup around the rows of the list is constant and copied from the recorded page.

use std::sync::Arc;

use axum::{Router, extract::State, routing::get};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    before: String,
    after: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    hue: String,
    initials: String,
    href: String,
    name: String,
    email: String,
    datetime: String,
    title: String,
    date: String,
}

/// A row of the table of ids.
#[derive(Deserialize)]
struct Ids {
    id: String,
    name: String,
}

struct Pages {
    page: Page,
    table: Vec<Ids>,
}

async fn people(State(pages): State<Arc<Pages>>) -> Markup {
    let page = &pages.page;
    html! {
        (PreEscaped(&page.before))
        tbody role="rowgroup" {
            @for row in &page.rows {
                tr role="row" {
                    th role="rowheader" scope="row" {
                        span aria-hidden="true" class={ "avatar hue-" (row.hue) } { (row.initials) }
                        a dir="auto" href=(row.href) class="person-link" { (row.name) }
                    }
                    td role="cell" class="email" { (row.email) }
                    td role="cell" class="joined" {
                        time datetime=(row.datetime) title=(row.title) class="ago" { (row.date) }
                    }
                }
            }
        }
        (PreEscaped(&page.after))
    }
}

async fn table(State(pages): State<Arc<Pages>>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { "Table" }
            }
            body {
                table {
                    tbody {
                        @for row in &pages.table {
                            tr {
                                td { (row.id) }
                                td { (row.name) }
                                td { a href={ "/users/" (row.id) } { "Open" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn main() {
    let pages = Arc::new(Pages { page: peers::json(&peers::argument(1)), table: peers::json(&peers::argument(2)) });
    let router = Router::new().route("/", get(people)).route("/_bench", get(table)).with_state(pages);
    peers::run(async { axum::serve(peers::listen().await, router).await }).expect("it serves");
}
