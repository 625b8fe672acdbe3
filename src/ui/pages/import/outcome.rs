use leptos::prelude::*;

use super::{
    figures::Figures,
    rows::{RowPage, Rows},
};
use crate::{
    domain::{Import, ImportMode, ImportState},
    ui::{
        components::{layout::Part, post_form::PostForm},
        text,
    },
};

/// The result of an import: imported, undone or cancelled.
#[component]
pub fn Outcome(import: Import, rows: Option<RowPage>) -> impl IntoView {
    let state = import.state;
    let summary = summary(&import);
    let problem = import.problem.clone().filter(|_| state == ImportState::Applied);
    let outcome = rows.as_ref().map(|page| page.outcome);
    let figures = (state != ImportState::Cancelled).then(|| view! { <Figures import=import.clone() shown=outcome/> });
    view! {
        <h2 class="import-state">{text::imports::heading(state)}</h2>
        {problem.map(|problem| view! { <p class="alert">{problem}</p> })}
        <p class="notice">{summary}</p>
        {figures}
        {import.longest_wait_ms.filter(|_| state == ImportState::Applied).map(|wait| view! {
            <p class="hint">{text::imports::LONGEST_WAIT}{text::imports::milliseconds(wait)}</p>
        })}
        {(state == ImportState::Applied).then(|| view! { <Undo import=import.clone()/> })}
        <p class="form-actions import-on">
            <a class="button" href="/">{text::imports::SEE_PEOPLE}</a>
            <a class="button" href="/imports">{text::imports::ANOTHER}</a>
        </p>
        {rows.map(|page| view! { <Rows page/> })}
    }
}

/// The summary of the import.
fn summary(import: &Import) -> String {
    let counts = import.counts.unwrap_or_default();
    let mode = import.mode.unwrap_or(ImportMode::Insert);
    match import.state {
        ImportState::Undone => text::imports::undone(import.kept.unwrap_or(0)),
        ImportState::Cancelled => text::imports::FILE_DELETED.to_owned(),
        _ => {
            let changed = if mode == ImportMode::Update { counts.changed } else { 0 };
            let mut parts = vec![text::imports::added(counts.new)];
            let others = [
                (changed, text::imports::changed(changed)),
                (counts.unchanged, text::imports::unchanged(counts.unchanged)),
                (import.rejected(mode), text::imports::skipped(import.rejected(mode))),
            ];
            parts.extend(others.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text));
            format!("{}{}", parts.join(", "), text::person::END)
        }
    }
}

#[component]
fn Undo(import: Import) -> impl IntoView {
    let mode = import.mode.unwrap_or(ImportMode::Insert);
    let rejected = import.rejected(mode) > 0;
    let file = format!("/api/v1/imports/{}/rejected?mode={mode}", import.id);
    let can_undo = import.counts.is_some_and(|counts| counts.new + counts.changed > 0);
    view! {
        <div class="sheet parts">
            {rejected.then(|| view! {
                <Part title=text::imports::SKIPPED_ROWS>
                    <p><a class="download" href=file download="">{text::imports::DOWNLOAD_REJECTED}</a></p>
                </Part>
            })}
            {can_undo.then(|| view! {
                <Part title=text::imports::UNDO_HEADING>
                    <details>
                        <summary>{text::imports::UNDO}</summary>
                        <p>{text::imports::UNDO_MEANS}</p>
                        <PostForm action="undo">
                            <button type="submit" class="danger">{text::imports::UNDO_NOW}</button>
                        </PostForm>
                    </details>
                </Part>
            })}
        </div>
    }
}
