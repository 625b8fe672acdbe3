use leptos::{either::EitherOf4, prelude::*};

use crate::{domain::Change, ui::text};

/// What an event changed: each field with what it held and what it holds.
#[component]
pub fn Changes(changes: Vec<Change>) -> impl IntoView {
    let change = |change: Change| {
        let name = text::trail::field_name(&change.field);
        view! { <div><dt>{name}</dt><dd>{values(change)}</dd></div> }
    };
    (!changes.is_empty()).then(|| view! { <dl class="changes">{changes.into_iter().map(change).collect_view()}</dl> })
}

/// Old and new, with words between them for those who do not see how they are marked.
fn values(change: Change) -> impl IntoView {
    match (change.from, change.to) {
        (Some(from), Some(to)) => EitherOf4::A(view! {
            <span class="visually-hidden">{text::trail::BEFORE_OLD}</span>
            <del dir="auto">{from}</del>
            <span class="arrow" aria-hidden="true">" → "</span>
            <span class="visually-hidden">{text::trail::BEFORE_NEW}</span>
            <ins dir="auto">{to}</ins>
        }),
        (None, Some(to)) => EitherOf4::B(view! {
            <span class="visually-hidden">{text::trail::BEFORE_SET}</span>
            <ins dir="auto">{to}</ins>
        }),
        (Some(from), None) => EitherOf4::C(view! {
            <span class="visually-hidden">{text::trail::BEFORE_REMOVED}</span>
            <del dir="auto">{from}</del>
        }),
        (None, None) => EitherOf4::D(view! { <span class="soft">{text::trail::ERASED}</span> }),
    }
}
