use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{Duration, OffsetDateTime};

use super::{
    FieldErrors,
    calendar::{self, MICROS_PER_SECOND, Parts},
};

/// A moment in UTC, in whole microseconds: what both databases can hold.
///
/// Written as RFC 3339 with `Z`; the years 1 to 9999, so that it can be written at all. In a format
/// that is not for people, it goes as microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The beginning of the year 1.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The last microsecond of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The most octets of a moment as RFC 3339 writes it.
    pub const LENGTH: usize = calendar::LENGTH;

    /// # Errors
    /// When `text` is not an RFC 3339 date and time within the range.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldErrors> {
        calendar::parse(text).and_then(Self::from_unix_micros).ok_or_else(|| {
            let message = "must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999";
            FieldErrors::one(field, "invalid", message)
        })
    }

    /// Cut to microseconds; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn new(moment: OffsetDateTime) -> Option<Self> {
        Self::from_unix_micros(moment.unix_timestamp() * MICROS_PER_SECOND + i64::from(moment.microsecond()))
    }

    /// RFC 3339 in UTC, with as many digits of the second as there are, written into `text`.
    #[must_use]
    pub fn rfc3339(self, text: &mut [u8; Self::LENGTH]) -> &str {
        Parts::of(self.0).rfc3339(text)
    }

    /// Microseconds since 1970-01-01T00:00:00Z, negative before; `None` outside the range.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&micros).then_some(Self(micros))
    }

    #[must_use]
    pub fn unix_micros(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn utc(self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::microseconds(self.0)
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
        let micros = i64::try_from(duration.whole_microseconds()).ok()?;
        self.0.checked_add(micros).and_then(Self::from_unix_micros)
    }

    /// The date for people: `10 Dec 1901`.
    #[must_use]
    pub fn date(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let Parts { year, month, day, .. } = Parts::of(self.0);
        let month = MONTHS[usize::from(month) - 1];
        format!("{day} {month} {year}")
    }

    /// Date and time for people: `10 Dec 1901, 12:00 UTC`.
    #[must_use]
    pub fn date_time(self) -> String {
        let Parts { hour, minute, .. } = Parts::of(self.0);
        format!("{}, {hour:02}:{minute:02} UTC", self.date())
    }
}

/// RFC 3339: `1901-12-10T12:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rfc3339(&mut [0; Self::LENGTH]))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.unix_micros())
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            Self::parse("timestamp", &String::deserialize(deserializer)?).map_err(D::Error::custom)
        } else {
            Self::from_unix_micros(i64::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("out of range"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::format_description::well_known::Rfc3339;

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
            prop_assert_eq!(timestamp.to_string(), timestamp.utc().format(&Rfc3339).unwrap());
            prop_assert_eq!(Timestamp::new(timestamp.utc()), Some(timestamp));
        }
    }
}
