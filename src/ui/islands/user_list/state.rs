//! The data of the list: the first page from the HTML, later ones from the server.

use leptos::{prelude::*, task::spawn_local};

use super::fetch::{ListResult, fetch_list};
use crate::{
    domain::{AppError, ListedUser, Page},
    rpc::postcard::Postcard,
    ui::{islands::browser, text},
};

/// The initial data of the list: the server renders with it and embeds it in the page for hydration.
#[derive(Debug, Clone)]
pub struct InitialData(pub ListResult);

impl InitialData {
    const ID: &str = "initial-list";

    /// The element that holds it, placed before the list.
    pub fn embedded(&self) -> impl IntoView + use<> {
        view! { <div id=Self::ID hidden data-list=Postcard::to_attribute(&self.0).ok()></div> }
    }

    /// From the context on the server, from the page in the browser.
    fn read() -> ListResult {
        if is_server()
            && let Some(Self(list)) = use_context()
        {
            return list;
        }
        let written = document().get_element_by_id(Self::ID).and_then(|element| element.get_attribute("data-list"));
        Postcard::from_attribute(&written.unwrap_or_default())
            .unwrap_or_else(|error| Err(AppError::internal(error.to_string())))
    }
}

/// The list for the current address. The initial data comes with the page. Of later requests only the newest counts,
/// whatever the order of responses; until it arrives the previous list stays.
#[derive(Debug, Clone, Copy)]
pub struct ListState {
    query: RwSignal<String>,
    pub latest: RwSignal<ListResult>,
    pub pending: RwSignal<bool>,
    /// The status for screen readers. Empty at first, because the initial page is read anyway.
    pub announcement: RwSignal<String>,
    /// The number of requests so far.
    requests: StoredValue<u32>,
}

impl ListState {
    pub fn new(query: RwSignal<String>) -> Self {
        Self {
            query,
            latest: RwSignal::new(InitialData::read()),
            pending: RwSignal::new(false),
            announcement: RwSignal::new(String::new()),
            requests: StoredValue::new(0),
        }
    }

    /// Loads the list for the current address.
    pub fn load(self) {
        let number = self.requests.get_value() + 1;
        self.requests.set_value(number);
        self.pending.set(true);
        self.announcement.set(text::people::LOADING.to_owned());
        browser::dispatch(browser::LIST_REQUESTED);
        spawn_local(async move {
            let latest = fetch_list(self.query.get_untracked()).await;
            if self.requests.get_value() == number {
                self.announcement.set(match &latest {
                    Ok(listing) => text::people::loaded(&range(&listing.page)),
                    // The error panel is an alert itself.
                    Err(_) => String::new(),
                });
                self.latest.set(latest);
                self.pending.set(false);
            }
        });
    }

    /// Updates the changed person in the visible rows, without sorting them again.
    pub fn patch(self) {
        let Some(live) = document().get_element_by_id("live") else { return };
        let attribute = |field: &str| live.get_attribute(field).unwrap_or_default();
        let (id, name, email) = (attribute("data-id"), attribute("data-name"), attribute("data-email"));
        self.latest.update(|latest| {
            let Ok(listing) = latest else { return };
            if let Some(listed) = listing.page.items.iter_mut().find(|listed| listed.user.id.to_string() == id) {
                listed.user.profile.name = name;
                listed.user.profile.email = email;
                // The search marks were positions in the old text.
                listed.name_marks.clear();
                listed.email_marks.clear();
            }
        });
    }
}

/// `21–40 of about 1,000,000`; unknown parts are left out.
pub fn range(page: &Page<ListedUser>) -> String {
    let count = page.items.len();
    let rows = page.offset.map(|offset| text::people::range(offset + 1, offset as usize + count)).filter(|_| count > 0);
    match (rows, page.total) {
        (Some(rows), Some(total)) => text::people::of_total(&rows, total),
        (Some(rows), None) => rows,
        (None, Some(total)) => text::people::of_total(&count.to_string(), total),
        (None, None) => String::new(),
    }
}
