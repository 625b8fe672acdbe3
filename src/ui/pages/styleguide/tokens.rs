use leptos::prelude::*;

use super::Specimen;

/// The style sheet itself, so that the guide cannot differ from it.
const TOKENS: &str = include_str!("../../../../style/tokens.css");

/// The design tokens with names and samples.
#[component]
pub fn Tokens() -> impl IntoView {
    view! {
        <Specimen title="Colours">
            <ul class="swatches">{swatches(|_, value| value.contains("light-dark(oklch"))}</ul>
        </Specimen>
        <Specimen title="Distances and corners">
            <ul class="swatches">
                {swatches(|name, _| ["space-", "radius"].iter().any(|kind| name.starts_with(kind)))}
            </ul>
        </Specimen>
        <Specimen title="Type">
            <p class="specimen-title">"A title in the display face"</p>
            <p class="specimen-large">"A heading in the display face"</p>
            <p>"Text as most of the page is set, in the face of the system."</p>
            <p class="hint">"Small text for what is beside the point."</p>
            <p><code>"mono 0123456789"</code>" "<kbd>"Ctrl K"</kbd></p>
        </Specimen>
    }
}

fn swatches(is_shown: impl Fn(&str, &str) -> bool) -> impl IntoView {
    let tokens = TOKENS.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
    let shown = tokens.filter(|(name, value)| is_shown(name, value));
    let swatch = |(name, value): (&'static str, &'static str)| {
        view! {
            <li>
                <span class="swatch" data-token=name aria-hidden="true"></span>
                <code>"--"{name}</code>
                <span class="hint">{value.trim_end_matches(';')}</span>
            </li>
        }
    };
    shown.map(swatch).collect_view()
}
