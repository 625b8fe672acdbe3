//! The fields of a JSON object in a request.

use std::str::FromStr;

use serde_json::{Map, Number, Value};

use crate::domain::FieldErrors;

/// The fields of an object that are not parsed yet, and the errors of those that are.
pub struct Fields {
    pub object: Map<String, Value>,
    pub errors: FieldErrors,
}

impl Fields {
    pub fn of(object: Map<String, Value>) -> Self {
        Self { object, errors: FieldErrors::default() }
    }

    pub fn required<T>(&mut self, name: &'static str, message: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        if self.object.get(name).is_none_or(Value::is_null) {
            self.object.remove(name);
            self.errors.push(name, "required", message);
            return None;
        }
        self.optional(name, message, read)
    }

    pub fn optional<T>(&mut self, name: &'static str, message: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = read(&self.object.remove(name)?);
        if value.is_none() {
            self.errors.push(name, "invalid", message);
        }
        value
    }

    /// Returns all errors. The remaining fields are unknown, for the reason in `message`.
    pub fn end(mut self, message: &str) -> Result<(), FieldErrors> {
        for (field, _) in self.object {
            self.errors.push(field, "unknown", message);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// An integer, also if it is written as `7.0` (RFC 8259 section 6).
pub fn whole<T: FromStr>(number: &Number) -> Option<T> {
    number.to_string().parse().ok().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        // Adding zero makes -0 positive.
        format!("{:.0}", float + 0.0).parse().ok()
    })
}

/// The message for an unknown field.
pub fn unknown(allowed: &[&str]) -> String {
    format!("is not a field; allowed are {}", allowed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_may_have_a_fraction_of_zero() {
        let number = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        for (text, signed, unsigned) in [
            ("7", Some(7), Some(7)),
            ("7.0", Some(7), Some(7)),
            ("7e2", Some(700), Some(700)),
            ("-7.0", Some(-7), None),
            ("-0", Some(0), Some(0)),
            ("-0.0", Some(0), Some(0)),
            ("7.5", None, None),
            ("18446744073709551615", None, Some(u64::MAX)),
            ("1e300", None, None),
        ] {
            assert_eq!((whole::<i64>(&number(text)), whole::<u64>(&number(text))), (signed, unsigned), "{text}");
        }
    }
}
