//! The command line.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use axum::{Router, http::Uri};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};
use clap_complete::Shell;

use super::{
    commands::{
        admin, backup, doctor,
        exit_code::{EXIT_CODES, describe, fail},
        export, healthcheck, import, imports,
        log::start_log,
        seed, serve,
        terminal::{print, print_raw, unwritten},
        token, users,
    },
    config::Config,
    http::state::AppState,
    store::{self, Store},
};

/// A self-hosted user directory with a web page and a JSON API
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web page and the API (the default command)
    Serve,
    /// Check whether a running server is ready: exit code 0, or 1 with the reason
    Healthcheck {
        /// URL of the server, for example http://127.0.0.1:3000 [default: the address of --listen]
        #[arg(long, value_name = "URL")]
        url: Option<Uri>,
    },
    /// Check settings, database and environment, and suggest fixes: exit code 0, or 1 if a check fails
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Generate shell completions
    Completions {
        /// Shell to generate completions for
        shell: Shell,
    },
    /// Create the database if it is missing and migrate its schema
    Migrate,
    /// Import people from a file (all or nothing)
    Import(import::Options),
    /// List and undo imports
    #[command(subcommand)]
    Imports(imports::Command),
    /// Export people to a file or to standard output
    Export(export::Options),
    /// Add generated people with names from many languages
    Seed {
        /// Number of people
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        count: u32,
        /// Seed of the generator: the same seed generates the same people
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Back up a SQLite database to a file, even while a server is running
    Backup {
        /// File to write
        file: PathBuf,
        /// Replace the file if it exists
        #[arg(long)]
        overwrite: bool,
    },
    /// Restore a SQLite database from a backup; stop the server first
    Restore {
        /// Backup to restore
        file: PathBuf,
        /// Replace a database that contains people; the old one is kept under another name
        #[arg(long)]
        overwrite: bool,
    },
    /// Manage admins
    #[command(subcommand)]
    Admin(admin::Command),
    /// Manage API tokens for services
    #[command(subcommand)]
    Token(token::Command),
    /// Manage people, in the database or through a running server
    Users(users::Command),
}

impl Command {
    /// Whether the command creates a SQLite database that is missing, as on a first run. For all others a missing
    /// database is a mistake in --database-url.
    const fn creates_database(&self) -> bool {
        matches!(
            self,
            Self::Serve
                | Self::Migrate
                | Self::Import(_)
                | Self::Seed { .. }
                | Self::Admin(_)
                | Self::Token(token::Command::Create { .. })
        )
    }
}

/// Runs the command that the arguments name. `version` is printed by `--version`.
#[must_use]
pub fn run(version: String) -> ExitCode {
    run_with(version, Router::new())
}

/// Runs the command with additional routes, such as a page of the benchmarks.
#[must_use]
pub fn run_with(version: String, more: Router<AppState>) -> ExitCode {
    let (cli, settings) = match read(Cli::command().version(version)) {
        Ok(read) => read,
        Err(error) => return refuse(&error),
    };
    if let Some(Command::Doctor { json }) = cli.command {
        return match tokio::runtime::Runtime::new() {
            Ok(runtime) => runtime.block_on(doctor::run(&cli.config, settings, json)),
            Err(error) => fail(&error.into()),
        };
    }
    let serves = matches!(cli.command, None | Some(Command::Serve));
    if let Err(error) = start_log(cli.config.log_format, serves) {
        return fail(&error);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(cli.run(more)) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

/// Parses the arguments. `doctor` reports all invalid settings, other commands only the first.
fn read(command: clap::Command) -> Result<(Cli, doctor::SettingsReport), clap::Error> {
    if !std::env::args_os().any(|argument| argument == "doctor") {
        return Ok((parse(command)?, doctor::SettingsReport::default()));
    }
    let (matches, settings) = doctor::SettingsReport::read(command.clone())?;
    let cli = Cli::from_arg_matches(&matches)?;
    // The word `doctor` may have been the value of another argument.
    let is_doctor = matches!(cli.command, Some(Command::Doctor { .. }));
    Ok((if is_doctor { cli } else { parse(command)? }, settings))
}

/// Like `Cli::try_parse`, which makes a command of its own.
fn parse(mut command: clap::Command) -> Result<Cli, clap::Error> {
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

impl Cli {
    async fn run(self, more: Router<AppState>) -> anyhow::Result<ExitCode> {
        if let Some(Command::Users(command)) = self.command {
            return Ok(users::run(command, &self.config).await);
        }
        let url = &self.config.database_url;
        match &self.command {
            Some(Command::Backup { file, overwrite }) => return backup::backup(url, file, *overwrite).await,
            Some(Command::Restore { file, overwrite }) => return backup::restore(url, file, *overwrite).await,
            Some(Command::Healthcheck { url }) => return healthcheck::run(url.as_ref(), self.config.listen).await,
            Some(Command::Completions { shell }) => {
                // Generators panic when they cannot write.
                let mut script = Vec::new();
                clap_complete::generate(*shell, &mut Self::command(), "rollcall", &mut script);
                print_raw(&script)?;
                return Ok(ExitCode::SUCCESS);
            }
            _ => {}
        }
        let creates = self.command.as_ref().is_none_or(Command::creates_database);
        let store = store::open(url, self.config.store(creates)).await?;
        let outcome = self.run_on(store.clone(), more).await;
        store::close(&*store).await;
        outcome
    }

    async fn run_on(self, store: Arc<dyn Store>, more: Router<AppState>) -> anyhow::Result<ExitCode> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(store, &self.config, more).await?,
            // These open a store of their own, or none.
            Command::Backup { .. }
            | Command::Restore { .. }
            | Command::Healthcheck { .. }
            | Command::Completions { .. }
            | Command::Doctor { .. }
            | Command::Users(_) => {}
            Command::Migrate => print(["The schema is up to date.".to_owned()])?,
            Command::Import(options) => return import::run(store, options).await,
            Command::Imports(command) => imports::run(store, command).await?,
            Command::Export(options) => export::run(store, &options).await?,
            Command::Seed { count, seed } => seed::run(store, count, seed).await?,
            Command::Admin(command) => {
                admin::run(store, command, self.config.settings(self.config.listen).sign_in_policy).await?;
            }
            Command::Token(command) => token::run(store, command).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Reports an invalid argument or setting in one line that names it. Help and version are not errors.
fn refuse(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match error.print().map_err(unwritten) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.into()),
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::from(2);
    }
    eprintln!("rollcall: {}", describe(&Cli::command(), error));
    ExitCode::from(2)
}
