//! Standard output that cannot be written: a full disk, or a pipe without a reader.

use std::{
    fs::{self, File},
    io::pipe,
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::Duration,
};

use super::{outcome, rollcall, run, run_with_input, server::Server};
use crate::support::PASSWORD;

fn full_disk() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn closed_pipe() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Runs the command with this standard output; returns the exit code and standard error.
fn run_into(output: Stdio, folder: &Path, arguments: &[&str]) -> (i32, String) {
    let (code, _, err) = outcome(rollcall(folder, arguments).stdout(output).output().unwrap());
    (code, err)
}

/// A folder with a database that has people, an import and a token, and with files to import.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["first", "second"] {
        let csv = format!("name,email,team\nAda,{name}@example.org,Engines\n");
        fs::write(folder.path().join(format!("{name}.csv")), csv).unwrap();
    }
    assert_eq!(run(folder.path(), &["import", "first.csv"]).0, 0);
    assert_eq!(run(folder.path(), &["token", "create", "--name", "Daily", "--scope", "users:read"]).0, 0);
    folder
}

const COMMANDS: [&[&str]; 17] = [
    &["--help"],
    &["--version"],
    &["migrate"],
    &["completions", "bash"],
    &["completions", "zsh"],
    &["doctor"],
    &["token", "list"],
    &["users", "list"],
    &["users", "list", "--json"],
    &["imports", "list"],
    &["import", "second.csv"],
    &["import", "second.csv", "--dry-run"],
    &["import", "second.csv", "--if-empty"],
    &["seed", "--count", "1"],
    &["export"],
    &["export", "--output", "people.csv"],
    &["backup", "backup.db", "--overwrite"],
];

#[test]
fn a_full_disk_is_an_error_in_one_line() {
    let folder = prepared();
    for arguments in COMMANDS {
        let (code, err) = run_into(full_disk(), folder.path(), arguments);
        assert_eq!((code, err.lines().count()), (1, 1), "{arguments:?}: {err}");
        // With --json the error is an object.
        assert!(err.contains("cannot write to standard output: No space left on device"), "{arguments:?}: {err}");
    }
    let (code, err) = run_into(full_disk(), folder.path(), &["restore", "backup.db", "--overwrite"]);
    assert!(code == 1 && err.starts_with("rollcall: cannot write to standard output: "), "{err}");
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let folder = prepared();
    for arguments in COMMANDS {
        assert_eq!(run_into(closed_pipe(), folder.path(), arguments), (0, String::new()), "{arguments:?}");
    }
}

#[test]
fn an_import_whose_summary_is_not_shown_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    for (output, code, email) in [(full_disk(), 1, "ada@example.org"), (closed_pipe(), 0, "eve@example.org")] {
        // The column that is ignored is the first message.
        fs::write(folder.path().join("people.csv"), format!("name,email,team\nAda,{email},Engines\n")).unwrap();
        assert_eq!(run_into(output, folder.path(), &["import", "people.csv"]).0, code);
        assert!(run(folder.path(), &["users", "list"]).1.contains(email), "{email}");
    }
    let (_, listed, _) = run(folder.path(), &["imports", "list"]);
    assert_eq!(listed.matches("  applied    1 row  people.csv\n").count(), 2, "{listed}");
}

#[test]
fn a_token_that_could_not_be_shown_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["token", "create", "--name", "Daily", "--scope", "users:read"];
    for output in [full_disk(), closed_pipe()] {
        let (code, err) = run_into(output, folder.path(), &create);
        assert_eq!((code, err.lines().count()), (1, 1), "{err}");
        let expected = "rollcall: the token was created but could not be shown, so it was revoked: cannot write to";
        assert!(err.starts_with(expected), "{err}");
    }
    let (_, list, _) = run(folder.path(), &["token", "list"]);
    assert_eq!(list.lines().filter(|line| line.contains("\trevoked\t")).count(), 2, "{list}");
    assert_eq!(list.lines().count(), 2, "{list}");
}

#[test]
fn commands_that_need_input_or_a_server_report_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["admin", "create", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];
    assert_eq!(run_with_input(folder.path(), &create, PASSWORD).0, 0);
    fs::write(folder.path().join("password"), PASSWORD).unwrap();
    let mut again = rollcall(folder.path(), &create);
    let password = File::open(folder.path().join("password")).unwrap();
    let (code, _, err) = outcome(again.stdin(password).stdout(full_disk()).output().unwrap());
    assert!(code == 1 && err.starts_with("rollcall: cannot write to standard output: "), "{err}");

    let server = Server::start(folder.path(), &[]);
    let check = ["healthcheck", "--url", server.url.as_str()];
    assert_eq!(run(folder.path(), &check).0, 0);
    let (code, err) = run_into(full_disk(), folder.path(), &check);
    assert!(code == 1 && err.starts_with("rollcall: cannot write to standard output: "), "{err}");
    assert_eq!(run_into(closed_pipe(), folder.path(), &check), (0, String::new()));
}

#[test]
fn a_server_without_standard_output_still_serves() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (address, url) = (port.to_string(), format!("http://{port}"));
    for output in [full_disk(), closed_pipe()] {
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = rollcall(folder.path(), &["serve", "--listen", &address]);
        let mut server = command.stdout(output).stderr(log).spawn().unwrap();
        let is_ready = (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            run(folder.path(), &["healthcheck", "--url", &url]).0 == 0
        });
        server.kill().unwrap();
        server.wait().unwrap();
        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(is_ready && log.contains("a start-up message was not shown"), "{log}");
        assert!(!log.contains("panicked") && !log.contains("token="), "{log}");
    }
}
