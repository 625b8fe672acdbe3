use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    domain::{Access, UserForm},
    ui::components::{alert::FormAlert, error_page::refusal, person_form::person_form},
};

/// `/users/new`: adds a person.
#[component]
pub fn NewUserPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.write {
        return Either::Left(refusal(&access));
    }
    let alert = view! { <FormAlert form="" fields=&UserForm::FIELDS/> };
    let rest = view! {
        <div class="form-actions">
            <button class="primary" type="submit">"Add"</button>
            <a class="button" href="/">"Cancel"</a>
        </div>
    };
    Either::Right(view! {
        <Title text="New person"/>
        <nav aria-label="Breadcrumb"><a class="back" href="/">"All people"</a></nav>
        <section class="sheet card">
            <h1>"New person"</h1>
            {person_form(UserForm::default(), None, alert, rest)}
        </section>
    })
}
