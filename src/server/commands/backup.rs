//! `rollcall backup`: copies a SQLite database while it is in use.

use std::{path::Path, process::ExitCode};

use super::progress::Progress;
use crate::server::{
    foundation::clock::{Clock, SystemClock},
    store::{self, DatabaseUrl},
};

/// Makes a verified copy and prints a summary of it.
///
/// # Errors
/// When no verified copy could be made; then no file is left.
pub async fn run(url: &DatabaseUrl, file: &Path, overwrite: bool) -> anyhow::Result<ExitCode> {
    let (progress, started) = (Progress::bytes("backing up", 0), SystemClock.now()?);
    let made = store::backup(url, file, overwrite, &|done, of| progress.at_of(done, of)).await?;
    progress.finish();
    println!(
        "Backed up {} people in {} bytes, with all changes before {started}; SHA-256 {}",
        made.contents.people, made.bytes, made.sha256
    );
    Ok(ExitCode::SUCCESS)
}
