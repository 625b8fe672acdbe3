//! The join date filter of a user list as a form sends it: two days in UTC, both included.

use chrono::TimeDelta;

use super::ListUsers;
use crate::domain::{FieldErrors, Timestamp};

const STEP: TimeDelta = TimeDelta::microseconds(1);

impl ListUsers {
    /// The first day, as `2024-05-31`; empty for no limit.
    #[must_use]
    pub fn joined_from(&self) -> String {
        self.created_after.map(|after| day_of(after.plus(STEP))).unwrap_or_default()
    }

    /// The last day, as `2024-05-31`; empty for no limit.
    #[must_use]
    pub fn joined_to(&self) -> String {
        self.created_before.map(|before| day_of(before.minus(STEP))).unwrap_or_default()
    }

    /// The first page of the same list, limited to users who joined on this day or later.
    ///
    /// # Errors
    /// One error on `joined_from` if `day` is not a date.
    pub fn with_joined_from(&self, day: &str) -> Result<Self, FieldErrors> {
        let created_after = midnight("joined_from", day)?.map(|midnight| midnight.minus(STEP));
        Ok(Self { created_after, ..self.at_page(1) })
    }

    /// The first page of the same list, limited to users who joined on this day or earlier.
    ///
    /// # Errors
    /// One error on `joined_to` if `day` is not a date.
    pub fn with_joined_to(&self, day: &str) -> Result<Self, FieldErrors> {
        let created_before = midnight("joined_to", day)?.map(|midnight| midnight.plus(TimeDelta::days(1)));
        Ok(Self { created_before, ..self.at_page(1) })
    }
}

fn day_of(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// The beginning of a day; `None` for an empty text.
fn midnight(field: &'static str, day: &str) -> Result<Option<Timestamp>, FieldErrors> {
    if day.is_empty() { Ok(None) } else { Timestamp::parse_day(field, day).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_days_are_included() {
        let list = ListUsers::default().with_joined_from("2024-05-30").unwrap().with_joined_to("2024-05-31").unwrap();
        assert_eq!(list.created_after.unwrap().to_string(), "2024-05-29T23:59:59.999999Z");
        assert_eq!(list.created_before.unwrap().to_string(), "2024-06-01T00:00:00Z");
        assert_eq!((list.joined_from(), list.joined_to()), ("2024-05-30".into(), "2024-05-31".into()));
    }

    #[test]
    fn a_missing_day_is_no_limit_and_an_invalid_one_an_error() {
        let list = ListUsers::default().with_joined_from("2024-05-30").unwrap();
        assert_eq!(list.with_joined_from("").unwrap(), ListUsers::default());
        assert_eq!(
            list.with_joined_to("2024-02-30").unwrap_err().to_string(),
            "joined_to must be a day like 2024-05-31"
        );
        assert_eq!(ListUsers::default().joined_from(), "");
    }
}
