use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;

use crate::{
    domain::{AppError, FileKind, ListUsers, Total},
    rpc::users::list_users,
    ui::{
        components::{
            error_panel::loaded,
            layout::{Breadcrumb, Part},
        },
        text,
    },
};

/// `/export`: downloads a list, or with `id` the selected people, in a choice of formats.
#[component]
pub fn ExportPage() -> impl IntoView {
    let query = use_url().read_untracked().search().to_owned();
    let request = Resource::new_blocking(move || query.clone(), ExportRequest::read);
    loaded(request, page)
}

/// The people to export.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct ExportRequest {
    /// The query string of the download.
    query: String,
    /// The number of selected people; `None` for the whole list.
    selected: Option<usize>,
    total: Option<Total>,
    /// The address of the list.
    list: String,
}

impl ExportRequest {
    async fn read(query: String) -> Result<Self, AppError> {
        let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
        let ids: Vec<_> = pairs.filter(|(name, _)| name == "id").collect();
        let list = if ids.is_empty() { query.parse::<ListUsers>()?.whole() } else { ListUsers::default() };
        // A missing permission is reported here, not in a file.
        let one = ListUsers { per_page: 1, ..list.clone() };
        let total = list_users(one.to_string()).await?.page.total;
        let selected = (!ids.is_empty()).then_some(ids.len());
        let query = match selected {
            Some(_) => form_urlencoded::Serializer::new(String::new()).extend_pairs(ids).finish(),
            None => list.to_string(),
        };
        Ok(Self { query, selected, total, list: format!("/?{list}") })
    }
}

fn page(request: ExportRequest) -> impl IntoView {
    let who = match (request.selected, request.total) {
        (Some(count), _) => text::export::selected(count),
        (None, total) => text::export::whole_list(total.unwrap_or(Total::AtLeast(0))),
    };
    let ways = FileKind::ALL.iter().map(|kind| {
        let (title, about) = words(*kind);
        let href = format!("/export.{kind}?{}", request.query);
        view! {
            <Part title=title>
                <p>{about}</p>
                <p><a class="button" href=href download="">{text::export::download(title)}</a></p>
            </Part>
        }
    });
    view! {
        <Title text=text::people::EXPORT/>
        <Breadcrumb href=request.list.clone() text=text::people::PEOPLE/>
        <h1>{text::people::EXPORT}</h1>
        <p class="lead">{who}</p>
        <div class="sheet parts">{ways.collect_view()}</div>
    }
}

fn words(kind: FileKind) -> (&'static str, &'static str) {
    match kind {
        FileKind::Csv => (text::export::CSV, text::export::ABOUT_CSV),
        FileKind::JsonLines => (text::export::JSON_LINES, text::export::ABOUT_JSON_LINES),
        FileKind::Json => (text::export::JSON, text::export::ABOUT_JSON),
    }
}
