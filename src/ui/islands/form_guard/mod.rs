//! The island that validates a person's form and warns about unsaved changes.

mod input;
pub mod person_form;

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{
    ev,
    ev::{FocusEvent, SubmitEvent},
    leptos_dom::helpers::WindowListenerHandle,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, EventTarget, HtmlFormElement},
};

use self::input::Input;
use crate::{
    domain::{AppError, Profile, ProfileField, UserForm},
    ui::{form::Submitted, text},
};

/// Validates the form it is in with the parsers that the server uses, and warns before unsaved changes are lost. The
/// form works without it.
#[cfg_attr(feature = "split", island(lazy))]
#[cfg_attr(not(feature = "split"), island)]
pub fn FormGuard() -> impl IntoView {
    // Effects run only in the browser.
    Effect::new(|_| {
        if let Some(guard) = Guard::find() {
            watch(&Rc::new(guard));
        }
    });
}

/// How long the form waits for a response before it can be submitted again.
const SUBMIT_TIMEOUT: Duration = Duration::from_secs(10);

struct Guard {
    form: HtmlFormElement,
    inputs: Vec<Input>,
    /// Whether it was submitted and no response has arrived.
    is_sent: Cell<bool>,
    /// The `beforeunload` listener, while there are unsaved changes.
    leave_warning: Cell<Option<WindowListenerHandle>>,
}

/// All these events bubble up to the window.
fn watch(guard: &Rc<Guard>) {
    // The browser's own validation messages would come first and differ from ours.
    guard.form.set_no_validate(true);
    guard.update_leave_warning();
    let handler = guard.clone();
    window_event_listener(ev::input, move |event| handler.on_input(event.target().as_ref()));
    let handler = guard.clone();
    window_event_listener(ev::focusout, move |event| handler.on_blur(&event));
    let handler = guard.clone();
    window_event_listener(ev::submit, move |event| handler.on_submit(&event));
    let handler = guard.clone();
    window_event_listener(ev::click, move |event| handler.on_click(event.target()));
    // A page restored from the back/forward cache is in the state in which it was left.
    let handler = guard.clone();
    window_event_listener(ev::pageshow, move |_| handler.set_sent(false));
}

impl Guard {
    fn find() -> Option<Self> {
        let input = |field: &ProfileField| Input::find(field.as_str(), text::fields::label(*field));
        let inputs: Vec<_> = ProfileField::ALL.iter().filter_map(input).collect();
        let form = inputs.first()?.form()?;
        Some(Self { form, inputs, is_sent: Cell::default(), leave_warning: Cell::default() })
    }

    /// The errors that the server would return.
    fn errors(&self) -> Submitted {
        let input = |field: ProfileField| self.inputs.iter().find(|input| input.name == field.as_str());
        let form = UserForm::from(Profile::from_fn(|field| input(field).map(Input::value).unwrap_or_default()));
        Submitted { error: form.parse().err().map(AppError::from), ..Submitted::default() }
    }

    /// While the user types, errors only disappear or change.
    fn on_input(&self, target: Option<&EventTarget>) {
        if let Some(input) = self.inputs.iter().find(|input| input.is(target)).filter(|input| input.is_marked()) {
            match input.error(&self.errors()) {
                Some(error) => input.mark(&error),
                None => input.clear(),
            }
        }
        self.update_leave_warning();
    }

    /// Validates a field when it loses focus, unless the focus moves to a button or link: the error line would move
    /// that away from the pointer.
    fn on_blur(&self, event: &FocusEvent) {
        let to = event.related_target().and_then(|to| to.dyn_into::<Element>().ok());
        if to.is_some_and(|to| to.matches("button, a").unwrap_or(false)) {
            return;
        }
        let errors = self.errors();
        let left = self.inputs.iter().find(|input| input.is(event.target().as_ref()));
        if let Some((input, error)) = left.filter(|input| input.is_changed()).and_then(|i| Some((i, i.error(&errors)?)))
        {
            input.mark(&error);
        }
    }

    fn on_submit(self: &Rc<Self>, event: &SubmitEvent) {
        let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form.filter(|form| form.action() == self.form.action()) else { return };
        if self.is_sent.get() {
            return event.prevent_default();
        }
        if form == self.form && !self.validate() {
            return event.prevent_default();
        }
        self.set_sent(true);
        let guard = self.clone();
        set_timeout(move || guard.set_sent(false), SUBMIT_TIMEOUT);
    }

    /// Marks all errors and focuses the first invalid field.
    fn validate(&self) -> bool {
        let errors = self.errors();
        let bad: Vec<_> = self.inputs.iter().filter_map(|input| Some((input, input.error(&errors)?))).collect();
        for (input, error) in bad.iter().rev() {
            input.mark(error);
            input.focus();
        }
        bad.is_empty()
    }

    /// A link that is marked as discarding the changes does not ask again.
    fn on_click(&self, target: Option<EventTarget>) {
        let element = target.and_then(|target| target.dyn_into::<Element>().ok());
        if element.is_some_and(|element| matches!(element.closest("[data-discards]"), Ok(Some(_)))) {
            self.set_leave_warning(false);
        }
    }

    fn set_sent(&self, sent: bool) {
        self.is_sent.set(sent);
        let _ = self.form.toggle_attribute_with_force("data-busy", sent);
        self.update_leave_warning();
    }

    fn update_leave_warning(&self) {
        let unsaved = self.form.has_attribute("data-unsaved") || self.inputs.iter().any(Input::is_changed);
        self.set_leave_warning(unsaved && !self.is_sent.get());
    }

    /// A `beforeunload` listener keeps some browsers from caching the page, so it is added only when needed.
    fn set_leave_warning(&self, ask: bool) {
        match (self.leave_warning.take(), ask) {
            (None, true) => {
                let leave_warning = window_event_listener(ev::beforeunload, |event| event.prevent_default());
                self.leave_warning.set(Some(leave_warning));
            }
            (Some(leave_warning), false) => leave_warning.remove(),
            (same, _) => self.leave_warning.set(same),
        }
    }
}
