//! `rollcall token`: manages API tokens.

use std::sync::Arc;

use anyhow::anyhow;
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};

use super::terminal::print;
use crate::{
    domain::{ApiToken, Scope, Timestamp},
    server::{
        foundation::{
            clock::{Clock, SystemClock, UuidV7},
            limits::TOKEN_DAYS,
        },
        services::{
            identity::Actor,
            tokens::{TokenForm, Tokens},
        },
        store::Store,
    },
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a token and print it; it is shown only once
    Create {
        /// Purpose of the token
        #[arg(long)]
        name: String,
        /// Permission: users:read, users:write or admin; can be repeated
        #[arg(long = "scope", required = true)]
        scopes: Vec<Scope>,
        /// Days until the token expires, for example 90d [default: never]
        #[arg(long, value_name = "DAYS", value_parser = parse_days)]
        expires: Option<u32>,
    },
    /// List tokens, without their secrets
    List,
    /// Revoke a token permanently
    Revoke {
        /// Id of the token, as shown by `list`
        id: String,
    },
}

/// # Errors
/// When the token does not exist, the fields are invalid, or the database cannot be used.
pub async fn run(store: Arc<dyn Store>, command: Command) -> anyhow::Result<()> {
    let (tokens, actor) = (Tokens::new(store, Arc::new(SystemClock), Arc::new(UuidV7)), Actor::operator());
    match command {
        Command::Create { name, scopes, expires } => {
            let form = TokenForm { name, scopes: scopes.into_iter().collect(), expires_in_days: expires };
            show(&tokens, &actor, &tokens.create(&actor, &form).await?).await?;
        }
        Command::List => {
            let now = SystemClock.now()?;
            print(tokens.list(&actor).await?.iter().map(|token| line(token, now)))?;
        }
        Command::Revoke { id } => {
            tokens.revoke(&actor, id.parse()?).await?;
            print(["Revoked.".to_owned()])?;
        }
    }
    Ok(())
}

/// Prints a new token. If that fails, even because the reader is gone, the token is revoked: its secret was never shown.
async fn show(tokens: &Tokens, actor: &Actor, secret: &SecretString) -> anyhow::Result<()> {
    let Err(error) = print([secret.expose_secret().to_owned()]) else { return Ok(()) };
    Err(match tokens.revoke_secret(actor, secret).await {
        Ok(()) => anyhow!("the token was created but could not be shown, so it was revoked: {error}"),
        Err(kept) => anyhow!(
            "the token was created but could not be shown ({error}) or revoked ({kept}): find its id with `rollcall \
             token list` and revoke it with `rollcall token revoke`"
        ),
    })
}

/// Id, state, scopes, name and last use, separated by tabs.
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
    let days = text.strip_suffix('d').unwrap_or(text).parse().ok().filter(|days| (1..=TOKEN_DAYS).contains(days));
    days.ok_or_else(|| format!("must be from 1d to {TOKEN_DAYS}d"))
}
