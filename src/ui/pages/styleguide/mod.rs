//! `/_styleguide`: every component in every state. Debug builds only.

mod controls;
mod tokens;
mod words;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use self::{controls::Controls, tokens::Tokens, words::Words};
use crate::ui::components::error_panel::NotFoundPage;

#[component]
pub fn StyleguidePage() -> impl IntoView {
    if !cfg!(debug_assertions) {
        return Either::Left(view! { <NotFoundPage/> });
    }
    Either::Right(view! {
        <Title text="Style guide"/>
        <h1>"Style guide"</h1>
        <p class="lead">"Every component in every state. docs/design.md explains when to use which."</p>
        <Tokens/>
        <Controls/>
        <Words/>
    })
}

/// A section of the guide.
#[component]
fn Specimen(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="specimen">
            <h2>{title}</h2>
            <div class="specimen-body">{children()}</div>
        </section>
    }
}
