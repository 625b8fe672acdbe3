use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{FieldErrors, rfc3339};

/// A moment in UTC with microsecond precision, which both databases can store.
///
/// The range is the years 1 to 9999, because RFC 3339 writes a year with four digits. JSON uses RFC 3339 with `Z`,
/// binary formats use microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The beginning of the year 1.
    pub const MIN: Self = Self(NaiveDate::from_ymd_opt(1, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc());
    /// The last microsecond of the year 9999.
    pub const MAX: Self =
        Self(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap().and_hms_micro_opt(23, 59, 59, 999_999).unwrap().and_utc());

    /// The length of the longest RFC 3339 text of a timestamp, in bytes.
    pub const LENGTH: usize = rfc3339::LENGTH;

    /// Parses RFC 3339. An offset is converted to UTC, and digits beyond microseconds are truncated.
    ///
    /// # Errors
    /// When `text` is not an RFC 3339 date and time within the range.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldErrors> {
        rfc3339::parse(text).and_then(Self::new).ok_or_else(|| {
            let message = "must be a date and time like 2024-05-31T14:30:00Z (RFC 3339), from year 1 to 9999";
            FieldErrors::one(field, "invalid", message)
        })
    }

    /// Parses a day; the result is its midnight in UTC.
    ///
    /// # Errors
    /// When `text` is not a day of the Gregorian calendar within the range.
    pub fn parse_day(field: &'static str, text: &str) -> Result<Self, FieldErrors> {
        let midnight = Self::parse(field, &format!("{text}T00:00:00Z"));
        midnight.map_err(|_| FieldErrors::one(field, "invalid", "must be a day like 2024-05-31"))
    }

    /// Truncates to microseconds; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn new(moment: DateTime<Utc>) -> Option<Self> {
        Self::from_unix_micros(moment.timestamp_micros())
    }

    /// Microseconds since 1970-01-01T00:00:00Z, negative before; `None` outside the range.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        let moment = DateTime::from_timestamp_micros(micros);
        moment.filter(|moment| (1..=9_999).contains(&moment.naive_utc().year())).map(Self)
    }

    #[must_use]
    pub fn unix_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The time from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> TimeDelta {
        self.0 - earlier.0
    }

    /// The moment `duration` later; unchanged if the result would be out of range.
    #[must_use]
    pub fn plus(self, duration: TimeDelta) -> Self {
        let micros = duration.num_microseconds().and_then(|micros| self.unix_micros().checked_add(micros));
        micros.and_then(Self::from_unix_micros).unwrap_or(self)
    }

    /// The moment `duration` earlier; unchanged if the result would be out of range.
    #[must_use]
    pub fn minus(self, duration: TimeDelta) -> Self {
        self.plus(-duration)
    }

    /// The date for the UI: `10 Dec 1901`.
    #[must_use]
    pub fn date(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let date = self.0.naive_utc();
        format!("{} {} {}", date.day(), MONTHS[date.month0() as usize], date.year())
    }

    /// Date and time for the UI: `10 Dec 1901, 12:00 UTC`.
    #[must_use]
    pub fn date_time(self) -> String {
        let time = self.0.naive_utc();
        format!("{}, {:02}:{:02} UTC", self.date(), time.hour(), time.minute())
    }

    /// RFC 3339 in UTC, written into `text`. Trailing zeros of the fraction are omitted.
    #[must_use]
    pub fn rfc3339(self, text: &mut [u8; Self::LENGTH]) -> &str {
        rfc3339::write(self.0.naive_utc(), text)
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
            serializer.serialize_str(self.rfc3339(&mut [0; Self::LENGTH]))
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

    #[test]
    fn offsets_are_converted_to_utc_and_nanoseconds_truncated() {
        let parsed = Timestamp::parse("at", "1901-12-10T13:00:00.123456789+01:00").unwrap();
        assert_eq!(parsed.to_string(), "1901-12-10T12:00:00.123456Z");
        assert_eq!(parsed.date_time(), "10 Dec 1901, 12:00 UTC");
    }

    #[test]
    fn times_outside_rfc_3339_in_utc_are_refused() {
        for text in [
            "",
            "yesterday",
            "2024-05-31",
            "2024-05-31T14:30:00",
            "2024-05-31T14:30Z",
            "2024-05-31T24:00:00Z",
            "2024-05-31T14:30:00.Z",
            "2024-05-31T14:30:00Zz",
            "2024-05-31T14:30:00Z ",
            "2024-05-31T14:30:00+24:00",
            "2024-05-31T14:30:00+0100",
            "2024-05-31T14:30:00\u{2212}01:00",
            "+2024-05-31T14:30:00Z",
            "2024-02-30T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "0000-12-31T23:59:59Z",
            "0001-01-01T00:00:00+23:00",
            "9999-12-31T23:59:59-01:00",
        ] {
            let errors = Timestamp::parse("created_at", text).unwrap_err();
            assert!(errors.to_string().starts_with("created_at must be a date and time like"), "{text}");
        }
    }

    #[test]
    fn a_day_parses_to_midnight_and_other_formats_are_refused() {
        assert_eq!(Timestamp::parse_day("since", "2024-02-29").unwrap().to_string(), "2024-02-29T00:00:00Z");
        for text in ["", "2023-02-29", "0000-01-01", "2024-2-9", "20240229", "2024-W09-4", "2024-02-29T00:00:00Z"] {
            let errors = Timestamp::parse_day("since", text).unwrap_err();
            assert_eq!(errors.to_string(), "since must be a day like 2024-05-31", "{text}");
        }
    }

    #[test]
    fn arithmetic_stays_within_the_range() {
        let (day, at) = (TimeDelta::days(1), Timestamp::parse("at", "2024-02-28T12:00:00Z").unwrap());
        assert_eq!(at.plus(day).plus(day).to_string(), "2024-03-01T12:00:00Z");
        assert_eq!(at.plus(day).since(at), day);
        assert_eq!(at.since(at.plus(day)), -day);
        for duration in [day, TimeDelta::MAX] {
            assert_eq!(Timestamp::MAX.plus(duration), Timestamp::MAX);
            assert_eq!(Timestamp::MIN.minus(duration), Timestamp::MIN);
        }
        assert_eq!(Timestamp::MIN.plus(TimeDelta::MIN), Timestamp::MIN);
    }

    #[test]
    fn binary_formats_hold_microseconds_and_json_text() {
        let at = Timestamp::parse("at", "2026-02-03T04:05:06.789Z").unwrap();
        let micros = at.unix_micros();
        assert_eq!(micros, 1_770_091_506_789_000);
        assert_eq!(postcard::to_allocvec(&at).unwrap(), postcard::to_allocvec(&micros).unwrap());
        assert_eq!(postcard::from_bytes::<Timestamp>(&postcard::to_allocvec(&micros).unwrap()).unwrap(), at);
        assert!(postcard::from_bytes::<Timestamp>(&postcard::to_allocvec(&i64::MAX).unwrap()).is_err());
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2026-02-03T04:05:06.789Z\"");
    }

    proptest! {
        #[test]
        fn timestamps_stay_within_the_range(micros in any::<i64>()) {
            if let Some(timestamp) = Timestamp::from_unix_micros(micros) {
                prop_assert!((Timestamp::MIN..=Timestamp::MAX).contains(&timestamp));
            }
            prop_assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
            prop_assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00Z");
        }

        #[test]
        fn micros_and_text_round_trip(micros in -62_135_596_800_000_000_i64..=253_402_300_799_999_999) {
            let timestamp = Timestamp::from_unix_micros(micros).unwrap();
            prop_assert_eq!(timestamp.unix_micros(), micros);
            prop_assert_eq!(Timestamp::parse("at", &timestamp.to_string()).unwrap(), timestamp);
            prop_assert_eq!(Timestamp::new(timestamp.utc()), Some(timestamp));
        }

        #[test]
        fn parsing_never_panics(text: String) {
            let _ = Timestamp::parse("at", &text);
        }
    }
}
