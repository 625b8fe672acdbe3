//! Hostile and malformed import files.

use serde_json::{Value, json};

use super::{applied, apps, people, undone, upload};
use crate::support::App;

/// Sends an unreadable file; asserts that it fails for this reason and changes nothing.
async fn refused(app: &App, name: &str, file: &[u8], reason: &str) {
    let (path, import) = upload(app, file).await;
    assert_eq!(import["state"], "failed", "{name}: {import}");
    let problem = import["problem"].as_str().unwrap();
    assert!(problem.starts_with("line ") && problem.contains(reason), "{name}: {problem}");
    assert!(problem.len() < 500, "{name}: {} bytes", problem.len());
    let refused = super::apply(app, &path, &json!({"mode": "insert", "skip_invalid": true})).await;
    assert_eq!(refused.status, 409, "{name}");
    assert_eq!(people(app).await, 0, "{name}");
}

/// Sends a file with invalid rows; returns the import, and the line and error of each.
async fn wrong(app: &App, file: &[u8]) -> (Value, Vec<(u64, String)>) {
    let (path, import) = upload(app, file).await;
    assert_eq!(import["state"], "checked", "{import}");
    let rows = app.get(&format!("{path}/rows?outcome=invalid")).await.json();
    let row_errors = |row: &Value| {
        let error = &row["errors"][0];
        let text = |field: &str| error[field].as_str().unwrap().to_owned();
        (row["line"].as_u64().unwrap(), format!("{} {}", text("column"), text("message")).trim().to_owned())
    };
    (import, rows.as_array().unwrap().iter().map(row_errors).collect())
}

#[tokio::test]
async fn a_file_without_people_is_refused_and_changes_nothing() {
    for app in apps().await {
        let long_line = [b"name,email\n".to_vec(), vec![b'a'; 3 * 1024 * 1024]].concat();
        refused(&app, "a line of 3 MB", &long_line, "line 2").await;
        let columns = (0..100_000).map(|n| format!("column {n}")).collect::<Vec<_>>().join(",");
        refused(&app, "100,000 columns", format!("{columns}\n").as_bytes(), "line 1").await;
        refused(&app, "zeros", &[0; 4096], "").await;
        refused(&app, "a NUL in the heading", b"name\0,mail\0,x\0\nAda,ada@example.org,1\n", "").await;
        refused(&app, "a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "").await;
        refused(&app, "a packed file", b"PK\x03\x04\x14\0\x08\0\x08\0aaaaaaaaaaaaaaaaaaaa", "").await;
        refused(&app, "JSON that breaks off", br#"[{"name": "Ada", "email": "#, "").await;
        refused(&app, "an object in an object", &b"[".repeat(100_000), "").await;
    }
}

#[tokio::test]
async fn invalid_rows_are_reported_by_line_and_not_imported() {
    for app in apps().await {
        let (import, row_errors) = wrong(&app, b"name,email\nA\0da,ada@example.org\nEve,eve@example.org\n").await;
        assert_eq!(row_errors.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2], "NUL: {row_errors:?} {import}");
        let ragged = b"name,email\nAda\nEve,eve@example.org,more,and more\nGrace,grace@example.org\n";
        let (import, row_errors) = wrong(&app, ragged).await;
        assert_eq!(row_errors.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3], "ragged: {row_errors:?}");
        assert_eq!(import["counts"]["new"], 1);
        let (_, row_errors) =
            wrong(&app, b"\xef\xbb\xbfname,email\nAd\xe9,ada@example.org\nEve,eve@example.org\n").await;
        assert_eq!(row_errors, [(2, "name is not UTF-8".to_owned())]);
        let (import, _) =
            wrong(&app, "name,email\nÉve,eve@example.org\nAd\u{e9}".as_bytes().strip_suffix(b"\xa9").unwrap()).await;
        assert_eq!((&import["counts"]["new"], &import["counts"]["invalid"]), (&json!(1), &json!(1)), "{import}");
        assert_eq!(people(&app).await, 0);
    }
}

#[tokio::test]
async fn an_old_encoding_is_recognised() {
    for app in apps().await {
        let (path, import) = upload(&app, b"name,email\nAd\xe9,ada@example.org\n").await;
        assert_eq!(import["format"]["encoding"], "windows-1252", "{import}");
        assert_eq!(app.get(&format!("{path}/rows?outcome=new")).await.json()[0]["name"], "Adé");
    }
}

#[tokio::test]
async fn formulas_are_imported_as_names() {
    for app in apps().await {
        let (path, _) =
            upload(&app, b"name,email\n\"=cmd|' /C calc'!A0\",ada@example.org\n'=1+1,eve@example.org\n").await;
        applied(&app, &path, &json!({"mode": "insert"})).await;
        let names = app.get("/api/v1/users?sort=name").await.json();
        assert_eq!((&names[0]["name"], &names[1]["name"]), (&json!("=1+1"), &json!("=cmd|' /C calc'!A0")));
        assert_eq!(undone(&app, &path).await["state"], "undone");
    }
}
