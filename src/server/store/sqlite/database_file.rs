//! The file of a database: how it is created, locked and found.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf, absolute},
    str::FromStr,
};

use anyhow::{Context, ensure};
use sqlx::sqlite::SqliteConnectOptions;

/// Readable by its owner only: the database holds password hashes.
pub const OWNER_ONLY: u32 = 0o600;

/// The suffix of the lock file.
const LOCK: &str = ".lock";

/// The path of a database that exists or is to be created.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
}

impl DatabaseFile {
    /// The file that a URL names, and how to connect to it.
    ///
    /// # Errors
    /// When it is not the URL of a SQLite file.
    pub fn of(url: &str) -> anyhow::Result<(Self, SqliteConnectOptions)> {
        let options =
            SqliteConnectOptions::from_str(url).with_context(|| format!("{url} is not the URL of a SQLite file"))?;
        Ok((Self { path: options.get_filename().to_owned() }, options))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path with a suffix, such as `-wal`.
    #[must_use]
    pub fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    /// # Errors
    /// When there is no database: a message for the operator, who may have mistyped the URL or be in another folder.
    pub fn ensure_exists(&self) -> anyhow::Result<()> {
        let path = absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        ensure!(
            self.path.exists(),
            "there is no database at {}: correct --database-url (DATABASE_URL), or create an empty database with \
             `rollcall migrate`",
            path.display()
        );
        Ok(())
    }

    /// Fails for a file that belongs to the database, even if it does not exist at the moment: a file with the name of
    /// the write-ahead log would be applied to the database.
    ///
    /// # Errors
    /// A message that names the file and its role.
    pub fn ensure_not_own(&self, file: &Path) -> anyhow::Result<()> {
        const OWN: [(&str, &str); 5] = [
            ("", "the database itself"),
            ("-wal", "the write-ahead log of the database"),
            ("-shm", "the shared memory of the database"),
            ("-journal", "the journal of the database"),
            (LOCK, "the lock file of the database"),
        ];
        // The lock file is named after the path as given, SQLite's files after the path without symbolic links.
        let (given, target) = (resolved(file), Self { path: resolved(&self.path) });
        for (suffix, role) in OWN {
            let is_own = [self, &target].iter().any(|database| resolved(&database.beside(suffix)) == given);
            ensure!(!is_own, "{} is {role}", file.display());
        }
        Ok(())
    }

    /// Whether there is a database, or a lock file that a process may hold.
    #[must_use]
    pub fn may_be_in_use(&self) -> bool {
        self.path.exists() || self.beside(LOCK).exists()
    }

    /// Waits for the lock to open, create or replace a database in this folder. Dropping the file
    /// releases it.
    ///
    /// # Errors
    /// When the folder does not exist or cannot be locked.
    pub async fn lock_folder(&self) -> io::Result<File> {
        let folder = File::open(folder(&self.path))?;
        tokio::task::spawn_blocking(move || folder.lock().map(|()| folder)).await.map_err(io::Error::other)?
    }

    /// Marks the database as in use until the file is dropped.
    ///
    /// # Errors
    /// When the lock file beside it cannot be created.
    pub fn lock_shared(&self) -> io::Result<File> {
        let lock = self.lock_file()?;
        lock.lock_shared().map(|()| lock)
    }

    /// Locks out all other processes until the file is dropped; `None` while the database is in use.
    ///
    /// # Errors
    /// When the lock file beside it cannot be created.
    pub fn try_lock_exclusive(&self) -> io::Result<Option<File>> {
        let lock = self.lock_file()?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Creates an empty file if there is none, durably.
    ///
    /// # Errors
    /// When the folder is not writable.
    pub fn create_if_missing(&self) -> io::Result<()> {
        match OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(&self.path) {
            Ok(file) => file.sync_all().and_then(|()| sync_folder(&self.path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The lock file is never removed: a waiter would hold the lock of a deleted file.
    fn lock_file(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY).open(self.beside(LOCK))
    }
}

/// Makes creating or renaming a file durable: syncs its folder.
///
/// # Errors
/// When the folder cannot be opened or synced.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder(file))?.sync_all()
}

/// The path without symbolic links, also of a file that does not exist.
fn resolved(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| {
        let folder = folder(file);
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        folder.join(file.file_name().unwrap_or_default())
    })
}

/// The folder of a file; the current one for a bare name.
#[must_use]
pub fn folder(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
