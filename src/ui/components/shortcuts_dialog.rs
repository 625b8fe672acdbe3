use leptos::prelude::*;

use crate::domain::Access;

/// Keys with what they do, as public/keys.js knows them.
type Shortcuts = &'static [(&'static [&'static str], &'static str)];

const EVERYWHERE: Shortcuts = &[(&["/"], "Search"), (&["?"], "Show these shortcuts"), (&["Esc"], "Close what is open")];
const LIST: Shortcuts =
    &[(&["j", "↓"], "Next person"), (&["k", "↑"], "Previous person"), (&["Enter"], "Open the person")];
const EDITOR: Shortcuts = &[(&["n"], "New person"), (&["e"], "Edit the person"), (&["x"], "Select the person")];

/// The list of shortcuts, which `?` opens, and where those of a single key are turned off (WCAG 2.1.4).
#[component]
pub fn ShortcutsDialog() -> impl IntoView {
    let write = use_context::<Access>().unwrap_or_default().write;
    view! {
        <dialog id="shortcuts" class="dialog" aria-labelledby="shortcuts-title">
            <div class="dialog-head">
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
                <form method="dialog"><button type="submit" class="plain" autofocus=true>"Close"</button></form>
            </div>
            <dl class="shortcuts">
                <div>
                    <dt><kbd data-command="K">"Ctrl K"</kbd></dt>
                    <dd>"Go to a person or a page"</dd>
                </div>
                {rows(EVERYWHERE)}
                {rows(LIST)}
                {write.then(|| rows(EDITOR))}
            </dl>
            <label class="choice">
                <input id="single-keys" type="checkbox" checked=true autocomplete="off"/>
                <span>"Shortcuts of a single key"</span>
            </label>
        </dialog>
    }
}

fn rows(shortcuts: Shortcuts) -> impl IntoView {
    let key = |key: &&'static str| view! { <kbd>{*key}</kbd> };
    let row = |(keys, text): &(&'static [&'static str], &'static str)| {
        view! { <div><dt>{keys.iter().map(key).collect_view()}</dt><dd>{*text}</dd></div> }
    };
    shortcuts.iter().map(row).collect_view()
}
