//! An input of the form, marked as invalid in the way the server renders it.

use leptos::{
    prelude::document,
    wasm_bindgen::JsCast,
    web_sys::{Element, EventTarget, HtmlFormElement, HtmlInputElement},
};

use crate::ui::{components::control::error_of, form::Submitted};

pub struct Input {
    pub name: &'static str,
    label: &'static str,
    element: HtmlInputElement,
}

impl Input {
    pub fn find(name: &'static str, label: &'static str) -> Option<Self> {
        let element = document().get_element_by_id(name)?.dyn_into().ok()?;
        Some(Self { name, label, element })
    }

    pub fn form(&self) -> Option<HtmlFormElement> {
        self.element.form()
    }

    pub fn is(&self, target: Option<&EventTarget>) -> bool {
        target == Some(&self.element)
    }

    pub fn value(&self) -> String {
        self.element.value()
    }

    /// Whether its value differs from the rendered one.
    pub fn is_changed(&self) -> bool {
        self.element.value() != self.element.default_value()
    }

    pub fn error(&self, errors: &Submitted) -> Option<String> {
        error_of(errors, self.name, self.label)
    }

    pub fn is_marked(&self) -> bool {
        self.element.has_attribute("aria-invalid")
    }

    pub fn focus(&self) {
        let _ = self.element.focus();
    }

    /// Shows an error. Here and below, setting an attribute cannot fail for these names.
    pub fn mark(&self, error: &str) {
        if let Some(line) = self.line().or_else(|| self.add_line()) {
            line.set_text_content(Some(error));
        }
        let _ = self.element.set_attribute("aria-invalid", "true");
        self.describe(Some(self.line_id()));
    }

    /// Removes the error.
    pub fn clear(&self) {
        if let Some(line) = self.line() {
            line.remove();
        }
        let _ = self.element.remove_attribute("aria-invalid");
        self.describe(None);
    }

    fn describe(&self, error: Option<String>) {
        let id = self.line_id();
        let lines = self.element.get_attribute("aria-describedby").unwrap_or_default();
        let others = lines.split_whitespace().filter(|line| *line != id);
        let lines: Vec<_> = others.chain(error.as_deref()).collect();
        let _ = match lines.as_slice() {
            [] => self.element.remove_attribute("aria-describedby"),
            lines => self.element.set_attribute("aria-describedby", &lines.join(" ")),
        };
    }

    fn line_id(&self) -> String {
        format!("{}-error", self.name)
    }

    fn line(&self) -> Option<Element> {
        document().get_element_by_id(&self.line_id())
    }

    fn add_line(&self) -> Option<Element> {
        let line = document().create_element("p").ok()?;
        line.set_id(&self.line_id());
        line.set_class_name("field-error");
        self.element.parent_element()?.append_child(&line).ok()?;
        Some(line)
    }
}
