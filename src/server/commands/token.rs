//! `rollcall token`: API tokens from the command line.

use std::sync::Arc;

use clap::Subcommand;
use secrecy::ExposeSecret;

use crate::{
    domain::{ApiToken, Scope, Timestamp},
    server::{
        foundation::clock::{Clock, SystemClock, UuidV7},
        services::{
            identity::Actor,
            tokens::{TokenForm, Tokens},
        },
        store::Store,
    },
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token and print it, this once
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it may be used for: users:read, users:write or admin; give several by repeating
        #[arg(long = "scope", required = true)]
        scopes: Vec<Scope>,
        /// After how many days it ends, as in 90d; by default never
        #[arg(long, value_name = "DAYS", value_parser = parse_days)]
        expires: Option<u32>,
    },
    /// List the tokens, without their secrets
    List,
    /// End a token for good
    Revoke {
        /// Its id, as the list has it
        id: String,
    },
}

/// # Errors
/// When there is no such token, the fields are not good, or the database cannot be used.
pub async fn run(store: Arc<dyn Store>, command: Command) -> anyhow::Result<()> {
    let (tokens, actor) = (Tokens::new(store, Arc::new(SystemClock), Arc::new(UuidV7)), Actor::operator());
    match command {
        Command::Create { name, scopes, expires } => {
            let form = TokenForm { name, scopes: scopes.into_iter().collect(), expires_in_days: expires };
            println!("{}", tokens.create(&actor, &form).await?.expose_secret());
        }
        Command::List => {
            let now = SystemClock.now()?;
            for token in tokens.list(&actor).await? {
                println!("{}", line(&token, now));
            }
        }
        Command::Revoke { id } => {
            tokens.revoke(&actor, id.parse()?).await?;
            println!("Revoked.");
        }
    }
    Ok(())
}

/// Id, state, scopes, name and last use, between tabs.
fn line(token: &ApiToken, now: Timestamp) -> String {
    let state = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(end)) if end <= now => "expired".to_owned(),
        (None, Some(end)) => format!("until {}", end.date()),
        (None, None) => "valid".to_owned(),
    };
    let used = token.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {at}"));
    format!("{}\t{state}\t{}\t{}\t{used}", token.id, token.scopes, token.name)
}

fn parse_days(text: &str) -> Result<u32, String> {
    let days = text.strip_suffix('d').unwrap_or(text).parse().ok().filter(|days| (1..=Tokens::MAX_DAYS).contains(days));
    days.ok_or_else(|| format!("must be 1d to {}d", Tokens::MAX_DAYS))
}
