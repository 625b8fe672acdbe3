//! Query parameters of imports.

use crate::domain::FieldErrors;

/// Passes each parameter of a query to `take`.
///
/// # Errors
/// One for each parameter that is unknown, repeated, or refused by `take`.
pub fn read(
    query: Option<String>,
    known: &[&str],
    mut take: impl FnMut(&str, &str) -> Result<(), FieldErrors>,
) -> Result<(), FieldErrors> {
    let (mut errors, mut seen) = (FieldErrors::default(), Vec::new());
    let query = query.unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if seen.contains(&name) {
            errors.push(name.into_owned(), "repeated", "must be given only once");
            continue;
        }
        if known.contains(&&*name) {
            errors.take(take(&name, value.trim()));
        } else {
            let allowed =
                if known.is_empty() { "there are none".into() } else { format!("allowed are {}", known.join(", ")) };
            errors.push(name.clone().into_owned(), "unknown", format!("is not a parameter of this address; {allowed}"));
        }
        seen.push(name);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Parses an integer within a range.
///
/// # Errors
/// A message with the range.
pub fn number(field: &'static str, text: &str, min: u64, max: u64) -> Result<u64, FieldErrors> {
    let number = text.parse().ok().filter(|number| (min..=max).contains(number));
    let message = || format!("must be a whole number from {min} to {max}");
    number.ok_or_else(|| FieldErrors::one(field, "out_of_range", message()))
}
