//! Reports of backing up and restoring a SQLite database. PostgreSQL has its own tools.

use std::path::PathBuf;

/// Called with the number of bytes copied so far and in all.
pub type OnProgress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// The contents of a verified database.
#[derive(Debug, Clone, Copy)]
pub struct Contents {
    /// Active people.
    pub people: u64,
}

#[derive(Debug)]
pub struct Backup {
    pub contents: Contents,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// The replaced database.
    pub kept: Option<PathBuf>,
}
