//! `rollcall users`: manages people, in the local database or through the API of a running server.

mod directory;
mod local;
mod output;
mod remote;
mod response;
mod target;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use self::{directory::Directory, output::Output, target::Target};
use super::{
    exit_code::{EXIT_CODES, InvalidArgument, fail, fail_as_json},
    list_query::{ListQuery, Paging},
    profile_args::{NewProfile, ProfileChanges},
};
use crate::{
    domain::{AppError, ListEvents, ListUsers, User, UserId},
    server::{config::Config, services::users::ExpectedVersion},
};

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Command {
    #[command(flatten)]
    target: Target,
    /// Print JSON: an array for a list, an object for one person; errors as problem details on standard error
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
        /// Id or e-mail address of the person
        #[arg(value_name = "ID|EMAIL")]
        id_or_email: String,
    },
    /// Add a person
    Create {
        #[command(flatten)]
        profile: NewProfile,
    },
    /// Change the fields of a person
    Update {
        /// Id or e-mail address of the person
        #[arg(value_name = "ID|EMAIL")]
        id_or_email: String,
        #[command(flatten)]
        changes: ProfileChanges,
        /// Update only if the person still has this version, as shown by `get` [default: any version]
        #[arg(long, value_name = "VERSION")]
        if_version: Option<i64>,
    },
    /// Delete people; they can be restored until --trash-days have passed
    Delete {
        /// Ids of the people
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Restore deleted people
    Restore {
        /// Ids of the people
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Show the history of a person: what was changed, when and by whom, newest first
    History {
        /// Id or e-mail address of the person
        #[arg(value_name = "ID|EMAIL")]
        id_or_email: String,
        /// Number of changes
        #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
        per_page: u32,
        /// Only changes older than the one with this number
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
    /// Erase a person permanently, and their name from the audit trail; not with --server
    Erase {
        /// Id of the person, as in the URL of their page
        id: String,
    },
}

impl Action {
    /// Whether the action creates a database that is missing, as `creates_database` of other commands.
    const fn creates_database(&self) -> bool {
        matches!(self, Self::Create { .. })
    }

    /// Checks the flags that depend on each other, before a database is opened or a server is asked.
    fn validate(&self) -> Result<(), InvalidArgument> {
        let Self::List { query, paging } = self else { return Ok(()) };
        query.page(paging).map(|_| ()).map_err(|errors| InvalidArgument(errors.to_string()))
    }
}

/// Runs the command and prints its result.
pub async fn run(command: Command, config: &Config) -> ExitCode {
    let Command { target, json, action } = command;
    let fail = if json { fail_as_json } else { fail };
    if let Err(error) = action.validate() {
        return fail(&error.into());
    }
    let directory = match target.open(config, action.creates_database()).await {
        Ok(directory) => directory,
        Err(error) => return fail(&error),
    };
    let output = Output { json };
    let code = match action {
        Action::Delete { ids } => delete(&*directory, &ids, output, fail).await,
        Action::Restore { ids } => restore(&*directory, &ids, output, fail).await,
        action => act(&*directory, action, output).await.map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS),
    };
    directory.close().await;
    code
}

async fn act(directory: &dyn Directory, action: Action, output: Output) -> anyhow::Result<()> {
    match action {
        Action::List { query, paging } => {
            let query = query.page(&paging)?;
            output.people(&directory.list(&query).await?, query.status)?;
        }
        Action::Get { id_or_email } => output.person(&find(directory, &id_or_email).await?)?,
        Action::Create { profile: NewProfile(profile) } => output.person(&directory.create(&profile.into()).await?)?,
        Action::Update { id_or_email, changes: ProfileChanges(changes), if_version } => {
            let id = id_of(directory, &id_or_email).await?;
            let expected = if_version.map_or(ExpectedVersion::Any, ExpectedVersion::from);
            output.person(&directory.update(id, expected, &changes).await?)?;
        }
        Action::History { id_or_email, per_page, before } => {
            let query = ListEvents { before, per_page, ..ListEvents::default() };
            output.history(&directory.history(id_of(directory, &id_or_email).await?, &query).await?)?;
        }
        Action::Erase { id } => {
            let id = id.parse()?;
            directory.erase(id).await?;
            output.erased(id)?;
        }
        Action::Delete { .. } | Action::Restore { .. } => {}
    }
    Ok(())
}

type Fail = fn(&anyhow::Error) -> ExitCode;

/// Deletes people one by one. A failure is reported and does not stop the others.
async fn delete(directory: &dyn Directory, ids: &[String], output: Output, fail: Fail) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let mut done = Vec::new();
    for text in ids {
        match delete_one(directory, text).await {
            Ok(id) => done.push(id),
            Err(error) => code = fail(&error.context(text.clone())),
        }
    }
    output.deleted(&done).map_or_else(|error| fail(&error.into()), |()| code)
}

async fn delete_one(directory: &dyn Directory, text: &str) -> anyhow::Result<UserId> {
    let id = text.parse()?;
    directory.delete(id).await?;
    Ok(id)
}

async fn restore(directory: &dyn Directory, ids: &[String], output: Output, fail: Fail) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    let mut done = Vec::new();
    for text in ids {
        match restore_one(directory, text).await {
            Ok(user) => done.push(user),
            Err(error) => code = fail(&error.context(text.clone())),
        }
    }
    output.restored(&done).map_or_else(|error| fail(&error.into()), |()| code)
}

async fn restore_one(directory: &dyn Directory, text: &str) -> anyhow::Result<User> {
    Ok(directory.restore(text.parse()?).await?)
}

async fn id_of(directory: &dyn Directory, id_or_email: &str) -> anyhow::Result<UserId> {
    if id_or_email.contains('@') { Ok(find(directory, id_or_email).await?.id) } else { Ok(id_or_email.parse()?) }
}

/// Finds a person by id, or an active person by e-mail address.
async fn find(directory: &dyn Directory, id_or_email: &str) -> anyhow::Result<User> {
    if !id_or_email.contains('@') {
        return Ok(directory.get(id_or_email.parse()?).await?);
    }
    let query = ListUsers { email: Some(id_or_email.to_owned()), ..ListUsers::default() };
    let found = directory.list(&query).await?.items.into_iter().next();
    Ok(found.ok_or_else(|| AppError::NotFound(format!("There is no active person with the address {id_or_email}.")))?)
}
