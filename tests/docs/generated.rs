//! The settings and commands in the documentation are written from the definitions of the command line.

use std::{collections::BTreeSet, fmt::Write, fs};

use clap::{Arg, Command, CommandFactory};
use rollcall::server::cli::Cli;

use super::root;

const START: &str = "<!-- make docs writes what follows, from the definitions of the command line. -->";
const END: &str = "<!-- The end of what make docs writes. -->";

/// Compares the generated part of a document. With `ROLLCALL_REFRESH` set, as `make docs` does, this writes it instead.
fn assert_is_up_to_date(name: &str, generated: &str) {
    let path = root().join(name);
    let kept = fs::read_to_string(&path).unwrap();
    let (before, rest) = kept.split_once(START).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let now = format!("{before}{START}\n\n{generated}\n{END}{after}");
    if std::env::var_os("ROLLCALL_REFRESH").is_some() {
        fs::write(path, now).unwrap();
        return;
    }
    let differs = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
    assert!(kept == now, "{name} differs, from line {differs:?} on: run make docs and look at the diff");
}

/// The command with everything that clap adds to it.
fn command() -> Command {
    let mut command = Cli::command();
    command.build();
    command
}

#[test]
fn the_settings_in_docs_are_up_to_date() {
    let mut table = "| flag | variable | default | meaning |\n|---|---|---|---|\n".to_owned();
    for setting in command().get_arguments() {
        let Some(variable) = setting.get_env() else { continue };
        let (flag, Explained { meaning, default }) = (cell(&setting.to_string()), explained(setting));
        writeln!(table, "| `{flag}` | `{}` | {default} | {meaning} |", variable.display()).unwrap();
    }
    assert!(table.lines().count() > 20, "{table}");
    assert_is_up_to_date("docs/configuration.md", &table);
}

#[test]
fn the_commands_in_docs_are_up_to_date() {
    let (mut overview, mut details) = ("| command | |\n|---|---|\n".to_owned(), String::new());
    let command = command();
    describe(&command, &ids(&command), &mut overview, &mut details);
    assert!(overview.contains("[`rollcall users list`](#rollcall-users-list)"), "{overview}");
    assert_is_up_to_date("docs/cli.md", &format!("{overview}{details}"));
}

/// The ids of the arguments of a command, inherited ones included.
fn ids(command: &Command) -> BTreeSet<&str> {
    command.get_arguments().map(|argument| argument.get_id().as_str()).collect()
}

/// Adds the subcommands of a command: a line in the overview, and a section with the arguments that are not inherited.
fn describe(command: &Command, inherited: &BTreeSet<&str>, overview: &mut String, details: &mut String) {
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = subcommand.get_bin_name().unwrap();
        let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
        let usage = subcommand.clone().render_usage().to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap();
        writeln!(overview, "| [`{name}`](#{}) | {} |", name.replace(' ', "-"), cell(&about)).unwrap();
        write!(details, "\n### {name}\n\n{about}.\n\n```text\n{usage}\n```\n").unwrap();
        let own = subcommand.get_arguments().filter(|argument| !inherited.contains(argument.get_id().as_str()));
        let rows: String = own.map(row).collect();
        if !rows.is_empty() {
            write!(details, "\n| argument | meaning |\n|---|---|\n{rows}").unwrap();
        }
        describe(subcommand, &ids(subcommand), overview, details);
    }
}

/// The line of an argument in the table of its command.
fn row(argument: &Arg) -> String {
    let short = argument.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
    let variable = argument.get_env().map(|variable| format!(" or `{}`", variable.display())).unwrap_or_default();
    let Explained { meaning, default } = explained(argument);
    let default = if default.is_empty() { default } else { format!(" (default: {default})") };
    format!("| `{short}{}`{variable} | {meaning}{default} |\n", cell(&argument.to_string()))
}

struct Explained {
    /// The help, with the values that are allowed.
    meaning: String,
    default: String,
}

fn explained(argument: &Arg) -> Explained {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    // A default that clap does not know stands at the end of the help.
    let named = help.strip_suffix(']').and_then(|help| help.rsplit_once(" [default: "));
    let (meaning, named) = named.unwrap_or((help.as_str(), ""));
    let mut meaning = cell(meaning);
    for value in argument.get_possible_values() {
        write!(meaning, "<br>`{}`", value.get_name()).unwrap();
        if let Some(help) = value.get_help() {
            write!(meaning, ": {}", cell(&help.to_string())).unwrap();
        }
    }
    // A flag without a value is false by default.
    let known = argument.get_default_values().iter().filter(|_| argument.get_action().takes_values());
    let known: Vec<_> = known.map(|value| format!("`{}`", value.display())).collect();
    Explained { meaning, default: if known.is_empty() { named.to_owned() } else { known.join(", ") } }
}

/// Text of a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
