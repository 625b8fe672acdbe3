use super::{
    FieldErrors, fold,
    invisible::{describe, is_control, is_invisible, trim},
};

/// A person's name as typed: 1 to 200 characters of any script, without invisible characters at the ends.
///
/// Control characters are refused, including the bidirectional ones (Unicode TR 9), which would let a name rearrange
/// the text around it. Joiners and directional marks are allowed: Persian, Hindi and Hebrew need them. Folding ignores
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// In Unicode scalar values.
    pub const MAX_CHARS: usize = 200;

    /// # Errors
    /// One error on the field `name`: `required`, `too_long` or `control_character`.
    pub fn parse(text: &str) -> Result<Self, FieldErrors> {
        let trimmed = trim(text);
        if let Some(control) = trimmed.chars().find(|c| is_control(*c)) {
            let message = format!("must not contain control characters, such as {}", describe(control));
            return Err(FieldErrors::one("name", "control_character", message));
        }
        if trimmed.chars().all(is_invisible) {
            return Err(FieldErrors::one("name", "required", "must not be empty"));
        }
        let chars = trimmed.chars().count();
        if chars > Self::MAX_CHARS {
            let message = format!("must have at most {} characters; it has {chars}", Self::MAX_CHARS);
            return Err(FieldErrors::one("name", "too_long", message));
        }
        Ok(Self(trimmed.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// The sort key, independent of database collations: the folded name, compared byte by byte.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> String {
        Name::parse(text).unwrap_err().0[0].code.to_string()
    }

    #[test]
    fn names_of_any_script_are_kept_as_typed() {
        for name in ["Wilhelm Conrad Röntgen", "김철수", "Jacobus H. van 't Hoff", "علی‌رضا", "X", "ʻOkina"]
        {
            assert_eq!(Name::parse(&format!("  {name}\t")).unwrap().as_str(), name);
        }
    }

    #[test]
    fn empty_and_invisible_names_are_required() {
        for name in ["", "   ", "\u{3000}", "\u{200b}", "\u{3164}\u{200d}"] {
            assert_eq!(code(name), "required", "{name:?}");
        }
    }

    #[test]
    fn control_and_bidirectional_characters_are_refused() {
        for name in ["a\0b", "a\nb", "a\u{85}b", "a\u{2028}b", "a\u{202e}b", "a\u{2066}b"] {
            assert_eq!(code(name), "control_character", "{name:?}");
        }
        let error = Name::parse("a\u{202e}b").unwrap_err().to_string();
        assert!(error.ends_with("such as U+202E directional formatting character"), "{error}");
    }

    #[test]
    fn invisible_characters_are_trimmed_at_the_ends_and_ignored_in_the_order() {
        for (name, kept) in [
            ("\u{feff}Ada\u{200b}", "Ada"),
            ("\u{202a}Ada\u{202c} ", "Ada"),
            ("\u{200e}Ada\u{ad}\u{2060}", "Ada"),
            ("A\u{200b}d\u{ad}a\u{200f}.", "A\u{200b}d\u{ad}a\u{200f}."),
        ] {
            assert_eq!(Name::parse(name).unwrap().as_str(), kept, "{name:?}");
        }
        assert_eq!(Name::parse("\u{2060}A\u{200b}d\u{ad}a\u{feff}h").unwrap().key(), "adah");
    }

    #[test]
    fn the_limit_counts_characters_after_trimming() {
        assert!(Name::parse(&format!(" {} ", "é".repeat(200))).is_ok());
        assert_eq!(code(&"é".repeat(201)), "too_long");
    }

    proptest! {
        #[test]
        fn accepted_values_satisfy_the_invariants(text in any::<String>()) {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(name.as_str(), trim(&text));
                prop_assert!((1..=Name::MAX_CHARS).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().chars().any(char::is_control));
                prop_assert_eq!(Name::parse(name.as_str()).unwrap(), name);
            }
        }

        #[test]
        fn names_of_letters_are_limited_by_length_only(length in 0_usize..260) {
            prop_assert_eq!(Name::parse(&"字".repeat(length)).is_ok(), (1..=200).contains(&length));
        }
    }
}
