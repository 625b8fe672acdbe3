use leptos::{either::EitherOf4, prelude::*};

use crate::domain::Change;

/// What an event changed: each field with what it held and what it holds.
#[component]
pub fn Changes(changes: Vec<Change>) -> impl IntoView {
    let change = |change: Change| {
        let name = field_name(&change.field);
        view! { <div><dt>{name}</dt><dd>{values(change)}</dd></div> }
    };
    (!changes.is_empty()).then(|| view! { <dl class="changes">{changes.into_iter().map(change).collect_view()}</dl> })
}

/// Old and new, with words between them for those who do not see how they are marked.
fn values(change: Change) -> impl IntoView {
    match (change.from, change.to) {
        (Some(from), Some(to)) => EitherOf4::A(view! {
            <span class="visually-hidden">"from "</span>
            <del dir="auto">{from}</del>
            <span class="arrow" aria-hidden="true">" → "</span>
            <span class="visually-hidden">" to "</span>
            <ins dir="auto">{to}</ins>
        }),
        (None, Some(to)) => EitherOf4::B(view! {
            <span class="visually-hidden">"set to "</span>
            <ins dir="auto">{to}</ins>
        }),
        (Some(from), None) => EitherOf4::C(view! {
            <span class="visually-hidden">"removed "</span>
            <del dir="auto">{from}</del>
        }),
        (None, None) => EitherOf4::D(view! { <span class="soft">"erased"</span> }),
    }
}

/// `current_password` as `Current password`.
fn field_name(field: &str) -> String {
    if field == "email" {
        return "E-mail".to_owned();
    }
    let mut chars = field.chars().map(|c| if c == '_' { ' ' } else { c });
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_for_people() {
        for (field, name) in [("email", "E-mail"), ("name", "Name"), ("expires_at", "Expires at"), ("", "")] {
            assert_eq!(field_name(field), name);
        }
    }
}
