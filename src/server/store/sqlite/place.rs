//! A database as a file among others: who makes it, has it open, replaces it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::Context;
use sqlx::sqlite::SqliteConnectOptions;

/// Only who runs Rollcall reads what it keeps: there are hashes of passwords in it.
pub const OWN: u32 = 0o600;

/// Where a database is, or is going to be.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
}

impl Place {
    /// The file that a URL names, and how to connect to it.
    ///
    /// # Errors
    /// When it is no URL of a SQLite file.
    pub fn of(url: &str) -> anyhow::Result<(Self, SqliteConnectOptions)> {
        let options = SqliteConnectOptions::from_str(url)
            .with_context(|| format!("{url} is not the address of a SQLite file"))?;
        Ok((Self { path: options.get_filename().to_owned() }, options))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file with something behind its name: `-wal`, say.
    #[must_use]
    pub fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    /// Waits until nobody opens, makes or replaces a database in this folder; nobody does until the
    /// file is dropped.
    ///
    /// # Errors
    /// When the folder is not there, or cannot be locked.
    pub async fn turn(&self) -> io::Result<File> {
        let folder = File::open(folder(&self.path))?;
        tokio::task::spawn_blocking(move || folder.lock().map(|()| folder)).await.map_err(io::Error::other)?
    }

    /// Says that the database is in use, until the file is dropped.
    ///
    /// # Errors
    /// When the lock file beside it cannot be made.
    pub fn share(&self) -> io::Result<File> {
        let lock = self.lock_file()?;
        lock.lock_shared().map(|()| lock)
    }

    /// The database for oneself, until the file is dropped; `None` while somebody uses it.
    ///
    /// # Errors
    /// When the lock file beside it cannot be made.
    pub fn claim(&self) -> io::Result<Option<File>> {
        let lock = self.lock_file()?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Makes an empty file if there is none; a power cut does not take it away again.
    ///
    /// # Errors
    /// When the folder takes no file.
    pub fn make(&self) -> io::Result<()> {
        match OpenOptions::new().write(true).create_new(true).mode(OWN).open(&self.path) {
            Ok(file) => file.sync_all().and_then(|()| sync_folder(&self.path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Never removed: who waits for a lock must not wait for that of a file that is gone.
    fn lock_file(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(false).mode(OWN).open(self.beside(".lock"))
    }
}

/// Makes what was done to the names in a file's folder last.
///
/// # Errors
/// When the folder cannot be opened or synced.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder(file))?.sync_all()
}

/// The folder of a file, which a bare name does not tell.
#[must_use]
pub fn folder(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
