//! The report on a file, shown before it is uploaded.

use leptos::{ev::Event, prelude::*};

use super::{
    read::Found,
    state::{ImportFileState, allowed},
};
use crate::{
    domain::{FileColumn, FileField, Profile, RowError},
    ui::{
        components::{
            changes::RowErrors,
            file_facts::{FileFacts, field_options, heading_or_number},
        },
        text,
    },
    user_file::AllowedFields,
};

/// The contents of the file: its format, the number of good and bad rows, and the first rows of each.
#[component]
pub fn Report(state: ImportFileState) -> impl IntoView {
    move || {
        let found = state.found.get();
        let Found { file, format, columns, good, bad, first_good, first_bad, problem, is_whole } = found;
        let can_be_sent = is_whole && good > 0;
        let columns_open = !is_whole || good == 0 || state.is_corrected();
        let facts = format.map(|format| view! { <FileFacts format columns=columns.clone()/> });
        view! {
            <div class="sheet">
                <h2 class="import-state" dir="auto">{file}</h2>
                {problem.map(|problem| view! { <p class="alert" role="alert">{problem}</p> })}
                {(is_whole && good == 0).then(|| view! { <p class="alert" role="alert">{text::import_file::NO_GOOD_ROWS}</p> })}
                {is_whole.then(|| view! { <Figures good bad/> })}
                {facts}
                {(!columns.is_empty()).then(|| view! {
                    <details class="correct" open=columns_open>
                        <summary>{text::import_file::CORRECT_COLUMNS}</summary>
                        <Columns state columns/>
                    </details>
                })}
                <div class="form-actions import-on">
                    {can_be_sent.then(|| view! {
                        <button type="button" class="primary" aria-describedby="compare-hint" on:click=move |_| state.send()>
                            {text::import_file::COMPARE}
                        </button>
                    })}
                    <button type="button" on:click=move |_| state.leave()>{text::import_file::OTHER_FILE}</button>
                </div>
                {can_be_sent.then(|| view! { <p class="hint" id="compare-hint">{text::import_file::COMPARE_HINT}</p> })}
            </div>
            {(!first_bad.is_empty()).then(|| view! { <Bad rows=first_bad/> })}
            {(!first_good.is_empty()).then(|| view! { <Good rows=first_good/> })}
        }
    }
}

#[component]
fn Figures(good: u64, bad: u64) -> impl IntoView {
    let figure = |number: u64, title: &'static str, problem: bool| {
        let number = text::imports::count(number);
        view! { <li><p class="figure" class:problem=problem><strong>{number}</strong>" "<span>{title}</span></p></li> }
    };
    view! {
        <ul class="figures">
            {figure(good, text::import_file::GOOD_ROWS, false)}
            {figure(bad, text::import_file::BAD_ROWS, bad > 0)}
        </ul>
    }
}

#[component]
fn Columns(state: ImportFileState, columns: Vec<FileColumn>) -> impl IntoView {
    let administer = allowed() == AllowedFields::Everything;
    let column = move |(index, column): (usize, FileColumn)| {
        let id = format!("column-{index}");
        let choose = move |event: Event| state.choose(index, event_target_value(&event).parse::<FileField>().ok());
        view! {
            <div class="column">
                <label for=id.clone() dir="auto">{heading_or_number(&column.heading, index)}</label>
                <span class="arrow" aria-hidden="true">{text::import_file::ARROW}</span>
                <select id=id autocomplete="off" on:change=choose>{field_options(column.field, administer)}</select>
            </div>
        }
    };
    view! { <div class="columns">{columns.into_iter().enumerate().map(column).collect_view()}</div> }
}

#[component]
fn Bad(rows: Vec<(u64, Vec<RowError>)>) -> impl IntoView {
    let row = |(line, errors)| view! { <li><Line line/><div><RowErrors errors/></div></li> };
    view! {
        <div class="import-rows">
            <h2>{text::import_file::FIRST_BAD}</h2>
            <ol class="trail">{rows.into_iter().map(row).collect_view()}</ol>
        </div>
    }
}

#[component]
fn Good(rows: Vec<(u64, Profile)>) -> impl IntoView {
    let row = |(line, Profile { name, email, .. })| {
        view! { <li><Line line/><p><strong dir="auto">{name}</strong>" "<span class="soft">{email}</span></p></li> }
    };
    view! {
        <div class="import-rows">
            <h2>{text::import_file::FIRST_GOOD}</h2>
            <ol class="trail">{rows.into_iter().map(row).collect_view()}</ol>
        </div>
    }
}

#[component]
fn Line(line: u64) -> impl IntoView {
    view! { <span class="line">{text::imports::LINE}" "{text::imports::count(line)}</span> }
}
