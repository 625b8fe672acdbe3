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
fn every_word_must_match() {
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
fn typographic_and_missing_apostrophes_are_equal() {
    for name in ["Shaquille O’Neill", "Shaquille O'Neill", "Shaquille ONeill", "Shaquille O´Neill"] {
        for query in ["o'neill", "o’neill", "oneill", "o'n", "o'", "on", "O`Neill"] {
            assert!(found(query, name), "{query} in {name}");
        }
    }
    assert!(found("ne", "O’Neill"), "a word begins after an apostrophe");
    assert!(!found("'", "O’Neill") && found("'", "Ada ' Lovelace"), "alone it is a sign like any other");
}

#[test]
fn hyphens_dashes_and_missing_hyphens_are_equal() {
    for name in ["Anne-Marie", "Anne‑Marie", "Anne–Marie"] {
        for query in ["annemarie", "anne marie", "anne‑marie", "anne-marie", "anne-", "anne-m", "emar", "an"] {
            assert!(found(query, name), "{query} in {name}");
        }
    }
    assert!(found("jean-pierre", "Jean Pierre") && found("jean pierre", "Jean-Pierre"));
    assert!(found("anne-marie", "Annemarie"));
    assert!(found("xr", "X-Ray") && found("x ra", "X-Ray"));
    assert!(!found("--", "Anne-Marie") && found("--", "Anne --"), "two are signs like any other");
    assert!(!found("nema", "Anne Marie"), "words of their own are not joined");
}

#[test]
fn invisible_characters_are_ignored() {
    for c in ['\u{200b}', '\u{ad}', '\u{2060}', '\u{feff}', '\u{200e}', '\u{200c}'] {
        assert!(found("adalbert", &format!("Adal{c}bert")) && found(&format!("adal{c}bert"), "Adalbert"));
    }
    assert_eq!(needles("\u{200b}"), Vec::<String>::new());
}

#[test]
fn both_forms_of_an_address_are_found() {
    for email in ["u1@bücher.example", "u1@xn--bcher-kva.example"] {
        let text = search_text("Somebody", email);
        for query in ["u1@bücher.example", "bucher", "u1@xn--bcher-kva.example", "xn--bcher-kva"] {
            assert!(needles(query).iter().all(|needle| text.contains(needle)), "{query} in {text}");
        }
    }
}

#[test]
fn a_text_begins_with_two_spaces_and_one_of_folding_1_does_not() {
    assert_eq!(
        search_text("Ann O'Neill", "a-b@x.org"),
        "  an  on  ne  a  b@  x.  or  ab\nann oneill\na b@x.org\nab@x.org"
    );
}

#[test]
fn scripts_without_spaces_are_found_at_every_character() {
    assert!(found("철수", "김철수"));
    assert!(found("수", "김철수"));
    assert!(found("太", "山田太郎"));
    assert!(!found("郎太", "山田太郎"));
}

#[test]
fn query_syntax_is_matched_literally() {
    for query in ["%", "_", "\"", "*", "100%", "a_b", "NOT", "\\"] {
        assert!(!found(query, "Marie Curie"), "{query}");
    }
    assert!(found("100%_", "Max 100%_\"*"));
}

fn marked(text: &str, query: &str) -> Vec<String> {
    marks(text, query).into_iter().map(|(start, end)| text[start as usize..end as usize].to_owned()).collect()
}

#[test]
fn marks_cover_the_matches() {
    for (text, query, expected) in [
        ("Wilhelm Conrad Röntgen", "rontgen con", &["Con", "Röntgen"][..]),
        ("Wilhelm Conrad Ro\u{308}ntgen", "röntgen", &["Ro\u{308}ntgen"]),
        ("Bjørnstjerne Bjørnson", "BJORN", &["Bjørn", "Bjørn"]),
        ("Große Straße", "strasse", &["Straße"]),
        ("Marie Curie", "ri", &[]),
        ("Marie Curie", "ma", &["Ma"]),
        ("Anna-Maria", "anna mari", &["Anna", "Mari"]),
        ("Ananas", "ana nas", &["Ananas"]),
        ("Conor O’Brien", "obrien", &["O’Brien"]),
        ("Conor O’Brien", "o'brien br", &["O’Brien"]),
        ("Conor O’Brien", "o", &["O"]),
        ("Anne‑Marie Louise", "annemarie", &["Anne‑Marie"]),
        ("Anne‑Marie Louise", "anne-marie", &["Anne", "Marie"]),
        ("Ad\u{ad}albert", "adalbert", &["Ad\u{ad}albert"]),
        ("김철수", "철수", &["철수"]),
        ("Marie Curie", "", &[]),
    ] {
        assert_eq!(marked(text, query), expected, "{query} in {text}");
    }
}

proptest! {
    #[test]
    fn marks_are_within_bounds_and_disjoint(text in "\\PC{0,40}", query in "\\PC{0,12}") {
        let mut end = 0;
        for (from, to) in marks(&text, &query) {
            prop_assert!(text.get(from as usize..to as usize).is_some_and(|mark| !mark.is_empty()));
            prop_assert!(end == 0 || from > end);
            end = to;
        }
    }

    #[test]
    fn every_match_of_a_long_word_is_marked(name in "[a-zA-ZäöüßøéñÅ ]{3,30}", from in 0_usize..20, length in 3_usize..8) {
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
}
