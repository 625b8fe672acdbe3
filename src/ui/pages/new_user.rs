use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    domain::{Access, Email, Name, UserForm},
    ui::components::{
        error_page::refusal,
        field::{Field, Kind},
        post_form::PostForm,
    },
};

/// `/users/new`: adds a person.
#[component]
pub fn NewUserPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.write {
        return Either::Left(refusal(&access));
    }
    Either::Right(view! {
        <Title text="New person"/>
        <nav aria-label="Breadcrumb"><a class="back" href="/">"All people"</a></nav>
        <section class="sheet card">
            <h1>"New person"</h1>
            <PostForm fields=&UserForm::FIELDS>
                <Field name="name" label="Name" maxlength=Name::MAX_CHARS/>
                <Field name="email" label="E-mail" kind=Kind::Email maxlength=Email::MAX_OCTETS/>
                <div class="form-actions">
                    <button class="primary" type="submit">"Add"</button>
                    <a class="button" href="/">"Cancel"</a>
                </div>
            </PostForm>
        </section>
    })
}
