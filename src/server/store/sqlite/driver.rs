use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use sqlx::query_scalar;

use super::{DatabaseFile, Sqlite, pool};
use crate::server::store::{Engine, Examination, schema};

/// The file that a URL names.
///
/// # Errors
/// When it is no URL of a SQLite file.
pub fn file(url: &str) -> anyhow::Result<PathBuf> {
    Ok(DatabaseFile::of(url)?.0.path().to_owned())
}

/// Looks at a file that is there.
///
/// # Errors
/// When it cannot be read.
pub async fn examine(url: &str) -> anyhow::Result<Examination> {
    let (database, options) = DatabaseFile::of(url)?;
    // Without a log nobody has it open, and it can be read without one, which SQLite would leave here.
    let is_closed = !database.beside("-wal").exists();
    let options = options.create_if_missing(false).read_only(true).immutable(is_closed).optimize_on_close(false, None);
    let readers = pool(1).connect_with(options.clone()).await?;
    let has_schema: bool = query_scalar("select exists (select 1 from sqlite_schema where name = ?)")
        .bind(schema::TABLE)
        .fetch_one(&readers)
        .await?;
    let found: Vec<String> = query_scalar("pragma quick_check(3)").fetch_all(&readers).await?;
    let damage = (found != ["ok"]).then(|| found.join("; "));
    let version = query_scalar("select sqlite_version()").fetch_one(&readers).await?;
    let writer = pool(1).connect_lazy_with(options);
    let store = Arc::new(Sqlite::over(readers, writer, Arc::new(AtomicBool::new(false))));
    Ok(Examination { store, has_schema, engine: Engine::Sqlite { version, damage } })
}
