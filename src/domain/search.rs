//! Text folding and search, identical for both databases, which only ever match substrings.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Folds case, accents and compatibility forms: `Røntgen` becomes `rontgen`.
///
/// Applies NFKD and lower case, drops combining marks, replaces letters that Unicode does not decompose, collapses
/// white space, and composes again so that a Hangul syllable stays one character.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in letters(text) {
        if c != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(c);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded.nfc().collect()
}

/// The characters of the folded text before composition, with every white space character as a space.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let plain = text.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
    plain.flat_map(|c| {
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
            c if c.is_whitespace() => (' ', None),
            c => (c, None),
        };
        std::iter::once(first).chain(second)
    })
}

/// The matches of a query in a name or an address: byte ranges, in order, that neither overlap nor touch.
#[must_use]
pub fn marks(text: &str, query: &str) -> Vec<(u32, u32)> {
    if query.is_empty() {
        return Vec::new();
    }
    // Each folded letter with the byte range of its source character.
    let ends = text.char_indices().map(|(start, c)| (start, start + c.len_utf8()));
    let letters: Vec<(char, usize, usize)> =
        ends.flat_map(|(start, end)| letters(&text[start..end]).map(move |letter| (letter, start, end))).collect();
    let mut found = Vec::new();
    for word in fold(query).split(' ').filter(|word| !word.is_empty()) {
        let short = word.chars().nth(2).is_none();
        let word: Vec<char> = self::letters(word).collect();
        for (place, window) in letters.windows(word.len()).enumerate() {
            let begins = || begins_word(place.checked_sub(1).map_or(' ', |before| letters[before].0), window[0].0);
            if window.iter().map(|(letter, ..)| letter).eq(&word) && (!short || begins()) {
                // The mark extends to the next letter: separate combining accents belong to the letter before them.
                let end = letters.get(place + word.len()).map_or(text.len(), |(_, start, _)| *start);
                found.push((window[0].1, end.max(window[word.len() - 1].2)));
            }
        }
    }
    found.sort_unstable();
    let mut marks: Vec<(usize, usize)> = Vec::new();
    for (start, end) in found {
        match marks.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => marks.push((start, end)),
        }
    }
    marks.into_iter().filter_map(|(start, end)| Some((start.try_into().ok()?, end.try_into().ok()?))).collect()
}

/// The stored search text: a line with the folded name, one with the folded e-mail address, and one with the first two
/// characters of every word, each preceded by two spaces.
///
/// The third line matches words of one or two characters at the beginning of words only, with a needle of at least
/// three characters, which a trigram index needs.
#[must_use]
pub fn search_text(name: &str, email: &str) -> String {
    let mut text = format!("{}\n{}", fold(name), fold(email));
    let mut starts = Vec::<String>::new();
    let mut previous = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if begins_word(previous, c) {
            let mut start = format!("  {c}");
            start.extend(rest.peek().filter(|next| !next.is_whitespace()));
            if !starts.contains(&start) {
                starts.push(start);
            }
        }
        previous = c;
    }
    text.push('\n');
    text.extend(starts);
    text
}

/// The substrings that must all occur in a `search_text` for a query to match: one for each word.
#[must_use]
pub fn needles(query: &str) -> Vec<String> {
    let folded = fold(query);
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words.map(|word| if word.chars().nth(2).is_some() { word.to_owned() } else { format!("  {word}") }).collect()
}

/// Every character after white space begins a word, letters and digits also after punctuation; in scripts written
/// without spaces, every character does.
fn begins_word(previous: char, c: char) -> bool {
    !c.is_whitespace()
        && (previous.is_whitespace() || (c.is_alphanumeric() && (!previous.is_alphanumeric() || is_unspaced(c))))
}

/// Thai, Hangul, kana and Han (Unicode blocks).
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{3130}'..='\u{318f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(query: &str, name: &str) -> bool {
        let text = search_text(name, "someone@example.org");
        needles(query).iter().all(|needle| text.contains(needle))
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        for (query, name) in [
            ("rontgen", "Wilhelm Conrad Röntgen"),
            ("BJORN", "Bjørnstjerne Bjørnson"),
            ("łódź", "Lodz"),
            ("strasse", "Große Straße"),
            ("istanbul", "İSTANBUL"),
            ("οδυσσεας", "Οδυσσέας"),
            ("ΟΔΥΣΣΕΑΣ", "Οδυσσέας"),
            ("thor", "Þór"),
        ] {
            assert!(found(query, name), "{query} in {name}");
        }
    }

    #[test]
    fn every_word_must_be_found_somewhere() {
        assert!(found("curie mar", "Marie Curie"));
        assert!(found("curie example.org", "Marie Curie"));
        assert!(!found("curie pierre", "Marie Curie"));
    }

    #[test]
    fn short_words_match_beginnings_of_words_only() {
        assert!(found("cu", "Marie Curie"));
        assert!(found("m c", "Marie Curie"));
        assert!(!found("ri", "Marie Curie"), "ri is inside, not at the beginning");
        assert!(found("'t", "Jacobus H. van 't Hoff"));
        assert!(found("br", "Conor O'Brien"));
    }

    #[test]
    fn scripts_without_spaces_are_found_at_every_character() {
        assert!(found("철수", "김철수"));
        assert!(found("수", "김철수"));
        assert!(found("太", "山田太郎"));
        assert!(!found("郎太", "山田太郎"));
    }

    #[test]
    fn signs_of_query_languages_are_ordinary_characters() {
        for query in ["%", "_", "\"", "*", "100%", "a_b", "NOT", "\\"] {
            assert!(!found(query, "Marie Curie"), "{query}");
        }
        assert!(found("100%_", "Max 100%_\"*"));
    }

    fn marked(text: &str, query: &str) -> Vec<String> {
        marks(text, query).into_iter().map(|(start, end)| text[start as usize..end as usize].to_owned()).collect()
    }

    #[test]
    fn marks_are_what_was_found() {
        for (text, query, expected) in [
            ("Wilhelm Conrad Röntgen", "rontgen con", &["Con", "Röntgen"][..]),
            ("Wilhelm Conrad Ro\u{308}ntgen", "röntgen", &["Ro\u{308}ntgen"]),
            ("Bjørnstjerne Bjørnson", "BJORN", &["Bjørn", "Bjørn"]),
            ("Große Straße", "strasse", &["Straße"]),
            ("Marie Curie", "ri", &[]),
            ("Marie Curie", "ma", &["Ma"]),
            ("Anna-Maria", "anna mari", &["Anna", "Mari"]),
            ("Ananas", "ana nas", &["Ananas"]),
            ("김철수", "철수", &["철수"]),
            ("Marie Curie", "", &[]),
        ] {
            assert_eq!(marked(text, query), expected, "{query} in {text}");
        }
    }

    proptest! {
        #[test]
        fn marks_lie_within_the_text_and_apart(text in "\\PC{0,40}", query in "\\PC{0,12}") {
            let mut end = 0;
            for (from, to) in marks(&text, &query) {
                prop_assert!(text.get(from as usize..to as usize).is_some_and(|mark| !mark.is_empty()));
                prop_assert!(end == 0 || from > end);
                end = to;
            }
        }

        #[test]
        fn a_long_word_that_is_found_is_marked(name in "[a-zA-ZäöüßøéñÅ ]{3,30}", from in 0_usize..20, length in 3_usize..8) {
            let word: String = name.chars().skip(from).take(length).collect();
            if !word.contains(' ') && word.chars().count() >= 3 {
                prop_assert!(found(&word, &name) && !marks(&name, &word).is_empty(), "{word}");
            }
        }

        #[test]
        fn every_name_is_found_by_itself_and_by_its_words(name in "[\\PC]{1,24}") {
            prop_assert!(found(&name, &name));
            for word in name.split_whitespace() {
                prop_assert!(found(word, &name), "{word}");
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
