use leptos::prelude::*;

/// A part of a page that is a matter of its own, with its heading beside it where there is room.
#[component]
pub fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="part">
            <h2>{title}</h2>
            <div class="part-body">{children()}</div>
        </section>
    }
}
