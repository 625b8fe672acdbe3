use leptos::{prelude::*, task::spawn_local};

use crate::ui::islands::signals;
use crate::{
    domain::{AppError, Listing},
    rpc::{users::list_users, wire::Wire},
};

type Answer = Result<Listing, AppError>;

/// What the server says of the list that the address asks for. The first answer comes with the page;
/// of later ones the newest wins, whichever comes last. Until then the one before stays.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    query: ReadSignal<String>,
    first: Resource<Answer, Wire>,
    pub latest: RwSignal<Option<Answer>>,
    pub pending: RwSignal<bool>,
    /// Counts what was asked.
    asked: StoredValue<u32>,
}

impl Answers {
    pub fn new(query: ReadSignal<String>) -> Self {
        let first = Resource::new_with_options(|| (), move |()| list_users(query.get_untracked()), false);
        let (latest, pending) = (RwSignal::new(None), RwSignal::new(false));
        Self { query, first, latest, pending, asked: StoredValue::new(0) }
    }

    /// Asks for what the address says now.
    pub fn ask(self) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        self.pending.set(true);
        signals::send(signals::ASKED);
        spawn_local(async move {
            let answer = list_users(self.query.get_untracked()).await;
            if self.asked.get_value() == number {
                self.latest.set(Some(answer));
                self.pending.set(false);
            }
        });
    }

    /// Puts what somebody is called now into the rows that are shown, wherever they would stand.
    pub fn patch(self) {
        let Some(live) = document().get_element_by_id("live") else { return };
        let told = |field: &str| live.get_attribute(field).unwrap_or_default();
        let (id, name, email) = (told("data-id"), told("data-name"), told("data-email"));
        spawn_local(async move {
            let first = self.first.await;
            self.latest.update(|latest| {
                let Ok(listing) = latest.get_or_insert(first) else { return };
                if let Some(listed) = listing.page.items.iter_mut().find(|listed| listed.user.id.to_string() == id) {
                    listed.user.name = name;
                    listed.user.email = email;
                    // What a search found stood elsewhere.
                    listed.name_marks.clear();
                    listed.email_marks.clear();
                }
            });
        });
    }

    /// The answer to show.
    pub fn get(self) -> impl Future<Output = Answer> {
        let latest = self.latest.get();
        async move {
            match latest {
                Some(answer) => answer,
                None => self.first.await,
            }
        }
    }
}
