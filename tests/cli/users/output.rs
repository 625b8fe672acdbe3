//! Output for people and for programs.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
};

use rollcall::domain::UserId;

use super::Place;
use crate::cli::{LAUREATES, rollcall, run};

#[test]
fn columns_align_for_names_in_every_script() {
    let place = Place::sqlite();
    for (name, email) in [("湯川 秀樹", "yukawa@example.org"), ("Röntgen, W.", "w@example.org")] {
        place.json(&["create", "--name", name, "--email", email]);
    }
    let (code, out, _) = place.users(&["list", "--sort", "email"]);
    let lines: Vec<&str> =
        out.lines().map(|line| line.split_once("  ").map_or(line, |(_, rest)| rest.trim_start())).collect();
    assert_eq!((code, lines.len()), (0, 3), "{out}");
    assert!(lines[0].starts_with("NAME         E-MAIL              CREATED"), "{out}");
    assert!(lines[1].starts_with("Röntgen, W.  w@example.org       20"), "{out}");
    assert!(lines[2].starts_with("湯川 秀樹    yukawa@example.org  20"), "{out}");
}

/// Runs the command in a terminal with this many columns; returns what it prints.
fn in_terminal(folder: &Path, columns: u16, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    const PTY: &str = "import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    try:
        seen = os.read(fd, 4096)
    except OSError:
        break
    if not seen:
        break
    sys.stdout.buffer.write(seen)
os.waitpid(pid, 0)
";
    let mut command = Command::new("python3");
    command.current_dir(folder).env("TERM", "xterm").env_remove("NO_COLOR").envs(variables.iter().copied());
    command.args(["-c", PTY, &columns.to_string(), env!("CARGO_BIN_EXE_rollcall")]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_table_fits_the_terminal_and_has_colours_only_there_or_on_request() {
    let place = Place::sqlite();
    run(place.folder.path(), &["import", LAUREATES]);
    let list = ["users", "list", "--q", "rontgen"];
    let shown = in_terminal(place.folder.path(), 80, &[("NO_COLOR", "1")], &list);
    assert!(!shown.contains('\u{1b}') && shown.contains('…'), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 2, "{shown}");
    assert!(lines.iter().all(|line| line.trim_end().chars().count() <= 80), "{shown}");
    let id = lines[1].split(' ').next().unwrap();
    assert!(id.parse::<UserId>().is_ok(), "an id is never cut: {shown}");
    assert!(in_terminal(place.folder.path(), 200, &[], &list).contains("\u{1b}[1m"));
    assert!(in_terminal(place.folder.path(), 80, &[], &["--help"]).contains('\u{1b}'));
    assert!(!in_terminal(place.folder.path(), 80, &[("NO_COLOR", "1")], &["--help"]).contains('\u{1b}'));
    let (_, piped, _) = run(place.folder.path(), &list);
    assert!(!piped.contains('\u{1b}') && piped.contains("Wilhelm Conrad Röntgen"), "{piped}");
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let place = Place::sqlite();
    run(place.folder.path(), &["import", LAUREATES]);
    let mut command = rollcall(place.folder.path(), &["users", "list", "--per-page", "100", "--json"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let mut err = String::new();
    process.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((process.wait().unwrap().code(), err.contains("panic")), (Some(0), false), "{err}");
}

#[test]
fn the_reference_explains_exit_codes_as_the_help_does() {
    let folder = tempfile::tempdir().unwrap();
    let help = run(folder.path(), &["--help"]).1;
    let reference = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");
    let reference = std::fs::read_to_string(reference).unwrap();
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let codes: Vec<_> = codes.lines().filter_map(|line| line.trim().split_once("  ")).collect();
    assert_eq!(codes.len(), 7);
    for (code, meaning) in codes {
        assert!(reference.contains(&format!("| {code} | {meaning} |")), "{code}");
    }
}
