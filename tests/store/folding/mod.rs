//! Users whose derived columns come from an earlier folding.

mod collisions;
mod rebuild;
mod search;

use rollcall::{domain::outdated, server::services::derived_columns::rebuild};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::create;
use crate::support::{Fresh, id};

async fn execute(database: &Fresh, sqlite: &str, postgres: &str) {
    if database.url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sqlite)).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(postgres)).execute(&mut connection).await.unwrap();
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The search text of folding 1.
fn earlier_search_text(name: &str, email: &str) -> String {
    let text = format!("{}\n{}", outdated::name_key(name), outdated::name_key(email));
    let mut starts = String::new();
    let mut previous = ' ';
    for (place, c) in text.char_indices() {
        let is_start = previous.is_whitespace() || (c.is_alphanumeric() && !previous.is_alphanumeric());
        if !c.is_whitespace() && is_start {
            starts.push_str("  ");
            starts.extend(text[place..].chars().take(2).filter(|c| !c.is_whitespace()));
        }
        previous = c;
    }
    format!("{text}\n{starts}")
}

/// Stores a user as a Rollcall with folding 1 did, without a version of the folding.
async fn write_earlier(database: &Fresh, n: u32, name: &str, email: &str) {
    let columns = [
        ("name", name.to_owned()),
        ("email", email.to_owned()),
        ("name_key", outdated::name_key(name)),
        ("email_key", outdated::email_key(email)),
        ("search", earlier_search_text(name, email)),
    ];
    let columns = columns.map(|(column, value)| format!("{column} = {}", quoted(&value))).join(", ");
    let sqlite = format!("update users set {columns} where id = x'{}'", id(n).0.simple());
    let postgres = format!("update public.users set {columns} where id = '{}'", id(n));
    execute(database, &sqlite, &postgres).await;
}

/// Creates people that are stored as folding 1 did: number, name, e-mail.
async fn create_outdated(database: &Fresh, people: &[(u32, &str, &str)]) {
    for (n, name, email) in people {
        create(database, &[(*n, name, email, "2020-01-01T00:00:00Z")]).await;
        write_earlier(database, *n, name, email).await;
    }
}

async fn outdated_count(database: &Fresh) -> u64 {
    database.store.count_outdated().await.unwrap()
}

async fn rebuild_all(database: &Fresh) {
    rebuild(database.store.as_ref()).await.unwrap();
    assert_eq!(outdated_count(database).await, 0);
}

const PEOPLE: [(u32, &str, &str); 5] = [
    (1, "Ann O'Neill", "ann@example.org"),
    (2, "Bob O’Neill", "bob@example.org"),
    (3, "Anne-Marie Cole", "cole@example.org"),
    (4, "Anne‑Marie Dahl", "dahl@example.org"),
    (5, "Ada\u{200b}lbert Plain", "plain@example.org"),
];
