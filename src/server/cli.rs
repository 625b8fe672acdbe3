//! The command line.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use axum::http::Uri;
use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use clap_complete::Shell;
use tracing_subscriber::EnvFilter;

use super::{
    commands::{admin, backup, export, healthcheck, import, imports, restore, seed, token, users},
    config::{Config, LogFormat},
    serve,
    store::{self, Store},
};

/// How long what still runs in the database may hold up the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A user directory: browsed in a web page, read and written as JSON
#[derive(Debug, Parser)]
#[command(name = "rollcall", version)]
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
    /// Single people
    #[command(subcommand)]
    Users(users::Command),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    if let Err(error) = start_log(cli.config.log_format) {
        return fail(&error);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(cli.run()) {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

impl Cli {
    async fn run(self) -> anyhow::Result<ExitCode> {
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
        let outcome = self.run_with(store.clone()).await;
        if tokio::time::timeout(CLOSE_TIMEOUT, store.close()).await.is_err() {
            tracing::warn!("the database was still busy at the end");
        }
        outcome
    }

    async fn run_with(self, store: Arc<dyn Store>) -> anyhow::Result<ExitCode> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(store, &self.config).await?,
            // They open no store.
            Command::Backup { .. }
            | Command::Restore { .. }
            | Command::Healthcheck { .. }
            | Command::Completions { .. } => {}
            Command::Migrate => println!("The schema is up to date."),
            Command::Import(options) => return import::run(store, options).await,
            Command::Imports(command) => imports::run(store, command).await?,
            Command::Export(options) => export::run(store, &options).await?,
            Command::Seed { count, seed } => seed::run(store, count, seed).await?,
            Command::Admin(command) => {
                admin::run(store, command, self.config.settings(self.config.listen).entrance).await?;
            }
            Command::Token(command) => token::run(store, command).await?,
            Command::Users(command) => users::run(store, command).await?,
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
    let text = error.to_string();
    let lines =
        text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let line = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    eprintln!("rollcall: {}", line.strip_prefix("error: ").unwrap_or(&line));
    ExitCode::from(2)
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("rollcall: {error:#}");
    ExitCode::FAILURE
}

/// Log lines go to standard error; standard output is for answers.
fn start_log(format: LogFormat) -> anyhow::Result<()> {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = match wanted.as_str() {
        "" => EnvFilter::new("info,sqlx=warn,tower_sessions=error,tower_sessions_core=error"),
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
