use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use async_trait::async_trait;
use sqlx::{error::DatabaseError, query_scalar};

use super::{DatabaseFile, Sqlite, backup::backup, error, pool, restore::restore};
use crate::server::store::{
    Backup, DatabaseUrl, Engine, Examination, OnProgress, Options, Restored, Store, driver::Driver, schema,
};

pub struct SqliteDriver;

#[async_trait(?Send)]
impl Driver for SqliteDriver {
    fn accepts<'a>(&self, url: &'a DatabaseUrl) -> Option<&'a str> {
        if let DatabaseUrl::Sqlite(url) = url { Some(url) } else { None }
    }

    async fn open(&self, url: &str, options: Options) -> anyhow::Result<Arc<dyn Store>> {
        Ok(Arc::new(Sqlite::open(url, options).await?))
    }

    async fn examine(&self, url: &str) -> anyhow::Result<Examination> {
        let (database, options) = DatabaseFile::of(url)?;
        // Without a write-ahead log no process has the database open, and reading it as immutable creates no log.
        let is_closed = !database.beside("-wal").exists();
        let options =
            options.create_if_missing(false).read_only(true).immutable(is_closed).optimize_on_close(false, None);
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

    fn is_transient(&self, error: &dyn DatabaseError) -> bool {
        error::is_transient(error)
    }

    fn file(&self, url: &str) -> anyhow::Result<Option<PathBuf>> {
        Ok(Some(DatabaseFile::of(url)?.0.path().to_owned()))
    }

    async fn backup(&self, url: &str, to: &Path, overwrite: bool, progress: OnProgress<'_>) -> anyhow::Result<Backup> {
        backup(url, to, overwrite, progress).await
    }

    async fn restore(
        &self,
        url: &str,
        from: &Path,
        overwrite: bool,
        progress: OnProgress<'_>,
    ) -> anyhow::Result<Restored> {
        restore(url, from, overwrite, progress).await
    }
}
