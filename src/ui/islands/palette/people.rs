use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::{AppError, ListUsers, SortField, User, UserSort},
    rpc::users::list_users,
    ui::text,
};

/// The debounce interval of the search.
const DEBOUNCE: Duration = Duration::from_millis(120);

/// The maximum number of people shown.
const PEOPLE: u32 = 8;

/// The people found, and the status message.
#[derive(Clone, Copy)]
pub struct People {
    pub found: RwSignal<Vec<User>>,
    pub note: RwSignal<Note>,
    /// The number of the latest search; responses to older ones are discarded.
    search: StoredValue<usize>,
}

#[derive(Clone)]
pub enum Note {
    Nothing,
    Loading,
    NoMatch,
    Failed(AppError),
}

impl Note {
    pub fn is_said(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    pub fn text(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Loading => text::palette::LOOKING.to_owned(),
            Self::NoMatch => text::palette::NO_MATCH.to_owned(),
            Self::Failed(_) if !window().navigator().on_line() => text::palette::OFFLINE.to_owned(),
            Self::Failed(AppError::Unauthorized) => text::palette::SIGNED_OUT.to_owned(),
            Self::Failed(error) => error.to_string(),
        }
    }
}

impl People {
    pub fn new() -> Self {
        Self { found: RwSignal::new(Vec::new()), note: RwSignal::new(Note::Nothing), search: StoredValue::new(0) }
    }

    /// Searches people once typing pauses (debounce).
    pub fn find(self, words: &str) {
        self.search.update_value(|search| *search += 1);
        if words.is_empty() {
            return self.show(Vec::new(), Note::Nothing);
        }
        let search = self.search.get_value();
        let list = ListUsers {
            q: Some(words.to_owned()),
            per_page: PEOPLE,
            sort: UserSort { field: SortField::Name, descending: false },
            ..ListUsers::default()
        };
        self.note.set(Note::Loading);
        set_timeout(move || self.ask(list, search), DEBOUNCE);
    }

    fn ask(self, list: ListUsers, search: usize) {
        if self.search.get_value() != search {
            return;
        }
        spawn_local(async move {
            let answer = list_users(list.to_string()).await;
            if self.search.get_value() != search {
                return;
            }
            match answer {
                Ok(listing) if listing.page.items.is_empty() => self.show(Vec::new(), Note::NoMatch),
                Ok(listing) => {
                    self.show(listing.page.items.into_iter().map(|listed| listed.user).collect(), Note::Nothing);
                }
                Err(error) => self.show(Vec::new(), Note::Failed(error)),
            }
        });
    }

    fn show(self, found: Vec<User>, note: Note) {
        self.found.set(found);
        self.note.set(note);
    }
}
