//! Findings of `rollcall doctor`.

use anstyle::Style;
use serde::Serialize;

use crate::server::commands::terminal::{GREEN, RED, YELLOW, sanitized, styled};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Ok,
    /// Works, but needs attention.
    Warn,
    /// Does not work.
    Fail,
}

/// The result of one check.
#[derive(Debug, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub status: Level,
    /// The result, without secrets.
    pub found: String,
    /// A suggested fix.
    #[serde(rename = "mend", skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, status: Level::Ok, found: found.into(), fix: None }
    }

    pub fn warn(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, status: Level::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    pub fn fail(check: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, status: Level::Fail, found: found.into(), fix: Some(fix.into()) }
    }

    /// The finding as text, with the fix on a second line.
    pub fn lines(&self) -> Vec<String> {
        let (style, word): (Style, &str) = match self.status {
            Level::Ok => (GREEN, "ok  "),
            Level::Warn => (YELLOW, "warn"),
            Level::Fail => (RED, "fail"),
        };
        let found = self.found.lines().map(sanitized).collect::<Vec<_>>().join(" ");
        let line = format!("{} {:<10} {found}", styled(style, word), self.check);
        std::iter::once(line).chain(self.fix.iter().map(|fix| format!("     {fix}"))).collect()
    }
}
