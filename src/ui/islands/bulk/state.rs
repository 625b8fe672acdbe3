//! The state of a bulk action and the requests it makes.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys::HtmlInputElement};

use crate::{
    domain::{AppError, BulkAction, BulkReport, ListUsers, Refusal, UserId, UserStatus},
    rpc::users::{change_page, change_users},
    ui::{context, islands::browser},
};

/// The number of people changed by one request: the maximum that the server allows is small enough to show progress.
const STEP: usize = BulkAction::MAX_USERS;
/// How long the result with its undo button is shown, unless it has the pointer or the focus.
const SHOWN: Duration = Duration::from_secs(10);

/// The selection and the bulk action on it. The DOM holds which checkboxes are ticked (`public/select.js`), so that
/// selections made before hydration count.
#[derive(Debug, Clone, Copy)]
pub struct BulkState(pub RwSignal<BulkData>);

/// The selection and the step of the action on it.
#[derive(Debug, Clone, Default)]
pub struct BulkData {
    pub selected: Vec<UserId>,
    /// The formatted total of the list, once the whole page is selected and the list is longer.
    pub beyond: Option<String>,
    /// Whether the selection is the whole list, across pages.
    pub is_whole_list: bool,
    pub step: Step,
}

#[derive(Debug, Clone, Default)]
pub enum Step {
    #[default]
    Idle,
    /// The number of people processed.
    Running(usize),
    Done(Outcome),
}

/// The result of a bulk action.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub action: BulkAction,
    pub changed: Vec<UserId>,
    pub refused: Vec<Refusal>,
    /// The error that ended it early.
    pub error: Option<AppError>,
}

impl BulkState {
    /// Reads which checkboxes are ticked.
    pub fn read(self) {
        let boxes: Vec<_> = boxes().collect();
        let ticked = boxes.iter().filter(|tick| tick.checked()).filter_map(|tick| tick.value().parse().ok());
        let selected: Vec<_> = ticked.collect();
        let beyond = document().get_element_by_id("rows").and_then(|rows| rows.get_attribute("data-beyond"));
        let beyond = beyond.filter(|_| selected.len() == boxes.len());
        self.0.update(|data| (data.selected, data.beyond, data.is_whole_list) = (selected, beyond, false));
    }

    /// Runs the action on the selected people or on the whole list.
    pub fn run(self) {
        let (action, list) = (action(), list());
        let (is_whole_list, ids) = self.0.with_untracked(|data| (data.is_whole_list, data.selected.clone()));
        if is_whole_list {
            let whole = ListUsers { per_page: ListUsers::MAX_PER_PAGE, ..list.whole() };
            spawn_local(async move { self.change_all_pages(action, whole).await });
        } else {
            spawn_local(async move { self.change(action, ids).await });
        }
    }

    /// Undoes the action.
    pub fn undo(self, outcome: Outcome) {
        spawn_local(async move { self.change(outcome.action.inverse(), outcome.changed).await });
    }

    /// Stops after the current request, or closes the result.
    pub fn stop(self) {
        self.set(Step::Idle);
    }

    async fn change(self, action: BulkAction, ids: Vec<UserId>) {
        let mut outcome = Outcome::of(action);
        self.set(Step::Running(0));
        for (step, ids) in ids.chunks(STEP).enumerate() {
            if outcome.add(change_users(action, ids.to_vec()).await).is_none()
                || !self.should_continue((step + 1) * STEP)
            {
                break;
            }
        }
        self.finish(outcome);
    }

    async fn change_all_pages(self, action: BulkAction, mut list: ListUsers) {
        let mut outcome = Outcome::of(action);
        let mut done = 0;
        self.set(Step::Running(0));
        while let Some(report) = outcome.add(change_page(action, list.to_string()).await) {
            done += STEP;
            match report.next {
                Some(next) if self.should_continue(done) => list = list.at_cursor(&next),
                _ => break,
            }
        }
        self.finish(outcome);
    }

    fn set(self, step: Step) {
        self.0.update(|data| data.step = step);
    }

    fn is(self, wanted: fn(&Step) -> bool) -> bool {
        self.0.with_untracked(|data| wanted(&data.step))
    }

    /// Shows the progress and returns true, unless the action was stopped.
    fn should_continue(self, done: usize) -> bool {
        let runs = self.is(|step| matches!(step, Step::Running(_)));
        if runs {
            self.set(Step::Running(done));
        }
        runs
    }

    fn finish(self, outcome: Outcome) {
        let stays = !outcome.refused.is_empty() || outcome.error.is_some();
        self.set(Step::Done(outcome));
        browser::dispatch(browser::CHANGED);
        if !stays {
            self.hide_later();
        }
    }

    /// Closes the result after a while, but not while it has the pointer or the focus.
    fn hide_later(self) {
        let hide_later = move || {
            let in_use = ".bulk-report:is(:hover, :focus-visible, :has(:focus-visible))";
            if document().query_selector(in_use).is_ok_and(|found| found.is_some()) {
                self.hide_later();
            } else if self.is(|step| matches!(step, Step::Done(_))) {
                self.stop();
            }
        };
        set_timeout(hide_later, SHOWN);
    }
}

impl Outcome {
    fn of(action: BulkAction) -> Self {
        Self { action, changed: Vec::new(), refused: Vec::new(), error: None }
    }

    /// Adds the result of one request; `None` if it failed.
    fn add(&mut self, step: Result<BulkReport, AppError>) -> Option<BulkReport> {
        match step {
            Ok(mut report) => {
                self.changed.append(&mut report.changed);
                self.refused.append(&mut report.refused);
                Some(report)
            }
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }
}

/// The list in the address bar.
pub fn list() -> ListUsers {
    context::query().parse().unwrap_or_default()
}

/// The action that the list offers.
pub fn action() -> BulkAction {
    if list().status == UserStatus::Deleted { BulkAction::Restore } else { BulkAction::Delete }
}

/// The checkboxes of the rows.
fn boxes() -> impl Iterator<Item = HtmlInputElement> {
    let found = document().query_selector_all("#rows tbody input[name=id]").ok();
    let count = found.as_ref().map_or(0, leptos::web_sys::NodeList::length);
    (0..count).filter_map(move |index| found.as_ref()?.get(index)?.dyn_into().ok())
}
