use std::{
    fmt::Write,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use ring::digest;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection, query, query_scalar,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tempfile::{Builder, NamedTempFile};

use super::{
    database_file::{DatabaseFile, folder, sync_folder},
    verify::verify,
};
use crate::server::store::{Backup, Contents, OnProgress};

/// Copies a database consistently while it is in use, and verifies the copy before it gets its name.
///
/// # Errors
/// When there is no database, or it cannot be copied or is damaged, or the file must not be replaced; then no file is
/// created.
pub async fn backup(url: &str, file: &Path, overwrite: bool, progress: OnProgress<'_>) -> anyhow::Result<Backup> {
    let (database, options) = DatabaseFile::of(url)?;
    database.ensure_exists()?;
    database.ensure_not_own(file)?;
    ensure_regular(file)?;
    ensure!(overwrite || !file.exists(), "{} already exists: use --overwrite to replace it", file.display());
    let _in_use = database.lock_shared().with_context(|| format!("cannot lock {}", database.path().display()))?;
    let partial = partial(file)?;
    let copied = copy(options, partial.path(), progress);
    copied.await.with_context(|| format!("cannot copy {} to {}", database.path().display(), file.display()))?;
    let contents = check(partial.path()).await.with_context(|| format!("the copy of {}", database.path().display()))?;
    let (bytes, sha256) = digest(partial.path())?;
    keep(partial, file, overwrite)?;
    Ok(Backup { contents, bytes, sha256 })
}

/// Fails for a folder, device, pipe or symbolic link, which a backup would otherwise replace.
fn ensure_regular(file: &Path) -> anyhow::Result<()> {
    let is_special = file.symlink_metadata().is_ok_and(|found| !found.is_file());
    ensure!(!is_special, "{} exists and is not a regular file", file.display());
    Ok(())
}

async fn check(file: &Path) -> anyhow::Result<Contents> {
    let mut database = open_copy(file).await?;
    let contents = verify(&mut database).await?;
    Ok(database.close().await.map(|()| contents)?)
}

/// A temporary file in the folder of its final name, readable by its owner only.
pub fn partial(file: &Path) -> anyhow::Result<NamedTempFile> {
    let Some(name) = file.file_name() else { bail!("{} is not a file name", file.display()) };
    let (mut prefix, suffix) = (PathBuf::from(name).into_os_string(), ".partial");
    prefix.push(".");
    let partial = Builder::new().prefix(&prefix).suffix(suffix).tempfile_in(folder(file));
    partial.with_context(|| format!("cannot write {}", file.display()))
}

/// Opens a temporary copy without a journal on disk, because a crash discards the copy anyway.
pub async fn open_copy(file: &Path) -> anyhow::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(true);
    options.connect().await.context("is not a readable database")
}

/// Renames a temporary file to its final name, durably.
fn keep(partial: NamedTempFile, file: &Path, overwrite: bool) -> anyhow::Result<()> {
    partial.as_file().sync_all().with_context(|| format!("cannot write {}", file.display()))?;
    let kept = if overwrite { partial.persist(file) } else { partial.persist_noclobber(file) };
    kept.with_context(|| format!("cannot write {}", file.display()))?;
    sync_folder(file).with_context(|| format!("cannot sync the folder of {}", file.display()))
}

/// Copies in one read transaction, which in WAL mode blocks no writer.
async fn copy(options: SqliteConnectOptions, to: &Path, progress: OnProgress<'_>) -> anyhow::Result<()> {
    let mut source = options.create_if_missing(false).read_only(true).connect().await?;
    let size: i64 = query_scalar(
        "select (page_count - freelist_count) * page_size from pragma_page_count, pragma_freelist_count, pragma_page_size",
    )
    .fetch_one(&mut source)
    .await?;
    let name = to.to_str().context("its name is not UTF-8")?;
    {
        let mut copying = std::pin::pin!(query("vacuum into ?").bind(name).execute(&mut source));
        loop {
            tokio::select! {
                copied = &mut copying => {
                    copied?;
                    break;
                }
                () = tokio::time::sleep(Duration::from_millis(200)) => {
                    progress(to.metadata().map_or(0, |file| file.len()), size.unsigned_abs());
                }
            }
        }
    }
    Ok(source.close().await?)
}

/// The length of a file, and its SHA-256 as `sha256sum` prints it.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut digest) = (File::open(path)?, digest::Context::new(&digest::SHA256));
    let (mut buffer, mut bytes) = (vec![0; 1 << 20], 0);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
    let mut sha256 = String::new();
    for byte in digest.finish().as_ref() {
        // Writing to a string does not fail.
        let _ = write!(sha256, "{byte:02x}");
    }
    Ok((bytes, sha256))
}
