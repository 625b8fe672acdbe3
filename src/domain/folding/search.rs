//! The stored search text, the needles of a query, and the ranges of its matches.

use super::{
    email_key::forms,
    fold, letters as letters_of,
    words::{Letter, begins_word, words, words_of},
};

/// The stored search text: a line with the first two characters of every word, each preceded by two spaces, then the
/// words of the name, the words of each form of the address, and hyphenated words joined.
///
/// The first line matches words of one or two characters at the beginning of words only, with a needle of at least
/// three characters, which a trigram index needs. A text of folding 1 begins with the name, so the databases recognize
/// a newer text by its two leading spaces.
#[must_use]
pub fn search_text(name: &str, email: &str) -> String {
    let mut lines = vec![words_of(&fold(name))];
    for form in forms(email) {
        let folded = words_of(&fold(&form));
        if !lines[1..].iter().any(|line| text_of(line) == text_of(&folded)) {
            lines.push(folded);
        }
    }
    let joined: Vec<_> = lines.iter().flat_map(|line| joined_words(line)).collect();
    lines.extend(joined);
    let mut starts = Vec::<String>::new();
    for line in &lines {
        for index in (0..line.len()).filter(|index| begins_word(line, *index)) {
            let mut start = format!("  {}", line[index].c);
            start.extend(line.get(index + 1).map(|next| next.c).filter(|next| !next.is_whitespace()));
            if !starts.contains(&start) {
                starts.push(start);
            }
        }
    }
    let mut text = starts.concat();
    for line in &lines {
        text.push('\n');
        text.push_str(&text_of(line));
    }
    text
}

/// The substrings that must all occur in a `search_text` for a query to match: one for each word.
#[must_use]
pub fn needles(query: &str) -> Vec<String> {
    let words = query_words(query);
    words.into_iter().map(|word| if is_short(&word) { format!("  {word}") } else { word }).collect()
}

/// The matches of a query in a name or an address: byte ranges, in order, that neither overlap nor touch.
#[must_use]
pub fn marks(text: &str, query: &str) -> Vec<(u32, u32)> {
    if query.is_empty() {
        return Vec::new();
    }
    let letters = words(&letters_with_bytes(text));
    let joined = joined_letters(&letters);
    let mut found = Vec::new();
    for word in query_words(query) {
        find(&letters, &word, &mut found);
        if joined.len() < letters.len() {
            find(&joined, &word, &mut found);
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

/// Words of one or two characters match at the beginning of words only.
fn is_short(word: &str) -> bool {
    word.chars().nth(2).is_none()
}

fn query_words(query: &str) -> Vec<String> {
    let text = text_of(&words_of(&fold(query)));
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Collapses white space, because hyphens may have added some.
fn text_of<T>(letters: &[Letter<T>]) -> String {
    let mut text = String::with_capacity(letters.len());
    for letter in letters {
        if letter.c != ' ' || !(text.is_empty() || text.ends_with(' ')) {
            text.push(letter.c);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// The hyphenated words, with their hyphens removed.
fn joined_words(line: &[Letter<()>]) -> Vec<Vec<Letter<()>>> {
    let words = line.split(|letter| letter.c == ' ' && !letter.is_hyphen);
    words.filter(|word| word.iter().any(|letter| letter.is_hyphen)).map(joined_letters).collect()
}

fn joined_letters<T: Copy>(letters: &[Letter<T>]) -> Vec<Letter<T>> {
    letters.iter().filter(|letter| !letter.is_hyphen).copied().collect()
}

/// The byte range of a letter in its text. It extends to the next character that has letters, because accents and
/// invisible characters belong to the character before them.
type Bytes = (usize, usize);

fn letters_with_bytes(text: &str) -> Vec<(char, Bytes)> {
    let mut found: Vec<(char, Bytes)> = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        for letter in letters_of(std::iter::once(c)) {
            found.push((letter, (start, text.len())));
        }
    }
    let mut next = (text.len(), text.len());
    for (_, (start, end)) in found.iter_mut().rev() {
        if *start != next.0 {
            next = (*start, next.0);
        }
        *end = next.1;
    }
    found
}

fn find(letters: &[Letter<Bytes>], word: &str, found: &mut Vec<Bytes>) {
    let word_letters: Vec<char> = letters_of(word.chars()).collect();
    for (index, window) in letters.windows(word_letters.len()).enumerate() {
        let is_match = window.iter().map(|letter| &letter.c).eq(&word_letters);
        if is_match && (!is_short(word) || begins_word(letters, index)) {
            found.push((window[0].from.0, window[word_letters.len() - 1].from.1));
        }
    }
}

#[cfg(test)]
mod tests;
