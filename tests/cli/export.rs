use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::Stdio,
};

use rollcall::domain::User;

use super::{LAUREATES, rollcall, run};
use crate::support;

fn lines(text: &str) -> Vec<User> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn with_laureates() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["import", LAUREATES]).0, 0);
    folder
}

#[test]
fn all_users_are_exported_in_each_format() {
    let folder = with_laureates();
    let (code, table, err) = run(folder.path(), &["export"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(table.starts_with("id,name,email,version,created_at,updated_at,deleted_at\r\n"));
    let table: Vec<User> = csv::Reader::from_reader(table.as_bytes()).deserialize().map(Result::unwrap).collect();
    assert_eq!(table.len(), 976);
    let (_, text, _) = run(folder.path(), &["export", "--format", "jsonl"]);
    assert!(lines(&text) == table);
    let (_, array, _) = run(folder.path(), &["export", "--format", "json", "--output", "-"]);
    assert!(serde_json::from_str::<Vec<User>>(&array).unwrap() == table);
}

#[test]
fn flags_filter_and_sort_the_export() {
    let folder = with_laureates();
    let export = |flags: &[&str]| lines(&run(folder.path(), &[&["export", "--format", "jsonl"], flags].concat()).1);
    let names = |flags: &[&str]| export(flags).into_iter().map(|user| user.profile.name).collect::<Vec<_>>();
    let curies = names(&["--q", "curie", "--sort", "name"]);
    assert!(curies.len() > 2 && curies.iter().all(|name| name.contains("Curie")), "{curies:?}");
    assert!(names(&["--q", "curie", "--sort", "-name"]).into_iter().rev().eq(curies));
    assert!(export(&["--created-before", "1902-01-01T00:00:00Z"]).len() < 10);
    assert_eq!(export(&["--status", "deleted"]), []);
    for (flags, said) in [
        (["--sort", "colour"], "--sort <FIELD>': sort must be one of name, email, created_at, updated_at"),
        (["--format", "xml"], "--format <FORMAT>': format must be one of csv, jsonl, json"),
        (["--per-page", "5"], "--per-page"),
    ] {
        let (code, out, err) = run(folder.path(), &[&["export"], &flags[..]].concat());
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(said) && err.lines().count() == 1, "{err}");
    }
}

#[test]
fn a_complete_export_is_renamed_into_place() {
    let folder = with_laureates();
    let file = folder.path().join("people.csv");
    fs::write(&file, "before").unwrap();
    let (code, out, err) = run(folder.path(), &["export", "--output", "people.csv"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "Exported 976 people to people.csv\n", ""));
    assert_eq!(fs::read_to_string(&file).unwrap(), run(folder.path(), &["export"]).1);
    let (code, out, err) = run(folder.path(), &["export", "--output", "no/people.csv"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("rollcall: cannot write no/people.csv: "), "{err}");
    let (code, _, err) = run(folder.path(), &["export", "--output", "."]);
    assert!(code == 1 && err.contains("it is not a regular file"), "{err}");
    let left = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".partial"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_reader_that_stops_after_the_first_line_is_no_error() {
    let folder = with_laureates();
    let mut command = rollcall(folder.path(), &["export"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut heading = String::new();
    BufReader::with_capacity(64, process.stdout.take().unwrap()).read_line(&mut heading).unwrap();
    assert!(heading.starts_with("id,name"));
    let mut stderr_text = String::new();
    process.stderr.take().unwrap().read_to_string(&mut stderr_text).unwrap();
    assert_eq!((process.wait().unwrap().code(), stderr_text.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn both_databases_export_the_same_users() {
    let (folder, database) = (tempfile::tempdir().unwrap(), support::postgres().await);
    let export_all = |url: &str, folder: &Path| {
        let (code, _, err) = run(folder, &["--database-url", url, "seed", "--count", "11003"]);
        assert_eq!((code, err.as_str()), (0, ""));
        let sorted = ["--database-url", url, "export", "--format", "jsonl", "--sort", "email"];
        lines(&run(folder, &sorted).1)
    };
    let (one, other) = (export_all("sqlite://rollcall.db", folder.path()), export_all(&database.url, folder.path()));
    assert_eq!(one.len(), 11_003);
    let shown = |user: &User| (user.profile.name.clone(), user.profile.email.clone(), user.version, user.created_at);
    assert!(one.iter().map(shown).eq(other.iter().map(shown)));
}

/// Round trip of ids, times, versions, deleted people and cells that a spreadsheet would run as formulas.
#[tokio::test]
async fn an_export_round_trips_byte_for_byte_in_either_database() {
    let folder = with_laureates();
    let run = |arguments: &[&str]| {
        let (code, out, err) = run(folder.path(), arguments);
        assert_eq!(code, 0, "{arguments:?}: {err}");
        out
    };
    let names = ["=cmd()|' /C calc'!A0", "+1 234", "-1", "@sum", "'=1", "'quoted", "a, \"b\""];
    let person = |(n, name)| serde_json::json!({ "name": name, "email": format!("f{n}@example.org") }).to_string();
    let people: Vec<String> = (0..).zip(names).map(person).collect();
    fs::write(folder.path().join("formulas.jsonl"), people.join("\n")).unwrap();
    run(&["import", "formulas.jsonl"]);
    let ids: Vec<_> =
        lines(&run(&["export", "--format", "jsonl"])).into_iter().map(|user| user.id.to_string()).collect();
    run(&["users", "delete", &ids[0], &ids[500]]);
    run(&["users", "update", &ids[7], "--name", "=1+1"]);
    for format in ["csv", "jsonl", "json"] {
        let file = format!("all.{format}");
        run(&["export", "--status", "all", "--format", format, "--output", &file]);
        let exported = fs::read(folder.path().join(&file)).unwrap();
        for database in [support::sqlite().await, support::postgres().await] {
            let url = ["--database-url", database.url.as_str()];
            run(&[&url[..], &["import", &file]].concat());
            let again = run(&[&url[..], &["export", "--status", "all", "--format", format]].concat());
            assert!(again.as_bytes() == exported, "{format} in {}", database.url);
            assert!(run(&[&url[..], &["import", &file]].concat()).contains(" 983 unchanged, 0 skipped"), "{format}");
        }
    }
}
