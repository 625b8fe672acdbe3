//! `rollcall doctor`: whether everything is as Rollcall needs it, and how to mend what is not. It makes,
//! migrates and locks nothing.

mod database;
mod disk;
mod finding;
mod settings;
mod surroundings;

use std::process::ExitCode;

use serde_json::json;

use self::finding::{Finding, Level};
pub use self::settings::Settings;
use super::{
    outcome::fail,
    terminal::{print, print_json},
};
use crate::server::{config::Config, store};

/// Looks at everything, and prints a line for each thing; a second one says how to mend it.
/// Exit code 1 when anything fails.
pub async fn run(config: &Config, settings: Settings, json: bool) -> ExitCode {
    let findings = look(config, settings).await;
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

async fn look(config: &Config, settings: Settings) -> Vec<Finding> {
    let mut findings = settings.findings();
    findings.push(surroundings::address(config));
    findings.extend(surroundings::proxies(config));
    findings.push(surroundings::server(config.listen).await);
    match store::file(&config.database_url) {
        Ok(Some(file)) => {
            let (seen, is_there) = disk::look(&file);
            findings.extend(seen);
            if is_there {
                findings.extend(database::look(config).await);
            }
        }
        Ok(None) => findings.extend(database::look(config).await),
        Err(error) => findings.push(Finding::fail("database", format!("{error:#}"), "correct --database-url")),
    }
    findings.push(surroundings::redis(config).await);
    findings.push(surroundings::files(config));
    findings
}
