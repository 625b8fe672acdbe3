use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::FieldErrors;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The number of items before this page; `None` with a cursor, because keyset pagination does not count them.
    pub offset: Option<u32>,
    /// Cursors of the adjacent pages; they stay valid when items are added or removed.
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
    /// The number of items in the whole list, if requested.
    pub total: Option<Total>,
}

/// The number of items in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Total {
    Exactly(u64),
    About(u64),
    /// A lower bound: counting stopped at this number.
    AtLeast(u64),
}

/// `976`, `about 1,000,000`, `over 10,000`.
impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => f.write_str(&grouped(*count)),
            Self::About(count) => write!(f, "about {}", grouped(*count)),
            Self::AtLeast(count) => write!(f, "over {}", grouped(*count)),
        }
    }
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let group = |(index, digit): (usize, char)| {
        let comma = index > 0 && (digits.len() - index).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(group).collect()
}

/// A position in a list (keyset pagination), opaque to everything except the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// Long enough for the longest name.
    const MAX_CHARS: usize = 4_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The error for an invalid cursor.
    #[must_use]
    pub fn invalid() -> FieldErrors {
        FieldErrors::one("cursor", "invalid", "must come from a pagination link of this list")
    }
}

/// Accepts letters, digits, `-` and `_` (base64url, RFC 4648 section 5); only the server decodes them.
impl FromStr for Cursor {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=Self::MAX_CHARS).contains(&text.len());
        let is_base64 = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if fits && is_base64 { Ok(Self(text.to_owned())) } else { Err(Self::invalid()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_formatted_with_separators() {
        assert_eq!(Total::Exactly(0).to_string(), "0");
        assert_eq!(Total::Exactly(976).to_string(), "976");
        assert_eq!(Total::About(1_000_000).to_string(), "about 1,000,000");
        assert_eq!(Total::AtLeast(10_000).to_string(), "over 10,000");
    }
}
