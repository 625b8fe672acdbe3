//! Rebuilding outdated users, alone and beside other writers.

use std::fs;

use rollcall::{
    domain::{Action, FOLDING, Total},
    server::{
        services::derived_columns::rebuild,
        store::{self, Options},
    },
};
use serde_json::Value;
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use super::{
    super::{NOW, contract, count, create, names, trail},
    PEOPLE, create_outdated, execute, outdated_count, rebuild_all, write_earlier,
};
use crate::support::{Fresh, bring_in, event, id, record, update_user};

contract! {
    a_rebuild_changes_nothing_but_derived_columns,
    an_interrupted_rebuild_is_resumed,
    two_rebuilds_at_once_do_no_harm,
    a_user_changed_meanwhile_is_skipped,
    rows_written_by_an_older_instance_are_rebuilt,
    the_index_of_outdated_users_is_for_the_current_folding,
}

async fn bring_in_outdated(database: &Fresh, count: u32) {
    let people: Vec<_> =
        (1..=count).map(|n| record(n, &format!("Zoë O’Neill {n}"), &format!("p{n}@example.org"), NOW)).collect();
    bring_in(database.store.as_ref(), &people).await;
    let outdated = "set folding = 1, name_key = name, search = lower(name) || '\n' || email_key || '\n  zo  o’'";
    execute(database, &format!("update users {outdated}"), &format!("update public.users {outdated}")).await;
    assert_eq!(outdated_count(database).await, u64::from(count));
}

async fn a_rebuild_changes_nothing_but_derived_columns(database: Fresh) {
    create_outdated(&database, &PEOPLE).await;
    let users = async || database.store.list(&"sort=created_at".parse().unwrap()).await.unwrap().items;
    let (before, recorded) = (users().await, trail(&database, "").await);
    rebuild_all(&database).await;
    assert_eq!(users().await, before);
    assert_eq!(trail(&database, "").await, recorded);
    assert_eq!(rebuild(database.store.as_ref()).await.unwrap().users, 0, "there is nothing left to do");
}

async fn an_interrupted_rebuild_is_resumed(database: Fresh) {
    bring_in_outdated(&database, 1_200).await;
    let batch = database.store.outdated(0, 500).await.unwrap();
    let batch: Vec<_> = batch.iter().map(store::DerivedRow::rebuilt).collect();
    assert_eq!(database.store.rederive(&batch).await.unwrap(), Some(500));
    assert_eq!(outdated_count(&database).await, 700);
    let again = store::open(&database.url.parse().unwrap(), Options::default()).await.unwrap();
    assert_eq!(rebuild(again.as_ref()).await.unwrap().users, 700);
    assert_eq!(outdated_count(&database).await, 0);
    let query = "q=oneill".parse().unwrap();
    assert_eq!(count(&database, &query).await, Total::Exactly(1_200));
}

async fn two_rebuilds_at_once_do_no_harm(database: Fresh) {
    bring_in_outdated(&database, 1_200).await;
    let other = store::open(&database.url.parse().unwrap(), Options::default()).await.unwrap();
    let (one, other) = tokio::join!(rebuild(database.store.as_ref()), rebuild(other.as_ref()));
    // The instance that finds a rebuild in progress leaves it to the other.
    let users = one.unwrap().users + other.unwrap().users;
    assert_eq!((users, outdated_count(&database).await), (1_200, 0));
}

async fn a_user_changed_meanwhile_is_skipped(database: Fresh) {
    create_outdated(&database, &PEOPLE[..2]).await;
    let read = database.store.outdated(0, 10).await.unwrap();
    let renamed = record(1, "Ann Smith", "ann@example.org", NOW);
    update_user(&*database.store, &renamed, 1, &event(Action::UserUpdated, Some(id(1)))).await.unwrap().unwrap();
    let rebuilt: Vec<_> = read.iter().map(store::DerivedRow::rebuilt).collect();
    assert_eq!(database.store.rederive(&rebuilt).await.unwrap(), Some(1));
    assert_eq!(names(&database, "q=smith").await, ["Ann Smith"]);
    assert!(names(&database, "q=ann+oneill").await.is_empty());
    rebuild_all(&database).await;
}

async fn rows_written_by_an_older_instance_are_rebuilt(database: Fresh) {
    create(&database, &[(1, "Ann O’Neill", "ann@example.org", NOW)]).await;
    assert_eq!(outdated_count(&database).await, 0);
    write_earlier(&database, 1, "Ann O’Brien", "ann@example.org").await;
    assert_eq!(outdated_count(&database).await, 1, "the text says by which folding it was made");
    assert_eq!(names(&database, "q=o’brien").await, ["Ann O’Brien"]);
    rebuild_all(&database).await;
    assert_eq!(names(&database, "q=obrien").await, ["Ann O’Brien"]);
}

async fn the_index_of_outdated_users_is_for_the_current_folding(database: Fresh) {
    let sql: String = if database.url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
        let row =
            sqlx::query("select sql from sqlite_schema where name = 'users_outdated'").fetch_one(&mut connection).await;
        row.unwrap().get(0)
    } else {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        let row = sqlx::query("select indexdef from pg_indexes where indexname = 'users_outdated'")
            .fetch_one(&mut connection)
            .await;
        row.unwrap().get(0)
    };
    assert!(sql.replace(['(', ')'], "").ends_with(&format!("folding < {FOLDING}")), "{sql}");
}

/// A partial index is used only for a literal, so the statements repeat the version.
#[test]
fn the_statements_of_outdated_users_are_for_the_current_folding() {
    let mut count = 0;
    for file in fs::read_dir(".sqlx").unwrap() {
        let cached: Value = serde_json::from_str(&fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        let statement = cached["query"].as_str().unwrap();
        for rest in statement.split("folding < ").skip(1) {
            let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
            assert_eq!(version, FOLDING.to_string(), "{statement}");
            count += 1;
        }
    }
    assert!(count > 0, ".sqlx has no statement of outdated users");
}
