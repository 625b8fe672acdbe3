//! All texts in `src/ui/text/` are used.

use std::path::{Path, PathBuf};

use crate::texts::{sources, ui};

#[test]
fn every_text_is_used() {
    let unused = unused_texts(&sources(ui().parent().unwrap()), &ui().join("text"));
    assert!(unused.is_empty(), "no page uses these: {unused:?}");
}

/// The texts under `folder` that no page and no other text uses, as `module::NAME`.
fn unused_texts(sources: &[(PathBuf, String)], folder: &Path) -> Vec<String> {
    let code: Vec<(&Path, String)> = sources.iter().map(|(path, source)| (path.as_path(), code(source))).collect();
    let mut unused = Vec::new();
    for (path, texts) in code.iter().filter(|(path, _)| path.starts_with(folder)) {
        let module = path.file_stem().unwrap().to_str().unwrap();
        let users: Vec<_> = code.iter().map(|(user, code)| (user, code, aliases(code, module))).collect();
        for name in texts.lines().filter_map(declared) {
            let from_text = if module == "mod" { format!("text::{name}") } else { format!("text::{module}::{name}") };
            let is_used = users.iter().any(|(user, code, aliases)| {
                code.contains(name)
                    && (has_path(code, &from_text)
                        || aliases.iter().any(|alias| has_relative_path(code, &format!("{alias}::{name}")))
                        || (user.starts_with(folder) && has_path(code, &format!("super::{module}::{name}")))
                        || (*user == path && uses_own(code, name)))
            });
            if !is_used {
                unused.push(format!("{module}::{name}"));
            }
        }
    }
    unused
}

/// A source file without comments and tests.
fn code(source: &str) -> String {
    let lines = source.split("#[cfg(test)]").next().unwrap().lines();
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The public constant or function that a line of a text module declares.
fn declared(line: &str) -> Option<&str> {
    let item = line.strip_prefix("pub const ").or_else(|| line.strip_prefix("pub fn "))?;
    item.split([':', '(', '<']).next()
}

/// The names under which code imports a module of texts.
fn aliases<'a>(code: &'a str, module: &'a str) -> Vec<&'a str> {
    let imports = code.lines().filter_map(|line| line.trim().strip_prefix("use ")?.strip_suffix(';'));
    let aliases = imports.filter_map(|import| {
        let (path, alias) = import.split_once(" as ").unwrap_or((import, module));
        let parent = path.strip_suffix(module)?;
        (parent.ends_with("text::") || parent == "super::").then_some(alias)
    });
    aliases.collect()
}

/// Whether another text of the same module uses this one.
fn uses_own(code: &str, name: &str) -> bool {
    let is_function = name.starts_with(|c: char| c.is_ascii_lowercase());
    let path = if is_function { format!("{name}(") } else { name.to_owned() };
    paths(code, &path).any(|before| !before.ends_with(':') && !before.ends_with("fn ") && !before.ends_with("const "))
}

fn has_path(code: &str, path: &str) -> bool {
    paths(code, path).next().is_some()
}

/// Whether code contains this path and not only as the end of a longer one.
fn has_relative_path(code: &str, path: &str) -> bool {
    paths(code, path).any(|before| !before.ends_with(':'))
}

/// The text before each occurrence of a path that is not part of a longer word.
fn paths<'a>(code: &'a str, path: &'a str) -> impl Iterator<Item = &'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(path).filter_map(move |(at, _)| {
        let (before, after) = (&code[..at], &code[at + path.len()..]);
        let is_whole = !before.ends_with(is_word) && (path.ends_with('(') || !after.starts_with(is_word));
        is_whole.then_some(before)
    })
}

#[test]
fn an_unused_text_is_detected_despite_same_names_and_comments() {
    let folder = Path::new("text");
    let unused = |page: &str| {
        let files = [
            ("text/mod.rs", "pub const LANG: &str = \"en\";"),
            (
                "text/list.rs",
                "pub const SAVE: &str = \"Save\";\npub fn rows(rows: u32) -> String { format!(\"{rows}\") }",
            ),
            ("text/form.rs", "pub const SAVE: &str = \"Save it\";"),
            ("page.rs", page),
        ];
        unused_texts(&files.map(|(path, source)| (PathBuf::from(path), source.to_owned())), folder)
    };
    let all = ["mod::LANG", "list::SAVE", "list::rows", "form::SAVE"];
    assert_eq!(unused(""), all);
    assert_eq!(unused("// text::LANG, text::list::SAVE\nserver::list::SAVE; list::rows(1); blacklist::SAVE"), all);
    assert_eq!(unused("use crate::ui::text::form as words;\nwords::SAVE"), ["mod::LANG", "list::SAVE", "list::rows"]);
    assert_eq!(unused("text::LANG; text::list::SAVE; text::list::rows(1); text::form::SAVES"), ["form::SAVE"]);
    assert_eq!(unused("text::LANG; text::list::SAVE; text::list::rows(1); text::form::SAVE"), [""; 0]);
}
