//! The options of the palette in the DOM, whether rendered by the server or by the island.

use leptos::{
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement, NodeList, ScrollIntoViewOptions, ScrollLogicalPosition},
};

/// Hides each action unless every search word is a prefix of a word in its text.
pub fn filter(list: &Element, words: &str) {
    let words = words.to_ascii_lowercase();
    for action in all(list, "[data-actions] > [role=option]") {
        let text = action.text_content().unwrap_or_default().to_ascii_lowercase();
        let found = words.split_whitespace().all(|word| text.split_whitespace().any(|part| part.starts_with(word)));
        // Cannot fail for this attribute name.
        let _ = action.toggle_attribute_with_force("hidden", !found);
    }
    for group in all(list, "[data-actions]") {
        let empty = all(&group, "[role=option]:not([hidden])").next().is_none();
        let _ = group.toggle_attribute_with_force("hidden", empty);
    }
}

/// Selects the option at an index and returns its id.
pub fn select(list: &Element, index: usize) -> Option<String> {
    for old in all(list, "[aria-selected=true]") {
        let _ = old.remove_attribute("aria-selected");
    }
    let option = shown(list).nth(index)?;
    let _ = option.set_attribute("aria-selected", "true");
    let nearest = ScrollIntoViewOptions::new();
    nearest.set_block(ScrollLogicalPosition::Nearest);
    option.scroll_into_view_with_scroll_into_view_options(&nearest);
    Some(option.id())
}

/// Moves the selection by a number of options, wrapping around at both ends.
pub fn step(list: &Element, by: isize) -> Option<String> {
    let count = shown(list).count();
    let from = shown(list).position(|option| option.get_attribute("aria-selected").is_some());
    let next = match from {
        Some(from) => from.checked_add_signed(by).filter(|next| *next < count),
        None => None,
    };
    select(list, next.unwrap_or(if by < 0 { count.saturating_sub(1) } else { 0 }))
}

/// Activates the selected option; returns whether there is one.
pub fn choose(list: &Element) -> bool {
    let selected = all(list, "[aria-selected=true]").next().and_then(|option| option.dyn_into::<HtmlElement>().ok());
    selected.inspect(HtmlElement::click).is_some()
}

fn shown(list: &Element) -> impl Iterator<Item = Element> {
    all(list, "[role=option]:not([hidden])")
}

fn all(root: &Element, selector: &str) -> impl Iterator<Item = Element> + use<> {
    let nodes: Option<NodeList> = root.query_selector_all(selector).ok();
    let count = nodes.as_ref().map_or(0, NodeList::length);
    (0..count).filter_map(move |index| nodes.as_ref()?.get(index)?.dyn_into().ok())
}
