//! Rows and files that cannot be imported.

use std::fs;

use super::{import::import, run};

const MIXED: &str = "\
name,email,created_at
Ada,ada@example.org,2020-01-01T00:00:00Z
,x,yesterday
Grace,grace@example.org,
Eve,ADA@example.org,
Short,short@example.org
";

#[test]
fn invalid_rows_are_reported_by_line_and_nothing_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = import(folder.path(), MIXED, &[]);
    assert_eq!((code, out.as_str()), (1, ""));
    let lines: Vec<_> = err.lines().collect();
    assert_eq!(
        lines,
        [
            "people.csv:3: name must not be empty; email must be an address like ada@example.org: the @ is missing (x); \
             created_at must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999 (yesterday)",
            "people.csv:6: has 2 fields, but the heading has 3",
            "people.csv:5: line 2 has the same address or id",
            "Nothing was imported: 3 rows cannot be imported. Use --skip-invalid to import the others.",
        ]
    );
    let (_, out, _) = import(folder.path(), "name,email\nAda,ada@example.org\n", &[]);
    assert!(
        out.starts_with("Imported 1 person: 1 created, 0 updated, 0 unchanged, 0 skipped ("),
        "the directory was still empty: {out}"
    );
}

#[test]
fn valid_rows_are_imported_and_the_others_written_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = import(folder.path(), MIXED, &["--skip-invalid", "--rejected", "bad.csv"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("Imported 2 people: 2 created, 0 updated, 0 unchanged, 3 skipped ("), "{out}");
    let bad = fs::read_to_string(folder.path().join("bad.csv")).unwrap();
    assert_eq!(bad.lines().count(), 4, "{bad}");
    let mended = bad
        .replace(",x,yesterday", "Xenia,x@example.org,")
        .replace("ADA@", "eve@")
        .replace("Short,short@example.org", "Short,short@example.org,");
    fs::write(folder.path().join("mended.csv"), mended).unwrap();
    let (code, out, err) = run(folder.path(), &["import", "mended.csv"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("Ignored columns: problem\nImported 3 people: 3 created"), "{out}");
}

#[test]
fn files_without_a_list_of_people_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (csv, reason) in [
        ("", "empty"),
        ("name,address\nAda,ada@example.org\n", "email"),
        ("name,email,Email\nAda,a@example.org,b@example.org\n", "occurs twice"),
    ] {
        let (code, out, err) = import(folder.path(), csv, &[]);
        assert_eq!((code, out.as_str()), (1, ""), "{csv}");
        assert!(err.contains("people.csv: line 1: ") && err.contains(reason) && err.lines().count() == 1, "{err}");
    }
    let (code, _, err) = import(folder.path(), b"name,email\n\xc3\xa9a,b@example.org\nAda\xff,ada@example.org\n", &[]);
    assert_eq!(code, 1);
    assert!(err.starts_with("people.csv:3: is not UTF-8") || err.contains("UTF-8"), "{err}");
    let (code, _, err) = run(folder.path(), &["import", "missing.csv"]);
    assert_eq!((code, err.starts_with("rollcall: cannot open missing.csv")), (1, true), "{err}");
    let (_, listed, _) = run(folder.path(), &["imports", "list"]);
    assert_eq!(listed, "", "nothing is left of them");
}
