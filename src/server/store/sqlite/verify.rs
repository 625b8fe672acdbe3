use anyhow::{Context, bail, ensure};
use sqlx::{SqliteConnection, migrate::Migrate, query, query_scalar};

use super::MIGRATIONS;
use crate::server::store::{Contents, schema};

/// Verifies that a database is Rollcall's, is not damaged, and has a schema that this binary knows.
///
/// # Errors
/// The damage, as text that follows the name of the database.
pub async fn verify(connection: &mut SqliteConnection) -> anyhow::Result<Contents> {
    let has_search = ensure_schema(connection).await?;
    let found: Vec<String> =
        query_scalar("pragma integrity_check(10)").fetch_all(&mut *connection).await.context("is damaged")?;
    ensure!(found == ["ok"], "is damaged: {}", found.join("; "));
    let dangling = query("pragma foreign_key_check").fetch_all(&mut *connection).await?;
    match dangling.len() {
        0 => {}
        1 => bail!("is damaged: 1 row refers to a row that does not exist"),
        count => bail!("is damaged: {count} rows refer to rows that do not exist"),
    }
    if has_search {
        // Compares the search index with the users.
        let checked = query("insert into users_search (users_search, rank) values ('integrity-check', 1)");
        let checked = checked.execute(&mut *connection).await;
        checked.context("is damaged: its search index does not match its users")?;
    }
    let people =
        query_scalar!("select count(*) from users where deleted_at is null").fetch_one(&mut *connection).await?;
    Ok(Contents { people: people.unsigned_abs() })
}

/// Returns whether the schema already has the search index.
async fn ensure_schema(connection: &mut SqliteConnection) -> anyhow::Result<bool> {
    let tables = query_scalar("select name from sqlite_schema where name in ('users', 'users_search', ?)")
        .bind(schema::TABLE)
        .fetch_all(&mut *connection)
        .await;
    let tables: Vec<String> = tables.context("is not a readable database")?;
    let has = |name| tables.iter().any(|table| table == name);
    ensure!(has("users") && has(schema::TABLE), "is not a Rollcall database");
    let applied = connection.list_applied_migrations(schema::TABLE).await?;
    let (found, known) = (applied.iter().map(|migration| migration.version).max(), schema::newest(&MIGRATIONS));
    ensure!(
        found <= Some(known),
        "has schema version {}, but this release of Rollcall supports versions up to {known}: use the release that \
         created it, or a newer one",
        found.unwrap_or_default()
    );
    Ok(has("users_search"))
}
