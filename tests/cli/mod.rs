//! The command line: real processes with real databases.

mod admin;
mod doctor;
mod export;
mod import;
mod import_invalid;
mod messages;
mod missing_database;
mod secrets;
mod seed;
mod serve;
pub mod server;
mod settings;
mod standard_output;
mod token;
mod users;

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

/// `rollcall` in its own folder, with a clean environment.
pub fn rollcall(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.current_dir(folder).args(arguments).env_clear();
    command
}

/// Runs the command to completion; returns the exit code, standard output and standard error.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    outcome(rollcall(folder, arguments).output().unwrap())
}

/// Like `run`, with data on standard input.
pub fn run_with_input(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = rollcall(folder, arguments);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    outcome(process.wait_with_output().unwrap())
}

fn outcome(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub const LAUREATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/laureates.csv");
