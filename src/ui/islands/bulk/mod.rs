//! Bulk actions on the people selected in the list.

mod state;

use std::time::Duration;

use leptos::{
    either::{Either, EitherOf3},
    html,
    prelude::*,
};

use self::state::{BulkData, BulkState, Outcome, Step, action, list};
use super::browser;
use crate::{domain::BulkAction, ui::text};

/// The action bar, which the style sheet shows once a checkbox is ticked. Before hydration its buttons submit the form.
#[cfg_attr(feature = "split", island(lazy))]
#[cfg_attr(not(feature = "split"), island)]
pub fn Bulk() -> impl IntoView {
    let state = BulkState(RwSignal::default());
    Effect::new(move |_| {
        state.read();
        browser::listen("change", move || state.read());
    });
    let act = move |click: leptos::ev::MouseEvent| {
        click.prevent_default();
        state.run();
    };
    let export = move |click: leptos::ev::MouseEvent| {
        if state.0.read_untracked().is_whole_list {
            click.prevent_default();
            // Fails only for an invalid address.
            let _ = window().location().set_href(&format!("/export?{}", list().whole()));
        }
    };
    // Recomputed with the selection, because the list may have changed.
    let title = move || {
        state.0.track();
        action().title()
    };
    let value = move || {
        state.0.track();
        action().as_str()
    };
    view! {
        <div class="bulk" role="group" aria-label=text::people::SELECTED_PEOPLE>
            <p class="bulk-count">{move || selection_text(&state.0.read())}</p>
            {move || all(state)}
            <div class="bulk-actions">
                <button type="submit" form="rows" name="action" class="act" value=value on:click=act>{title}</button>
                <button type="submit" form="rows" formaction="/export" formmethod="get" on:click=export>
                    {text::people::EXPORT}
                </button>
                <button type="reset" form="rows" on:click=move |_| set_timeout(move || state.read(), Duration::ZERO)>
                    {text::people::CLEAR}
                </button>
            </div>
        </div>
        <Report state/>
    }
}

/// `3 selected`.
fn selection_text(data: &BulkData) -> String {
    match (&data.beyond, data.selected.len()) {
        (Some(total), _) if data.is_whole_list => text::people::all_selected(total),
        (_, 0) => text::people::SELECTED.to_owned(),
        (_, count) => text::people::selected(count),
    }
}

/// Offers to select the whole list once the whole page is selected.
fn all(state: BulkState) -> impl IntoView {
    let beyond = state.0.with(|data| data.beyond.clone().filter(|_| !data.is_whole_list));
    beyond.map(|total| {
        let select = move |_| state.0.update(|data| data.is_whole_list = true);
        view! { <button type="button" class="link" on:click=select>{text::people::select_all(total)}</button> }
    })
}

/// The progress and the result of a bulk action.
#[component]
fn Report(state: BulkState) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    // The clicked button is gone: keyboard users continue from here.
    Effect::new(move |_| {
        let is_done = state.0.with(|data| matches!(data.step, Step::Done(_)));
        if let Some(panel) = panel.get().filter(|_| is_done) {
            let _ = panel.focus();
        }
    });
    let content = move || match state.0.with(|data| data.step.clone()) {
        Step::Idle => EitherOf3::A(()),
        Step::Running(done) => EitherOf3::B(view! {
            <p>{text::people::done(done)}</p>
            <progress aria-label=text::people::PROGRESS></progress>
            <button type="button" on:click=move |_| state.stop()>{text::people::STOP}</button>
        }),
        Step::Done(outcome) => EitherOf3::C(done(outcome, state)),
    };
    let class = move || state.0.with(|data| !matches!(data.step, Step::Idle)).then_some("bulk-report toast");
    let role = move || class().map(|_| "status");
    view! { <div class=class role=role tabindex="-1" node_ref=panel>{content}</div> }
}

fn done(outcome: Outcome, state: BulkState) -> impl IntoView {
    let count = outcome.changed.len();
    let message = match outcome.action {
        BulkAction::Delete => text::people::deleted(count),
        BulkAction::Restore => text::people::restored(count),
    };
    let refused = outcome.refused.iter().map(|refusal| {
        let name = refusal.name.clone().unwrap_or_else(|| text::people::UNKNOWN_PERSON.to_owned());
        view! { <li><bdi>{name}</bdi>{text::people::BEFORE_REASON}{refusal.reason.clone()}</li> }
    });
    let refused = refused.collect_view();
    let error = outcome.error.as_ref().map(|error| view! { <p class="field-error">{error.to_string()}</p> });
    let has_refused = !outcome.refused.is_empty();
    let undo = (count > 0).then(|| {
        view! { <button type="button" on:click=move |_| state.undo(outcome.clone())>{text::site::UNDO}</button> }
    });
    view! {
        <p>{message}</p>
        {error}
        {if has_refused { Either::Left(view! { <ul>{refused}</ul> }) } else { Either::Right(()) }}
        <div class="bulk-actions">
            {undo}
            <button type="button" on:click=move |_| state.stop()>{text::site::CLOSE}</button>
        </div>
    }
}
