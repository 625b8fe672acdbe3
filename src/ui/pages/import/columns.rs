//! The file of an import: its recognised format, and the form that corrects its columns.

use leptos::prelude::*;

use crate::{
    domain::{Access, FileColumn, Import},
    ui::{
        components::{
            file_facts::{FileFacts, field_options, heading_or_number},
            post_form::PostForm,
        },
        form::Submitted,
        text,
    },
};

/// The columns of the file, each with the field it is mapped to.
#[component]
pub fn ColumnsForm(
    columns: Vec<FileColumn>,
    /// Whether ids, times and versions may be imported.
    administer: bool,
) -> impl IntoView {
    let column = move |(index, column): (usize, FileColumn)| view! { <Column index column administer/> };
    view! {
        <PostForm action="columns" fields=&["columns"]>
            <div class="columns">{columns.into_iter().enumerate().map(column).collect_view()}</div>
            <button type="submit">{text::import_file::READ_AGAIN}</button>
        </PostForm>
    }
}

#[component]
fn Column(index: usize, column: FileColumn, administer: bool) -> impl IntoView {
    let FileColumn { heading, field: chosen } = column;
    let id = format!("column-{index}");
    view! {
        <div class="column">
            <input type="hidden" name="heading" value=heading.clone()/>
            <label for=id.clone() dir="auto">{heading_or_number(&heading, index)}</label>
            <span class="arrow" aria-hidden="true">{text::import_file::ARROW}</span>
            <select id=id name="field" autocomplete="off">{field_options(chosen, administer)}</select>
        </div>
    }
}

/// The recognised format of the file, and the form that corrects it.
#[component]
pub fn FileRead(import: Import) -> impl IntoView {
    let administer = use_context::<Access>().unwrap_or_default().administer;
    let open = Submitted::to("columns").error.is_some();
    let columns = import.columns;
    view! {
        {import.format.map(|format| view! { <FileFacts format columns=columns.clone()/> })}
        <details class="correct" open=open>
            <summary>{text::import_file::CORRECT_COLUMNS}</summary>
            <ColumnsForm columns administer/>
        </details>
    }
}
