//! The words of the pages stand in `src/ui/text/` alone, and all that stand there are said.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Attributes that people read or hear, and properties of components that become such.
const SAID: [&str; 13] = [
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "content",
    "data-label",
    "hint",
    "label",
    "nothing",
    "placeholder",
    "text",
    "title",
];

/// What looks like words and is none, in the files where it stands.
const NO_TEXT: [(&str, &[&str]); 13] = [
    ("components/avatar.rs", &["avatar hue-{}"]),
    ("form.rs", &["Submitted", "Link", "Token"]),
    ("islands/palette/mod.rs", &["ArrowDown", "ArrowUp", "Enter"]),
    ("islands/bulk/mod.rs", &["bulk-report toast"]),
    ("islands/palette/options.rs", &["[data-actions] > [role=option]"]),
    ("islands/form_guard/mod.rs", &["button, a"]),
    ("islands/user_list/search.rs", &["Enter"]),
    (
        "islands/bulk/work.rs",
        &["#rows tbody input[name=id]", ".bulk-report:is(:hover, :focus-visible, :has(:focus-visible))"],
    ),
    ("pages/api_docs/operation.rs", &["RateLimit"]),
    ("pages/import/decide.rs", &["field if-{mode}"]),
    ("pages/tokens/mod.rs", &["Authorization: Bearer …"]),
    (
        "shell.rs",
        &["<!DOCTYPE html>{page}", "(prefers-color-scheme: {})", "width=device-width, initial-scale=1", "noindex"],
    ),
    ("theme.rs", &["light dark"]),
];

/// A literal of the source, with what stands right before and after it.
struct Literal<'a> {
    line: usize,
    text: &'a str,
    before: &'a str,
    after: &'a str,
}

impl Literal<'_> {
    /// The attribute or property of a view that it is the value of; `name = "…"` is code.
    fn attribute(&self) -> Option<&str> {
        let before = self.before.strip_suffix('=')?;
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '#')));
        Some(&before[start.map_or(0, |start| start + 1)..]).filter(|name| !name.is_empty())
    }

    /// Whether it is a child of an element.
    fn is_child(&self) -> bool {
        let (before, after) = (self.before.trim_end(), self.after.trim_start());
        let arrow = before.ends_with("=>") || before.ends_with("->");
        let between = before.ends_with('}') && after.starts_with(['{', '<']);
        !arrow && (before.ends_with('>') || after.starts_with("</") || between)
    }

    /// Whether somebody would read it: by where it stands, and elsewhere by how it is written.
    fn is_said(&self) -> bool {
        match self.attribute() {
            Some(name) => SAID.contains(&name) && has_word(self.text),
            None if self.is_child() => has_word(self.text),
            None => is_prose(&without_values(self.text)),
        }
    }
}

/// Two letters in a row.
fn has_word(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic))
}

/// A word with a capital, words with spaces between or around them.
fn is_prose(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_name =
        matches!(letters.as_slice(), [first, second, ..] if first.is_ascii_uppercase() && second.is_ascii_lowercase());
    let spaced = letters.windows(2).any(|pair| match pair {
        [' ', c] | [c, ' '] => c.is_ascii_alphabetic() || matches!(c, ',' | '.' | ':' | '”'),
        _ => false,
    });
    is_name || (spaced && has_word(text))
}

/// A format without its `{…}`.
fn without_values(text: &str) -> String {
    let mut depth = 0;
    let outside = text.chars().filter(|c| {
        depth += i32::from(*c == '{');
        let keep = depth == 0;
        depth -= i32::from(*c == '}');
        keep
    });
    outside.collect()
}

/// The string literals of a source, without those in comments, attributes (`#[…]`) and its tests.
fn literals(source: &str) -> Vec<Literal<'_>> {
    let source = source.split("#[cfg(test)]").next().unwrap();
    let bytes = source.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &source[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("#[") {
            at += rest.find(']').unwrap_or(rest.len());
        } else if rest.starts_with("'\"'") {
            at += 3;
        } else if bytes[at] == b'"' {
            let end = at + 1 + end_of_literal(&rest[1..]);
            let line = source[..at].matches('\n').count() + 1;
            found.push(Literal { line, text: &source[at + 1..end], before: &source[..at], after: &source[end + 1..] });
            at = end + 1;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// Where the quote is that ends a literal.
fn end_of_literal(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap()
}

/// Every source under a folder of `src`.
pub fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| {
        if path.is_dir() { sources(&path) } else { vec![(path.clone(), fs::read_to_string(&path).unwrap())] }
    });
    files.collect()
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")
}

#[test]
fn components_hold_no_words() {
    // The style guide is for those who change the pages; browsers and systems have names.
    let elsewhere = ["text", "pages/styleguide", "components/agent.rs"].map(|path| ui().join(path));
    let is_elsewhere = |path: &Path| elsewhere.iter().any(|folder| path.starts_with(folder));
    let mut said = Vec::new();
    for (path, source) in sources(&ui()).iter().filter(|(path, _)| !is_elsewhere(path)) {
        let allowed = NO_TEXT.iter().filter(|(file, _)| *path == ui().join(file)).flat_map(|(_, texts)| *texts);
        let allowed: Vec<_> = allowed.collect();
        let literals = literals(source).into_iter().filter(|one| one.is_said() && !allowed.contains(&&one.text));
        said.extend(literals.map(|literal| format!("{}:{}: {:?}", path.display(), literal.line, literal.text)));
    }
    assert!(said.is_empty(), "these belong into src/ui/text:\n{}", said.join("\n"));
}

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

/// A source without comments and tests.
fn code(source: &str) -> String {
    let lines = source.split("#[cfg(test)]").next().unwrap().lines();
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The public constant or function that a line of a text module declares.
fn declared(line: &str) -> Option<&str> {
    let item = line.strip_prefix("pub const ").or_else(|| line.strip_prefix("pub fn "))?;
    item.split([':', '(', '<']).next()
}

/// The names under which code imports a module of texts by itself.
fn aliases<'a>(code: &'a str, module: &'a str) -> Vec<&'a str> {
    let imports = code.lines().filter_map(|line| line.trim().strip_prefix("use ")?.strip_suffix(';'));
    let aliases = imports.filter_map(|import| {
        let (path, alias) = import.split_once(" as ").unwrap_or((import, module));
        let parent = path.strip_suffix(module)?;
        (parent.ends_with("text::") || parent == "super::").then_some(alias)
    });
    aliases.collect()
}

/// Whether a text is part of another one of its module.
fn uses_own(code: &str, name: &str) -> bool {
    let is_function = name.starts_with(|c: char| c.is_ascii_lowercase());
    let path = if is_function { format!("{name}(") } else { name.to_owned() };
    paths(code, &path).any(|before| !before.ends_with(':') && !before.ends_with("fn ") && !before.ends_with("const "))
}

fn has_path(code: &str, path: &str) -> bool {
    paths(code, path).next().is_some()
}

/// Whether code has a path that begins here, not within a longer one.
fn has_relative_path(code: &str, path: &str) -> bool {
    paths(code, path).any(|before| !before.ends_with(':'))
}

/// What stands before each occurrence of a path that is no part of a longer word.
fn paths<'a>(code: &'a str, path: &'a str) -> impl Iterator<Item = &'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(path).filter_map(move |(at, _)| {
        let (before, after) = (&code[..at], &code[at + path.len()..]);
        let is_whole = !before.ends_with(is_word) && (path.ends_with('(') || !after.starts_with(is_word));
        is_whole.then_some(before)
    })
}

#[test]
fn a_text_that_is_used_only_in_another_module_or_a_comment_is_found() {
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

#[test]
fn words_are_told_from_code() {
    let said = |source: &str| literals(source).iter().any(Literal::is_said);
    for source in [
        r#"view! { <p>"hello"</p> }"#,
        r#"view! { <p>{name}" by "<b>{whom}</b></p> }"#,
        r#"view! { <p>{name}"gone"{when}</p> }"#,
        r#"view! { <a aria-label="pages" href=href/> }"#,
        r#"view! { <Field name="email" label="E-mail"/> }"#,
        r#"let title = "Deleted";"#,
        r#"format!("{count} people")"#,
        r#"Err("no \" more".to_owned())"#,
    ] {
        assert!(said(source), "{source}");
    }
    for source in [
        r#"view! { <p class="button primary">{text::site::SAVE}" · "{text}</p> }"#,
        r#"view! { <input type="text" name="email" aria-live="polite"/> }"#,
        r#"// "Some words""#,
        r#"match word { "yes" => "no", _ => "system" }"#,
        r#"format!("/users/{id}/edit")"#,
        r#"#[expect(unused, reason = "not yet")] let it = '"';"#,
    ] {
        assert!(!said(source), "{source}");
    }
}
