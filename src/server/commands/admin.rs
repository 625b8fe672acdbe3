//! `rollcall admin create`: an admin without the setup link, for automation.

use std::{io::BufRead, sync::Arc};

use anyhow::Context;
use clap::Subcommand;
use secrecy::SecretString;

use super::profile_args::NewProfile;
use crate::server::{
    foundation::clock::{SystemClock, UuidV7},
    services::{
        accounts::{Accounts, Entrance},
        identity::Actor,
    },
    store::Store,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an admin: somebody new, or who has the e-mail address already
    Create {
        #[command(flatten)]
        profile: NewProfile,
        /// Read the password from standard input, to the end of its first line
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

/// # Errors
/// When the fields are not good, or the database cannot be used.
pub async fn run(store: Arc<dyn Store>, command: Command, entrance: Entrance) -> anyhow::Result<()> {
    let Command::Create { profile: NewProfile(profile), password_stdin: _ } = command;
    let accounts = Accounts::new(store, Arc::new(SystemClock), Arc::new(UuidV7), entrance)?;
    let member = accounts.create_admin(&Actor::operator(), &profile.into(), read_password()?).await?;
    println!("{} is an admin.", member.email);
    Ok(())
}

fn read_password() -> anyhow::Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}
