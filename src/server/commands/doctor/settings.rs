//! Checks of the settings.

use clap::{
    ArgMatches, Command, Error,
    builder::{OsStr, Resettable},
    parser::ValueSource,
};
use tracing_subscriber::EnvFilter;

use super::finding::Finding;
use crate::server::commands::exit_code::{describe, setting};

/// The settings that are set, and the errors in them.
#[derive(Debug, Default)]
pub struct SettingsReport {
    /// The flags and environment variables that set something.
    set: Vec<String>,
    errors: Vec<Finding>,
}

impl SettingsReport {
    /// Parses the command line. Invalid environment variables are recorded and ignored, so that all are reported.
    ///
    /// # Errors
    /// The first error in the command line itself.
    pub fn read(mut command: Command) -> Result<(ArgMatches, Self), Error> {
        let mut errors = Vec::new();
        let mut ignored = Vec::new();
        loop {
            let error = match command.clone().try_get_matches() {
                Ok(matches) => {
                    let set = set(&command, &matches);
                    return Ok((matches, Self { set, errors }));
                }
                Err(error) => error,
            };
            let invalid =
                setting(&command, &error).and_then(|setting| Some((setting.get_id().clone(), setting.get_env()?)));
            let Some((id, variable)) = invalid.filter(|(id, _)| !ignored.contains(id)) else { return Err(error) };
            let fix = format!("correct {}, or remove it from the environment", variable.display());
            errors.push(Finding::fail("settings", describe(&command, &error), fix));
            ignored.push(id.clone());
            command = command.mut_arg(id, |arg| arg.env(Resettable::<OsStr>::Reset));
        }
    }

    pub fn findings(self) -> Vec<Finding> {
        let mut findings = self.errors;
        let filter = std::env::var("RUST_LOG").unwrap_or_default();
        if EnvFilter::try_new(&filter).is_err() {
            let found = format!("RUST_LOG={filter} is not a log filter");
            findings.push(Finding::fail("settings", found, "use a filter like RUST_LOG=info, or remove it"));
        }
        if findings.is_empty() {
            let set = self.set.join(", ");
            let found = if set.is_empty() {
                "all at their defaults".to_owned()
            } else {
                format!("set by {set}; others at their defaults")
            };
            findings.push(Finding::ok("settings", found));
        }
        findings
    }
}

/// The names of the settings that are set, without values, because some are secret.
fn set(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let arguments = command.get_arguments().filter(|argument| argument.get_env().is_some());
    let name = |argument: &clap::Arg| match matches.value_source(argument.get_id().as_str())? {
        ValueSource::EnvVariable => Some(argument.get_env()?.to_str()?.to_owned()),
        ValueSource::CommandLine => Some(format!("--{}", argument.get_long()?)),
        _ => None,
    };
    arguments.filter_map(name).collect()
}
