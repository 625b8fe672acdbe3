use std::{collections::BTreeSet, process::Command};

use super::{file, tool};

/// The names of all alerts.
pub fn alerts(rules: &str) -> BTreeSet<&str> {
    rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect()
}

#[test]
fn promtool_accepts_the_rules_and_each_alert_fires_as_tested() {
    let promtool = || Command::new("promtool");
    tool(promtool().args(["check", "rules", "deploy/prometheus/alerts.yaml"]), "");
    tool(promtool().args(["test", "rules", "deploy/prometheus/alerts.test.yaml"]), "");
    tool(promtool().args(["check", "config", "deploy/prometheus/prometheus.yaml"]), "");
    let (rules, tests) = (file("deploy/prometheus/alerts.yaml"), file("deploy/prometheus/alerts.test.yaml"));
    let untested: Vec<_> =
        alerts(&rules).into_iter().filter(|alert| !tests.contains(&format!("alertname=\"{alert}\""))).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn each_alert_links_to_its_documentation() {
    let (rules, manual) = (file("deploy/prometheus/alerts.yaml"), file("docs/administration/monitoring.md"));
    let headings: BTreeSet<&str> = manual.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(alerts(&rules), headings);
    for alert in headings {
        let anchor = format!("runbook_url: docs/administration/monitoring.md#{}\n", alert.to_lowercase());
        assert_eq!(rules.matches(&anchor).count(), 1, "{alert}");
    }
}
