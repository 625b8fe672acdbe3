use leptos::prelude::*;

use crate::domain::{User, UserId};

/// How many colours `style/avatar.css` has.
const HUES: u8 = 12;

/// A person's initials in a colour that stays theirs.
#[component]
pub fn Avatar(id: UserId, name: String) -> impl IntoView {
    let class = format!("avatar hue-{}", hue(id));
    view! { <span class=class aria-hidden="true">{initials(&name)}</span> }
}

/// A person with a face, as every list and page shows them.
#[must_use]
pub fn avatar_of(user: &User) -> impl IntoView + use<> {
    view! { <Avatar id=user.id name=user.name.clone()/> }
}

/// From the random end of the id: its beginning is the time, the same for all who came together.
fn hue(id: UserId) -> u8 {
    id.0.as_bytes().iter().rev().take(4).fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) % HUES
}

/// The first letters of the first and the last word; one where there is one word, as in 김철수.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        for (name, expected) in
            [("Wilhelm Conrad Röntgen", "WR"), ("Élie Ducommun", "ÉD"), ("김철수", "김"), ("'t Hoff", "TH"), ("★", "")]
        {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
