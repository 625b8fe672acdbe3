//! A SQLite database that is missing is created only by commands that fill a directory.

use std::{collections::BTreeSet, fs};

use clap::{Command, CommandFactory};
use rollcall::server::cli::Cli;

use super::{LAUREATES, run, run_with_input};
use crate::support::PASSWORD;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// The commands that need a database, with their arguments.
const NEED: [(&str, &[&str]); 13] = [
    ("export", &[]),
    ("imports list", &[]),
    ("imports undo", &[ID]),
    ("token list", &[]),
    ("token revoke", &[ID]),
    ("users list", &[]),
    ("users get", &["ada@example.org"]),
    ("users update", &[ID, "--name", "Ada"]),
    ("users delete", &[ID]),
    ("users restore", &[ID]),
    ("users history", &[ID]),
    ("users erase", &[ID]),
    ("backup", &["backup.db"]),
];

/// The commands that create one, with their arguments and standard input.
const CREATE: [(&str, &[&str], &str); 6] = [
    ("migrate", &[], ""),
    ("import", &[LAUREATES], ""),
    ("seed", &["--count", "1"], ""),
    ("admin create", &["--name", "Ada", "--email", "ada@example.org", "--password-stdin"], PASSWORD),
    ("token create", &["--name", "Daily", "--scope", "users:read"], ""),
    ("users create", &["--name", "Ada", "--email", "ada@example.org"], ""),
];

/// The commands that open no database, run for long, or get one from a backup; `doctor` only reports that it is missing.
const OTHERS: [&str; 5] = ["serve", "healthcheck", "doctor", "completions", "restore"];

fn arguments<'a>(command: &'a str, own: &[&'a str], url: &'a str) -> Vec<&'a str> {
    command.split(' ').chain(own.iter().copied()).chain(["--database-url", url]).collect()
}

#[test]
fn a_missing_database_is_an_error_and_not_created() {
    let folder = tempfile::tempdir().unwrap();
    for (command, own) in NEED {
        for path in ["typo.db", "no/such/folder/rollcall.db"] {
            let url = format!("sqlite://{path}");
            let (code, out, err) = run(folder.path(), &arguments(command, own, &url));
            assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{command}: {err}");
            let file = folder.path().canonicalize().unwrap().join(path);
            for named in [file.to_str().unwrap(), "--database-url", "DATABASE_URL", "`rollcall migrate`"] {
                assert!(err.contains(named), "{command}: {err}");
            }
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{command}");
        }
    }
}

#[test]
fn commands_of_a_first_run_create_the_database() {
    for (command, own, input) in CREATE {
        let folder = tempfile::tempdir().unwrap();
        let (code, _, err) = run_with_input(folder.path(), &arguments(command, own, "sqlite://first.db"), input);
        assert_eq!((code, err.as_str()), (0, ""), "{command}");
        assert!(folder.path().join("first.db").exists(), "{command}");
    }
}

/// Collects the commands without subcommands, by the words that follow `rollcall`.
fn collect(command: &Command, before: &str, found: &mut BTreeSet<String>) {
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = format!("{before}{}", subcommand.get_name());
        if subcommand.has_subcommands() {
            collect(subcommand, &format!("{name} "), found);
        } else {
            found.insert(name);
        }
    }
}

#[test]
fn every_command_is_tested_here() {
    let mut commands = BTreeSet::new();
    collect(&Cli::command(), "", &mut commands);
    let needing = NEED.iter().map(|(command, _)| *command);
    let creating = CREATE.iter().map(|(command, ..)| *command);
    let tested: BTreeSet<String> = needing.chain(creating).chain(OTHERS).map(str::to_owned).collect();
    assert_eq!(tested, commands);
}
