use clap::{
    ArgMatches, Command, Error,
    builder::{OsStr, Resettable},
    parser::ValueSource,
};
use tracing_subscriber::EnvFilter;

use super::finding::Finding;
use crate::server::commands::outcome::{complaint, setting};

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
            let culprit =
                setting(&command, &error).and_then(|setting| Some((setting.get_id().clone(), setting.get_env()?)));
            let Some((id, variable)) = culprit.filter(|(id, _)| !left_out.contains(id)) else { return Err(error) };
            let mend = format!("correct {}, or remove it from the environment", variable.display());
            wrong.push(Finding::fail("settings", complaint(&command, &error), mend));
            left_out.push(id.clone());
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
