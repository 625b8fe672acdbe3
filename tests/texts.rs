//! The texts of the pages are defined only in `src/ui/text/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Attributes that people read or hear, and component properties that set such attributes.
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

/// Literals that look like text but are not, by file.
const NO_TEXT: [(&str, &[&str]); 13] = [
    ("components/avatar.rs", &["avatar hue-{}"]),
    ("form.rs", &["Submitted", "Link", "Token"]),
    ("islands/palette/mod.rs", &["ArrowDown", "ArrowUp", "Enter"]),
    ("islands/bulk/mod.rs", &["bulk-report toast"]),
    ("islands/palette/options.rs", &["[data-actions] > [role=option]"]),
    ("islands/form_guard/mod.rs", &["button, a"]),
    ("islands/user_list/search.rs", &["Enter"]),
    (
        "islands/bulk/state.rs",
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

/// A string literal of the source, with the code right before and after it.
struct Literal<'a> {
    line: usize,
    text: &'a str,
    before: &'a str,
    after: &'a str,
}

impl Literal<'_> {
    /// The attribute or property of a view that has this literal as its value; `name = "…"` is code.
    fn attribute(&self) -> Option<&str> {
        let before = self.before.strip_suffix('=')?;
        let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '#')));
        Some(&before[start.map_or(0, |start| start + 1)..]).filter(|name| !name.is_empty())
    }

    /// Whether the literal is a child of an element.
    fn is_child(&self) -> bool {
        let (before, after) = (self.before.trim_end(), self.after.trim_start());
        let arrow = before.ends_with("=>") || before.ends_with("->");
        let between = before.ends_with('}') && after.starts_with(['{', '<']);
        !arrow && (before.ends_with('>') || after.starts_with("</") || between)
    }

    /// Whether the literal is shown to people: decided by its position or, if that is inconclusive, by its wording.
    fn is_said(&self) -> bool {
        match self.attribute() {
            Some(name) => SAID.contains(&name) && has_word(self.text),
            None if self.is_child() => has_word(self.text),
            None => is_prose(&without_values(self.text)),
        }
    }
}

/// Whether a text contains two consecutive letters.
fn has_word(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic))
}

/// A capitalised word, or words separated or surrounded by spaces.
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

/// A format string without its `{…}` placeholders.
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

/// The string literals of a source, except those in comments, attributes (`#[…]`) and test modules.
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

/// The position of the closing quote of a literal.
fn end_of_literal(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap()
}

/// Every source file under a folder of `src`.
pub fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| {
        if path.is_dir() { sources(&path) } else { vec![(path.clone(), fs::read_to_string(&path).unwrap())] }
    });
    files.collect()
}

pub fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")
}

#[test]
fn components_contain_no_literal_text() {
    // The style guide is for developers; names of browsers and operating systems are not translated.
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
fn text_is_distinguished_from_code() {
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
