use clap::{
    ArgMatches, Command, Error,
    builder::{OsStr, Resettable},
    error::{ContextKind, ContextValue},
    parser::ValueSource,
};
use tracing_subscriber::EnvFilter;

use super::finding::Finding;

/// What is set and what is wrong with it.
#[derive(Debug, Default)]
pub struct Settings {
    /// As they were set: by a flag or a variable.
    set: Vec<String>,
    wrong: Vec<Finding>,
}

impl Settings {
    /// Reads the command line and leaves out, and tells, what the environment has wrong: who asks the
    /// doctor wants to hear it all.
    ///
    /// # Errors
    /// What is wrong with the command line itself.
    pub fn read(mut command: Command) -> Result<(ArgMatches, Self), Error> {
        let mut wrong = Vec::new();
        let mut left_out = Vec::new();
        loop {
            let error = match command.clone().try_get_matches() {
                Ok(matches) => {
                    let set = set(&command, &matches);
                    return Ok((matches, Self { set, wrong }));
                }
                Err(error) => error,
            };
            let Some((flag, id, variable)) = culprit(&command, &error).filter(|(flag, ..)| !left_out.contains(flag))
            else {
                return Err(error);
            };
            let why = error.to_string();
            let why = why.lines().next().unwrap_or_default();
            let why = why.strip_prefix("error: ").unwrap_or(why);
            wrong.push(Finding::fail(
                "settings",
                why,
                format!("correct {variable}, or remove it from the environment"),
            ));
            left_out.push(flag);
            command = command.mut_arg(id, |arg| arg.env(Resettable::<OsStr>::Reset));
        }
    }

    pub fn findings(self) -> Vec<Finding> {
        let mut findings = self.wrong;
        let filter = std::env::var("RUST_LOG").unwrap_or_default();
        if EnvFilter::try_new(&filter).is_err() {
            let found = format!("RUST_LOG={filter} is not a log filter");
            findings.push(Finding::fail("settings", found, "write it like RUST_LOG=info, or remove it"));
        }
        if findings.is_empty() {
            let set = self.set.join(", ");
            let found =
                if set.is_empty() { "all by default".to_owned() } else { format!("set by {set}; else by default") };
            findings.push(Finding::ok("settings", found));
        }
        findings
    }
}

/// The flag, id and variable of the setting that an error is about.
fn culprit(command: &Command, error: &Error) -> Option<(String, String, String)> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = argument.split([' ', '=']).next()?.trim_start_matches("--");
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag))?;
    let variable = argument.get_env()?.to_str()?.to_owned();
    Some((flag.to_owned(), argument.get_id().to_string(), variable))
}

/// Never their values: some are secret.
fn set(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let arguments = command.get_arguments().filter(|argument| argument.get_env().is_some());
    let name = |argument: &clap::Arg| match matches.value_source(argument.get_id().as_str())? {
        ValueSource::EnvVariable => Some(argument.get_env()?.to_str()?.to_owned()),
        ValueSource::CommandLine => Some(format!("--{}", argument.get_long()?)),
        _ => None,
    };
    arguments.filter_map(name).collect()
}
