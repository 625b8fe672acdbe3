use utoipa::ToSchema;

use super::{FieldErrors, fold};

/// A person's name as typed: 1 to 200 characters of any script after trimming.
///
/// Control characters are refused, including the bidirectional ones (Unicode TR 9), which would let a name rearrange
/// the text around it. Joiners are allowed: Persian and Hindi need them.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(
    description = "A person's name, in any script, without control characters.",
    min_length = 1,
    max_length = 200,
    // The rule of `Name::parse` except for tag characters, which few pattern languages can express.
    pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*\
        [^\\s\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\
        \\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\
        \\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]\
        [^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$",
    examples("Ada Lovelace")
)]
pub struct Name(String);

impl Name {
    /// In Unicode scalar values.
    pub const MAX_CHARS: usize = 200;

    /// # Errors
    /// One error on the field `name`: `required`, `too_long` or `control_character`.
    pub fn parse(text: &str) -> Result<Self, FieldErrors> {
        let trimmed = text.trim();
        if let Some(control) = trimmed.chars().find(|c| is_control(*c)) {
            let message = format!("must not contain control characters, such as {}", control.escape_unicode());
            return Err(FieldErrors::one("name", "control_character", message));
        }
        if trimmed.chars().all(is_invisible) {
            return Err(FieldErrors::one("name", "required", "must not be empty"));
        }
        let chars = trimmed.chars().count();
        if chars > Self::MAX_CHARS {
            let message = format!("must have at most {} characters, has {chars}", Self::MAX_CHARS);
            return Err(FieldErrors::one("name", "too_long", message));
        }
        Ok(Self(trimmed.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sort key, independent of database collations: the folded name, compared byte by byte.
    #[must_use]
    pub fn key(&self) -> String {
        fold(&self.0)
    }
}

/// Control characters (category Cc), line and paragraph separators, and bidirectional ones.
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a visible glyph: white space, joiners, variation selectors, fillers, tags.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}'
        )
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
    }

    #[test]
    fn the_limit_counts_characters_after_trimming() {
        assert!(Name::parse(&format!(" {} ", "é".repeat(200))).is_ok());
        assert_eq!(code(&"é".repeat(201)), "too_long");
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_keeps_its_promises(text in any::<String>()) {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert!((1..=Name::MAX_CHARS).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().chars().any(char::is_control));
                prop_assert_eq!(Name::parse(name.as_str()).unwrap(), name);
            }
        }

        #[test]
        fn length_alone_decides_for_letters(length in 0_usize..260) {
            prop_assert_eq!(Name::parse(&"字".repeat(length)).is_ok(), (1..=200).contains(&length));
        }
    }
}
