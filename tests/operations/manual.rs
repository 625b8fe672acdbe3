use super::{alerts, file, help, words};
use crate::operations::metrics::Observed;

/// All pages of the operator manual.
fn manual() -> String {
    ["operations", "sqlite", "postgresql"].map(|page| file(&format!("docs/{page}.md"))).join("\n")
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
fn every_setting_that_the_manual_names_exists() {
    let (manual, help) = (manual(), help());
    let known = words(&help, &["ROLLCALL_", "DATABASE_URL", "REDIS_URL"]);
    let named = words(&manual, &["ROLLCALL_", "DATABASE_URL", "REDIS_URL"]);
    let mut unknown: Vec<_> = named.difference(&known).filter(|name| **name != "ROLLCALL_DOMAIN").copied().collect();
    let flags: Vec<_> = code(&manual).into_iter().flat_map(flags).collect();
    assert!(flags.len() > 10, "{flags:?}");
    let is_known = |flag: &str| help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| word == flag);
    unknown.extend(flags.into_iter().filter(|flag| !is_known(flag)));
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_command_that_the_manual_names_exists() {
    let (manual, help) = (manual(), help());
    let commands = code(&manual).into_iter().filter_map(|code| code.strip_prefix("rollcall "));
    let commands = commands.filter_map(|rest| rest.split_whitespace().next()).filter(|word| !word.starts_with('-'));
    let unknown: Vec<_> = commands.filter(|command| !help.contains(&format!("\n  {command} "))).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test]
async fn every_metric_and_every_alert_that_the_manual_names_exists_and_no_metric_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &[]);
    observed.server.get("/").await;
    let text = observed.scrape().await;
    let (manual, rules) = (file("docs/operations.md"), file("deploy/prometheus/alerts.yaml"));
    let beginnings = ["http_", "rollcall_", "process_"];
    let named: Vec<_> = code(&manual).into_iter().flat_map(|code| words(code, &beginnings)).collect();
    let told: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let missing: Vec<_> = told.iter().filter(|metric| !named.contains(metric)).collect();
    assert!(missing.is_empty(), "not explained: {missing:?}");
    let is_told = |name: &str| told.iter().any(|metric| *metric == name || text.contains(&format!("\n{name}{{")));
    let unknown: Vec<_> = named.iter().filter(|name| !is_told(name)).collect();
    assert!(unknown.is_empty(), "unknown: {unknown:?}");
    let known = alerts::alerts(&rules);
    let unknown: Vec<_> = words(&manual, &["Rollcall"]).into_iter().filter(|word| word.len() > 8).collect();
    assert!(unknown.iter().all(|alert| known.contains(alert)), "{unknown:?}");
}
