//! Runs the shell commands of the documentation, page by page and from top to bottom, as its reader would.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use super::{Document, FOLDERS, documents, root};
use crate::{
    cli::{LAUREATES, run, server::Server},
    support::PASSWORD,
};

/// The pages whose commands run here, and what they have to print.
const PAGES: [(&str, &[&str]); 11] = [
    ("README.md", &[]),
    (
        "docs/quick-start.md",
        &["Wilhelm Conrad Röntgen", "Imported 2 people", "To undo it, run: rollcall imports undo ", "Backed up "],
    ),
    (
        "docs/user-guide.md",
        &["2 new, 0 changed", "Imported 2 people", "1 skipped (", "Everything was undone.", "Exported "],
    ),
    ("docs/configuration.md", &["ROLLCALL_TRASH_DAYS", "--audit-days"]),
    ("docs/cli.md", &["Deleted ", "name: Ada Lovelace → Ada King"]),
    ("docs/administration/install.md", &["ada@example.org is an admin.", "Rollcall is at ", "this link"]),
    ("docs/administration/sign-in.md", &["ada@example.org is an admin.", "rc_", "Revoked."]),
    ("docs/administration/backup.md", &["Backed up 976 people", "Restored 976 people"]),
    (
        "docs/administration/upgrade.md",
        &["Backed up 976 people", concat!("rollcall ", env!("CARGO_PKG_VERSION"), " (")],
    ),
    ("docs/administration/troubleshooting.md", &["ok   settings"]),
    ("docs/administration/sqlite.md", &["Backed up 976 people", "Restored 976 people", "Rollcall is at "]),
];

/// Pages whose commands other tests run: `api_examples` and `operations::point_in_time`.
const RUN_ELSEWHERE: [&str; 2] = ["docs/api.md", "docs/administration/postgresql.md"];

/// Programs that need root or a network or build for a long time, and their replacements.
const REPLACED: [(&str, &str); 6] = [
    ("docker", r#"[ "${1-} ${2-}" = "compose exec" ] || exit 0; shift 3; exec "$@""#),
    ("git", ""),
    ("journalctl", "echo 'Create one with this link'"),
    ("make", ""),
    ("systemctl", ""),
    ("rollcall", ROLLCALL),
];

/// Stops a server once it serves, and types the password that a command asks for.
const ROLLCALL: &str = r#"
case "${1-}" in
"" | serve | --listen)
    "$BINARY" "$@" >"$HOME/served" &
    until grep -qs 'Rollcall is at' "$HOME/served"; do kill -0 $! || exit 1; sleep 0.1; done
    kill $!
    wait $! || exit 1
    cat "$HOME/served"
    ;;
*)
    case " $* " in
    *" --password-stdin "*) echo "$PASSWORD" | "$BINARY" "$@" ;;
    *) exec "$BINARY" "$@" ;;
    esac
    ;;
esac
"#;

/// Folders that the commands expect in a clone or on the machine.
const PRESENT: [&str; 9] = [
    "bin",
    "target/debug",
    "target/release",
    "etc/bash_completion.d",
    "etc/systemd/system",
    "usr/local/bin",
    "var/backups/rollcall",
    "var/lib/rollcall",
    "var/tmp",
];

/// Makes a folder a clone and a machine at once, with these people.
fn prepare(folder: &Path, database: &Path) {
    for name in PRESENT {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    for name in [".env.example", "data", "deploy"] {
        symlink(root().join(name), folder.join(name)).unwrap();
    }
    // The README starts in the folder that holds the clone.
    symlink(".", folder.join("rollcall")).unwrap();
    for (name, script) in REPLACED {
        let file = folder.join("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    for profile in ["debug", "release"] {
        fs::copy(folder.join("bin/rollcall"), folder.join("target").join(profile).join("rollcall")).unwrap();
    }
    for name in ["rollcall.db", "var/lib/rollcall/rollcall.db"] {
        fs::copy(database, folder.join(name)).unwrap();
    }
}

/// The commands of a page, with the paths, addresses and the token of this run.
fn script(page: &Document, folder: &Path, served: &Server) -> String {
    let token = ["token", "create", "--name", "Reader", "--scope", "users:read", "--scope", "users:write"];
    let token = run(folder, &token).1;
    let mut script = page.shell().collect::<Vec<_>>().join("\n");
    // In this order: the folder itself may lie below /var.
    for absolute in ["/var/", "/etc/", "/usr/local/"] {
        script = script.replace(absolute, &format!("{}{absolute}", folder.display()));
    }
    let script = script.replace("127.0.0.1:3001", "127.0.0.1:0").replace("rc_…", token.trim());
    script.replace("http://127.0.0.1:3000", &served.url).replace("https://people.mycompany.com", &served.url)
}

#[test]
fn the_commands_of_each_page_run_as_written() {
    let laureates = tempfile::tempdir().unwrap();
    run(laureates.path(), &["import", LAUREATES]);
    for (name, expected) in PAGES {
        let page = Document::read(root().join(name));
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path(), &laureates.path().join("rollcall.db"));
        // A restore needs a database that no server has open.
        let elsewhere = tempfile::tempdir().unwrap();
        let restores = page.shell().any(|block| block.contains("rollcall restore"));
        let served = Server::start(if restores { elsewhere.path() } else { folder.path() }, &["--anonymous", "read"]);
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &script(&page, folder.path(), &served)]).current_dir(folder.path());
        let path = format!("{}/bin:/usr/bin:/bin", folder.path().display());
        let (home, binary) = (folder.path().to_str().unwrap(), env!("CARGO_BIN_EXE_rollcall"));
        let variables = [
            ("PATH", path.as_str()),
            ("HOME", home),
            ("BINARY", binary),
            ("PASSWORD", PASSWORD),
            ("ROLLCALL_LISTEN", "127.0.0.1:0"),
        ];
        let output = bash.env_clear().envs(variables).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{name}: {}\n{out}\n{err}", output.status);
        for expected in expected {
            assert!(out.contains(expected), "{name} does not print {expected}\n{out}\n{err}");
        }
    }
}

/// Other pages only build and measure, which takes long: see the next test.
#[test]
fn the_commands_of_every_page_are_run() {
    let known: BTreeSet<&str> = PAGES.into_iter().map(|(name, _)| name).chain(RUN_ELSEWHERE).collect();
    let mut unknown = Vec::new();
    for page in documents().into_iter().filter(|page| !known.contains(page.name().as_str())) {
        let lines = page.shell().flat_map(str::lines);
        let is_build = |line: &&str| ["make ", "cargo ", "scripts/"].iter().any(|start| line.starts_with(start));
        unknown.extend(lines.filter(|line| !is_build(line)).map(|line| format!("{}: {line}", page.name())));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_make_target_and_file_in_a_command_exists() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let targets: BTreeSet<&str> = makefile.lines().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    let (mut missing, mut count) = (Vec::new(), 0);
    for page in documents() {
        let commands =
            page.shell().flat_map(str::lines).chain(page.code()).flat_map(|line| line.split(['&', '|', ';']));
        for command in commands {
            let mut words = command.split_whitespace().take_while(|word| *word != "#");
            let first = words.next().unwrap_or_default();
            let is_make = first == "make";
            count += usize::from(is_make);
            for word in std::iter::once(first).chain(words) {
                let is_target = is_make && word != first && !targets.contains(word);
                let is_file =
                    FOLDERS.iter().any(|folder| word.starts_with(folder)) && !word.contains(['*', '{', '<', '…']);
                if is_target || (is_file && !root().join(word).exists()) {
                    missing.push(format!("{}: {command}", page.name()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(count > 20, "only {count} targets were found");
}
