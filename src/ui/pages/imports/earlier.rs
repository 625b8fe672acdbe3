use leptos::{either::Either, prelude::*};

use crate::{
    domain::{Import, ImportState},
    ui::{
        components::{table::StackedTable, values::DateTime},
        text,
    },
};

const COLUMNS: &[&str] =
    &[text::import_file::FILE, text::imports::ROWS, text::imports::WHEN, text::imports::BY, text::imports::STATE];

/// The latest imports, each a link to its page.
#[component]
pub fn Earlier(imports: Vec<Import>) -> impl IntoView {
    if imports.is_empty() {
        return Either::Left(view! { <p class="lead">{text::imports::NONE_YET}</p> });
    }
    Either::Right(view! {
        <StackedTable class="tokens imports" columns=COLUMNS>{imports.into_iter().map(row).collect_view()}</StackedTable>
    })
}

fn row(import: Import) -> impl IntoView {
    let over = matches!(import.state, ImportState::Undone | ImportState::Failed | ImportState::Cancelled);
    let href = format!("/imports/{}", import.id);
    let rows =
        import.counts.map_or_else(|| text::imports::bytes(import.size), |counts| text::imports::count(counts.rows()));
    view! {
        <tr role="row" class:over=over>
            <th role="rowheader" scope="row"><a dir="auto" href=href>{import.file}</a></th>
            <td role="cell" data-label=text::imports::ROWS>{rows}</td>
            <td role="cell" data-label=text::imports::WHEN><DateTime at=import.created_at/></td>
            <td role="cell" data-label=text::imports::BY><span dir="auto">{import.created_by.title()}</span></td>
            <td role="cell" class="state">{badge(import.state)}</td>
        </tr>
    }
}

/// The state of an import as a badge.
pub fn badge(state: ImportState) -> impl IntoView {
    let live = matches!(state, ImportState::Applied | ImportState::Checked) || state.is_busy();
    view! { <p class="badge" class:live=live>{text::imports::state(state)}</p> }
}
