use super::{
    FieldErrors,
    folding::email_key,
    invisible::{describe, is_control, is_invisible},
};

/// An e-mail address as typed: a dot-atom before the `@` and a host name after it (RFC 5321, internationalised by RFC
/// 6531). Quoted local parts and address literals are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// All limits are in octets of UTF-8 (RFC 5321 section 4.5.3.1; the total by erratum 1690).
    pub const MAX_OCTETS: usize = 254;
    pub const MAX_LOCAL_OCTETS: usize = 64;
    pub const MAX_LABEL_OCTETS: usize = 63;

    /// # Errors
    /// One error on the field `email`: `required`, `too_long` or `invalid`.
    pub fn parse(text: &str) -> Result<Self, FieldErrors> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(FieldErrors::one("email", "required", "must not be empty"));
        }
        if let Some(hidden) = trimmed.chars().find(|c| is_control(*c) || (is_invisible(*c) && !c.is_whitespace())) {
            return Err(invalid(&format!("must not contain invisible characters, such as {}", describe(hidden))));
        }
        let Some((local, host)) = trimmed.rsplit_once('@') else {
            return Err(invalid("must be an address like ada@example.org: the @ is missing"));
        };
        if trimmed.len() > Self::MAX_OCTETS || local.len() > Self::MAX_LOCAL_OCTETS {
            let message = format!(
                "must have at most {} bytes, and at most {} before the @",
                Self::MAX_OCTETS,
                Self::MAX_LOCAL_OCTETS
            );
            return Err(FieldErrors::one("email", "too_long", message));
        }
        if !local.split('.').all(is_atom) {
            return Err(invalid(
                "must have only letters, digits and !#$%&'*+-/=?^_`{|}~ before the @, with single dots between them",
            ));
        }
        if !host.split('.').all(is_label) {
            return Err(invalid(
                "must have a host name after the @: parts of letters, digits and inner hyphens, at most 63 bytes each, separated by single dots",
            ));
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

    /// The comparison and sort key (`folding::email_key`).
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The key of an address that has already been validated.
    #[must_use]
    pub fn key_of(email: &str) -> String {
        email_key(email)
    }
}

fn invalid(message: &str) -> FieldErrors {
    FieldErrors::one("email", "invalid", message)
}

/// RFC 5321 `Atom`, with the characters beyond ASCII that RFC 6531 adds.
fn is_atom(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_letter_beyond_ascii(c))
}

fn is_label(part: &str) -> bool {
    (1..=Email::MAX_LABEL_OCTETS).contains(&part.len())
        && !part.starts_with('-')
        && !part.ends_with('-')
        && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_letter_beyond_ascii(c))
}

/// Non-ASCII characters, except control and invisible ones and those that NFKC turns into an `@`, a dot or a space.
fn is_letter_beyond_ascii(c: char) -> bool {
    !c.is_ascii() && !is_control(c) && !is_invisible(c) && !is_confusable_punctuation(c)
}

/// Whether NFKC turns the character into ASCII other than letters and digits, or into an ideographic full stop. A
/// hard-coded table, because Unicode's tables would make up a third of the WASM bundle.
fn is_confusable_punctuation(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{a8}' | '\u{af}' | '\u{b4}' | '\u{b8}' | '\u{2d8}'..='\u{2dd}' | '\u{37a}' | '\u{37e}'
        | '\u{384}'..='\u{385}' | '\u{1fbd}' | '\u{1fbf}'..='\u{1fc1}' | '\u{1fcd}'..='\u{1fcf}'
        | '\u{1fdd}'..='\u{1fdf}' | '\u{1fed}'..='\u{1fef}' | '\u{1ffd}'..='\u{1ffe}' | '\u{2000}'..='\u{200a}'
        | '\u{2017}' | '\u{2024}'..='\u{2026}' | '\u{202f}' | '\u{203c}' | '\u{203e}' | '\u{2047}'..='\u{2049}'
        | '\u{205f}' | '\u{207a}' | '\u{207c}'..='\u{207e}' | '\u{208a}' | '\u{208c}'..='\u{208e}'
        | '\u{2100}'..='\u{2101}' | '\u{2105}'..='\u{2106}' | '\u{2474}'..='\u{24b5}' | '\u{2a74}'..='\u{2a76}'
        | '\u{3000}' | '\u{3002}' | '\u{309b}'..='\u{309c}' | '\u{3200}'..='\u{321e}' | '\u{3220}'..='\u{3243}'
        | '\u{33c2}' | '\u{33c7}' | '\u{33d8}' | '\u{fb29}' | '\u{fc5e}'..='\u{fc63}' | '\u{fdfa}'..='\u{fdfb}'
        | '\u{fe10}' | '\u{fe12}'..='\u{fe16}' | '\u{fe19}' | '\u{fe30}' | '\u{fe33}'..='\u{fe38}'
        | '\u{fe47}'..='\u{fe50}' | '\u{fe52}' | '\u{fe54}'..='\u{fe57}' | '\u{fe59}'..='\u{fe5c}'
        | '\u{fe5f}'..='\u{fe66}' | '\u{fe68}'..='\u{fe6b}' | '\u{fe70}' | '\u{fe72}' | '\u{fe74}' | '\u{fe76}'
        | '\u{fe78}' | '\u{fe7a}' | '\u{fe7c}' | '\u{fe7e}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff5e}' | '\u{ff61}' | '\u{ffe3}' | '\u{1f100}'..='\u{1f10a}'
        | '\u{1f110}'..='\u{1f129}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn key(text: &str) -> String {
        Email::parse(text).unwrap().key()
    }

    #[test]
    fn valid_addresses_are_kept_as_typed() {
        for address in
            ["Ada@Example.ORG", "o'brien+list@a.b-c.de", "root@localhost", "用户@例え.jp", "dörte@müller.example"]
        {
            assert_eq!(Email::parse(&format!(" {address} ")).unwrap().as_str(), address);
        }
    }

    #[test]
    fn invalid_addresses_are_refused() {
        for address in [
            "x",
            "@example.org",
            "ada@",
            "ada@@example.org",
            "a da@example.org",
            ".ada@example.org",
            "ada.@example.org",
            "a..b@example.org",
            "ada@-example.org",
            "ada@example-.org",
            "ada@example..org",
            "ada@[127.0.0.1]",
            "\"ada b\"@example.org",
            "ada@exam_ple.org",
            "ada\u{200b}@example.org",
            "a\u{202e}da@example.org",
            "ada＠example.org",
            "ada@example。org",
            "ada@example．org",
            "ada@example｡org",
            "ada,bob@example.org",
            "<ada@example.org>",
        ] {
            assert_eq!(Email::parse(address).unwrap_err().0[0].code, "invalid", "{address:?}");
        }
        assert_eq!(Email::parse(" ").unwrap_err().0[0].code, "required");
    }

    #[test]
    fn errors_name_invisible_characters() {
        for (address, expected) in [
            ("ada\u{200b}@example.org", "U+200B zero-width space"),
            ("ada@exam\u{ad}ple.org", "U+00AD soft hyphen"),
            ("ada@example.org\u{2060}", "U+2060 word joiner"),
            ("\u{feff}ada@example.org", "U+FEFF zero-width no-break space"),
            ("ada\u{200e}@example.org", "U+200E left-to-right mark"),
        ] {
            let error = Email::parse(address).unwrap_err().to_string();
            assert_eq!(error, format!("email must not contain invisible characters, such as {expected}"));
        }
    }

    #[test]
    fn the_table_of_confusable_punctuation_matches_unicode() {
        let is_punctuation = |c: char| (c.is_ascii() && !c.is_ascii_alphanumeric()) || c == '。';
        for c in ('\u{80}'..=char::MAX).filter(|c| !is_control(*c)) {
            let expected = std::iter::once(c).nfkc().any(is_punctuation);
            assert_eq!(is_confusable_punctuation(c), expected, "{}", c.escape_unicode());
        }
    }

    #[test]
    fn lengths_count_octets_up_to_the_limit() {
        let host = ["a".repeat(63), "b".repeat(63), "c".repeat(61)].join(".");
        let longest = format!("{}@{host}", "é".repeat(32));
        assert_eq!(longest.len(), Email::MAX_OCTETS);
        assert!(Email::parse(&longest).is_ok());
        for address in [format!("{longest}d"), format!("{}@example.org", "a".repeat(65))] {
            assert_eq!(Email::parse(&address).unwrap_err().0[0].code, "too_long", "{address}");
        }
        assert!(Email::parse(&format!("a@{}.org", "b".repeat(64))).is_err());
    }

    #[test]
    fn lookalike_addresses_have_the_same_key() {
        assert_eq!(key("ADA@Example.org"), key("ada@example.ORG"));
        assert_eq!(key("e\u{301}va@example.org"), key("Éva@example.org"), "composed and decomposed");
        assert_eq!(key("ａｄａ@example.org"), key("ada@example.org"), "full width");
        assert_ne!(key("аda@example.org"), key("ada@example.org"), "a Cyrillic letter is another one");
    }

    proptest! {
        #[test]
        fn accepted_values_satisfy_the_invariants(text in "\\PC{0,20}@?\\PC{0,20}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), text.trim());
                prop_assert!(email.as_str().len() <= Email::MAX_OCTETS);
                prop_assert!(!email.as_str().chars().any(|c| c.is_whitespace() || c.is_control()));
                prop_assert_eq!(email.key().matches('@').count(), 1);
            }
        }

        #[test]
        fn case_does_not_change_the_key(local in "[a-z][a-z0-9.]{0,20}[a-z]", host in "[a-z]{1,20}") {
            let address = format!("{}@{host}.example", local.replace("..", "."));
            if Email::parse(&address).is_ok() {
                prop_assert_eq!(key(&address), key(&address.to_uppercase()));
            }
        }

        #[test]
        fn the_key_of_a_key_is_the_key(text in "\\PC{1,12}@[a-zäß]{1,8}") {
            if let Ok(email) = Email::parse(&text) && let Ok(again) = Email::parse(&email.key()) {
                prop_assert_eq!(again.key(), email.key());
            }
        }
    }
}
