use std::{fs, path::Path};

use super::{LAUREATES, run};
use crate::support;

/// Imports a file; returns the exit code, standard output and standard error.
pub fn import(folder: &Path, csv: impl AsRef<[u8]>, options: &[&str]) -> (i32, String, String) {
    fs::write(folder.join("people.csv"), csv).unwrap();
    run(folder, &[&["import", "people.csv"], options].concat())
}

/// The summary of an import without its end, such as ` (1.2 s).`
fn without_duration(summary: &str) -> &str {
    let (counts, duration) = summary.rsplit_once(" (").unwrap();
    let seconds = duration.strip_suffix(" s).").unwrap();
    assert!(seconds.parse::<f64>().is_ok_and(|seconds| seconds >= 0.0), "{summary}");
    counts
}

#[test]
fn importing_a_file_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["import", LAUREATES]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<_> = out.lines().collect();
    let first_lines = [
        "Ignored columns: title, organisation, country",
        "Imported 976 people: 976 created, 0 updated, 0 unchanged, 0 skipped",
    ];
    assert_eq!([lines[0], without_duration(lines[1])], first_lines);
    assert!(lines[2].starts_with("To undo it, run: rollcall imports undo "), "{out}");
    let (code, out, _) = run(folder.path(), &["import", LAUREATES]);
    assert_eq!(code, 0);
    let last = without_duration(out.lines().last().unwrap());
    assert_eq!(last, "Imported 0 people: 0 created, 0 updated, 976 unchanged, 0 skipped", "nothing to undo");
}

#[tokio::test]
async fn postgresql_imports_the_same_file() {
    let database = support::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(folder.path(), &["--database-url", &database.url, "import", LAUREATES]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("Imported 976 people: 976 created, 0 updated, 0 unchanged, 0 skipped ("), "{out}");
    let page = database.store.list(&"q=rontgen".parse().unwrap()).await.unwrap();
    assert_eq!(page.items[0].profile.name, "Wilhelm Conrad Röntgen");
    assert_eq!(page.items[0].created_at, support::at("1901-12-10T12:00:00Z"));
}

/// The laureates with 10 names edited, 5 rows made invalid and 3 rows repeated at the end.
fn edited_laureates() -> String {
    let mut lines: Vec<String> = fs::read_to_string(LAUREATES).unwrap().lines().map(str::to_owned).collect();
    for n in 1..=10 {
        let line = &lines[n * 7];
        let (name, rest) = if let Some(quoted) = line.strip_prefix('"') {
            quoted.split_once("\",").unwrap()
        } else {
            line.split_once(',').unwrap()
        };
        lines[n * 7] = format!("\"{name} (edited)\",{rest}");
    }
    for (place, line) in [
        (100, ",nobody@example.org,,,,"),
        (200, "Nobody,nonsense,,,,"),
        (300, "Nobody,soon@example.org,soon,,,"),
        (400, "Short,short@example.org"),
        (500, "Long,long@example.org,,,,,,,"),
    ] {
        line.clone_into(&mut lines[place]);
    }
    for place in [10, 11, 12] {
        lines.push(lines[place].clone());
    }
    lines.join("\n")
}

#[test]
fn a_dry_run_reports_each_line_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let (code, out, err) = import(folder.path(), edited_laureates(), &["--dry-run", "--update"]);
    assert_eq!(code, 0, "{err}");
    let changed: Vec<_> = out.lines().filter(|line| line.starts_with("people.csv:")).collect();
    assert_eq!(changed.len(), 10, "{out}");
    assert!(changed[0].starts_with("people.csv:8: name: ") && changed[0].ends_with("(edited)"), "{}", changed[0]);
    let counts = "Dry run: 0 new, 10 changed, 961 unchanged, 5 invalid, 3 duplicate, 0 in conflict.";
    assert!(out.ends_with(&format!("{counts} Nothing was imported.\n")), "{out}");
    let wrong: Vec<_> = err.lines().collect();
    let expected = [
        "people.csv:101: name must not be empty",
        "people.csv:201: email must be an address like ada@example.org: the @ is missing (nonsense)",
        "people.csv:301: created_at must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999 (soon)",
        "people.csv:401: has 2 fields, but the heading has 6",
        "people.csv:501: has 9 fields, but the heading has 6",
        "people.csv:978: line 11 has the same address or id",
        "people.csv:979: line 12 has the same address or id",
        "people.csv:980: line 13 has the same address or id",
    ];
    assert_eq!(wrong, expected);
    let (_, out, _) = run(folder.path(), &["import", LAUREATES, "--dry-run"]);
    assert!(out.contains("0 new, 0 changed, 976 unchanged"), "{out}");
}

#[test]
fn an_import_is_undone_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let (code, out, _) = import(folder.path(), edited_laureates(), &["--update", "--skip-invalid"]);
    assert_eq!(code, 0);
    let id = out.lines().last().unwrap().rsplit(' ').next().unwrap();
    let (_, listed, _) = run(folder.path(), &["imports", "list"]);
    assert!(listed.starts_with(id) && listed.lines().count() == 2, "{listed}");
    let (code, out, err) = run(folder.path(), &["imports", "undo", id]);
    assert_eq!((code, out.as_str()), (0, "Everything was undone.\n"), "{err}");
    let (_, out, _) = run(folder.path(), &["import", LAUREATES, "--dry-run"]);
    assert!(out.contains("0 new, 0 changed, 976 unchanged"), "{out}");
    let (code, _, err) = run(folder.path(), &["imports", "undo", id]);
    assert_eq!((code, err.as_str()), (4, "rollcall: import must be applied before it can be undone\n"));
}

#[test]
fn existing_users_are_changed_only_when_updates_are_enabled() {
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), "name,email,created_at\nAda,ada@example.org,2020-01-01T00:00:00Z\n", &[]);
    for (row, change) in [
        ("Ada L,ada@example.org,", "name is Ada"),
        ("Ada,Ada@example.org,", "email is ada@example.org"),
        ("Ada,ada@example.org,2021-01-01T00:00:00Z", "created_at is 2020-01-01T00:00:00Z"),
    ] {
        let file = format!("name,email,created_at\n{row}\n");
        let (code, _, err) = import(folder.path(), &file, &[]);
        assert_eq!(code, 1, "{row}");
        assert!(
            err.starts_with(&format!("people.csv:2: is already in the directory with different values: {change}\n")),
            "{err}"
        );
    }
    let (code, out, _) = import(folder.path(), "name,email\nAda L,Ada@example.org\n", &["--update"]);
    assert_eq!(
        (code, out.lines().next().map(without_duration)),
        (0, Some("Imported 1 person: 0 created, 1 updated, 0 unchanged, 0 skipped"))
    );
}

#[test]
fn spreadsheet_conventions_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "\u{feff}\"E-Mail\";EMAIL; Name \r\nx;\"ada@example.org\";\"Lovelace; Ada \"\"Countess\"\"\"\r\n";
    let (code, out, err) = import(folder.path(), csv, &[]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.starts_with("Ignored columns: E-Mail\nImported 1 person: 1 created, 0 updated, 0 unchanged, 0 skipped ("),
        "{out}"
    );
    let people = "Person;Address\nBob;bob@example.org\n";
    let (code, _, err) = import(folder.path(), people, &["--column", "name=Person", "--column", "email=Address"]);
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = import(folder.path(), people, &["--column", "colour=Person"]);
    assert!(code == 2 && err.contains("must be one of name, email"), "{err}");
}

#[test]
fn standard_input_can_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "{\"name\":\"Ada\",\"email\":\"ada@example.org\"}\n{\"name\":\"\",\"email\":\"b@example.org\"}\n";
    let options = ["import", "-", "--skip-invalid", "--rejected", "bad.jsonl"];
    let (code, out, err) = super::run_with_input(folder.path(), &options, lines);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("Imported 1 person: 1 created"), "{out}");
    let bad = fs::read_to_string(folder.path().join("bad.jsonl")).unwrap();
    assert!(bad.contains("\"problem\":\"name must not be empty\""), "{bad}");
}

#[test]
fn if_empty_skips_a_directory_with_users() {
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), "name,email\nAda,ada@example.org\n", &["--if-empty"]);
    let (code, out, _) = import(folder.path(), "name,email\nBob,bob@example.org\n", &["--if-empty"]);
    assert_eq!((code, out.as_str()), (0, "The directory is not empty: nothing to do.\n"));
}
