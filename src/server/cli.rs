//! The command line.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context;
use axum::{Router, http::Uri};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};
use clap_complete::Shell;
use tracing_subscriber::EnvFilter;

use super::{
    commands::{
        admin, backup, doctor, export, healthcheck, import, imports,
        outcome::{EXIT_CODES, complaint, fail},
        restore, seed, serve, token, users,
    },
    config::{Config, LogFormat},
    http::state::AppState,
    store::{self, Store},
};

/// A user directory: browsed in a web page, read and written as JSON
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
    /// Serve the page and the API (what happens without a command)
    Serve,
    /// Ask a running server whether it is ready: exit code 0, or 1 and why not
    Healthcheck {
        /// Where it is, as in http://127.0.0.1:3000; by default, where --listen says
        #[arg(long, value_name = "URL")]
        url: Option<Uri>,
    },
    /// Look whether settings, database, disk, Redis and clock are well, and say how to mend what is not:
    /// exit code 0, or 1 when something fails
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print what a shell has to know to complete the words of this command
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Create the database if it is missing and bring its schema up to date
    Migrate,
    /// Bring people in from a file: all of them, or nobody
    Import(import::Options),
    /// What was brought in from files
    #[command(subcommand)]
    Imports(imports::Command),
    /// Write people to a file or to standard output
    Export(export::Options),
    /// Bring in made-up people with names of many languages
    Seed {
        /// How many
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        count: u32,
        /// The same seed makes the same people
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Copy a SQLite database to a file, beside a running server
    Backup {
        /// The file
        file: PathBuf,
        /// Replace the file when it is there already
        #[arg(long)]
        overwrite: bool,
    },
    /// Put a backup in the place of a SQLite database that no server uses
    Restore {
        /// The file
        file: PathBuf,
        /// Replace a database that has people in it; it is kept beside the new one
        #[arg(long)]
        overwrite: bool,
    },
    /// Admins
    #[command(subcommand)]
    Admin(admin::Command),
    /// API tokens, for services
    #[command(subcommand)]
    Token(token::Command),
    /// People: list, show, add, change, delete and restore them, here or on a running server
    Users(users::Command),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    run_with(Router::new())
}

/// The same, serving further routes beside those of the product: benchmarks add a page of their own.
#[must_use]
pub fn run_with(more: Router<AppState>) -> ExitCode {
    let (cli, settings) = match read() {
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

/// Whoever asks the doctor hears everything that is wrong with the settings; others the first.
fn read() -> Result<(Cli, doctor::Settings), clap::Error> {
    if !std::env::args_os().any(|argument| argument == "doctor") {
        return Ok((Cli::try_parse()?, doctor::Settings::default()));
    }
    let (matches, settings) = doctor::Settings::read(Cli::command())?;
    let cli = Cli::from_arg_matches(&matches)?;
    // The word may have been a name.
    let is_asked = matches!(cli.command, Some(Command::Doctor { .. }));
    Ok((if is_asked { cli } else { Cli::try_parse()? }, settings))
}

impl Cli {
    async fn run(self, more: Router<AppState>) -> anyhow::Result<ExitCode> {
        if let Some(Command::Users(command)) = self.command {
            return Ok(users::run(command, &self.config).await);
        }
        let url = &self.config.database_url;
        match &self.command {
            Some(Command::Backup { file, overwrite }) => return backup::run(url, file, *overwrite).await,
            Some(Command::Restore { file, overwrite }) => return restore::run(url, file, *overwrite).await,
            Some(Command::Healthcheck { url }) => return healthcheck::run(url.as_ref(), self.config.listen).await,
            Some(Command::Completions { shell }) => {
                clap_complete::generate(*shell, &mut Self::command(), "rollcall", &mut std::io::stdout());
                return Ok(ExitCode::SUCCESS);
            }
            _ => {}
        }
        let store = store::open(url, self.config.store()).await?;
        let outcome = self.run_on(store.clone(), more).await;
        store::close(&*store).await;
        outcome
    }

    async fn run_on(self, store: Arc<dyn Store>, more: Router<AppState>) -> anyhow::Result<ExitCode> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(store, &self.config, more).await?,
            // They open a store of their own, or none.
            Command::Backup { .. }
            | Command::Restore { .. }
            | Command::Healthcheck { .. }
            | Command::Completions { .. }
            | Command::Doctor { .. }
            | Command::Users(_) => {}
            Command::Migrate => println!("The schema is up to date."),
            Command::Import(options) => return import::run(store, options).await,
            Command::Imports(command) => imports::run(store, command).await?,
            Command::Export(options) => export::run(store, &options).await?,
            Command::Seed { count, seed } => seed::run(store, count, seed).await?,
            Command::Admin(command) => {
                admin::run(store, command, self.config.settings(self.config.listen).entrance).await?;
            }
            Command::Token(command) => token::run(store, command).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A wrong argument or setting: one line that names it. Help and version are no errors.
fn refuse(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::from(2);
    }
    eprintln!("rollcall: {}", complaint(&Cli::command(), error));
    ExitCode::from(2)
}

/// Log lines go to standard error; standard output is for answers.
///
/// What takes long is news of a server; a command is expected to be busy.
fn start_log(format: LogFormat, serves: bool) -> anyhow::Result<()> {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = match wanted.as_str() {
        "" if serves => EnvFilter::new("info,sqlx=warn,tower_sessions=error,tower_sessions_core=error"),
        "" => EnvFilter::new("info,sqlx=error"),
        wanted => EnvFilter::try_new(wanted).with_context(|| format!("RUST_LOG={wanted} is not a log filter"))?,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        // The outermost span, always the first, is that of the request.
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).init(),
    }
    // By default a panic is told in a form of its own, among lines that programs read.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a thread panicked");
    }));
    Ok(())
}
