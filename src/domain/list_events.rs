use std::{fmt, str::FromStr};

use chrono::{NaiveDate, NaiveTime};
use form_urlencoded::Serializer;
use uuid::Uuid;

use super::{Action, FieldErrors, Timestamp, UserId, list_users::parse_number};

/// A query on the audit trail, shared by its page and REST. `FromStr` parses it and `Display` writes it without default
/// values. An empty value is no filter, because forms send empty fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEvents {
    /// Only events that affected this user.
    pub user: Option<UserId>,
    /// Only events of this user or token.
    pub actor: Option<Uuid>,
    pub action: Option<Action>,
    /// From the beginning of this day in UTC.
    pub since: Option<NaiveDate>,
    /// To the end of this day in UTC.
    pub until: Option<NaiveDate>,
    /// The cursor (keyset pagination): only events older than this one.
    pub before: Option<i64>,
    /// 1 to 100.
    pub per_page: u32,
}

impl ListEvents {
    pub const PARAMETERS: [&str; 7] = ["user", "actor", "action", "since", "until", "before", "per_page"];
    pub const MAX_PER_PAGE: u32 = 100;
    const DEFAULT_PER_PAGE: u32 = 50;

    /// The history of a user.
    #[must_use]
    pub fn of(user: UserId) -> Self {
        Self { user: Some(user), ..Self::default() }
    }

    /// The history of one user supports pagination but no filters.
    ///
    /// # Errors
    /// One error for each filter.
    pub fn ensure_unfiltered(&self) -> Result<(), FieldErrors> {
        let filters = [
            ("user", self.user.is_some()),
            ("actor", self.actor.is_some()),
            ("action", self.action.is_some()),
            ("since", self.since.is_some()),
            ("until", self.until.is_some()),
        ];
        let mut errors = FieldErrors::default();
        for (name, _) in filters.into_iter().filter(|(_, is_set)| *is_set) {
            errors.push(name, "unknown", "is not a parameter of a history; allowed are before, per_page");
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The time range of the filters: inclusive start, exclusive end.
    #[must_use]
    pub fn range(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let midnight = |day: NaiveDate| Timestamp::new(day.and_time(NaiveTime::MIN).and_utc());
        (self.since.and_then(midnight), self.until.and_then(|day| day.succ_opt()).and_then(midnight))
    }

    /// The next page, after the event with this number.
    #[must_use]
    pub fn after(&self, seq: i64) -> Self {
        Self { before: Some(seq), ..self.clone() }
    }
}

impl Default for ListEvents {
    fn default() -> Self {
        Self {
            user: None,
            actor: None,
            action: None,
            since: None,
            until: None,
            before: None,
            per_page: Self::DEFAULT_PER_PAGE,
        }
    }
}

/// Fails with one error for each parameter that is unknown, repeated or out of range.
impl FromStr for ListEvents {
    type Err = FieldErrors;

    fn from_str(query: &str) -> Result<Self, Self::Err> {
        let mut list = Self::default();
        let mut errors = FieldErrors::default();
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            if seen.contains(&name) {
                errors.push(name.into_owned(), "repeated", "must be given only once");
                continue;
            }
            let value = value.trim();
            match name.as_ref() {
                name if value.is_empty() && Self::PARAMETERS.contains(&name) => {}
                "user" => list.user = errors.take(parse_id("user", value)).map(UserId),
                "actor" => list.actor = errors.take(parse_id("actor", value)),
                "action" => list.action = errors.take(value.parse()),
                "since" => list.since = errors.take(parse_day("since", value)),
                "until" => list.until = errors.take(parse_day("until", value)),
                "before" => list.before = errors.take(parse_cursor(value)),
                "per_page" => {
                    list.per_page = errors.take(parse_number("per_page", value, Self::MAX_PER_PAGE)).unwrap_or(1);
                }
                _ => {
                    let message =
                        format!("is not a parameter of this list; allowed are {}", Self::PARAMETERS.join(", "));
                    errors.push(name.clone().into_owned(), "unknown", message);
                }
            }
            seen.push(name);
        }
        if errors.is_empty() { Ok(list) } else { Err(errors) }
    }
}

impl fmt::Display for ListEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_page = (self.per_page != Self::DEFAULT_PER_PAGE).then_some(self.per_page);
        let pairs = [
            ("user", self.user.map(|user| user.to_string())),
            ("actor", self.actor.map(|actor| actor.to_string())),
            ("action", self.action.map(|action| action.to_string())),
            ("since", self.since.map(|day| day.to_string())),
            ("until", self.until.map(|day| day.to_string())),
            ("per_page", per_page.map(|per_page| per_page.to_string())),
            ("before", self.before.map(|seq| seq.to_string())),
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

fn parse_id(field: &'static str, text: &str) -> Result<Uuid, FieldErrors> {
    Uuid::try_parse(text).map_err(|_| FieldErrors::one(field, "invalid", "must be an id, a UUID"))
}

fn parse_day(field: &'static str, text: &str) -> Result<NaiveDate, FieldErrors> {
    Timestamp::parse_day(field, text).map(|midnight| midnight.utc().date_naive())
}

fn parse_cursor(text: &str) -> Result<i64, FieldErrors> {
    let seq = text.parse().ok().filter(|seq| *seq > 0);
    seq.ok_or_else(|| FieldErrors::one("before", "invalid", "must be the number of an event"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_name_the_parameter_and_what_is_allowed() {
        let error = |query: &str| query.parse::<ListEvents>().unwrap_err().to_string();
        assert_eq!(error("user=7"), "user must be an id, a UUID");
        assert_eq!(error("since=yesterday"), "since must be a day like 2024-05-31");
        assert_eq!(error("before=-1"), "before must be the number of an event");
        assert!(error("action=dance").starts_with("action must be one of user.created, "));
        assert!(error("page=1").contains("allowed are user, actor, action"));
        let filtered = "action=user.created&since=2024-02-28&per_page=3".parse::<ListEvents>().unwrap();
        assert_eq!(filtered.ensure_unfiltered().unwrap_err().0.len(), 2);
        assert_eq!("user=&action=&since=".parse::<ListEvents>().unwrap(), ListEvents::default());
    }

    #[test]
    fn days_begin_and_end_at_midnight_utc() {
        let (from, before) = "since=2024-02-28&until=2024-02-29".parse::<ListEvents>().unwrap().range();
        assert_eq!(from.unwrap().to_string(), "2024-02-28T00:00:00Z");
        assert_eq!(before.unwrap().to_string(), "2024-03-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn display_and_parse_round_trip(
            user: Option<u128>,
            action in proptest::option::of(proptest::sample::select(Action::ALL)),
            since in proptest::option::of(1_i32..=3_652_059),
            before in proptest::option::of(1_i64..),
            per_page in 1_u32..=100,
        ) {
            let since = since.and_then(NaiveDate::from_num_days_from_ce_opt);
            let user = user.map(|user| UserId(Uuid::from_u128(user)));
            let list = ListEvents { user, action, since, before, per_page, ..ListEvents::default() };
            prop_assert_eq!(list.to_string().parse::<ListEvents>().unwrap(), list);
        }

        #[test]
        fn parsing_never_panics(query in any::<String>()) {
            let _ = query.parse::<ListEvents>();
        }
    }
}
