//! The import island: a file of people is read and validated in the browser before it is uploaded.

mod read;
mod report;
mod send;
mod state;

use leptos::{either::EitherOf4, ev, html, prelude::*};

use self::{
    report::Report,
    state::{ImportFileState, Step},
};
use crate::ui::text;

/// The accepted file types.
const ACCEPT: &str = ".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json";

/// Takes a file. Before hydration it is a plain form, which uploads small files.
#[cfg_attr(feature = "split", island(lazy))]
#[cfg_attr(not(feature = "split"), island)]
pub fn ImportFile() -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let panel = NodeRef::<html::Section>::new();
    let state = ImportFileState::new(input);
    let (is_hydrated, set_hydrated) = signal(false);
    let (is_over, set_over) = signal(false);
    Effect::new(move |_| {
        set_hydrated.set(true);
        // A file may have been chosen before hydration.
        state.begin();
    });
    // The form is hidden now: keyboard users continue from the panel.
    Effect::new(move |_| {
        let is_shown = state.step.with(|step| !matches!(step, Step::Waiting));
        if let Some(panel) = panel.get().filter(|_| is_shown) {
            let _ = panel.focus();
        }
    });
    let over = move |event: ev::DragEvent, is_over: bool| {
        event.prevent_default();
        set_over.set(is_over);
    };
    let dropped = move |event: ev::DragEvent| {
        over(event.clone(), false);
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some((files, input)) = files.zip(input.get_untracked()) {
            input.set_files(Some(&files));
            state.begin();
        }
    };
    let is_waiting = move || state.step.with(|step| matches!(step, Step::Waiting));
    view! {
        <form
            class="form sheet drop"
            class:over=is_over
            method="post"
            enctype="multipart/form-data"
            hidden=move || !is_waiting()
            on:dragover=move |event| over(event, true)
            on:dragleave=move |event| over(event, false)
            on:drop=dropped
        >
            <div class="field">
                <label for="file">{text::import_file::CHOOSE_FILE}</label>
                <p class="hint" id="file-hint">
                    {move || if is_hydrated.get() { text::import_file::DROP_HERE } else { text::import_file::FILE_HINT }}
                </p>
                <input
                    node_ref=input
                    id="file"
                    name="file"
                    type="file"
                    required=true
                    accept=ACCEPT
                    aria-describedby="file-hint"
                    on:change=move |_| state.begin()
                />
            </div>
            <button type="submit" class="primary" hidden=is_hydrated>{text::import_file::SEND}</button>
        </form>
        <section
            node_ref=panel
            class="import-panel"
            tabindex="-1"
            aria-label=move || state.step.get().title()
            hidden=is_waiting
        >
            {move || match state.step.get() {
                Step::Waiting => EitherOf4::A(()),
                Step::Reading => EitherOf4::B(view! { <ProgressPanel state/> }),
                Step::Sending => EitherOf4::C(view! { <ProgressPanel state/> }),
                Step::Read => EitherOf4::D(view! { <Report state/> }),
            }}
        </section>
    }
}

/// The progress of reading or uploading.
#[component]
fn ProgressPanel(state: ImportFileState) -> impl IntoView {
    let max = move || state.progress.with(|progress| progress.total.to_string());
    let value = move || state.progress.with(|progress| progress.done.to_string());
    let figures = move || {
        let progress = state.progress.get();
        let bytes = text::imports::done_of(&text::imports::bytes(progress.done), &text::imports::bytes(progress.total));
        if progress.rows == 0 { bytes } else { format!("{bytes} · {}", text::import_file::read(progress.rows)) }
    };
    view! {
        <div class="sheet going">
            <h2 class="import-state">{state.step.get_untracked().title()}</h2>
            <progress aria-label=text::imports::PROGRESS max=max value=value></progress>
            <p class="going-figures">{figures}</p>
            <button type="button" on:click=move |_| state.stop()>{text::imports::STOP}</button>
        </div>
    }
}
