//! The command line: real processes over real databases.

mod import;
mod seed;
mod serve;
mod settings;

use std::{
    path::Path,
    process::{Command, Output},
};

/// `rollcall` in a folder of its own, with nothing set but what a test sets.
fn rollcall(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.current_dir(folder).args(arguments).env_clear();
    command
}

/// Runs it to its end: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    outcome(rollcall(folder, arguments).output().unwrap())
}

fn outcome(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const LAUREATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/laureates.csv");
