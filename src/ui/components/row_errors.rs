use leptos::prelude::*;

use super::control::sentence;
use crate::{domain::RowError, ui::text};

/// What is wrong with a row: each column with what stands there and what is allowed.
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
