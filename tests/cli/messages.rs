//! The wording of messages: plurals, and no repetition.

use std::fs;

use super::run;

#[test]
fn a_single_row_field_and_person_are_singular() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("people.csv"), "name,email\nAda\nEve,eve@example.org\n").unwrap();
    let (code, _, err) = run(folder.path(), &["import", "people.csv"]);
    let lines: Vec<_> = err.lines().collect();
    let expected = [
        "people.csv:2: has 1 field, but the heading has 2",
        "Nothing was imported: 1 row cannot be imported. Use --skip-invalid to import the others.",
    ];
    assert_eq!((code, lines.as_slice()), (1, &expected[..]));

    fs::write(folder.path().join("person.csv"), "name,email\nEve,eve@example.org\n").unwrap();
    assert_eq!(run(folder.path(), &["import", "person.csv"]).0, 0);
    let (_, listed, _) = run(folder.path(), &["imports", "list"]);
    assert!(listed.ends_with("  applied    1 row  person.csv\n"), "{listed}");
    let (_, out, _) = run(folder.path(), &["export", "--output", "all.csv"]);
    assert_eq!(out, "Exported 1 person to all.csv\n");
    let (_, out, _) = run(folder.path(), &["backup", "backup.db"]);
    assert!(out.starts_with("Backed up 1 person in "), "{out}");
    let (_, out, _) = run(folder.path(), &["restore", "backup.db", "--overwrite"]);
    assert!(out.starts_with("Restored 1 person. "), "{out}");
}

#[test]
fn a_folder_is_not_imported() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["import", "."]);
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", "rollcall: . is a folder, not a file\n"));
}

#[test]
fn an_error_of_the_database_is_printed_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rollcall.db"), "this is a text, and no database of any kind".repeat(100)).unwrap();
    let (code, _, err) = run(folder.path(), &["migrate"]);
    assert_eq!((code, err.lines().count()), (1, 1), "{err}");
    assert_eq!(err.matches("file is not a database").count(), 1, "{err}");
    let (_, out, _) = run(folder.path(), &["doctor"]);
    assert_eq!(out.matches("file is not a database").count(), 1, "{out}");
}
