use std::{fmt, str::FromStr};

use super::FieldErrors;

/// The sort order of a list; the id is the tie-breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserSort {
    pub field: SortField,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortField {
    Name,
    Email,
    CreatedAt,
    UpdatedAt,
}

impl UserSort {
    /// The same field in the opposite direction.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }
}

/// Newest first.
impl Default for UserSort {
    fn default() -> Self {
        Self { field: SortField::CreatedAt, descending: true }
    }
}

impl fmt::Display for UserSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(f, "{sign}{}", self.field.as_str())
    }
}

impl FromStr for UserSort {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let field = SortField::ALL.into_iter().find(|field| field.as_str() == name);
        field.map(|field| Self { field, descending }).ok_or_else(|| {
            let names = SortField::ALL.map(SortField::as_str).join(", ");
            FieldErrors::one("sort", "invalid", format!("must be one of {names}; put - before it for descending order"))
        })
    }
}

impl SortField {
    pub const ALL: [Self; 4] = [Self::Name, Self::Email, Self::CreatedAt, Self::UpdatedAt];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
        }
    }
}
