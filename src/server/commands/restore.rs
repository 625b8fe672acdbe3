//! `rollcall restore`: a backup in the place of a SQLite database.

use std::{path::Path, process::ExitCode};

use super::progress::Progress;
use crate::server::store::{self, DatabaseUrl};

/// Puts a verified copy of a backup in place and prints what is in it.
///
/// # Errors
/// When the backup is not good or may not take the place; then nothing was changed.
pub async fn run(url: &DatabaseUrl, file: &Path, overwrite: bool) -> anyhow::Result<ExitCode> {
    let progress = Progress::bytes("restoring", 0);
    let restored = store::restore(url, file, overwrite, &|done, of| progress.at_of(done, of)).await?;
    progress.finish();
    println!("{} people are back. Everybody has to sign in again.", restored.contents.people);
    if let Some(kept) = restored.kept {
        println!("The database before is {}", kept.display());
    }
    Ok(ExitCode::SUCCESS)
}
