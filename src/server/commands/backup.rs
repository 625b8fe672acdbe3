//! `rollcall backup` copies a SQLite database while it is in use; `rollcall restore` replaces one by a backup.

use std::{path::Path, process::ExitCode};

use super::{
    progress::Progress,
    terminal::{people, print},
};
use crate::server::{
    foundation::clock::{Clock, SystemClock},
    store::{self, DatabaseUrl},
};

/// Makes a verified copy and prints a summary of it.
///
/// # Errors
/// When no verified copy could be made; then no file is left.
pub async fn backup(url: &DatabaseUrl, file: &Path, overwrite: bool) -> anyhow::Result<ExitCode> {
    let (progress, started) = (Progress::bytes("backing up", 0), SystemClock.now()?);
    let made = store::backup(url, file, overwrite, &|done, of| progress.at_of(done, of)).await?;
    progress.finish();
    print([format!(
        "Backed up {} in {} bytes, with all changes before {started}; SHA-256 {}",
        people(made.contents.people),
        made.bytes,
        made.sha256
    )])?;
    Ok(ExitCode::SUCCESS)
}

/// Installs a verified copy of a backup and prints a summary.
///
/// # Errors
/// When the backup is invalid or must not replace the database; then nothing is changed.
pub async fn restore(url: &DatabaseUrl, file: &Path, overwrite: bool) -> anyhow::Result<ExitCode> {
    let progress = Progress::bytes("restoring", 0);
    let restored = store::restore(url, file, overwrite, &|done, of| progress.at_of(done, of)).await?;
    progress.finish();
    let summary = format!("Restored {}. Everyone has to sign in again.", people(restored.contents.people));
    let kept = restored.kept.map(|kept| format!("The previous database was kept as {}", kept.display()));
    print([Some(summary), kept].into_iter().flatten())?;
    Ok(ExitCode::SUCCESS)
}
