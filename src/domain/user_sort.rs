use std::{fmt, str::FromStr};

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::FieldErrors;

/// What a list is sorted by; the id decides between equals.
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
    /// The same field the other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }
}

/// The newest first.
impl Default for UserSort {
    fn default() -> Self {
        Self { field: SortField::CreatedAt, descending: true }
    }
}

impl ToSchema for UserSort {}

/// Every field, ascending and descending.
impl PartialSchema for UserSort {
    fn schema() -> RefOr<Schema> {
        let both = |field| [false, true].map(|descending| Self { field, descending }.to_string());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(SortField::ALL.into_iter().flat_map(both)))
            .default(Some(Self::default().to_string().into()))
            .into()
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
            FieldErrors::one("sort", "invalid", format!("must be one of {names}, with - before it for descending"))
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
