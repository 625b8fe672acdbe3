//! Operations: real processes under shutdown, overload and lost connections, with failing machines, databases, disks
//! and networks; metrics, logs, alerts, and the deployment files.

mod access_log;
mod alerts;
mod backup;
mod backup_target;
mod client;
mod completions;
mod directory;
mod disk;
mod fsync;
mod group_commit;
mod health;
mod import;
mod kill;
mod lifecycle;
mod load;
mod manual;
mod metrics;
mod outage;
mod packaging;
mod point_in_time;
mod proxy;
mod restore;
mod shim;
mod slow_clients;
mod start;
mod statements;
mod traffic;
mod writers;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use crate::cli;

/// Reads a file of the project.
fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Runs a tool that `scripts/setup fast` installs, in the folder of the project. The tool must succeed. Returns its
/// output.
fn tool(command: &mut Command, input: &str) -> String {
    let name = command.get_program().to_owned();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; scripts/setup fast brings it", name.to_string_lossy()));
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}{err}");
    out
}

/// The output of `--help`, of Rollcall and of each command.
fn help() -> String {
    help_by_command().into_values().collect::<Vec<_>>().join("\n")
}

/// The output of `--help` of every command, by the words that follow `rollcall`: `users create`.
fn help_by_command() -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    let mut unread = vec![Vec::<String>::new()];
    while let Some(command) = unread.pop() {
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let (_, help, _) = cli::run(folder.path(), &arguments);
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // Continuation lines of a description are indented further.
        let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()));
        let names = names.filter(|name| *name != "help");
        unread.extend(names.map(|name| [command.as_slice(), &[name.to_owned()]].concat()));
        known.insert(command.join(" "), help);
    }
    known
}

/// The words of a text that start with one of these prefixes, made of letters, digits and `_`.
fn words<'a>(text: &'a str, beginnings: &[&str]) -> BTreeSet<&'a str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| beginnings.iter().any(|beginning| word.starts_with(beginning))).collect()
}
