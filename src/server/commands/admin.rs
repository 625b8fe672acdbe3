//! `rollcall admin create`: creates an admin without the setup link, for automation.

use std::{io::BufRead, sync::Arc};

use anyhow::Context;
use clap::Subcommand;
use secrecy::SecretString;

use super::{profile_args::NewProfile, terminal::print};
use crate::server::{
    foundation::clock::{SystemClock, UuidV7},
    services::{
        accounts::{Accounts, SignInPolicy},
        identity::Actor,
        users::Users,
    },
    store::Store,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create an admin, or make the person with this e-mail address one
    Create {
        #[command(flatten)]
        profile: NewProfile,
        /// Read the password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

/// # Errors
/// When the fields are invalid or the database cannot be used.
pub async fn run(store: Arc<dyn Store>, command: Command, sign_in_policy: SignInPolicy) -> anyhow::Result<()> {
    let Command::Create { profile: NewProfile(profile), password_stdin: _ } = command;
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(UuidV7));
    let users = Users::new(store.clone(), clock.clone(), ids.clone());
    let accounts = Accounts::new(users, store, clock, ids, sign_in_policy)?;
    let member = accounts.create_admin(&Actor::operator(), &profile.into(), read_password()?).await?;
    print([format!("{} is an admin.", member.email)])?;
    Ok(())
}

fn read_password() -> anyhow::Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}
