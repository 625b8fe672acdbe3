mod columns;
mod decide;
mod figures;
mod outcome;
mod progress;
mod rows;

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::{
    columns::{ColumnsForm, FileRead},
    decide::Decide,
    figures::Figures,
    outcome::Outcome,
    progress::Progress,
    rows::{RowPage, Rows},
};
use super::imports::earlier::badge;
use crate::{
    domain::{Access, AppError, Import, ImportState, RowOutcome},
    rpc::imports::{get_import, read_import_rows},
    ui::{
        components::{
            control::sentence,
            error_panel::loaded,
            layout::{Breadcrumb, Part},
            notice::FormAlert,
            values::DateTime,
        },
        context::SiteFiles,
        text,
    },
};

/// `/imports/{id}`: the preview, progress and result of an import.
#[component]
pub fn ImportPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let query = use_query_map();
    let requested = query.read_untracked().get("outcome").and_then(|word| word.parse::<RowOutcome>().ok());
    let after = query.read_untracked().get("after").and_then(|line| line.parse().ok()).unwrap_or(0);
    let import = Resource::new_blocking(move || (id.clone(), requested, after), import_and_rows);
    loaded(import, page)
}

type RowsRequest = (String, Option<RowOutcome>, u64);

async fn import_and_rows((id, requested, after): RowsRequest) -> Result<(Import, Option<RowPage>), AppError> {
    let import = get_import(id.clone()).await?;
    let Some(outcome) = rows::outcome_shown(&import, requested) else { return Ok((import, None)) };
    let rows = read_import_rows(id, outcome, after, RowPage::PER_PAGE + 1).await?;
    Ok((import, Some(RowPage::of(outcome, after, rows))))
}

/// Everything that changes while the import runs is in `#import`, which `public/import.js` fetches again.
fn page((import, rows): (Import, Option<RowPage>)) -> impl IntoView {
    let is_busy = import.state.is_busy() || import.state == ImportState::Receiving;
    let script = use_context::<SiteFiles>().map(|files| files.import).filter(|_| is_busy);
    let (state, file, status) = (import.state, import.file.clone(), status(&import));
    view! {
        <Title text=import.file.clone()/>
        <Breadcrumb href="/imports" text=text::imports::IMPORTS/>
        <FormAlert form="cancel"/>
        <FormAlert form="undo"/>
        <FormAlert form="columns"/>
        <p id="import-status" class="visually-hidden" role="status"></p>
        // Refreshes without scripts. In <noscript>, because scripts cannot cancel a refresh.
        {is_busy.then(|| view! { <noscript><meta http-equiv="refresh" content="1"/></noscript> })}
        <div id="import" data-state=state.as_str() data-goes-on=is_busy.then_some("") data-status=status>
            <header class="import-head">
                <h1 dir="auto">{file}</h1>
                {badge(state)}
            </header>
            <Uploaded import=import.clone()/>
            {body(import, rows)}
        </div>
        {script.map(|src| view! { <script r#type="module" src=src></script> })}
    }
}

/// The status that is read out while the import runs.
fn status(import: &Import) -> String {
    let percent = import.progress.and_then(|progress| (progress.done * 100).checked_div(progress.total));
    let percent = percent.map(|percent| text::imports::percent(percent / 25 * 25));
    format!("{} {}", text::imports::heading(import.state), percent.unwrap_or_default()).trim().to_owned()
}

/// The size of the file, and who uploaded it.
#[component]
fn Uploaded(import: Import) -> impl IntoView {
    let rows = import.counts.map(|counts| format!("{} · ", text::imports::rows(counts.rows())));
    view! {
        <p class="import-made">
            {rows}{text::imports::bytes(import.size)}" · "<DateTime at=import.created_at/>
            {text::imports::BEFORE_MAKER}<bdi>{import.created_by.title()}</bdi>
        </p>
    }
}

fn body(import: Import, rows: Option<RowPage>) -> impl IntoView {
    match import.state {
        ImportState::Checked => EitherOf3::A(view! { <Checked import rows/> }),
        ImportState::Failed => EitherOf3::B(view! { <Failed import/> }),
        ImportState::Receiving | ImportState::Checking | ImportState::Applying | ImportState::Undoing => {
            EitherOf3::C(view! { <Progress import/> }.into_any())
        }
        ImportState::Applied | ImportState::Undone | ImportState::Cancelled => {
            EitherOf3::C(view! { <Outcome import rows/> }.into_any())
        }
    }
}

#[component]
fn Checked(import: Import, rows: Option<RowPage>) -> impl IntoView {
    let counts = import.counts.unwrap_or_default();
    let problem = import.problem.clone();
    view! {
        <h2 class="import-state">{text::imports::heading(import.state)}</h2>
        {problem.map(|problem| view! { <p class="alert">{sentence(&problem)}</p> })}
        <Figures import=import.clone() shown=rows.as_ref().map(|page| page.outcome)/>
        <div class="sheet parts">
            <Part title=text::imports::DECIDE>
                <Decide id=import.id counts/>
            </Part>
            <Part title=text::import_file::RECOGNISED>
                <FileRead import/>
            </Part>
        </div>
        {rows.map(|page| view! { <Rows page/> })}
    }
}

#[component]
fn Failed(import: Import) -> impl IntoView {
    let problem = import.problem.as_deref().map(sentence);
    let administer = use_context::<Access>().unwrap_or_default().administer;
    let has_columns = !import.columns.is_empty();
    view! {
        <h2 class="import-state">{text::imports::heading(import.state)}</h2>
        <p class="alert">{problem}</p>
        {has_columns.then(|| view! {
            <div class="sheet parts">
                <Part title=text::import_file::COLUMNS>
                    <ColumnsForm columns=import.columns administer/>
                </Part>
            </div>
        })}
        <p class="form-actions import-on"><a class="button" href="/imports">{text::imports::ANOTHER}</a></p>
    }
}
