//! `rollcall users`: what is done to single people from the command line.

use std::sync::Arc;

use clap::Subcommand;

use crate::server::{SystemClock, UuidV7, auth::Actor, store::Store, users::Users};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Remove a person for good, and what they were called from the audit trail
    Erase {
        /// Their id, as their page's address has it
        id: String,
    },
}

/// # Errors
/// When there is no such user, or only one admin, or the database cannot be used.
pub async fn run(store: Arc<dyn Store>, command: Command) -> anyhow::Result<()> {
    let Command::Erase { id } = command;
    Users::new(store, Arc::new(SystemClock), Arc::new(UuidV7)).erase(&Actor::operator(), id.parse()?).await?;
    println!("Erased.");
    Ok(())
}
