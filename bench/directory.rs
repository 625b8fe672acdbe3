//! Benchmark of the list with a million people: `make bench`.
//!
//! Prints one Markdown table for the database in `DATABASE_URL`, which must have been seeded. Every line is a ratio of
//! two medians (or a p99) of the same run.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rollcall::{
    domain::{ListUsers, User},
    server::store::{self, Store},
};
use sqlx::{Connection, PgConnection, SqliteConnection};

const ROUNDS: usize = 200;
const SORTS: [&str; 8] = ["name", "-name", "email", "-email", "created_at", "-created_at", "updated_at", "-updated_at"];

#[tokio::main]
async fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
    let store = store::open(&url.parse().unwrap(), store::Options::default()).await.unwrap();
    let total = store.list_with_total(&ListUsers::default()).await.unwrap().total.unwrap();
    println!("| {} of {total} people | | |\n|---|---|---|", url.split(':').next().unwrap());
    deep_pages(&store).await;
    searches(&store, &url).await;
    single(&store, &url).await;
    store.close().await;
}

/// Keyset pagination: page 20,000 of 20 rows each, reached by cursor, compared with page 1.
async fn deep_pages(store: &Arc<dyn Store>) {
    for sort in SORTS {
        let first: ListUsers = format!("sort={sort}").parse().unwrap();
        let mut list: ListUsers = format!("sort={sort}&per_page=100").parse().unwrap();
        for _ in 0..4_000 {
            let page = store.list(&list).await.unwrap();
            list = list.at_cursor(&page.next.unwrap());
        }
        let deep = ListUsers { per_page: 20, ..list };
        let (one, other) = (times_of(store, &first).await, times_of(store, &deep).await);
        line(&format!("page 20,000 : page 1, by {sort}"), ratio(&other, &one), &other);
    }
}

/// A selective search compared with a full scan, and an unselective search in every sort order.
async fn searches(store: &Arc<dyn Store>, url: &str) {
    let selective: ListUsers = "q=xaq".parse().unwrap();
    let found = times_of(store, &selective).await;
    let scanned = scan(url).await;
    line("`like '%xaq%'` scan : search for xaq", ratio(&scanned, &found), &found);
    for sort in SORTS {
        let list: ListUsers = format!("q=ann&sort={sort}").parse().unwrap();
        let times = times_of(store, &list).await;
        line(&format!("search for ann, by {sort}"), String::new(), &times);
    }
}

/// Lookups by id and by e-mail address compared with bare prepared statements of the same driver.
async fn single(store: &Arc<dyn Store>, url: &str) {
    let page = store.list(&"per_page=100".parse().unwrap()).await.unwrap();
    let users: Vec<User> = page.items;
    let (mut by_id, mut by_email) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let user = &users[round % users.len()];
        let list = ListUsers { email: Some(user.profile.email.clone()), ..ListUsers::default() };
        let start = Instant::now();
        store.get(user.id).await.unwrap().unwrap();
        by_id.push(start.elapsed());
        let start = Instant::now();
        store.list(&list).await.unwrap();
        by_email.push(start.elapsed());
    }
    let bare = Bare::times(url, &users).await;
    line("get by id : bare statement", ratio(&by_id, &bare.by_id), &by_id);
    line("list of an exact address : bare statement", ratio(&by_email, &bare.by_email), &by_email);
}

struct Bare {
    by_id: Vec<Duration>,
    by_email: Vec<Duration>,
}

const BY_ID: &str = "select name, email, version, created_at, updated_at from users where id = $1";
const BY_EMAIL: &str =
    "select name, email, version, created_at, updated_at from users where email_key = $1 and deleted_at is null";

impl Bare {
    async fn times(url: &str, users: &[User]) -> Self {
        let mut bare = Self { by_id: Vec::new(), by_email: Vec::new() };
        if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            for round in 0..ROUNDS {
                let user = &users[round % users.len()];
                let start = Instant::now();
                sqlx::query(BY_ID).bind(user.id.0).fetch_one(&mut connection).await.unwrap();
                bare.by_id.push(start.elapsed());
                let start = Instant::now();
                sqlx::query(BY_EMAIL)
                    .bind(user.profile.email.to_lowercase())
                    .fetch_optional(&mut connection)
                    .await
                    .unwrap();
                bare.by_email.push(start.elapsed());
            }
        } else {
            let mut connection = PgConnection::connect(url).await.unwrap();
            for round in 0..ROUNDS {
                let user = &users[round % users.len()];
                let start = Instant::now();
                sqlx::query(BY_ID).bind(user.id.0).fetch_one(&mut connection).await.unwrap();
                bare.by_id.push(start.elapsed());
                let start = Instant::now();
                sqlx::query(BY_EMAIL)
                    .bind(user.profile.email.to_lowercase())
                    .fetch_optional(&mut connection)
                    .await
                    .unwrap();
                bare.by_email.push(start.elapsed());
            }
        }
        bare
    }
}

/// The cost of a search without an index.
async fn scan(url: &str) -> Vec<Duration> {
    const SCAN: &str = "select name from users where deleted_at is null and search like '%xaq%' limit 21";
    let mut times = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::query(SCAN).fetch_all(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query("set enable_bitmapscan = off").execute(&mut connection).await.unwrap();
            sqlx::query(SCAN).fetch_all(&mut connection).await.unwrap();
        }
        times.push(start.elapsed());
    }
    times
}

async fn times_of(store: &Arc<dyn Store>, list: &ListUsers) -> Vec<Duration> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        store.list(list).await.unwrap();
        times.push(start.elapsed());
    }
    times
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

fn ratio(one: &[Duration], other: &[Duration]) -> String {
    format!("{:.2}", percentile(one, 50).as_secs_f64() / percentile(other, 50).as_secs_f64())
}

fn line(what: &str, ratio: String, times: &[Duration]) {
    println!("| {what} | {ratio} | p99 {:.2} ms |", percentile(times, 99).as_secs_f64() * 1_000.0);
}
