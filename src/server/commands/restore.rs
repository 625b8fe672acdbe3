//! `rollcall restore`: replaces a SQLite database by a backup.

use std::{path::Path, process::ExitCode};

use super::progress::Progress;
use crate::server::store::{self, DatabaseUrl};

/// Installs a verified copy of a backup and prints a summary.
///
/// # Errors
/// When the backup is invalid or must not replace the database; then nothing is changed.
pub async fn run(url: &DatabaseUrl, file: &Path, overwrite: bool) -> anyhow::Result<ExitCode> {
    let progress = Progress::bytes("restoring", 0);
    let restored = store::restore(url, file, overwrite, &|done, of| progress.at_of(done, of)).await?;
    progress.finish();
    println!("Restored {} people. Everyone has to sign in again.", restored.contents.people);
    if let Some(kept) = restored.kept {
        println!("The previous database is {}", kept.display());
    }
    Ok(ExitCode::SUCCESS)
}
