use leptos::prelude::*;

use super::columns::ColumnsForm;
use crate::{
    domain::{Access, Import},
    ui::{components::file_facts::FileFacts, form::Submitted, text},
};

/// What the file was recognised as, and the way to correct that.
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
