//! `rollcall doctor`: checks settings, database and environment, and suggests fixes. It creates, migrates and locks
//! nothing.

mod database;
mod disk;
mod environment;
mod finding;
mod settings;

use std::process::ExitCode;

use serde_json::json;

use self::finding::{Finding, Level};
pub use self::settings::SettingsReport;
use super::{
    exit_code::{fail, with_causes},
    terminal::{print, print_json},
};
use crate::server::{config::Config, store};

/// Runs all checks, and prints a line for each, followed by the suggested fix. The exit code is 1 if a check fails.
pub async fn run(config: &Config, settings: SettingsReport, json: bool) -> ExitCode {
    let findings = check(config, settings).await;
    let worst = findings.iter().map(|finding| finding.status).max().unwrap_or(Level::Ok);
    let printed = if json {
        print_json(&json!({"status": worst, "checks": findings}))
    } else {
        print(findings.iter().flat_map(Finding::lines))
    };
    match printed {
        Err(error) => fail(&error.into()),
        Ok(()) if worst == Level::Fail => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
    }
}

async fn check(config: &Config, settings: SettingsReport) -> Vec<Finding> {
    let mut findings = settings.findings();
    findings.push(environment::address(config));
    findings.extend(environment::proxies(config));
    findings.push(environment::server(config.listen).await);
    match store::file(&config.database_url) {
        Ok(Some(file)) => {
            let (found, exists) = disk::check(&file);
            findings.extend(found);
            if exists {
                findings.extend(database::check(config).await);
            }
        }
        Ok(None) => findings.extend(database::check(config).await),
        Err(error) => findings.push(Finding::fail("database", with_causes(&error), "correct --database-url")),
    }
    findings.push(environment::redis(config).await);
    findings.push(environment::files(config));
    findings
}
