use leptos::{prelude::*, task::spawn_local};

use super::ask::{Answer, ask_server};
use crate::{
    domain::{AppError, Listed, Page},
    rpc::wire::Wire,
    ui::{islands::signals, text},
};

/// What the list shows first: the page is rendered with it, and bears it for the browser.
#[derive(Debug, Clone)]
pub struct First(pub Answer);

impl First {
    const ID: &str = "first-answer";

    /// The element that bears it, which stands before the list.
    pub fn borne(&self) -> impl IntoView + use<> {
        view! { <div id=Self::ID hidden data-answer=Wire::write(&self.0).ok()></div> }
    }

    /// On the server the page's, in the browser what the page bears.
    fn read() -> Answer {
        if is_server()
            && let Some(Self(answer)) = use_context()
        {
            return answer;
        }
        let written = document().get_element_by_id(Self::ID).and_then(|element| element.get_attribute("data-answer"));
        Wire::read(&written.unwrap_or_default()).unwrap_or_else(|error| Err(AppError::internal(error.to_string())))
    }
}

/// What the server says of the list that the address asks for. The first answer comes with the page;
/// of later ones the newest wins, whichever comes last. Until then the one before stays.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    query: RwSignal<String>,
    pub latest: RwSignal<Answer>,
    pub pending: RwSignal<bool>,
    /// What becomes of it, in words. What stands there from the beginning is read anyway.
    pub said: RwSignal<String>,
    /// Counts what was asked.
    asked: StoredValue<u32>,
}

impl Answers {
    pub fn new(query: RwSignal<String>) -> Self {
        Self {
            query,
            latest: RwSignal::new(First::read()),
            pending: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            asked: StoredValue::new(0),
        }
    }

    /// Asks for what the address says now.
    pub fn ask(self) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        self.pending.set(true);
        self.said.set(text::people::LOADING.to_owned());
        signals::send(signals::ASKED);
        spawn_local(async move {
            let answer = ask_server(self.query.get_untracked()).await;
            if self.asked.get_value() == number {
                self.said.set(match &answer {
                    Ok(listing) => text::people::loaded(&range(&listing.page)),
                    // The panel that takes the rows' place is an alert itself.
                    Err(_) => String::new(),
                });
                self.latest.set(answer);
                self.pending.set(false);
            }
        });
    }

    /// Puts what somebody is called now into the rows that are shown, wherever they would stand.
    pub fn patch(self) {
        let Some(live) = document().get_element_by_id("live") else { return };
        let told = |field: &str| live.get_attribute(field).unwrap_or_default();
        let (id, name, email) = (told("data-id"), told("data-name"), told("data-email"));
        self.latest.update(|latest| {
            let Ok(listing) = latest else { return };
            if let Some(listed) = listing.page.items.iter_mut().find(|listed| listed.user.id.to_string() == id) {
                listed.user.profile.name = name;
                listed.user.profile.email = email;
                // What a search found stood elsewhere.
                listed.name_marks.clear();
                listed.email_marks.clear();
            }
        });
    }
}

/// `21–40 of about 1,000,000`; what of it is known.
pub fn range(page: &Page<Listed>) -> String {
    let count = page.items.len();
    let rows = page.offset.map(|offset| text::people::range(offset + 1, offset as usize + count)).filter(|_| count > 0);
    match (rows, page.total) {
        (Some(rows), Some(total)) => text::people::of_total(&rows, total),
        (Some(rows), None) => rows,
        (None, Some(total)) => text::people::of_total(&count.to_string(), total),
        (None, None) => String::new(),
    }
}
