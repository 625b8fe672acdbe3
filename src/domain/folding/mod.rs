//! Text folding for comparison, order and search of names and addresses, identical for both databases, which only
//! compare bytes and match substrings.

mod email_key;
mod previous;
mod search;
mod words;

pub use email_key::{email_key, email_keys};
pub use search::{marks, needles, search_text};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::invisible::is_ignored;

/// The version of the folding in this module, stored beside the derived columns (`name_key`, `email_key`, `search`).
/// A server with a newer version rebuilds older columns in the background.
///
/// To change the folding: increment this version, keep the keys and needles of the previous version in `previous`,
/// replace the index `users_outdated` in a migration, and raise the literal in every `folding < 2` of the stores'
/// `derived_columns.rs`. A partial index is used only for a literal.
pub const FOLDING: i16 = 2;

/// The previous folding, by which users may still be stored until they are rebuilt.
pub mod outdated {
    pub use super::previous::{email_key, name_key};
    use super::{needles, previous};

    /// The needles of a query by the previous folding; `None` if they equal the current ones.
    #[must_use]
    pub fn needles_of(query: &str) -> Option<Vec<String>> {
        Some(previous::needles(query)).filter(|earlier| *earlier != needles(query))
    }
}

/// Folds case, accents, compatibility forms, typographic variants and invisible characters: `Røntgen` becomes `rontgen`,
/// `D’Angelo` becomes `d'angelo`.
///
/// Applies NFKD and lower case, drops combining marks, replaces letters that Unicode does not decompose, collapses
/// white space, and composes again so that a Hangul syllable stays one character.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in letters(text.chars()) {
        if c != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(c);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded.nfc().collect()
}

/// The characters of the folded text before composition, with every white space character as a space.
fn letters(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let plain = text.map(quotation_mark).nfkd().flat_map(char::to_lowercase).nfkd();
    plain.filter(|c| !is_combining_mark(*c) && !is_ignored(*c)).flat_map(|c| {
        let (first, second) = match c {
            'ø' => ('o', None),
            'ł' => ('l', None),
            'đ' | 'ð' => ('d', None),
            'þ' => ('t', Some('h')),
            'ß' => ('s', Some('s')),
            'æ' => ('a', Some('e')),
            'œ' => ('o', Some('e')),
            'ı' => ('i', None),
            'ς' => ('σ', None),
            c if c.is_whitespace() || c == '\u{2800}' => (' ', None),
            c => (ascii_punctuation(c), None),
        };
        std::iter::once(first).chain(second)
    })
}

/// Maps quotation marks and accents that NFKD would decompose; an acute accent is often typed as an apostrophe.
fn quotation_mark(c: char) -> char {
    match c {
        '\u{b4}' | '\u{384}' | '\u{1fbd}' | '\u{1fbf}' | '\u{1fef}' | '\u{1ffd}' => '\'',
        '\u{2033}' | '\u{2036}' => '"',
        c => c,
    }
}

/// The ASCII form of apostrophes, quotation marks, hyphens and dashes.
fn ascii_punctuation(c: char) -> char {
    match c {
        // Letters among them: the ʻokina, the saltillo, the half rings of transliterations.
        '`'
        | '\u{2b9}'
        | '\u{2bb}'..='\u{2bf}'
        | '\u{2c8}'
        | '\u{55a}'
        | '\u{5f3}'
        | '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{2039}'
        | '\u{203a}'
        | '\u{275b}'
        | '\u{275c}'
        | '\u{a78b}'
        | '\u{a78c}' => '\'',
        '\u{ab}'
        | '\u{bb}'
        | '\u{2ba}'
        | '\u{5f4}'
        | '\u{201c}'..='\u{201f}'
        | '\u{275d}'
        | '\u{275e}'
        | '\u{301d}'..='\u{301f}' => '"',
        '\u{2d7}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{1400}'
        | '\u{1806}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2e17}'
        | '\u{2e1a}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{2e40}'
        | '\u{2e5d}'
        | '\u{301c}'
        | '\u{3030}'
        | '\u{30a0}' => '-',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typographic_characters_fold_to_their_ascii_forms() {
        for (ascii, variants) in [
            ("d'angelo", ["D’Angelo", "D‘Angelo", "DʼAngelo", "D´Angelo", "D`Angelo", "D′Angelo"]),
            ("jean-luc", ["Jean‐Luc", "Jean‑Luc", "Jean–Luc", "Jean—Luc", "Jean−Luc", "Jean－Luc"]),
            ("\"bo\"", ["“Bo”", "„Bo“", "«Bo»", "»Bo«", "″Bo″", "＂Bo＂"]),
            ("a b", ["A\u{a0}B", "A\u{2009}B", "A\u{202f}B", "A\u{3000}B", "A \u{2007} B", "A\u{2800}B"]),
        ] {
            for variant in variants {
                assert_eq!(fold(variant), ascii, "{variant}");
            }
        }
    }

    #[test]
    fn invisible_characters_are_removed() {
        for c in
            ['\u{200b}', '\u{ad}', '\u{2060}', '\u{feff}', '\u{200e}', '\u{200f}', '\u{61c}', '\u{200c}', '\u{202a}']
        {
            assert_eq!(fold(&format!("{c}A{c}d{c}a{c}")), "ada", "{}", c.escape_unicode());
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
