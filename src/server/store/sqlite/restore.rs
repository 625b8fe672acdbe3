use chrono::Utc;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use sqlx::{ConnectOptions, Connection, query, query_scalar, sqlite::SqliteConnectOptions};

use super::{
    MIGRATIONS,
    backup::{open_copy, partial},
    database_file::{DatabaseFile, sync_folder},
    error::is_busy,
    verify::verify,
};
use crate::server::store::{Contents, OnProgress, Restored, schema};

/// Replaces a database by a backup, atomically, and keeps the old one next to it.
///
/// # Errors
/// When the backup is damaged, the database is in use, or has people and `overwrite` is not set; then
/// nothing was changed.
pub async fn restore(url: &str, file: &Path, overwrite: bool, progress: OnProgress<'_>) -> anyhow::Result<Restored> {
    let (database, options) = DatabaseFile::of(url)?;
    let name = database.path().display().to_string();
    let _folder = database.lock_folder().await.with_context(|| format!("cannot open {name}"))?;
    // The lock on the folder keeps other processes from creating a missing database, so it needs no lock file.
    let _lock = if database.may_be_in_use() {
        let lock = database.try_lock_exclusive().with_context(|| format!("cannot lock {name}"))?;
        ensure!(lock.is_some(), "{name} is in use: first stop the rollcall process that has it open");
        lock
    } else {
        None
    };
    database.ensure_not_own(file)?;
    let old = Old::look(&database, &options).await;
    ensure!(overwrite || !old.may_hold_people(), "{name} already contains people: use --overwrite to replace it");

    let mut partial = partial(database.path())?;
    copy(file, partial.as_file_mut(), progress).with_context(|| format!("cannot copy {}", file.display()))?;
    let contents = prepare(partial.path()).await.with_context(|| file.display().to_string())?;
    partial.as_file().sync_all().with_context(|| format!("cannot write {name}"))?;

    let kept = old.put_aside(&database, options).await?;
    partial.persist(database.path()).with_context(|| format!("cannot write {name}"))?;
    sync_folder(database.path()).with_context(|| format!("cannot sync the folder of {name}"))?;
    Ok(Restored { contents, kept })
}

/// The database to be replaced.
enum Old {
    Nothing,
    /// The number of people in it, including deleted ones.
    People(i64),
    Unreadable,
}

impl Old {
    async fn look(database: &DatabaseFile, options: &SqliteConnectOptions) -> Self {
        if !database.path().exists() {
            return Self::Nothing;
        }
        match people(options).await {
            Ok(people) => Self::People(people),
            Err(error) => {
                tracing::warn!(%error, "the database to be replaced cannot be read; it is kept as it is");
                Self::Unreadable
            }
        }
    }

    fn may_hold_people(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::People(people) => *people > 0,
            Self::Unreadable => true,
        }
    }

    /// Merges the write-ahead log into the file, because a remaining log would be applied to the new database, and
    /// gives the file a second name.
    async fn put_aside(
        &self,
        database: &DatabaseFile,
        options: SqliteConnectOptions,
    ) -> anyhow::Result<Option<PathBuf>> {
        let name = database.path().display();
        match self {
            Self::Nothing => return Ok(None),
            Self::People(_) => match merge_log(options).await {
                Err(error) if is_busy(&error) => {
                    bail!("{name} is in use: first stop the program that has it open")
                }
                merged => merged.with_context(|| format!("cannot merge the write-ahead log of {name} into it"))?,
            },
            Self::Unreadable => {}
        }
        keep(database).map(Some).with_context(|| format!("cannot keep {name} under another name"))
    }
}

async fn people(options: &SqliteConnectOptions) -> Result<i64, sqlx::Error> {
    let mut connection = options.clone().create_if_missing(false).connect().await?;
    let has_users: bool = query_scalar("select exists (select 1 from sqlite_schema where name = 'users')")
        .fetch_one(&mut connection)
        .await?;
    let people =
        if has_users { query_scalar!("select count(*) from users").fetch_one(&mut connection).await? } else { 0 };
    connection.close().await?;
    Ok(people)
}

/// Leaving WAL mode needs exclusive access, and removes the log.
async fn merge_log(options: SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.create_if_missing(false).connect().await?;
    query("pragma journal_mode = delete").execute(&mut connection).await?;
    connection.close().await
}

fn keep(database: &DatabaseFile) -> io::Result<PathBuf> {
    let kept = database.beside(&Utc::now().format(".before-restore-%Y-%m-%dT%H%M%S%.3fZ").to_string());
    fs::hard_link(database.path(), &kept)?;
    // Only an unreadable database still has a log.
    for suffix in ["-wal", "-shm"] {
        let mut name = kept.clone().into_os_string();
        name.push(suffix);
        match fs::rename(database.beside(suffix), name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync_folder(database.path())?;
    Ok(kept)
}

/// Verifies a copy, migrates its schema, and deletes sessions and links, which may have been ended or used after the
/// backup.
async fn prepare(copy: &Path) -> anyhow::Result<Contents> {
    let mut database = open_copy(copy).await?;
    let contents = verify(&mut database).await?;
    if let Err(error) = MIGRATIONS.run(&mut database).await {
        return Err(schema::refusal(&MIGRATIONS, &mut database, error).await.context("cannot be migrated"));
    }
    query!("delete from sessions").execute(&mut database).await?;
    query!("delete from links").execute(&mut database).await?;
    database.close().await?;
    Ok(contents)
}

fn copy(from: &Path, to: &mut File, progress: OnProgress<'_>) -> anyhow::Result<()> {
    let mut log = from.to_owned().into_os_string();
    log.push("-wal");
    let is_in_use = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    ensure!(!is_in_use, "it has a write-ahead log, so it is a database in use and not a backup");
    let mut from = File::open(from)?;
    let size = from.metadata()?.len();
    let (mut buffer, mut copied) = (vec![0; 1 << 20], 0);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..read])?;
        copied += read as u64;
        progress(copied, size);
    }
}
