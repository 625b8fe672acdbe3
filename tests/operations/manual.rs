use std::collections::BTreeMap;

use super::{alerts, file, help, help_by_command, words};
use crate::operations::metrics::Observed;

/// The pages that name commands.
const PAGES: [&str; 9] = [
    "README.md",
    "docs/quick-start.md",
    "docs/user-guide.md",
    "docs/administration/install.md",
    "docs/administration/sign-in.md",
    "docs/administration/backup.md",
    "docs/administration/upgrade.md",
    "docs/administration/troubleshooting.md",
    "docs/administration/sqlite.md",
];

/// All pages for readers who run Rollcall.
fn manual() -> String {
    let others = ["README", "scale", "monitoring", "postgresql"].map(|page| format!("docs/administration/{page}.md"));
    let pages = PAGES.map(str::to_owned).into_iter().chain(others);
    pages.map(|page| file(&page)).collect::<Vec<_>>().join("\n")
}

/// The texts in backticks, and the lines of code blocks.
fn code(text: &str) -> Vec<&str> {
    let mut is_block = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_block = !is_block;
        } else if is_block {
            found.push(line);
        } else {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// Rollcall's flags in a piece of code: alone, or after the command `rollcall`.
fn flags(code: &str) -> Vec<&str> {
    let ours = if code.starts_with("--") { code } else { code.rsplit_once("rollcall ").map_or("", |(_, ours)| ours) };
    ours.split(|c: char| c.is_whitespace() || c == '=').filter(|word| word.starts_with("--")).collect()
}

#[test]
fn every_setting_in_the_manual_exists() {
    let (manual, help) = (manual(), help());
    let known = words(&help, &["ROLLCALL_", "DATABASE_URL", "REDIS_URL"]);
    let named = words(&manual, &["ROLLCALL_", "DATABASE_URL", "REDIS_URL"]);
    // Compose reads the first, a build the second.
    let others = ["ROLLCALL_DOMAIN", "ROLLCALL_COMMIT"];
    let mut unknown: Vec<_> = named.difference(&known).filter(|name| !others.contains(*name)).copied().collect();
    let flags: Vec<_> = code(&manual).into_iter().flat_map(flags).collect();
    assert!(flags.len() > 10, "{flags:?}");
    let is_known = |flag: &str| help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| word == flag);
    unknown.extend(flags.into_iter().filter(|flag| !is_known(flag)));
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// The invocations of Rollcall in a piece of code, each as the words after `rollcall`.
fn invocations(code: &str) -> impl Iterator<Item = Vec<&str>> {
    let simple = code.split(['|', ';', '&', '(', ')']).map(|command| command.split_whitespace());
    simple.filter_map(|words| {
        let words: Vec<_> = words.collect();
        let in_container = ["docker", "compose", "exec"].into_iter().eq(words.iter().copied().take(3));
        let words = if in_container { words.get(4..)? } else { words.as_slice() };
        words.strip_prefix(&["rollcall"]).map(<[_]>::to_vec)
    })
}

/// The commands and subcommands in a text that `known`, made by `help_by_command`, does not have.
///
/// A text that names no command is an error: nothing would have been compared.
fn unknown_commands(text: &str, known: &BTreeMap<String, String>) -> Result<Vec<String>, &'static str> {
    let has_subcommands = |command: &str| known.keys().any(|name| name.starts_with(&format!("{command} ")));
    let mut unknown = Vec::new();
    let mut named = 0;
    for words in code(text).into_iter().flat_map(invocations) {
        let mut words = words.into_iter().take_while(|word| !word.starts_with('-'));
        let Some(mut command) = words.next().map(str::to_owned) else { continue };
        named += 1;
        if has_subcommands(&command)
            && let Some(subcommand) = words.next()
        {
            command = format!("{command} {subcommand}");
        }
        if !known.contains_key(&command) {
            unknown.push(command);
        }
    }
    if named == 0 { Err("the text names no command") } else { Ok(unknown) }
}

#[test]
fn every_command_in_the_manual_exists() {
    let known = help_by_command();
    for page in PAGES {
        assert_eq!(unknown_commands(&file(page), &known), Ok(Vec::new()), "{page}");
    }
    assert_eq!(unknown_commands(&manual(), &known), Ok(Vec::new()));
}

#[test]
fn unknown_or_missing_commands_in_a_manual_are_detected() {
    let known = ["", "backup", "users", "users list"].map(|name| (name.to_owned(), String::new())).into();
    let unknown = |text: &str| unknown_commands(text, &known);
    assert_eq!(unknown("`rollcall backup FILE`, `rollcall users list --q ada`, `rollcall users`"), Ok(Vec::new()));
    assert_eq!(unknown("`rollcall restore FILE`"), Ok(vec!["restore".to_owned()]));
    assert_eq!(unknown("`rollcall users rename`"), Ok(vec!["users rename".to_owned()]));
    let block =
        "```sh\ndocker compose exec rollcall-1 rollcall restore\nif test \"$(rollcall users dance)\"; then\n```";
    assert_eq!(unknown(block), Ok(vec!["restore".to_owned(), "users dance".to_owned()]));
    for empty in ["", "Use rollcall backup.", "`rollcall --help`", "`docker build --tag rollcall .`"] {
        assert!(unknown(empty).is_err(), "{empty}");
    }
}

#[tokio::test]
async fn the_manual_lists_exactly_the_existing_metrics_and_only_existing_alerts() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &[]);
    observed.server.get("/").await;
    let text = observed.scrape().await;
    let (manual, rules) = (file("docs/administration/monitoring.md"), file("deploy/prometheus/alerts.yaml"));
    let beginnings = ["http_", "rollcall_", "process_"];
    let named: Vec<_> = code(&manual).into_iter().flat_map(|code| words(code, &beginnings)).collect();
    let exported: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let missing: Vec<_> = exported.iter().filter(|metric| !named.contains(metric)).collect();
    assert!(missing.is_empty(), "not explained: {missing:?}");
    let is_exported =
        |name: &str| exported.iter().any(|metric| *metric == name || text.contains(&format!("\n{name}{{")));
    let unknown: Vec<_> = named.iter().filter(|name| !is_exported(name)).collect();
    assert!(unknown.is_empty(), "unknown: {unknown:?}");
    let known = alerts::alerts(&rules);
    let unknown: Vec<_> = words(&manual, &["Rollcall"]).into_iter().filter(|word| word.len() > 8).collect();
    assert!(unknown.iter().all(|alert| known.contains(alert)), "{unknown:?}");
}
