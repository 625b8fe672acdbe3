use leptos::{either::Either, prelude::*};

use super::rows;
use crate::{
    domain::{Import, RowOutcome},
    ui::text,
};

/// The outcomes in display order.
const ORDER: [RowOutcome; 6] = [
    RowOutcome::New,
    RowOutcome::Changed,
    RowOutcome::Unchanged,
    RowOutcome::Invalid,
    RowOutcome::Duplicate,
    RowOutcome::Taken,
];

/// The number of rows by outcome; a link if those rows can be shown.
#[component]
pub fn Figures(import: Import, shown: Option<RowOutcome>) -> impl IntoView {
    let counts = import.counts.unwrap_or_default();
    let kept = import.kept.filter(|kept| *kept > 0).map(|kept| (RowOutcome::Kept, kept));
    let figures = ORDER.map(|outcome| (outcome, counts.of(outcome))).into_iter().chain(kept);
    let figure = |(outcome, count): (RowOutcome, u64)| {
        let number = text::imports::count(count);
        let title = text::imports::outcome(outcome);
        let problem = rows::is_problem(outcome) && count > 0;
        let content = view! { <strong>{number}</strong>" "<span>{title}</span> };
        if !rows::has_rows(&import, outcome) {
            return Either::Left(view! { <li><p class="figure" class:none={count == 0}>{content}</p></li> });
        }
        let current = (shown == Some(outcome)).then_some("true");
        let href = format!("?outcome={outcome}#rows");
        Either::Right(
            view! { <li><a class="figure" class:problem=problem href=href aria-current=current>{content}</a></li> },
        )
    };
    view! { <ul class="figures" aria-label=text::imports::FIGURES>{figures.map(figure).collect_view()}</ul> }
}
