//! The dialog that lists keyboard shortcuts.

use leptos::prelude::*;

use crate::{domain::Access, ui::text};

/// Keys with their actions, as handled by `public/keys.js`.
type Shortcuts = &'static [(&'static [&'static str], &'static str)];

const EVERYWHERE: Shortcuts = &[
    (&["/"], text::palette::SEARCH),
    (&["?"], text::palette::SHOW_SHORTCUTS),
    (&[text::palette::ESCAPE], text::palette::CLOSE_WHAT_IS_OPEN),
];
const LIST: Shortcuts = &[
    (&["j", "↓"], text::palette::NEXT_PERSON),
    (&["k", "↑"], text::palette::PREVIOUS_PERSON),
    (&[text::palette::ENTER], text::palette::OPEN_PERSON),
];
const EDITOR: Shortcuts =
    &[(&["n"], text::site::NEW_PERSON), (&["e"], text::palette::EDIT_PERSON), (&["x"], text::palette::SELECT_PERSON)];

/// Lists the shortcuts, opens with `?`, and lets the reader turn single-key shortcuts off (WCAG 2.1.4).
#[component]
pub fn ShortcutsDialog() -> impl IntoView {
    let write = use_context::<Access>().unwrap_or_default().write;
    view! {
        <dialog id="shortcuts" class="dialog" aria-labelledby="shortcuts-title">
            <div class="dialog-head">
                <h2 id="shortcuts-title">{text::palette::KEYBOARD_SHORTCUTS}</h2>
                <form method="dialog"><button type="submit" class="plain" autofocus=true>{text::site::CLOSE}</button></form>
            </div>
            <dl class="shortcuts">
                <div>
                    <dt><kbd data-command="K">{text::palette::CTRL_K}</kbd></dt>
                    <dd>{text::palette::GO_TO}</dd>
                </div>
                {rows(EVERYWHERE)}
                {rows(LIST)}
                {write.then(|| rows(EDITOR))}
            </dl>
            <label class="choice">
                <input id="single-keys" type="checkbox" checked=true autocomplete="off"/>
                <span>{text::palette::SINGLE_KEYS}</span>
            </label>
        </dialog>
    }
}

fn rows(shortcuts: Shortcuts) -> impl IntoView {
    let key = |key: &&'static str| view! { <kbd>{*key}</kbd> };
    let row = |(keys, action): &(&'static [&'static str], &'static str)| {
        view! { <div><dt>{keys.iter().map(key).collect_view()}</dt><dd>{*action}</dd></div> }
    };
    shortcuts.iter().map(row).collect_view()
}
