use leptos::{
    either::{Either, EitherOf3},
    html,
    prelude::*,
};

use super::selection::{Outcome, Selection, State};
use crate::{
    domain::{BulkAction, ListUsers, Total, UserStatus},
    ui::text,
};

/// What can be done to those selected. Shown by the style sheet as soon as a box is ticked; without this
/// island its buttons send the form.
#[component]
pub fn BulkBar(list: Signal<ListUsers>, selection: Selection) -> impl IntoView {
    let action =
        move || if list.read().status == UserStatus::Deleted { BulkAction::Restore } else { BulkAction::Delete };
    let act = move |click: leptos::ev::MouseEvent| {
        click.prevent_default();
        selection.run(action(), list.get_untracked());
    };
    let export = move |click: leptos::ev::MouseEvent| {
        if selection.everybody.get_untracked() {
            click.prevent_default();
            // Fails only for an address that is none.
            let _ = window().location().set_href(&format!("/export.csv?{}", list.get_untracked().whole()));
        }
    };
    view! {
        <div class="bulk" role="group" aria-label=text::people::SELECTED_PEOPLE>
            <p class="bulk-count">{move || who(selection)}</p>
            <All selection/>
            <div class="bulk-actions">
                <button
                    type="submit" form="rows" name="action"
                    class:danger=move || action() == BulkAction::Delete
                    value=move || action().as_str() on:click=act
                >
                    {move || action().title()}
                </button>
                <button type="submit" form="rows" formaction="/export.csv" formmethod="get" on:click=export>{text::people::EXPORT}</button>
                <button type="reset" form="rows" on:click=move |_| selection.clear()>{text::people::CLEAR}</button>
            </div>
        </div>
        <Report selection/>
    }
}

/// `3 selected`.
fn who(selection: Selection) -> String {
    match (selection.everybody.get(), selection.of.get(), selection.selected.read().len()) {
        (true, (_, Some(total)), _) => text::people::all_selected(total),
        (.., 0) => text::people::SELECTED.to_owned(),
        (.., count) => text::people::selected(count),
    }
}

/// Offers everybody in the list once the whole page is selected.
#[component]
fn All(selection: Selection) -> impl IntoView {
    move || {
        let (rows, total) = selection.of.get();
        let page = selection.selected.read().len() == rows && rows > 0 && !selection.everybody.get();
        let more = total.filter(|total| !matches!(total, Total::Exactly(count) if *count <= rows as u64));
        more.filter(|_| page).map(|total| {
            view! { <button type="button" class="link" on:click=move |_| selection.everybody.set(true)>{text::people::select_all(total)}</button> }
        })
    }
}

/// How far it is, and what became of it.
#[component]
fn Report(selection: Selection) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    // What was clicked has gone; whoever used the keyboard goes on from here.
    Effect::new(move |_| {
        let shown = matches!(*selection.state.read(), State::Done(_));
        if let Some(panel) = panel.get().filter(|_| shown) {
            let _ = panel.focus();
        }
    });
    let content = move || match selection.state.get() {
        State::Idle => EitherOf3::A(()),
        State::Running(done) => EitherOf3::B(view! {
            <p>{text::people::done(done)}</p>
            <progress aria-label=text::people::PROGRESS></progress>
            <button type="button" on:click=move |_| selection.stop()>{text::people::STOP}</button>
        }),
        State::Done(outcome) => EitherOf3::C(done(outcome, selection)),
    };
    let idle = move || matches!(*selection.state.read(), State::Idle);
    view! {
        <div
            class:bulk-report=move || !idle()
            class:toast=move || !idle()
            role=move || (!idle()).then_some("status")
            tabindex="-1"
            node_ref=panel
        >
            {content}
        </div>
    }
}

fn done(outcome: Outcome, selection: Selection) -> impl IntoView {
    let count = outcome.changed.len();
    let news = match outcome.action {
        BulkAction::Delete => text::people::deleted(count),
        BulkAction::Restore => text::people::restored(count),
    };
    let refused = outcome.refused.iter().map(|refusal| {
        let name = refusal.name.clone().unwrap_or_else(|| text::people::SOMEBODY_UNKNOWN.to_owned());
        view! { <li><bdi>{name}</bdi>{text::people::BEFORE_REASON}{refusal.why.clone()}</li> }
    });
    let refused = refused.collect_view();
    let error = outcome.error.as_ref().map(|error| view! { <p class="field-error">{error.to_string()}</p> });
    let has_refused = !outcome.refused.is_empty();
    let undo = (count > 0)
        .then(|| view! { <button type="button" on:click=move |_| selection.undo(outcome.clone())>{text::site::UNDO}</button> });
    view! {
        <p>{news}</p>
        {error}
        {if has_refused { Either::Left(view! { <ul>{refused}</ul> }) } else { Either::Right(()) }}
        <div class="bulk-actions">
            {undo}
            <button type="button" on:click=move |_| selection.stop()>{text::site::CLOSE}</button>
        </div>
    }
}
