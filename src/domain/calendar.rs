//! Moments as RFC 3339 writes them, counted in microseconds since 1970-01-01T00:00:00Z. A few lines
//! of arithmetic, because the browser is sent them; tests hold them against the `time` crate.

use std::ops::RangeInclusive;

pub const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A moment in UTC, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micros: u32,
}

impl Parts {
    /// The Gregorian calendar, in eras of 400 years that begin in March, so that the leap day is the
    /// last of its year (Howard Hinnant, “chrono-compatible low-level date algorithms”).
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "each is within the range of its part")]
    pub fn of(moment: i64) -> Self {
        let (days, within) = (moment.div_euclid(MICROS_PER_DAY) + 719_468, moment.rem_euclid(MICROS_PER_DAY));
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let seconds = within / MICROS_PER_SECOND;
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month: month as u8,
            day: (day_of_year - (153 * march_month + 2) / 5 + 1) as u8,
            hour: (seconds / 3_600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            micros: (within % MICROS_PER_SECOND) as u32,
        }
    }

    /// With as many digits of the second as there are. By hand, because a file has millions of them.
    #[expect(clippy::cast_sign_loss, reason = "no number is below 0")]
    pub fn rfc3339(self, text: &mut [u8; LENGTH]) -> &str {
        *text = *FORM;
        let places = [0..4, 5..7, 8..10, 11..13, 14..16, 17..19, 20..26];
        let [month, day, hour, minute, second] =
            [self.month, self.day, self.hour, self.minute, self.second].map(i64::from);
        let numbers = [self.year, month, day, hour, minute, second, self.micros.into()];
        for (place, mut number) in places.into_iter().zip(numbers) {
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
        }
        let mut end = LENGTH - 1;
        while end > 20 && text[end - 1] == b'0' {
            end -= 1;
        }
        // Without a fraction there is no point either.
        let end = if end == 20 { 19 } else { end };
        text[end] = b'Z';
        str::from_utf8(&text[..=end]).unwrap_or_default()
    }
}

const FORM: &[u8; LENGTH] = b"0000-00-00T00:00:00.000000Z";
pub const LENGTH: usize = 27;

/// The moment that an RFC 3339 text means, in the years 0 to 9999 of its own offset. What is finer
/// than a microsecond is cut; a leap second is the last microsecond before it.
pub fn parse(text: &str) -> Option<i64> {
    let mut text = Text(text.as_bytes());
    let year = text.number(4, 0..=9_999)?;
    text.one_of(b"-")?;
    let month = text.number(2, 1..=12)?;
    text.one_of(b"-")?;
    let first = days_before(year, month);
    let length = days_before(year + month / 12, month % 12 + 1) - first;
    let days = first + text.number(2, 1..=length)? - 1;
    text.one_of(b"Tt ")?;
    let hour = text.number(2, 0..=23)?;
    text.one_of(b":")?;
    let minute = text.number(2, 0..=59)?;
    text.one_of(b":")?;
    let second = text.number(2, 0..=60)?;
    let micros = text.fraction()?;
    let minutes = (days * 24 + hour) * 60 + minute - text.offset()?;
    if !text.0.is_empty() {
        return None;
    }
    if second < 60 {
        return Some((minutes * 60 + second) * MICROS_PER_SECOND + micros);
    }
    let after = (minutes + 1) * 60 * MICROS_PER_SECOND;
    let next = Parts::of(after);
    ((next.day, next.hour, next.minute) == (1, 0, 0)).then_some(after - 1)
}

/// Days from 1970-01-01 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let (year, march_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * march_month + 2) / 5 - 719_468
}

/// What is still to be read.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn number(&mut self, digits: usize, range: RangeInclusive<i64>) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let digit = |number, byte: &u8| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'));
        number.iter().try_fold(0, digit).filter(|number| range.contains(number))
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        allowed.contains(first).then_some(*first)
    }

    /// Microseconds: zero without a point, at least one digit behind one.
    fn fraction(&mut self) -> Option<i64> {
        if !self.0.starts_with(b".") {
            return Some(0);
        }
        let length = self.0[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at(1 + length);
        self.0 = rest;
        let digit = |place| fraction.get(place).map_or(0, |byte| i64::from(byte - b'0'));
        (length > 0).then(|| (1..=6).fold(0, |micros, place| micros * 10 + digit(place)))
    }

    /// Minutes before UTC.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2, 0..=23)?;
        self.one_of(b":")?;
        Some(sign * (hours * 60 + self.number(2, 0..=59)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    fn by_time(text: &str) -> Option<i64> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000)).ok()
    }

    #[test]
    fn leap_seconds_and_leap_days_are_where_they_are() {
        for text in [
            "1990-12-31T23:59:60Z",
            "1990-12-31T15:59:60-08:00",
            "1990-12-31T23:58:60Z",
            "1990-12-30T23:59:60Z",
            "2000-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2024-02-29T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-12-31T00:00:00.1234567899999Z",
            "2024-12-31T00:00:00.Z",
            "2024-12-31T00:00:00",
            "2024-12-31T00:00:00Zz",
            "0000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), by_time(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn moments_are_read_as_the_time_crate_reads_them(
            text in "(0000|[0-9]{4}|20[0-9]{2})-(0[0-9]|1[0-3])-([012][0-9]|3[0-2])[Tt ]([01][0-9]|2[0-4]):[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,12})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])?"
        ) {
            prop_assert_eq!(parse(&text), by_time(&text));
        }

        #[test]
        fn moments_are_taken_apart_as_the_time_crate_does(moment in -62_167_219_200_000_000_i64..=253_402_300_799_999_999) {
            let parts = Parts::of(moment);
            let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment) * 1_000).unwrap();
            prop_assert_eq!((parts.year, parts.month, parts.day), (i64::from(time.year()), time.month().into(), time.day()));
            prop_assert_eq!(
                (parts.hour, parts.minute, parts.second, parts.micros),
                (time.hour(), time.minute(), time.second(), time.microsecond())
            );
        }

        #[test]
        fn no_text_breaks_it(text: String) {
            prop_assert_eq!(parse(&text), by_time(&text));
        }
    }
}
