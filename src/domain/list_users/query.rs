//! The query grammar of a list of users.

use std::{fmt, str::FromStr};

use form_urlencoded::Serializer;

use super::ListUsers;
use crate::domain::{Email, FieldErrors, Timestamp};

/// Parses the query part of an address, with or without its `?`. Fails with one error for each parameter that is
/// unknown, repeated or out of range; each says what is allowed.
impl FromStr for ListUsers {
    type Err = FieldErrors;

    fn from_str(query: &str) -> Result<Self, Self::Err> {
        let mut list = Self::default();
        let mut errors = FieldErrors::default();
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.strip_prefix('?').unwrap_or(query).as_bytes()) {
            if seen.contains(&name) {
                errors.push(name.into_owned(), "repeated", "must be given only once");
                continue;
            }
            match name.as_ref() {
                "q" => list.q = errors.take(parse_q(&value)).flatten(),
                "status" => list.status = errors.take(value.parse()).unwrap_or_default(),
                "email" => list.email = errors.take(parse_email(&value)),
                "created_after" => list.created_after = errors.take(Timestamp::parse("created_after", &value)),
                "created_before" => list.created_before = errors.take(Timestamp::parse("created_before", &value)),
                "cursor" => list.cursor = errors.take(value.parse()),
                "count" => list.count = errors.take(parse_count(&value)).is_some(),
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
        if list.cursor.is_some() && seen.iter().any(|name| name == "page") {
            errors.push("page", "excluded", "cannot be combined with cursor");
        }
        if errors.is_empty() && list.page > list.last_page() {
            let message = format!(
                "must be at most {} with per_page={}: numbered pages end after {} rows",
                list.last_page(),
                list.per_page,
                Self::MAX_ROWS
            );
            errors.push("page", "out_of_range", message);
        }
        if errors.is_empty() { Ok(list) } else { Err(errors) }
    }
}

impl fmt::Display for ListUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Self::default();
        let changed = |value: String, is_default: bool| Some(value).filter(|_| !is_default);
        let pairs = [
            ("q", self.q.clone()),
            ("status", changed(self.status.to_string(), self.status == default.status)),
            ("email", self.email.clone()),
            ("created_after", self.created_after.map(|at| at.to_string())),
            ("created_before", self.created_before.map(|at| at.to_string())),
            ("sort", changed(self.sort.to_string(), self.sort == default.sort)),
            ("per_page", changed(self.per_page.to_string(), self.per_page == default.per_page)),
            ("page", changed(self.page.to_string(), self.page == default.page)),
            ("cursor", self.cursor.as_ref().map(|cursor| cursor.as_str().to_owned())),
            ("count", self.count.then(|| "exact".to_owned())),
        ];
        let mut query = Serializer::new(String::new());
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        f.write_str(&query.finish())
    }
}

/// Checks roughly that the text can be an address. `Email::parse` would add 2 KiB of messages to the WASM bundle, and
/// an address that cannot exist only gives an empty list. A space is most likely a plus sign that was not encoded.
fn parse_email(text: &str) -> Result<String, FieldErrors> {
    let trimmed = text.trim_end();
    if trimmed.contains(char::is_whitespace) {
        let message = "must not contain a space; in an address, write a plus sign as %2B";
        return Err(FieldErrors::one("email", "invalid", message));
    }
    let fits = trimmed.len() <= Email::MAX_OCTETS && !trimmed.chars().any(char::is_control);
    let address = Some(trimmed.to_owned()).filter(|address| fits && address.as_bytes().contains(&b'@'));
    address.ok_or_else(|| FieldErrors::one("email", "invalid", "must be an address like ada@example.org"))
}

fn parse_count(text: &str) -> Result<(), FieldErrors> {
    if text == "exact" { Ok(()) } else { Err(FieldErrors::one("count", "invalid", "must be exact")) }
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

pub fn parse_number(field: &'static str, text: &str, max: u32) -> Result<u32, FieldErrors> {
    let number = text.parse().ok().filter(|number| (1..=max).contains(number));
    number.ok_or_else(|| FieldErrors::one(field, "out_of_range", format!("must be a whole number from 1 to {max}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{SortField, UserSort, UserStatus};
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
            "page must be at most 100 with per_page=100: numbered pages end after 10000 rows"
        );
        assert_eq!(
            error("sort=colour"),
            "sort must be one of name, email, created_at, updated_at; put - before it for descending order"
        );
        assert_eq!(error("status=x"), "status must be one of active, deleted, all");
        let allowed = "q, status, email, created_after, created_before, sort, per_page, page, cursor, count";
        assert_eq!(error("colour=red"), format!("colour is not a parameter of this list; allowed are {allowed}"));
        assert_eq!(error("email=x"), "email must be an address like ada@example.org");
        for email in ["a+tag@example.org", "+tag@example.org", "a%20b@example.org"] {
            let expected = "email must not contain a space; in an address, write a plus sign as %2B";
            assert_eq!(error(&format!("email={email}")), expected, "{email}");
        }
        assert!(error("created_after=2024").starts_with("created_after must be a date and time like"));
        assert_eq!(error("cursor=a+b"), "cursor must come from a pagination link of this list");
        assert_eq!(error("cursor=abc&page=1"), "page cannot be combined with cursor");
        assert_eq!(error("count=all"), "count must be exact");
        assert_eq!(error("page=1&page=2"), "page must be given only once");
        assert_eq!(error("q=a%00b"), "q must not contain control characters");
        assert_eq!(error(&format!("q={}", "x".repeat(201))), "q must have at most 200 characters");
        assert_eq!(error("page=0&sort=x").matches("must be").count(), 2, "all errors at once");
    }

    #[test]
    fn paging_stops_at_the_last_page() {
        let first = "per_page=100".parse::<ListUsers>().unwrap();
        assert_eq!(first.previous(), None);
        assert_eq!(first.next().unwrap().to_string(), "per_page=100&page=2");
        assert_eq!(first.at_page(100).next(), None);
        assert_eq!(first.at_page(100).offset(), 9_900);
    }

    proptest! {
        #[test]
        fn display_and_parse_round_trip(
            q in proptest::option::of("[^\\pC]{1,60}"),
            status in proptest::sample::select(&UserStatus::ALL[..]),
            field in proptest::sample::select(&SortField::ALL[..]),
            descending: bool,
            email in proptest::option::of("[a-z+]{1,9}@[a-z]{1,9}"),
            times in proptest::array::uniform2(proptest::option::of(0_i64..4_102_444_800_000_000)),
            position in proptest::result::maybe_ok(1_u32..=100, "[A-Za-z0-9_-]{1,40}"),
            count: bool,
            per_page in 1_u32..=100,
        ) {
            let q = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
            let [created_after, created_before] = times.map(|time| time.and_then(Timestamp::from_unix_micros));
            let (page, cursor) = (position.clone().unwrap_or(1), position.err().map(|text| text.parse().unwrap()));
            let sort = UserSort { field, descending };
            let list =
                ListUsers { q, status, email, created_after, created_before, sort, page, cursor, count, per_page };
            prop_assert_eq!(list.to_string().parse::<ListUsers>().unwrap(), list);
        }

        #[test]
        fn parsing_never_panics(query in any::<String>()) {
            let _ = query.parse::<ListUsers>();
        }
    }
}
