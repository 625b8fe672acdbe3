use std::{fs, path::Path};

use super::{LAUREATES, run};
use crate::support;

/// Writes a file, imports it, and answers exit code, standard output and standard error.
fn import(folder: &Path, csv: impl AsRef<[u8]>, options: &[&str]) -> (i32, String, String) {
    fs::write(folder.join("people.csv"), csv).unwrap();
    run(folder, &[&["import", "people.csv"], options].concat())
}

#[test]
fn a_real_file_goes_in_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["import", LAUREATES]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "Ignored columns: title, organisation, country\n976 created, 0 unchanged, 0 invalid\n");
    let (code, out, _) = run(folder.path(), &["import", LAUREATES]);
    assert_eq!(code, 0);
    assert!(out.ends_with("0 created, 976 unchanged, 0 invalid\n"), "{out}");
}

#[tokio::test]
async fn postgresql_takes_the_same_file() {
    let database = support::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["--database-url", &database.url, "import", LAUREATES]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.ends_with("976 created, 0 unchanged, 0 invalid\n"), "{out}");
    let page = database.store.list(&"q=rontgen".parse().unwrap()).await.unwrap();
    assert_eq!(page.items[0].name, "Wilhelm Conrad Röntgen");
    assert_eq!(page.items[0].created_at, support::at("1901-12-10T12:00:00Z"));
}

const MIXED: &str = "\
name,email,created_at
Ada,ada@example.org,2020-01-01T00:00:00Z
,x,yesterday
Grace,grace@example.org,
Eve,ADA@example.org,
Short,short@example.org
Ada,ada@example.org,2020-01-01T00:00:00Z
";

#[test]
fn bad_rows_are_told_by_line_and_nothing_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = import(folder.path(), MIXED, &[]);
    assert_eq!((code, out.as_str()), (1, ""));
    let lines: Vec<_> = err.lines().collect();
    assert_eq!(
        lines,
        [
            "people.csv:3: name must not be empty; email must be an address like ada@example.org: the @ is missing; \
             created_at must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999",
            "people.csv:5: email belongs to another user already",
            "people.csv:6: row has 2 fields, the heading has 3",
            "Nothing was imported: 3 bad rows. With --skip-invalid the others are imported.",
        ]
    );
    let (_, out, _) = import(folder.path(), "name,email\nAda,ada@example.org\n", &[]);
    assert_eq!(out, "1 created, 0 unchanged, 0 invalid\n", "the directory was still empty");
}

#[test]
fn good_rows_go_in_when_bad_ones_may_be_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = import(folder.path(), MIXED, &["--skip-invalid"]);
    assert_eq!((code, out.as_str()), (0, "2 created, 1 unchanged, 3 invalid\n"));
}

#[test]
fn a_row_that_differs_from_who_is_there_is_bad() {
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), "name,email,created_at\nAda,ada@example.org,2020-01-01T00:00:00Z\n", &[]);
    for row in ["Ada L,ada@example.org,", "Ada,Ada@example.org,", "Ada,ada@example.org,2021-01-01T00:00:00Z"] {
        let (code, _, err) = import(folder.path(), format!("name,email,created_at\n{row}\n"), &[]);
        assert_eq!(code, 1, "{row}");
        assert!(err.starts_with("people.csv:2: email belongs to another user already"), "{err}");
    }
}

#[test]
fn spreadsheets_habits_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "\u{feff}\"E-Mail\",EMAIL, Name \r\nx,\"ada@example.org\",\"Lovelace, Ada \"\"Countess\"\"\"\r\n";
    let (code, out, _) = import(folder.path(), csv, &[]);
    assert_eq!((code, out.as_str()), (0, "Ignored columns: e-mail\n1 created, 0 unchanged, 0 invalid\n"));
}

#[test]
fn files_that_are_no_list_of_people_say_why() {
    let folder = tempfile::tempdir().unwrap();
    for (csv, reason) in [
        ("", "there is no column name in the heading"),
        ("name,mail\nAda,ada@example.org\n", "there is no column email in the heading: name, mail"),
        ("name,email,Email\n", "the column email stands twice in the heading"),
    ] {
        let (code, out, err) = import(folder.path(), csv, &[]);
        assert_eq!((code, out.as_str()), (1, ""), "{csv}");
        assert!(err.contains(reason) && err.lines().count() == 1, "{err}");
    }
    let (code, _, err) = import(folder.path(), b"name,email\nAda\xff,ada@example.org\n", &[]);
    assert_eq!(code, 1);
    assert!(err.starts_with("people.csv:2: is not UTF-8"), "{err}");
    let (code, _, err) = run(folder.path(), &["import", "missing.csv"]);
    assert_eq!((code, err.starts_with("rollcall: cannot open missing.csv")), (1, true), "{err}");
}

#[test]
fn if_empty_leaves_a_directory_with_people_alone() {
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), "name,email\nAda,ada@example.org\n", &["--if-empty"]);
    let (code, out, _) = import(folder.path(), "name,email\nBob,bob@example.org\n", &["--if-empty"]);
    assert_eq!((code, out.as_str()), (0, "There are people in the directory already: nothing to do.\n"));
}
