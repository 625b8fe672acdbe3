//! Parses and formats RFC 3339 timestamps as chrono types.
//!
//! chrono does the calendar arithmetic. Only parsing and formatting are done here: chrono's parser and formatter make
//! the WASM bundle too large, and its formatter is slower for exports (ADR 41).

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};

const MICROS_PER_MINUTE: i64 = 60_000_000;
const LONGEST: &[u8; LENGTH] = b"0000-00-00T00:00:00.000000Z";
pub const LENGTH: usize = 27;

/// Formats a UTC time of the years 0 to 9999. Trailing zeros of the fraction are omitted.
pub fn write(utc: NaiveDateTime, text: &mut [u8; LENGTH]) -> &str {
    *text = *LONGEST;
    let numbers = [
        (0..4, utc.year().unsigned_abs()),
        (5..7, utc.month()),
        (8..10, utc.day()),
        (11..13, utc.hour()),
        (14..16, utc.minute()),
        (17..19, utc.second()),
        (20..26, utc.nanosecond() / 1_000),
    ];
    for (digits, mut number) in numbers {
        for digit in text[digits].iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }
    let mut end = LENGTH - 1;
    while end > 20 && text[end - 1] == b'0' {
        end -= 1;
    }
    // Without a fraction, the decimal point is omitted too.
    let end = if end == 20 { 19 } else { end };
    text[end] = b'Z';
    str::from_utf8(&text[..=end]).unwrap_or_default()
}

/// Parses a timestamp. Digits beyond microseconds are truncated.
///
/// Neither database stores leap seconds. One at the end of a month, the only place where they are inserted, becomes the
/// microsecond before it; any other is refused.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let mut text = Text(text.as_bytes());
    let year = text.number(4)?;
    text.one_of(b"-")?;
    let month = text.number(2)?;
    text.one_of(b"-")?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, text.number(2)?)?;
    text.one_of(b"Tt ")?;
    let hour = text.number(2)?;
    text.one_of(b":")?;
    let minute = text.number(2)?;
    text.one_of(b":")?;
    let (second, micros) = (text.number(2)?, text.fraction()?);
    let offset = text.offset()?;
    if !text.0.is_empty() {
        return None;
    }
    let is_leap = second == 60;
    let (second, micros) = if is_leap { (59, 999_999) } else { (second, micros) };
    let local = date.and_hms_micro_opt(hour, minute, second, micros)?.and_utc();
    let moment = DateTime::from_timestamp_micros(local.timestamp_micros() - offset * MICROS_PER_MINUTE)?;
    (!is_leap || is_last_minute_of_month(moment)).then_some(moment)
}

fn is_last_minute_of_month(moment: DateTime<Utc>) -> bool {
    let next = DateTime::from_timestamp(moment.timestamp() + 1, 0).map(|next| next.naive_utc());
    next.is_some_and(|next| (next.day(), next.hour(), next.minute()) == (1, 0, 0))
}

/// The text that is still to be parsed.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let digit = |number, byte: &u8| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'));
        number.iter().try_fold(0, digit)
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        allowed.contains(first).then_some(*first)
    }

    /// The fraction in microseconds: zero without a decimal point, which must be followed by at least one digit.
    fn fraction(&mut self) -> Option<u32> {
        if !self.0.starts_with(b".") {
            return Some(0);
        }
        let length = self.0[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at(1 + length);
        self.0 = rest;
        let digit = |index| fraction.get(index).map_or(0, |byte| u32::from(byte - b'0'));
        (length > 0).then(|| (1..=6).fold(0, |micros, index| micros * 10 + digit(index)))
    }

    /// The offset in minutes east of UTC.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2).filter(|hours| *hours < 24)?;
        self.one_of(b":")?;
        let minutes = self.number(2).filter(|minutes| *minutes < 60)?;
        Some(sign * i64::from(hours * 60 + minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text).map(|moment| write(moment.naive_utc(), &mut [0; LENGTH]).to_owned())
    }

    #[test]
    fn each_spelling_that_rfc_3339_allows_is_read() {
        for (text, expected) in [
            ("2024-05-31t14:30:00z", "2024-05-31T14:30:00Z"),
            ("2024-05-31 14:30:00Z", "2024-05-31T14:30:00Z"),
            ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00Z"),
            ("2024-05-31T14:30:00+23:59", "2024-05-30T14:31:00Z"),
            ("2024-12-31T00:00:00.1234567899999Z", "2024-12-31T00:00:00.123456Z"),
            ("2024-12-31T00:00:00.0000009Z", "2024-12-31T00:00:00Z"),
            ("2024-12-31T00:00:10.1000Z", "2024-12-31T00:00:10.1Z"),
            ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_leap_second_at_the_end_of_a_month_is_the_microsecond_before_it() {
        for text in ["1990-12-31T23:59:60Z", "1990-12-31T15:59:60.5-08:00", "2024-02-29T23:59:60Z"] {
            assert!(parsed(text).unwrap().ends_with("T23:59:59.999999Z"), "{text}");
        }
        for text in ["1990-12-31T23:58:60Z", "1990-12-30T23:59:60Z", "1990-12-31T23:59:61Z"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
