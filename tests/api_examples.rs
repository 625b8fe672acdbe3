//! Runs every example of `docs/api.md` against a real server and compares the responses with those that the page shows.

use std::{path::Path, process::Command};

use crate::cli::{LAUREATES, run, server::Server};

/// A shell block, and the response that the page shows below it.
struct Example<'a> {
    shell: &'a str,
    answer: Option<&'a str>,
}

fn examples(page: &str) -> Vec<Example<'_>> {
    let mut examples = Vec::<Example>::new();
    for block in page.split("\n```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').unwrap();
        match (language, examples.last_mut()) {
            ("sh", _) => examples.push(Example { shell: text, answer: None }),
            ("http", Some(last)) => last.answer = Some(text),
            (language, _) => panic!("{language} is neither a command nor its answer"),
        }
    }
    examples
}

/// Whether a text matches a pattern in which `…` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}

/// A response as `curl -i` prints it, or as the page shows it: status line, headers, body on one line.
struct Answer {
    status: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn of(text: &str) -> Self {
        let text = text.replace('\r', "");
        let (head, body) = text.split_once("\n\n").unwrap_or((text.as_str(), ""));
        let mut lines = head.trim().lines();
        let status = lines.next().unwrap_or_default().trim().to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
        Self { status, headers, body: body.lines().map(str::trim).collect() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The differences from the response that the page shows.
    fn differs(&self, shown: &Self) -> Vec<String> {
        let parts = [
            ("status", shown.status.as_str(), self.status.as_str()),
            ("body", shown.body.as_str(), self.body.as_str()),
        ];
        let headers = shown.headers.iter().map(|(name, value)| (name.as_str(), value.as_str(), self.header(name)));
        let wrong = parts.into_iter().chain(headers).filter(|(_, shown, got)| !fits(shown, got));
        wrong.map(|(what, shown, got)| format!("{what}\n  shown {shown}\n  got   {got}")).collect()
    }
}

/// The output of a bash script in this folder, with the server's URL and token set.
fn bash(folder: &Path, script: &str, url: &str, token: &str) -> String {
    let mut bash = Command::new("bash");
    let bash = bash.args(["-euc", script]).current_dir(folder).env("URL", url).env("TOKEN", token);
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_example_of_the_api_docs_gets_the_documented_response() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let create = ["token", "create", "--name", "Walk", "--scope", "users:read", "--scope", "users:write"];
    let token = run(folder.path(), &create).1;
    let server = Server::start(folder.path(), &[]);
    let page = include_str!("../docs/api.md");
    let examples = examples(page);
    assert!(examples.len() > 25, "{}", examples.len());

    let (mut known, mut wrong) = (String::new(), Vec::new());
    // The id in the page's example, and the id of the same user in this run.
    let mut id = (String::new(), String::new());
    for Example { shell, answer } in examples {
        let here = |text: &str| if id.0.is_empty() { text.to_owned() } else { text.replace(&id.0, &id.1) };
        let shell = here(shell);
        let Some(shown) = answer else {
            // The page assigns placeholders to URL and TOKEN; the test sets the real values.
            let ours = shell.lines().filter(|line| !line.starts_with("URL=") && !line.starts_with("TOKEN="));
            known.extend(ours.flat_map(|line| [line, "\n"]));
            continue;
        };
        let got = Answer::of(&bash(folder.path(), &format!("{known}{shell}"), &server.url, token.trim()));
        let last = |answer: &Answer| answer.header("location").rsplit('/').next().unwrap_or_default().to_owned();
        if id.0.is_empty() {
            id = (last(&Answer::of(shown)), last(&got));
        }
        let shown = if id.0.is_empty() { shown.to_owned() } else { shown.replace(&id.0, &id.1) };
        wrong.extend(got.differs(&Answer::of(&shown)).into_iter().map(|difference| format!("{shell}\n{difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(!id.1.is_empty());
}

#[test]
fn only_elided_parts_of_an_example_may_differ() {
    for (pattern, text) in
        [("", ""), ("a", "a"), ("…", ""), ("a…", "ab"), ("…b", "ab"), ("a…b…c", "a1b2c"), ("a…a", "aa")]
    {
        assert!(fits(pattern, text), "{pattern} {text}");
    }
    for (pattern, text) in [("", "a"), ("a", "ab"), ("a…", "b"), ("…b", "ba"), ("a…b…c", "acb"), ("a…a", "a")]
    {
        assert!(!fits(pattern, text), "{pattern} {text}");
    }
}
