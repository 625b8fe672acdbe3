//! Avatars: initials on a colour.

use leptos::prelude::*;

use crate::domain::{User, UserId};

/// The number of hues in `style/avatar.css`.
const HUES: u8 = 12;

/// A person's initials; the colour depends only on their id.
#[component]
pub fn Avatar(id: UserId, name: String) -> impl IntoView {
    let class = format!("avatar hue-{}", hue(id));
    view! { <span class=class aria-hidden="true">{initials(&name)}</span> }
}

/// The avatar of a user.
#[must_use]
pub fn avatar_of(user: &User) -> impl IntoView + use<> {
    view! { <Avatar id=user.id name=user.profile.name.clone()/> }
}

/// Derived from the random end of the id (UUID version 7): users created together share its beginning.
fn hue(id: UserId) -> u8 {
    id.0.as_bytes().iter().rev().take(4).fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) % HUES
}

/// The first letters of the first and last word; a single word, as in 김철수, has one initial. The style sheet capitalizes
/// them: Unicode tables would be a twentieth of the WASM bundle.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| !is_punctuation(*c)));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).collect()
}

/// Punctuation of ASCII, Latin-1 and the blocks General Punctuation and CJK Symbols and Punctuation.
fn is_punctuation(c: char) -> bool {
    !c.is_ascii_alphanumeric() && matches!(c, '\0'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Wilhelm Conrad Röntgen", "WR"),
            ("Élie «Gi» Ducommun", "ÉD"),
            ("“Élie” (Ducommun)", "ÉD"),
            ("김철수", "김"),
            ("'t Hoff", "tH"),
            ("…", ""),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
