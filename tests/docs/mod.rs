//! The documentation names only files, tests, labels and links that exist, its commands run, and the index of decisions is
//! complete.

mod commands;
mod generated;

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
};

/// Top-level folders that paths in backticks can start with.
const FOLDERS: [&str; 14] = [
    ".cargo/",
    ".github/",
    "bench/",
    "browser/",
    "deploy/",
    "docs/",
    "end2end/",
    "LICENSES/",
    "migrations/",
    "public/",
    "scripts/",
    "src/",
    "style/",
    "tests/",
];

/// The sections that every decision must have.
const SECTIONS: [&str; 4] = ["## Context", "## Decision", "## Consequences", "## Measurement"];

struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap().display().to_string()
    }

    /// The lines outside code blocks.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut is_code = false;
        self.text.lines().filter(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        })
    }

    /// The texts in backticks.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2))
    }

    /// The shell blocks.
    fn shell(&self) -> impl Iterator<Item = &str> {
        let blocks = self.text.split("\n```").skip(1).step_by(2);
        blocks.filter_map(|block| block.strip_prefix("sh\n"))
    }

    /// The targets of links and pictures within the project.
    fn links(&self) -> impl Iterator<Item = &str> {
        let targets = self.prose().flat_map(|line| {
            let delimiters = [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')];
            delimiters.into_iter().flat_map(move |(start, end)| between(line, start, end))
        });
        targets.filter(|target| !target.contains("://"))
    }

    /// The anchors of the headings, as GitHub generates them.
    fn anchors(&self) -> HashSet<String> {
        let headings =
            self.prose().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
        let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        headings.map(|text| text.to_lowercase().chars().filter(is_kept).collect::<String>().replace(' ', "-")).collect()
    }
}

/// The texts between two delimiters in a line.
fn between<'a>(line: &'a str, start: &'static str, end: char) -> impl Iterator<Item = &'a str> {
    line.split(start).skip(1).filter_map(move |rest| rest.split_once(end)).map(|(text, _)| text)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files with an extension directly in a folder.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

fn documents() -> Vec<Document> {
    let folders = ["", "docs", "docs/administration", "docs/adr"];
    folders.into_iter().flat_map(|folder| files(folder, "md")).map(Document::read).collect()
}

/// The decision records, without their index.
fn decisions() -> Vec<Document> {
    let paths = files("docs/adr", "md").into_iter().filter(|path| !path.ends_with("README.md"));
    paths.map(Document::read).collect()
}

/// Collects the names of all functions under a folder.
fn functions(folder: &Path, names: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            functions(&entry, names);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&entry).unwrap();
            let found = source.lines().filter_map(|line| line.split_once("fn ")).map(|(_, rest)| rest);
            let is_name = |c: char| c.is_alphanumeric() || c == '_';
            names.extend(found.filter_map(|rest| rest.split(|c| !is_name(c)).next()).map(str::to_owned));
        }
    }
}

#[test]
fn every_path_that_a_document_names_exists() {
    let mut missing = BTreeSet::new();
    let mut count = 0;
    let front_page = Document::read(root().join("src/lib.rs"));
    for document in documents().into_iter().chain([front_page]) {
        for code in document.code() {
            let path = code.split_whitespace().next().unwrap_or_default();
            let is_path = FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains(['*', '{', '<', '…']);
            count += usize::from(is_path);
            if is_path && !root().join(path).exists() {
                missing.insert(format!("{}: {path}", document.name()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(count > 100, "only {count} paths were found");
}

/// docs/security.md names the code in `src/` and the test behind each claim.
#[test]
fn every_file_and_test_that_the_security_document_names_exists() {
    let mut names = HashSet::new();
    for folder in ["src", "tests"] {
        functions(&root().join(folder), &mut names);
    }
    let document = Document::read(root().join("docs/security.md"));
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let (mut missing, mut tests) = (Vec::new(), 0);
    for code in document.code() {
        let is_test = code.contains("::") && code.split("::").all(is_word);
        tests += usize::from(is_test);
        let is_file = ["domain/", "server/", "ui/", "rpc/", "user_file/"].iter().any(|folder| code.starts_with(folder));
        let test = code.rsplit("::").next().unwrap_or_default();
        if (is_test && !names.contains(test)) || (is_file && !root().join("src").join(code).exists()) {
            missing.push(code);
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(tests > 20, "only {tests} tests were found");
}

#[test]
fn every_link_between_documents_resolves() {
    let mut broken = BTreeSet::new();
    for document in documents() {
        for link in document.links() {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { document.path.clone() } else { document.path.with_file_name(path) };
            let leads = target.exists() && (anchor.is_empty() || Document::read(target).anchors().contains(anchor));
            if !leads {
                broken.insert(format!("{}: {link}", document.name()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The guides print the labels of the pages in bold, and nothing else.
#[test]
fn every_label_in_a_guide_is_a_text_of_the_pages() {
    let texts: String =
        files("src/ui/text/en", "rs").into_iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let (mut unknown, mut count) = (Vec::new(), 0);
    for name in ["docs/quick-start.md", "docs/user-guide.md", "docs/administration/sign-in.md"] {
        let guide = Document::read(root().join(name));
        for label in guide.prose().flat_map(|line| line.split("**").skip(1).step_by(2)) {
            count += 1;
            if !texts.contains(&format!("\"{label}\"")) {
                unknown.push(format!("{name}: {label}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(count > 20, "only {count} labels were found");
}

#[test]
fn every_decision_has_its_parts_and_is_in_the_index() {
    let index = Document::read(root().join("docs/adr/README.md"));
    let listed: BTreeSet<_> = index.links().filter(|link| !link.starts_with("..")).collect();
    let decisions = decisions();
    let found: BTreeSet<_> =
        decisions.iter().map(|decision| decision.path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(listed, found);
    for decision in &decisions {
        let missing: Vec<_> = SECTIONS.iter().filter(|part| !decision.prose().any(|line| line == **part)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", decision.name());
    }
}

#[test]
fn the_architecture_page_stays_short() {
    let lines = Document::read(root().join("docs/architecture.md")).text.lines().count();
    assert!(lines <= 150, "docs/architecture.md has {lines} lines");
}
