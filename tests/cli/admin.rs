use super::{run, run_with_input};
use crate::support::PASSWORD;

const CREATE: [&str; 7] = ["admin", "create", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];

#[test]
fn creating_an_admin_from_the_command_line_is_repeatable() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (code, out, err) = run_with_input(folder.path(), &CREATE, &format!("{PASSWORD}\n"));
        assert_eq!((code, out.as_str(), err.as_str()), (0, "ada@example.org is an admin.\n", ""));
    }
    let (code, _, err) = run_with_input(folder.path(), &CREATE, "short\n");
    assert_eq!((code, err.as_str()), (4, "rollcall: password must have 15 to 128 characters; it has 5\n"));
    let (code, _, err) = run(folder.path(), &CREATE[..6]);
    assert_eq!((code, err.contains("--password-stdin")), (2, true), "{err}");
}

#[test]
fn a_user_is_erased_but_not_the_last_admin() {
    let folder = tempfile::tempdir().unwrap();
    run_with_input(folder.path(), &CREATE, PASSWORD);
    let unknown = ["users", "erase", "01890a5d-ac96-774b-bcce-b302099a8057"];
    assert_eq!(run(folder.path(), &unknown).2, "rollcall: There is no user with this id.\n");
    let list = std::process::Command::new("python3")
        .args(["-c", "import sqlite3, uuid; print(uuid.UUID(bytes=sqlite3.connect('rollcall.db').execute('select id from users').fetchone()[0]))"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let id = String::from_utf8(list.stdout).unwrap();
    let (code, _, err) = run(folder.path(), &["users", "erase", id.trim()]);
    assert_eq!((code, err.contains("last admin")), (4, true), "{err}");
    let eve = ["admin", "create", "--name", "Eve", "--email", "eve@example.org", "--password-stdin"];
    run_with_input(folder.path(), &eve, PASSWORD);
    let (code, out, _) = run(folder.path(), &["users", "erase", id.trim()]);
    assert_eq!((code, out.as_str()), (0, "Erased.\n"));
    assert_eq!(run(folder.path(), &["users", "erase", id.trim()]).0, 3);
}
