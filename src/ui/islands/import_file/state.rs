//! The state of the import island.

use leptos::{html, prelude::*, task::spawn_local, web_sys::File};

use super::{
    read::{self, Found, Progress},
    send,
};
use crate::{
    domain::{ChosenColumns, FileField},
    ui::text,
    user_file::AllowedFields,
};

/// The step that the island is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// No file is chosen.
    Waiting,
    Reading,
    /// The file was read, completely or up to an error.
    Read,
    Sending,
}

impl Step {
    pub fn title(self) -> &'static str {
        match self {
            Self::Waiting | Self::Reading => text::import_file::READING,
            Self::Read => text::import_file::IN_FILE,
            Self::Sending => text::import_file::SENDING,
        }
    }
}

/// The state of the island and the actions on the chosen file.
#[derive(Debug, Clone, Copy)]
pub struct ImportFileState {
    pub step: RwSignal<Step>,
    pub progress: RwSignal<Progress>,
    pub found: RwSignal<Found>,
    input: NodeRef<html::Input>,
    chosen: StoredValue<ChosenColumns>,
    /// The number of the current run; older ones are cancelled.
    run: StoredValue<usize>,
}

impl ImportFileState {
    pub fn new(input: NodeRef<html::Input>) -> Self {
        Self {
            step: RwSignal::new(Step::Waiting),
            progress: RwSignal::default(),
            found: RwSignal::default(),
            input,
            chosen: StoredValue::new(ChosenColumns::default()),
            run: StoredValue::new(0),
        }
    }

    /// Reads the chosen file, if there is one.
    pub fn begin(self) {
        self.chosen.set_value(ChosenColumns::default());
        if let Some(file) = self.file() {
            self.read(file);
        }
    }

    /// Maps a column to a field, or to none, and reads the file again.
    pub fn choose(self, index: usize, field: Option<FileField>) {
        let mut columns = self.found.with_untracked(|found| found.columns.clone());
        for (other, column) in columns.iter_mut().enumerate() {
            if other == index {
                column.field = field;
            } else if column.field == field {
                column.field = None;
            }
        }
        let heading = |field: &FileField| columns.iter().find(|column| column.field == Some(*field));
        let heading = |field: &FileField| heading(field).map(|column| column.heading.clone()).unwrap_or_default();
        self.chosen.set_value(ChosenColumns(FileField::ALL.iter().map(|field| (*field, heading(field))).collect()));
        if let Some(file) = self.file() {
            self.read(file);
        }
    }

    /// Whether the user corrected the columns.
    pub fn is_corrected(self) -> bool {
        self.chosen.with_value(|chosen| !chosen.0.is_empty())
    }

    /// Uploads the file and goes to the page of the import.
    pub fn send(self) {
        let Some(file) = self.file() else { return };
        let run = self.start(Step::Sending, &file);
        spawn_local(async move {
            let chosen = self.chosen.get_value();
            let sent = send::send(&file, &chosen, |done| {
                let is_wanted = self.is_current(run);
                if is_wanted {
                    self.progress.update(|progress| progress.done = done);
                }
                is_wanted
            });
            match sent.await {
                _ if !self.is_current(run) => {}
                Ok(Some(address)) => {
                    let _ = window().location().set_href(&address);
                }
                Ok(None) => {}
                Err(problem) => {
                    self.found.update(|found| found.problem = Some(problem));
                    self.step.set(Step::Read);
                }
            }
        });
    }

    /// Cancels reading or uploading and returns to the previous step.
    pub fn stop(self) {
        self.run.update_value(|run| *run += 1);
        if self.step.get_untracked() == Step::Sending {
            send::abort();
            self.step.set(Step::Read);
        } else {
            self.leave();
        }
    }

    /// Discards the file so that another can be chosen.
    pub fn leave(self) {
        self.run.update_value(|run| *run += 1);
        self.step.set(Step::Waiting);
        if let Some(input) = self.input.get_untracked() {
            input.set_value("");
            // After the form is visible again.
            set_timeout(move || drop(input.focus()), std::time::Duration::ZERO);
        }
    }

    fn read(self, file: File) {
        // The column being corrected keeps the focus.
        let focused = document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
        let is_again = self.step.get_untracked() == Step::Read;
        let run = self.start(if is_again { Step::Read } else { Step::Reading }, &file);
        let allowed = allowed();
        spawn_local(async move {
            let read = read::read(&file, self.chosen.get_value(), allowed, |progress| {
                let is_wanted = self.is_current(run);
                if is_wanted {
                    self.progress.set(progress);
                }
                is_wanted
            });
            let Some(found) = read.await.filter(|_| self.is_current(run)) else { return };
            self.found.set(found);
            self.step.set(Step::Read);
            if let Some(id) = focused.filter(|_| is_again) {
                set_timeout(move || focus(&id), std::time::Duration::ZERO);
            }
        });
    }

    fn start(self, step: Step, file: &File) -> usize {
        self.run.update_value(|run| *run += 1);
        self.progress.set(Progress { total: read::size(file), ..Progress::default() });
        if self.step.get_untracked() != step {
            self.step.set(step);
        }
        self.run.get_value()
    }

    fn is_current(self, run: usize) -> bool {
        self.run.get_value() == run
    }

    fn file(self) -> Option<File> {
        self.input.get_untracked()?.files()?.get(0)
    }
}

/// The columns that the user may import, as the server wrote them into the page.
pub fn allowed() -> AllowedFields {
    match document().query_selector("[data-administer]") {
        Ok(Some(_)) => AllowedFields::Everything,
        _ => AllowedFields::Profile,
    }
}

fn focus(id: &str) {
    use leptos::{wasm_bindgen::JsCast, web_sys::HtmlElement};
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}
