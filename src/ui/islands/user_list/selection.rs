use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys::HtmlInputElement};

use crate::{
    domain::{AppError, BulkAction, BulkReport, ListUsers, Refusal, Total, UserId},
    rpc::users::{change_page, change_users},
};

/// So many are changed in one step: what shows progress, and what the server takes.
const STEP: usize = 100;
/// So long it can be undone, unless somebody is about to.
const SHOWN: Duration = Duration::from_secs(10);

/// Who is selected, and what becomes of them. Which boxes are ticked stands in the page itself, so that
/// what was ticked before this island came alive counts.
#[derive(Clone, Copy)]
pub struct Selection {
    pub selected: RwSignal<Vec<UserId>>,
    /// Whether all whom the list has are meant, on whatever page.
    pub everybody: RwSignal<bool>,
    /// How many rows the page has, and how many the list.
    pub of: RwSignal<(usize, Option<Total>)>,
    pub state: RwSignal<State>,
    /// The box that was clicked last, from which a range is drawn.
    last: StoredValue<Option<usize>>,
    refetch: Callback<()>,
}

#[derive(Clone, Default)]
pub enum State {
    #[default]
    Idle,
    /// So many are done.
    Running(usize),
    Done(Outcome),
}

/// What became of many.
#[derive(Clone)]
pub struct Outcome {
    pub action: BulkAction,
    pub changed: Vec<UserId>,
    pub refused: Vec<Refusal>,
    /// What put an early end to it.
    pub error: Option<AppError>,
}

impl Selection {
    pub fn new(refetch: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            selected: RwSignal::default(),
            everybody: RwSignal::new(false),
            of: RwSignal::default(),
            state: RwSignal::default(),
            last: StoredValue::new(None),
            refetch: Callback::new(move |()| refetch()),
        }
    }

    /// Takes up which boxes are ticked.
    pub fn read(self) {
        let ticked = boxes().filter(HtmlInputElement::checked).filter_map(|tick| tick.value().parse().ok());
        self.selected.set(ticked.collect());
        self.everybody.set(false);
    }

    pub fn clear(self) {
        boxes().for_each(|tick| tick.set_checked(false));
        self.last.set_value(None);
        self.read();
    }

    /// The box of the heading ticks all; with Shift, a box ticks those between it and the last one.
    pub fn clicked(self, click: &ev::MouseEvent) {
        let Some(tick) = click.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if tick.has_attribute("data-all") {
            boxes().for_each(|each| each.set_checked(tick.checked()));
            return;
        }
        let here = boxes().position(|each| each == tick);
        if let (true, Some(here), Some(last)) = (click.shift_key(), here, self.last.get_value()) {
            let (from, to) = (here.min(last), here.max(last));
            boxes().skip(from).take(to - from + 1).for_each(|each| each.set_checked(tick.checked()));
        }
        self.last.set_value(here);
    }

    /// Does it to those selected, or to everybody in the list.
    pub fn run(self, action: BulkAction, list: ListUsers) {
        if self.everybody.get_untracked() {
            let whole = ListUsers { per_page: ListUsers::MAX_PER_PAGE, ..list.whole() };
            spawn_local(async move { self.go_through(action, whole).await });
        } else {
            let ids = self.selected.get_untracked();
            spawn_local(async move { self.change(action, ids).await });
        }
    }

    /// Takes it back.
    pub fn undo(self, outcome: Outcome) {
        spawn_local(async move { self.change(outcome.action.opposite(), outcome.changed).await });
    }

    /// Ends what is under way after the step it is at.
    pub fn stop(self) {
        self.state.set(State::Idle);
    }

    async fn change(self, action: BulkAction, ids: Vec<UserId>) {
        let mut outcome = Outcome::of(action);
        self.state.set(State::Running(0));
        for (step, ids) in ids.chunks(STEP).enumerate() {
            if outcome.add(change_users(action, ids.to_vec()).await).is_none() || !self.goes_on((step + 1) * STEP) {
                break;
            }
        }
        self.finish(outcome);
    }

    async fn go_through(self, action: BulkAction, mut list: ListUsers) {
        let mut outcome = Outcome::of(action);
        let mut done = 0;
        self.state.set(State::Running(0));
        while let Some(report) = outcome.add(change_page(action, list.to_string()).await) {
            done += STEP;
            match report.next {
                Some(next) if self.goes_on(done) => list = list.at_cursor(&next),
                _ => break,
            }
        }
        self.finish(outcome);
    }

    /// Shows how far it is, unless somebody stopped it.
    fn goes_on(self, done: usize) -> bool {
        let runs = matches!(*self.state.read_untracked(), State::Running(_));
        if runs {
            self.state.set(State::Running(done));
        }
        runs
    }

    fn finish(self, outcome: Outcome) {
        let stays = !outcome.refused.is_empty() || outcome.error.is_some();
        self.clear();
        self.state.set(State::Done(outcome));
        self.refetch.run(());
        if !stays {
            self.fade();
        }
    }

    /// Takes the report away after a while, not under somebody's pointer or focus.
    fn fade(self) {
        set_timeout(
            move || {
                let in_use = ".bulk-report:is(:hover, :focus-visible, :has(:focus-visible))";
                if document().query_selector(in_use).is_ok_and(|found| found.is_some()) {
                    self.fade();
                } else if matches!(*self.state.read_untracked(), State::Done(_)) {
                    self.state.set(State::Idle);
                }
            },
            SHOWN,
        );
    }
}

impl Outcome {
    fn of(action: BulkAction) -> Self {
        Self { action, changed: Vec::new(), refused: Vec::new(), error: None }
    }

    /// Takes up what became of one step; `None` when it went wrong.
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

/// The boxes of the rows.
fn boxes() -> impl Iterator<Item = HtmlInputElement> {
    let found = document().query_selector_all("#rows tbody input[name=id]").ok();
    let count = found.as_ref().map_or(0, leptos::web_sys::NodeList::length);
    (0..count).filter_map(move |place| found.as_ref()?.get(place)?.dyn_into().ok())
}
