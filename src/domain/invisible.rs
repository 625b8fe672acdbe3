//! Invisible characters: which of them a name may contain, and their names in error messages.

/// Control characters (category Cc), line and paragraph separators, and the bidirectional embeddings,
/// overrides and isolates (Unicode TR 9), which would let one name rearrange the text around it.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_embedding(c)
}

fn is_embedding(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a visible glyph: white space, joiners, directional marks, variation selectors, fillers, tags.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whether folding drops the character: it is invisible and separates no words.
pub(super) fn is_ignored(c: char) -> bool {
    is_embedding(c) || (is_invisible(c) && !c.is_whitespace() && c != '\u{2800}')
}

/// The text without white space and invisible characters at its ends. Joiners and variation selectors
/// stay: they belong to the character before them.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || is_embedding(c)
            || matches!(
                c,
                '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2065}'
                | '\u{206a}'..='\u{206f}' | '\u{feff}'
            )
    })
}

/// The code point and name of an invisible character for error messages: `U+200B zero-width space`.
pub(super) fn describe(c: char) -> String {
    let name = match c {
        '\t' => " tab",
        '\n' => " line feed",
        '\r' => " carriage return",
        ' ' => " space",
        '\u{a0}' => " no-break space",
        '\u{ad}' => " soft hyphen",
        '\u{61c}' => " Arabic letter mark",
        '\u{200b}' => " zero-width space",
        '\u{200c}' => " zero-width non-joiner",
        '\u{200d}' => " zero-width joiner",
        '\u{200e}' => " left-to-right mark",
        '\u{200f}' => " right-to-left mark",
        '\u{2028}' => " line separator",
        '\u{2029}' => " paragraph separator",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => " directional formatting character",
        '\u{202f}' => " narrow no-break space",
        '\u{2060}' => " word joiner",
        '\u{feff}' => " zero-width no-break space",
        _ => "",
    };
    format!("U+{:04X}{name}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_character() {
        for (c, expected) in [
            ('\u{200b}', "U+200B zero-width space"),
            ('\u{ad}', "U+00AD soft hyphen"),
            ('\u{feff}', "U+FEFF zero-width no-break space"),
            ('\0', "U+0000"),
            ('\u{e0001}', "U+E0001"),
        ] {
            assert_eq!(describe(c), expected);
        }
    }

    #[test]
    fn ends_are_trimmed_and_joiners_and_variation_selectors_stay() {
        assert_eq!(trim("\u{feff} \u{202a}Ada\u{200b}\u{200e}\u{202c}\u{ad}\u{2060} "), "Ada");
        for text in ["Ada ❤\u{fe0f}", "क\u{94d}\u{200d}"] {
            assert_eq!(trim(text), text);
        }
    }
}
