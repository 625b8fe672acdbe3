//! Splits folded text into words for search: apostrophes are dropped, and a hyphen within a word separates two words
//! that are also found as one.

/// A character of a word, with its source position in `T`.
#[derive(Debug, Clone, Copy)]
pub struct Letter<T> {
    pub c: char,
    pub from: T,
    /// Follows a dropped apostrophe, as the b in O'Brien: a word may begin here, too.
    after_apostrophe: bool,
    /// A space that stands for a hyphen between two letters or digits.
    pub is_hyphen: bool,
}

/// Drops a single apostrophe beside a letter or digit, and turns such a hyphen into a space. Elsewhere they are ordinary
/// characters, so that `--` can be found.
pub fn words<T: Copy>(folded: &[(char, T)]) -> Vec<Letter<T>> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut letters = Vec::with_capacity(folded.len());
    let mut after_apostrophe = false;
    for (index, &(c, from)) in folded.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| folded[before].0);
        let next = folded.get(index + 1).map(|next| next.0);
        let is_alone = before != Some(c) && next != Some(c) && (is_word(before) || is_word(next));
        match c {
            '\'' if is_alone => after_apostrophe = true,
            '-' if is_alone => {
                let is_hyphen = is_word(before) && is_word(next);
                letters.push(Letter { c: ' ', from, after_apostrophe: false, is_hyphen });
                after_apostrophe = false;
            }
            c => {
                letters.push(Letter { c, from, after_apostrophe, is_hyphen: false });
                after_apostrophe = false;
            }
        }
    }
    letters
}

/// The words of folded text.
pub fn words_of(folded: &str) -> Vec<Letter<()>> {
    words(&folded.chars().map(|c| (c, ())).collect::<Vec<_>>())
}

/// Whether a word begins at this position. Every character after white space begins a word, letters and digits also
/// after punctuation; in scripts written without spaces, every character does.
pub fn begins_word<T>(letters: &[Letter<T>], index: usize) -> bool {
    let Letter { c, after_apostrophe, .. } = letters[index];
    let previous = index.checked_sub(1).map_or(' ', |before| letters[before].c);
    !c.is_whitespace()
        && (previous.is_whitespace()
            || (c.is_alphanumeric() && (after_apostrophe || !previous.is_alphanumeric() || is_unspaced(c))))
}

/// Thai, Hangul, kana and Han (Unicode blocks).
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{3130}'..='\u{318f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
