use anstyle::Style;
use serde::Serialize;

use crate::server::commands::terminal::{GREEN, RED, YELLOW, harmless, styled};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Ok,
    /// It works, and should be looked at.
    Warn,
    /// It does not work.
    Fail,
}

/// What was seen of one thing.
#[derive(Debug, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub status: Level,
    /// Without secrets.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, status: Level::Ok, found: found.into(), mend: None }
    }

    pub fn warn(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, status: Level::Warn, found: found.into(), mend: Some(mend.into()) }
    }

    pub fn fail(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, status: Level::Fail, found: found.into(), mend: Some(mend.into()) }
    }

    /// For people: what was seen, and below it how to mend it.
    pub fn lines(&self) -> Vec<String> {
        let (style, word): (Style, &str) = match self.status {
            Level::Ok => (GREEN, "ok  "),
            Level::Warn => (YELLOW, "warn"),
            Level::Fail => (RED, "fail"),
        };
        let found = self.found.lines().map(harmless).collect::<Vec<_>>().join(" ");
        let line = format!("{} {:<10} {found}", styled(style, word), self.check);
        std::iter::once(line).chain(self.mend.iter().map(|mend| format!("     {mend}"))).collect()
    }
}
