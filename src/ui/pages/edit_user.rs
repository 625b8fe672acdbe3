use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    domain::{Access, AppError, Email, Name, User, UserForm},
    rpc::users::get_user,
    ui::{
        components::{
            error_page::{ErrorPage, refusal},
            field::{Field, Kind},
            loaded::loaded,
            post_form::PostForm,
        },
        form::Submitted,
    },
};

/// `/users/{id}/edit`: changes a person.
#[component]
pub fn EditUserPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.write {
        return Either::Left(refusal(&access));
    }
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let user = Resource::new_blocking(move || id.clone(), get_user);
    Either::Right(loaded(user, edit))
}

fn edit(user: User) -> impl IntoView {
    if user.deleted_at.is_some() {
        let error = AppError::Gone("This person was deleted. Restore them, then edit.".to_owned());
        return Either::Left(view! { <ErrorPage error/> });
    }
    let sent = Submitted::to("");
    let stale = matches!(sent.error, Some(AppError::Stale));
    // Who saves again after an error of their own still must not overwrite what they did not see.
    let seen = sent.value("version").filter(|_| sent.error.is_some() && !stale);
    let version = seen.unwrap_or_else(|| user.version.to_string());
    let now = |field: &str, value: &str| {
        let differs = stale && sent.value(field).is_some_and(|typed| typed.trim() != value);
        differs.then(|| format!("Now: {value}"))
    };
    let (name_now, email_now) = (now("name", &user.name), now("email", &user.email));
    let person = format!("/users/{}", user.id);
    Either::Right(view! {
        <Title text=format!("Edit {}", user.name)/>
        <nav aria-label="Breadcrumb"><a class="back" dir="auto" href=person.clone()>{user.name.clone()}</a></nav>
        <section class="sheet card">
            <h1>"Edit person"</h1>
            <PostForm fields=&UserForm::FIELDS>
                {stale.then(|| view! {
                    <p class="hint">"What differs now stands below its field. To save again is to replace it."</p>
                })}
                <input type="hidden" name="version" value=version/>
                <Field name="name" label="Name" maxlength=Name::MAX_CHARS value=user.name note=name_now/>
                <Field
                    name="email"
                    label="E-mail"
                    kind=Kind::Email
                    maxlength=Email::MAX_OCTETS
                    value=user.email
                    note=email_now
                />
                <div class="form-actions">
                    <button class="primary" type="submit">"Save"</button>
                    <a class="button" href=person>"Cancel"</a>
                </div>
            </PostForm>
        </section>
    })
}
