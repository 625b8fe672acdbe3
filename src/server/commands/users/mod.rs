//! `rollcall users`: people, from the command line; in the database of this machine or those of a
//! server that runs elsewhere.

mod answer;
mod directory;
mod local;
mod place;
mod remote;
mod show;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use self::{directory::Directory, place::Place, show::Shown};
use super::{
    list_query::{ListQuery, Paging},
    outcome::{EXIT_CODES, WrongArgument, fail, fail_as_json},
    profile_args::{NewProfile, ProfileChanges},
};
use crate::{
    domain::{AppError, ListEvents, ListUsers, User, UserId},
    server::{config::Config, services::users::Expected},
};

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Command {
    #[command(flatten)]
    place: Place,
    /// Print JSON: for a list an array, for one an object; errors as problem details on standard error
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List people
    List {
        #[command(flatten)]
        query: ListQuery,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a person
    Get {
        /// Their id, or e-mail address
        #[arg(value_name = "ID|EMAIL")]
        who: String,
    },
    /// Add a person
    Create {
        #[command(flatten)]
        profile: NewProfile,
    },
    /// Give a person another name or address
    Update {
        /// Their id, or e-mail address
        #[arg(value_name = "ID|EMAIL")]
        who: String,
        #[command(flatten)]
        changes: ProfileChanges,
        /// Only if they are still in this version, as `get` shows it; by default in any
        #[arg(long, value_name = "VERSION")]
        if_version: Option<i64>,
    },
    /// Delete people, who can be restored for a while
    Delete {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Bring deleted people back
    Restore {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Tell who changed a person, what, and when; the latest first
    History {
        /// Their id, or e-mail address
        #[arg(value_name = "ID|EMAIL")]
        who: String,
        /// How many changes
        #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        per_page: u32,
        /// Only what happened before the change of this number
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
    /// Remove a person for good, and what they were called from the audit trail; not with --server
    Erase {
        /// Their id, as their page's address has it
        id: String,
    },
}

/// Does it, and says how it went.
pub async fn run(command: Command, config: &Config) -> ExitCode {
    let Command { place, json, action } = command;
    let fail = if json { fail_as_json } else { fail };
    let directory = match place.open(config).await {
        Ok(directory) => directory,
        Err(error) => return fail(&error),
    };
    let shown = Shown { json };
    let code = match action {
        Action::Delete { ids } => delete(&*directory, &ids, shown, fail).await,
        Action::Restore { ids } => restore(&*directory, &ids, shown, fail).await,
        action => act(&*directory, action, shown).await.map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS),
    };
    directory.close().await;
    code
}

async fn act(directory: &dyn Directory, action: Action, shown: Shown) -> anyhow::Result<()> {
    match action {
        Action::List { query, paging } => {
            let query = query.page(&paging).map_err(|errors| WrongArgument(errors.to_string()))?;
            shown.people(&directory.list(&query).await?, query.status)?;
        }
        Action::Get { who } => shown.person(&find(directory, &who).await?)?,
        Action::Create { profile: NewProfile(profile) } => shown.person(&directory.create(&profile.into()).await?)?,
        Action::Update { who, changes: ProfileChanges(changes), if_version } => {
            let id = id_of(directory, &who).await?;
            let expected = if_version.map_or(Expected::Any, Expected::from);
            shown.person(&directory.update(id, expected, &changes).await?)?;
        }
        Action::History { who, per_page, before } => {
            let query = ListEvents { before, per_page, ..ListEvents::default() };
            shown.history(&directory.history(id_of(directory, &who).await?, &query).await?)?;
        }
        Action::Erase { id } => {
            let id = id.parse()?;
            directory.erase(id).await?;
            shown.erased(id)?;
        }
        Action::Delete { .. } | Action::Restore { .. } => {}
    }
    Ok(())
}

type Fail = fn(&anyhow::Error) -> ExitCode;

/// One after the other; who cannot be deleted is told, and does not keep the others.
async fn delete(directory: &dyn Directory, ids: &[String], shown: Shown, fail: Fail) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let mut done = Vec::new();
    for text in ids {
        match delete_one(directory, text).await {
            Ok(id) => done.push(id),
            Err(error) => code = fail(&error.context(text.clone())),
        }
    }
    shown.deleted(&done).map_or_else(|error| fail(&error.into()), |()| code)
}

async fn delete_one(directory: &dyn Directory, text: &str) -> anyhow::Result<UserId> {
    let id = text.parse()?;
    directory.delete(id).await?;
    Ok(id)
}

async fn restore(directory: &dyn Directory, ids: &[String], shown: Shown, fail: Fail) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let mut done = Vec::new();
    for text in ids {
        match restore_one(directory, text).await {
            Ok(user) => done.push(user),
            Err(error) => code = fail(&error.context(text.clone())),
        }
    }
    shown.restored(&done).map_or_else(|error| fail(&error.into()), |()| code)
}

async fn restore_one(directory: &dyn Directory, text: &str) -> anyhow::Result<User> {
    Ok(directory.restore(text.parse()?).await?)
}

async fn id_of(directory: &dyn Directory, who: &str) -> anyhow::Result<UserId> {
    if who.contains('@') { Ok(find(directory, who).await?.id) } else { Ok(who.parse()?) }
}

/// Somebody by their id, or somebody active by their address.
async fn find(directory: &dyn Directory, who: &str) -> anyhow::Result<User> {
    if !who.contains('@') {
        return Ok(directory.get(who.parse()?).await?);
    }
    let query = ListUsers { email: Some(who.to_owned()), ..ListUsers::default() };
    let found = directory.list(&query).await?.items.into_iter().next();
    Ok(found.ok_or_else(|| AppError::NotFound(format!("There is nobody active with the address {who}.")))?)
}
