use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Import, ImportMode, ImportRow, ImportState, Profile, RowOutcome},
    ui::{
        components::{
            changes::{Changes, RowErrors},
            values::EmailText,
        },
        text,
    },
};

/// A page of the rows with an outcome.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowPage {
    pub outcome: RowOutcome,
    after: u64,
    rows: Vec<ImportRow>,
    /// Whether there are more rows.
    has_more: bool,
}

impl RowPage {
    pub const PER_PAGE: u32 = 50;

    /// `rows` holds one more than a page if there are more.
    pub fn of(outcome: RowOutcome, after: u64, mut rows: Vec<ImportRow>) -> Self {
        let has_more = rows.len() > Self::PER_PAGE as usize;
        rows.truncate(Self::PER_PAGE as usize);
        Self { outcome, after, rows, has_more }
    }
}

/// Whether rows with this outcome are stored, and there are any.
pub fn has_rows(import: &Import, outcome: RowOutcome) -> bool {
    let count = import.counts.unwrap_or_default().of(outcome);
    let left_out = is_problem(outcome) || outcome == RowOutcome::Changed && import.mode == Some(ImportMode::Insert);
    match import.state {
        ImportState::Checked => count > 0,
        ImportState::Undone if outcome == RowOutcome::Kept => import.kept.is_some_and(|kept| kept > 0),
        ImportState::Applied | ImportState::Undone => left_out && count > 0,
        _ => false,
    }
}

pub fn is_problem(outcome: RowOutcome) -> bool {
    matches!(outcome, RowOutcome::Invalid | RowOutcome::Duplicate | RowOutcome::Taken)
}

/// The requested outcome, or the one that needs attention first.
pub fn outcome_shown(import: &Import, requested: Option<RowOutcome>) -> Option<RowOutcome> {
    let order = [
        RowOutcome::Kept,
        RowOutcome::Invalid,
        RowOutcome::Duplicate,
        RowOutcome::Taken,
        RowOutcome::Changed,
        RowOutcome::New,
        RowOutcome::Unchanged,
    ];
    requested.into_iter().chain(order).find(|outcome| has_rows(import, *outcome))
}

#[component]
pub fn Rows(page: RowPage) -> impl IntoView {
    let RowPage { outcome, after, rows, has_more } = page;
    let first = (after > 0).then(|| format!("?outcome={outcome}#rows"));
    let next = rows.last().filter(|_| has_more).map(|last| format!("?outcome={outcome}&after={}#rows", last.line));
    let is_empty = rows.is_empty();
    let row = move |row| view! { <Row row/> };
    view! {
        <section id="rows" class="import-rows" aria-labelledby="rows-title">
            <h2 id="rows-title">{text::imports::outcome(outcome)}</h2>
            <p class="lead">{if is_empty { text::imports::NO_ROWS } else { text::imports::explained(outcome) }}</p>
            {(!is_empty).then(|| view! { <ol class="trail">{rows.into_iter().map(row).collect_view()}</ol> })}
            {(first.is_some() || next.is_some()).then(|| view! {
                <nav class="paging" aria-label=text::site::PAGES>
                    {first.map(|href| view! { <a class="button" href=href>{text::imports::FIRST_ROWS}</a> })}
                    {next.map(|href| view! { <a class="button" rel="next" href=href>{text::imports::MORE_ROWS}</a> })}
                </nav>
            })}
        </section>
    }
}

#[component]
fn Row(row: ImportRow) -> impl IntoView {
    let ImportRow { line, outcome, profile, user, changes, errors, duplicate_of } = row;
    let person = profile.map(|Profile { name, email, .. }| {
        view! { <p><strong dir="auto">{name}</strong>" "<span class="soft"><EmailText email/></span></p> }
    });
    let changes = (outcome == RowOutcome::Changed).then(|| view! { <Changes changes/> });
    let who = user.filter(|_| matches!(outcome, RowOutcome::Changed | RowOutcome::Taken | RowOutcome::Kept));
    view! {
        <li>
            <span class="line">{text::imports::LINE}" "{text::imports::count(line)}</span>
            <div>
                {person}
                {changes}
                <RowErrors errors/>
                {duplicate_of.map(|line| view! { <p>{text::imports::BEFORE_EARLIER}{text::imports::count(line)}{text::person::END}</p> })}
                {who.map(|id| view! { <p class="origin"><a href=format!("/users/{id}")>{text::imports::SHOW_THAT_PERSON}</a></p> })}
            </div>
        </li>
    }
}
