use std::process::Command;

use super::tool;
use crate::cli::run;

#[test]
fn bash_completes_commands_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (code, script, err) = run(folder.path(), &["completions", "bash"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let file = folder.path().join("rollcall.bash");
    std::fs::write(&file, script).unwrap();
    let complete = |words: &str| {
        let ask = r#"source "$0"; complete -p rollcall >&2; read -ra COMP_WORDS <<<"$1"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _rollcall rollcall "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; echo "${COMPREPLY[@]}""#;
        tool(Command::new("bash").args(["-c", ask]).arg(&file).arg(words), "").trim().to_owned()
    };
    assert_eq!(complete("rollcall migr"), "migrate");
    assert_eq!(complete("rollcall token cr"), "create");
    assert_eq!(complete("rollcall --metr"), "--metrics-listen");
    assert_eq!(complete("rollcall --log-format js"), "json");
}

#[test]
fn completions_exist_for_other_shells_and_create_no_database() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let (code, script, _) = run(folder.path(), &["completions", shell]);
        assert_eq!((code, script.contains("metrics-listen")), (0, true), "{shell}");
    }
    assert_eq!(run(folder.path(), &["completions", "tcsh"]).0, 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
