use leptos::{either::Either, prelude::*};

use crate::{
    domain::{ImportCounts, ImportId, ImportMode, RowOutcome},
    ui::{
        components::{control::Control, notice::FormAlert},
        form::Submitted,
        text,
    },
};

const MODES: [ImportMode; 2] = [ImportMode::Insert, ImportMode::Update];

/// The form that starts or cancels the import. The style sheet shows only the parts of the chosen mode.
#[component]
pub fn Decide(id: ImportId, counts: ImportCounts) -> impl IntoView {
    let nothing = counts.new + counts.changed == 0;
    let skip = Control::of("apply", "skip_invalid", text::imports::THIS_BOX);
    // If nothing would change, both modes do the same.
    let modes_shown = if counts.changed == 0 { &MODES[..1] } else { &MODES[..] };
    let skips = modes_shown.iter().map(|&mode| view! { <Skip id mode counts control=skip.clone() nothing/> });
    view! {
        <form class="form decide" method="post">
            <FormAlert form="apply" fields=&["skip_invalid"]/>
            <input type="hidden" name="action" value="apply"/>
            {(!nothing).then(|| modes(counts))}
            {nothing.then(|| view! { <p>{nothing_to_do(&counts)}</p> })}
            {skips.collect_view()}
            <div class="form-actions">
                {(!nothing).then(|| view! { <button type="submit" class="primary">{text::imports::APPLY}</button> })}
                <button type="submit" form="cancel-import">{text::imports::CANCEL_IMPORT}</button>
            </div>
        </form>
        <CancelForm/>
    }
}

/// The forms that buttons elsewhere on the page submit.
#[component]
pub fn CancelForm() -> impl IntoView {
    view! {
        <form id="cancel-import" method="post" hidden=true>
            <input type="hidden" name="action" value="cancel"/>
        </form>
    }
}

fn nothing_to_do(counts: &ImportCounts) -> &'static str {
    if counts.unchanged > 0 { text::imports::NOTHING_TO_DO } else { text::import_file::NO_GOOD_ROWS }
}

/// The choice of mode, if the modes differ.
fn modes(counts: ImportCounts) -> impl IntoView {
    if counts.changed == 0 {
        return Either::Left(view! {
            <input type="hidden" name="mode" value=ImportMode::Insert.as_str()/>
            <p>{text::imports::would_add(counts.new)}</p>
        });
    }
    let default = if counts.new == 0 { ImportMode::Update } else { ImportMode::Insert };
    let typed = Submitted::to("apply").value("mode").and_then(|word| word.parse::<ImportMode>().ok());
    let chosen = typed.unwrap_or(default);
    let choices = MODES.map(|mode| choice(mode, mode == chosen));
    let would = MODES.map(|mode| {
        let would = match mode {
            ImportMode::Insert => text::imports::would_add(counts.new),
            ImportMode::Update => text::imports::would_change(counts.new, counts.changed),
        };
        view! { <p class=format!("if-{mode}")>{would}</p> }
    });
    Either::Right(view! {
        <fieldset class="field">
            <legend>{text::imports::PEOPLE_ALREADY_THERE}</legend>
            {choices.into_iter().collect_view()}
        </fieldset>
        {would.into_iter().collect_view()}
    })
}

fn choice(mode: ImportMode, checked: bool) -> impl IntoView {
    let (title, hint) = match mode {
        ImportMode::Insert => (text::imports::INSERT, text::imports::INSERT_HINT),
        ImportMode::Update => (text::imports::UPDATE, text::imports::UPDATE_HINT),
    };
    view! {
        <label class="choice">
            <input type="radio" name="mode" value=mode.as_str() checked=checked autocomplete="off"/>
            <span>{title}<span class="hint">{hint}</span></span>
        </label>
    }
}

/// The rows that an import in this mode skips: a checkbox that allows it, and a link to download them.
#[component]
fn Skip(
    id: ImportId,
    mode: ImportMode,
    counts: ImportCounts,
    control: Control,
    /// Whether no row would be left to import.
    nothing: bool,
) -> impl IntoView {
    let rows = counts.rejected(mode);
    let kinds = kinds(&counts, mode);
    let file = format!("/api/v1/imports/{id}/rejected?mode={mode}");
    let control = Control { id: format!("{}-{mode}", control.id), ..control };
    (rows > 0).then(|| {
        view! {
            <div class=format!("field if-{mode}")>
                {(!nothing).then(|| view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        name="skip"
                        value=mode.as_str()
                        autocomplete="off"
                        aria-invalid=control.invalid()
                        aria-describedby=control.described_by(&[])
                    />
                    <span>{text::imports::skip(rows)}<span class="hint">{kinds.clone()}</span></span>
                </label>
                })}
                {nothing.then(|| view! { <p>{text::imports::rejected(rows)}<span class="hint">" "{kinds}</span></p> })}
                {control.error_line()}
                <p><a class="download" href=file download="">{text::imports::DOWNLOAD_REJECTED}</a></p>
            </div>
        }
    })
}

/// `2 invalid, 1 duplicate`.
fn kinds(counts: &ImportCounts, mode: ImportMode) -> String {
    let kinds = [RowOutcome::Invalid, RowOutcome::Duplicate, RowOutcome::Taken, RowOutcome::Changed];
    let kinds = kinds.into_iter().filter(|kind| *kind != RowOutcome::Changed || mode == ImportMode::Insert);
    let kinds = kinds.map(|kind| (kind, counts.of(kind))).filter(|(_, rows)| *rows > 0);
    kinds.map(|(kind, rows)| text::imports::rows_of_kind(kind, rows)).collect::<Vec<_>>().join(", ")
}
