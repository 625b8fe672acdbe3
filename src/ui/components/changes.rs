//! Lists of changed fields, and of errors in the columns of a row.

use leptos::{either::EitherOf4, prelude::*};

use super::control::sentence;
use crate::{
    domain::{Change, RowError},
    ui::text,
};

/// The fields that an event changed, with old and new values.
#[component]
pub fn Changes(changes: Vec<Change>) -> impl IntoView {
    let change = |change: Change| {
        let name = text::trail::field_name(&change.field);
        view! { <div><dt>{name}</dt><dd>{values(change)}</dd></div> }
    };
    (!changes.is_empty()).then(|| view! { <dl class="changes">{changes.into_iter().map(change).collect_view()}</dl> })
}

/// Old and new value, with hidden words between them for screen readers.
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

/// The errors of a row: each column with its value and what is allowed.
#[component]
pub fn RowErrors(errors: Vec<RowError>) -> impl IntoView {
    let error = |error: RowError| {
        let RowError { column, value, message } = error;
        let value = if value.is_empty() {
            view! { <em class="soft">{text::imports::EMPTY_VALUE}</em> }.into_any()
        } else {
            view! { <del dir="auto">{value}</del> }.into_any()
        };
        if column.is_empty() {
            return view! { <div class="whole"><dt class="visually-hidden">{text::imports::LINE}</dt><dd>{sentence(&message)}</dd></div> }.into_any();
        }
        view! { <div><dt dir="auto">{column}</dt><dd>{value}" "<span class="reason">{message}</span></dd></div> }
            .into_any()
    };
    (!errors.is_empty())
        .then(|| view! { <dl class="changes errors">{errors.into_iter().map(error).collect_view()}</dl> })
}
