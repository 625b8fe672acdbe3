//! Dependencies: `cargo metadata` compared with what `deny.toml` allows.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The strings of a list in `deny.toml`.
fn allowed(list: &str) -> BTreeSet<&'static str> {
    let rules = include_str!("../deny.toml");
    let (_, items) = rules.split_once(&format!("\n{list} = [")).unwrap();
    let (items, _) = items.split_once(']').unwrap();
    items.split(',').map(|item| item.trim().trim_matches('"')).filter(|item| !item.is_empty()).collect()
}

#[test]
fn each_direct_dependency_has_one_version() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = packages.iter().find(|package| package["name"] == "rollcall").unwrap();
    let direct: BTreeSet<&str> = ours["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dependency| dependency["name"].as_str().unwrap())
        .collect();
    let excepted = allowed("skip");
    let mut versions = BTreeMap::<&str, BTreeSet<&str>>::new();
    for package in packages {
        versions.entry(package["name"].as_str().unwrap()).or_default().insert(package["version"].as_str().unwrap());
    }
    let twice: Vec<_> = versions
        .iter()
        .filter(|(name, versions)| direct.contains(*name) && versions.len() > 1 && !excepted.contains(**name))
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_licence_is_allowed() {
    let allowed = allowed("allow");
    let metadata = metadata();
    let refused: Vec<String> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| !package["source"].is_null())
        .filter(|package| {
            let licence = package["license"].as_str().unwrap_or_default();
            let Ok(expression) = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) else { return true };
            !expression.evaluate(|requirement| allowed.contains(requirement.license.to_string().as_str()))
        })
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
