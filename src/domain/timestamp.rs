use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset, format_description::well_known::Rfc3339};

use super::FieldErrors;

/// A moment in UTC, in whole microseconds: what both databases can hold.
///
/// Written as RFC 3339 with `Z`; the years 1 to 9999, so that it can be written at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(OffsetDateTime);

const FIRST_DAY: Date = match Date::from_ordinal_date(1, 1) {
    Ok(day) => day,
    Err(_) => Date::MIN,
};
const LAST_DAY: Date = match Date::from_ordinal_date(9999, 365) {
    Ok(day) => day,
    Err(_) => Date::MAX,
};
const LAST_MICROSECOND: Time = match Time::from_hms_micro(23, 59, 59, 999_999) {
    Ok(time) => time,
    Err(_) => Time::MIDNIGHT,
};

impl Timestamp {
    /// The beginning of the year 1.
    pub const MIN: Self = Self(FIRST_DAY.with_time(Time::MIDNIGHT).assume_utc());
    /// The last microsecond of the year 9999.
    pub const MAX: Self = Self(LAST_DAY.with_time(LAST_MICROSECOND).assume_utc());

    /// # Errors
    /// When `text` is not an RFC 3339 date and time within the range.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldErrors> {
        OffsetDateTime::parse(text, &Rfc3339).ok().and_then(Self::new).ok_or_else(|| {
            let message = "must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999";
            FieldErrors::one(field, "invalid", message)
        })
    }

    /// Cut to microseconds; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn new(moment: OffsetDateTime) -> Option<Self> {
        let utc = moment.checked_to_offset(UtcOffset::UTC)?;
        let whole = utc.replace_microsecond(utc.microsecond()).ok()?;
        (1..=9999).contains(&whole.year()).then_some(Self(whole))
    }

    /// Microseconds since 1970-01-01T00:00:00Z, negative before; `None` outside the range.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()?;
        Self::new(moment)
    }

    #[must_use]
    pub fn unix_micros(self) -> i64 {
        self.0.unix_timestamp() * 1_000_000 + i64::from(self.0.microsecond())
    }

    #[must_use]
    pub fn utc(self) -> OffsetDateTime {
        self.0
    }

    /// So much later; the same at the end of the range.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        self.shifted(duration).unwrap_or(self)
    }

    /// So much earlier; the same at the beginning of the range.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        self.shifted(-duration).unwrap_or(self)
    }

    fn shifted(self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).and_then(Self::new)
    }

    /// The date for people: `10 Dec 1901`.
    #[must_use]
    pub fn date(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = MONTHS[usize::from(u8::from(self.0.month()) - 1)];
        format!("{} {month} {}", self.0.day(), self.0.year())
    }

    /// Date and time for people: `10 Dec 1901, 12:00 UTC`.
    #[must_use]
    pub fn date_time(self) -> String {
        format!("{}, {:02}:{:02} UTC", self.date(), self.0.hour(), self.0.minute())
    }
}

/// RFC 3339, with as many digits of the second as there are: `1901-12-10T12:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = FieldErrors;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse("timestamp", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_become_utc_and_nanoseconds_are_cut() {
        let parsed = Timestamp::parse("at", "1901-12-10T13:00:00.123456789+01:00").unwrap();
        assert_eq!(parsed.to_string(), "1901-12-10T12:00:00.123456Z");
        assert_eq!(parsed.date_time(), "10 Dec 1901, 12:00 UTC");
    }

    #[test]
    fn what_rfc_3339_cannot_write_in_utc_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-05-31",
            "2024-02-30T00:00:00Z",
            "0001-01-01T00:00:00+23:00",
            "9999-12-31T23:59:59-01:00",
        ] {
            let errors = Timestamp::parse("created_at", text).unwrap_err();
            assert!(errors.to_string().starts_with("created_at must be a date and time like"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_beyond_the_ends(micros in any::<i64>()) {
            if let Some(timestamp) = Timestamp::from_unix_micros(micros) {
                prop_assert!((Timestamp::MIN..=Timestamp::MAX).contains(&timestamp));
            }
            prop_assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
            prop_assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00Z");
        }

        #[test]
        fn micros_and_text_come_back_as_they_went(micros in -62_135_596_800_000_000_i64..253_402_300_799_999_999) {
            let timestamp = Timestamp::from_unix_micros(micros).unwrap();
            prop_assert_eq!(timestamp.unix_micros(), micros);
            prop_assert_eq!(Timestamp::parse("at", &timestamp.to_string()).unwrap(), timestamp);
        }
    }
}
