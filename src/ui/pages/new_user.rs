use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    domain::{Access, ProfileField, UserForm},
    ui::{
        components::{error_panel::refusal, layout::Breadcrumb, notice::FormAlert},
        islands::form_guard::person_form::person_form,
        text,
    },
};

/// `/users/new`: adds a person.
#[component]
pub fn NewUserPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.write {
        return Either::Left(refusal(&access));
    }
    let alert = view! { <FormAlert form="" fields=&ProfileField::NAMES/> };
    let rest = view! {
        <div class="form-actions">
            <button class="primary" type="submit">{text::edit::ADD}</button>
            <a class="button" href="/">{text::site::CANCEL}</a>
        </div>
    };
    Either::Right(view! {
        <Title text=text::site::NEW_PERSON/>
        <Breadcrumb href="/" text=text::site::ALL_PEOPLE/>
        <section class="sheet card">
            <h1>{text::site::NEW_PERSON}</h1>
            {person_form(&UserForm::default(), None, alert, rest)}
        </section>
    })
}
