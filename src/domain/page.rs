use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::FieldErrors;

/// A stretch of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many items come before this page; `None` by cursor, which does not know.
    pub offset: Option<u32>,
    /// Where the list goes on, and where it came from, whatever joins or leaves it meanwhile.
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
    /// How many items the whole list has, if that was asked.
    pub total: Option<Total>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Total {
    Exactly(u64),
    About(u64),
    /// As many and more.
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
    let group = |(place, digit): (usize, char)| {
        let comma = place > 0 && (digits.len() - place).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(group).collect()
}

/// A place in a list: opaque to all but the server that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// Enough for the longest name.
    const MAX_CHARS: usize = 4_000;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is wrong with a cursor that is none.
    #[must_use]
    pub fn invalid() -> FieldErrors {
        FieldErrors::one("cursor", "invalid", "must be one that a link of this list had")
    }
}

/// Letters, digits, `-` and `_` (base64url, RFC 4648 section 5); what they mean, the server knows.
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
    fn totals_are_written_for_people() {
        assert_eq!(Total::Exactly(0).to_string(), "0");
        assert_eq!(Total::Exactly(976).to_string(), "976");
        assert_eq!(Total::About(1_000_000).to_string(), "about 1,000,000");
        assert_eq!(Total::AtLeast(10_000).to_string(), "over 10,000");
    }
}
