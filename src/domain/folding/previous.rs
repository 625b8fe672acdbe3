//! Folding 1, for users whose derived columns are not rebuilt yet. It kept typographic and invisible characters, and
//! compared addresses without IDNA.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

#[must_use]
pub fn name_key(name: &str) -> String {
    let plain = name.nfkd().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
    let mut folded = String::with_capacity(name.len());
    for c in plain {
        match c {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            c if !c.is_whitespace() => folded.push(c),
            _ if folded.is_empty() || folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded.nfc().collect()
}

#[must_use]
pub fn email_key(email: &str) -> String {
    email.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

pub fn needles(query: &str) -> Vec<String> {
    let folded = name_key(query);
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words.map(|word| if word.chars().nth(2).is_some() { word.to_owned() } else { format!("  {word}") }).collect()
}
