use std::{fmt, str::FromStr};

use form_urlencoded::Serializer;

use super::{FieldErrors, UserSort, UserStatus};

/// Which users, in which order: the one query grammar of the page's address, the server function,
/// REST and the command line. `FromStr` reads it and `Display` writes it, defaults left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUsers {
    /// Words that must all be found in name or e-mail; `None` for everybody.
    pub q: Option<String>,
    pub status: UserStatus,
    pub sort: UserSort,
    /// From 1.
    pub page: u32,
    /// 1 to 100.
    pub per_page: u32,
}

impl ListUsers {
    pub const PARAMETERS: [&str; 5] = ["q", "status", "sort", "page", "per_page"];
    pub const MAX_Q_CHARS: usize = 200;
    pub const MAX_PER_PAGE: u32 = 100;
    /// How many rows deep pages go: what comes before a page has to be walked past.
    pub const MAX_ROWS: u32 = 10_000;
    const DEFAULT_PER_PAGE: u32 = 20;

    /// How many rows come before the page.
    #[must_use]
    pub fn offset(&self) -> u32 {
        (self.page - 1) * self.per_page
    }

    /// The same list at another page.
    #[must_use]
    pub fn at_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    /// The page after this one, where pages still go as deep.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        (self.page < self.last_page()).then(|| self.at_page(self.page + 1))
    }

    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        (self.page > 1).then(|| self.at_page(self.page - 1))
    }

    fn last_page(&self) -> u32 {
        Self::MAX_ROWS / self.per_page
    }
}

/// Reads the query part of an address, with or without its `?`. Fails with one error for each
/// parameter that does not exist, stands twice or is out of range, saying what is allowed.
impl FromStr for ListUsers {
    type Err = FieldErrors;

    fn from_str(query: &str) -> Result<Self, Self::Err> {
        let mut list = Self::default();
        let mut errors = FieldErrors::default();
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            if seen.contains(&name) {
                errors.push(name.into_owned(), "repeated", "must stand only once");
                continue;
            }
            match name.as_ref() {
                "q" => list.q = errors.take(parse_q(&value)).flatten(),
                "status" => list.status = errors.take(value.parse()).unwrap_or_default(),
                "sort" => list.sort = errors.take(value.parse()).unwrap_or_default(),
                "page" => list.page = errors.take(parse_number("page", &value, Self::MAX_ROWS)).unwrap_or(1),
                "per_page" => {
                    list.per_page = errors.take(parse_number("per_page", &value, Self::MAX_PER_PAGE)).unwrap_or(1);
                }
                _ => {
                    let message =
                        format!("is not a parameter of this list; allowed are {}", Self::PARAMETERS.join(", "));
                    errors.push(name.clone().into_owned(), "unknown", message);
                }
            }
            seen.push(name);
        }
        if errors.is_empty() && list.page > list.last_page() {
            let message = format!(
                "must be at most {} with per_page={}: pages go {} rows deep",
                list.last_page(),
                list.per_page,
                Self::MAX_ROWS
            );
            errors.push("page", "out_of_range", message);
        }
        if errors.is_empty() { Ok(list) } else { Err(errors) }
    }
}

impl Default for ListUsers {
    fn default() -> Self {
        Self {
            q: None,
            status: UserStatus::default(),
            sort: UserSort::default(),
            page: 1,
            per_page: Self::DEFAULT_PER_PAGE,
        }
    }
}

impl fmt::Display for ListUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Self::default();
        let mut query = Serializer::new(String::new());
        if let Some(q) = &self.q {
            query.append_pair("q", q);
        }
        if self.status != default.status {
            query.append_pair("status", self.status.as_str());
        }
        if self.sort != default.sort {
            query.append_pair("sort", &self.sort.to_string());
        }
        if self.per_page != default.per_page {
            query.append_pair("per_page", &self.per_page.to_string());
        }
        if self.page != default.page {
            query.append_pair("page", &self.page.to_string());
        }
        f.write_str(&query.finish())
    }
}

fn parse_q(text: &str) -> Result<Option<String>, FieldErrors> {
    let trimmed = text.trim();
    if trimmed.chars().count() > ListUsers::MAX_Q_CHARS {
        let message = format!("must have at most {} characters", ListUsers::MAX_Q_CHARS);
        return Err(FieldErrors::one("q", "too_long", message));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(FieldErrors::one("q", "control_character", "must not contain control characters"));
    }
    Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
}

pub(super) fn parse_number(field: &'static str, text: &str, max: u32) -> Result<u32, FieldErrors> {
    let number = text.parse().ok().filter(|number| (1..=max).contains(number));
    number.ok_or_else(|| FieldErrors::one(field, "out_of_range", format!("must be a whole number from 1 to {max}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SortField;
    use proptest::prelude::*;

    fn error(query: &str) -> String {
        query.parse::<ListUsers>().unwrap_err().to_string()
    }

    #[test]
    fn an_empty_query_is_the_newest_twenty() {
        let list = "".parse::<ListUsers>().unwrap();
        assert_eq!(list, ListUsers::default());
        assert_eq!((list.page, list.per_page, list.sort.to_string()), (1, 20, "-created_at".to_owned()));
        assert_eq!("?q=+&page=1".parse::<ListUsers>().unwrap(), list, "an empty search box is no search");
    }

    #[test]
    fn errors_name_the_parameter_and_what_is_allowed() {
        assert_eq!(error("per_page=0"), "per_page must be a whole number from 1 to 100");
        assert_eq!(error("per_page=1000"), "per_page must be a whole number from 1 to 100");
        assert_eq!(error("page=x"), "page must be a whole number from 1 to 10000");
        assert_eq!(
            error("page=101&per_page=100"),
            "page must be at most 100 with per_page=100: pages go 10000 rows deep"
        );
        assert_eq!(
            error("sort=colour"),
            "sort must be one of name, email, created_at, updated_at, with - before it for descending"
        );
        assert_eq!(error("status=x"), "status must be one of active, deleted, all");
        assert_eq!(
            error("colour=red"),
            "colour is not a parameter of this list; allowed are q, status, sort, page, per_page"
        );
        assert_eq!(error("page=1&page=2"), "page must stand only once");
        assert_eq!(error("q=a%00b"), "q must not contain control characters");
        assert_eq!(error(&format!("q={}", "x".repeat(201))), "q must have at most 200 characters");
        assert_eq!(error("page=0&sort=x").matches("must be").count(), 2, "all errors at once");
    }

    #[test]
    fn paging_stops_where_pages_end() {
        let first = "per_page=100".parse::<ListUsers>().unwrap();
        assert_eq!(first.previous(), None);
        assert_eq!(first.next().unwrap().to_string(), "per_page=100&page=2");
        assert_eq!(first.at_page(100).next(), None);
        assert_eq!(first.at_page(100).offset(), 9_900);
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_to_the_same(
            q in proptest::option::of("[^\\pC]{1,60}"),
            status in proptest::sample::select(&UserStatus::ALL[..]),
            field in proptest::sample::select(&SortField::ALL[..]),
            descending: bool,
            page in 1_u32..=100,
            per_page in 1_u32..=100,
        ) {
            let q = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
            let list = ListUsers { q, status, sort: UserSort { field, descending }, page, per_page };
            prop_assert_eq!(list.to_string().parse::<ListUsers>().unwrap(), list);
        }

        #[test]
        fn no_query_string_breaks_it(query in any::<String>()) {
            let _ = query.parse::<ListUsers>();
        }
    }
}
