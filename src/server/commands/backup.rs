//! `rollcall backup`: a copy of a SQLite database, beside whoever uses it.

use std::{path::Path, process::ExitCode};

use super::progress::Progress;
use crate::server::{
    foundation::clock::{Clock, SystemClock},
    store::{self, DatabaseUrl},
};

/// Makes a verified copy and prints what is in it.
///
/// # Errors
/// When no good copy could be made; then there is none.
pub async fn run(url: &DatabaseUrl, file: &Path, overwrite: bool) -> anyhow::Result<ExitCode> {
    let (progress, begun) = (Progress::bytes("backing up", 0), SystemClock.now()?);
    let made = store::backup(url, file, overwrite, &|done, of| progress.at_of(done, of)).await?;
    progress.finish();
    println!(
        "{} people in {} bytes, with everything that was done before {begun}; SHA-256 {}",
        made.contents.people, made.bytes, made.sha256
    );
    Ok(ExitCode::SUCCESS)
}
