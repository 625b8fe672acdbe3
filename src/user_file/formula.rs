//! Escapes cells that a spreadsheet would execute as a formula (OWASP, CSV injection).

use std::borrow::Cow;

/// The first characters of a formula.
const SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Prefixes text that would be a formula with `'`, so that spreadsheets display it instead of executing it.
pub fn escape_formula(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Reverses [`escape_formula`].
pub fn unescape_formula(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text.trim_start_matches('\''))).unwrap_or(cell)
}

fn is_formula(text: &str) -> bool {
    text.starts_with(SIGNS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_escaped() {
        for (text, cell) in
            [("=1+1", "'=1+1"), ("@x", "'@x"), ("'=1", "''=1"), ("'t Hoff", "'t Hoff"), ("Ada", "Ada"), ("", "")]
        {
            assert_eq!(escape_formula(text), cell);
        }
    }

    proptest! {
        #[test]
        fn escaped_formulas_are_unescaped(text in "['=+@x-]{0,6}|.*") {
            let cell = escape_formula(&text);
            prop_assert_eq!(unescape_formula(&cell), &text);
            prop_assert!(!is_formula(&cell));
        }
    }
}
