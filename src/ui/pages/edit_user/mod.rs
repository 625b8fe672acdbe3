mod conflict;
mod gone;

use leptos::{
    either::{Either, EitherOf4},
    prelude::*,
};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::{
    conflict::Conflict,
    gone::{Deleted, Erased},
};
use crate::{
    domain::{Access, AppError, Event, Profile, ProfileField, User, UserForm},
    rpc::{audit::get_history, users::get_user},
    ui::{
        components::{
            error_panel::{ErrorPage, loaded, refusal},
            layout::Breadcrumb,
            notice::FormAlert,
        },
        form::Submitted,
        islands::form_guard::person_form::person_form,
        text,
    },
};

/// `/users/{id}/edit`: edits a person.
#[component]
pub fn EditUserPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.write {
        return Either::Left(refusal(&access));
    }
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let is_refused = Submitted::to("").error.is_some();
    let subject = Resource::new_blocking(move || (id.clone(), is_refused), subject);
    Either::Right(loaded(subject, page))
}

/// The edited user, `None` if erased, and their latest event if the submission was rejected.
type Subject = (Option<User>, Option<Event>);

async fn subject((id, is_refused): (String, bool)) -> Result<Subject, AppError> {
    if !is_refused {
        return Ok((Some(get_user(id).await?), None));
    }
    let user = match get_user(id.clone()).await {
        Err(AppError::NotFound(_)) => return Ok((None, None)),
        user => user?,
    };
    let trail = get_history(id, "per_page=1".to_owned()).await?;
    Ok((Some(user), trail.events.into_iter().next()))
}

/// Keeps the typed values, whatever has happened to the person meanwhile.
fn page((user, last): Subject) -> impl IntoView {
    let sent = Submitted::to("");
    let typed = |user: &User| {
        let text = |field: ProfileField| sent.value(field.as_str());
        UserForm::from(Profile::from_fn(|field| text(field).unwrap_or_else(|| user.profile.get(field).to_owned())))
    };
    let is_refused = sent.error.is_some();
    match user {
        None => EitherOf4::A(view! { <Erased/> }),
        Some(user) if user.deleted_at.is_none() => {
            let is_stale = matches!(sent.error, Some(AppError::Stale));
            let typed = typed(&user);
            EitherOf4::B(if is_stale {
                Either::Left(view! { <Conflict user typed last/> })
            } else {
                Either::Right(edit(user, &sent))
            })
        }
        Some(user) if is_refused => EitherOf4::C(view! { <Deleted user last/> }),
        Some(_) => {
            let error = AppError::Gone(text::edit::DELETED_ALREADY.to_owned());
            EitherOf4::D(view! { <ErrorPage error/> })
        }
    }
}

fn edit(user: User, sent: &Submitted) -> impl IntoView + use<> {
    // Optimistic concurrency: saving again after a validation error must not overwrite a version the user has not seen.
    let seen = sent.value("version").filter(|_| sent.error.is_some());
    let version = seen.unwrap_or_else(|| user.version.to_string());
    let person = format!("/users/{}", user.id);
    let alert = view! { <FormAlert form="" fields=&ProfileField::NAMES/> };
    let rest = view! {
        <input type="hidden" name="version" value=version/>
        <div class="form-actions">
            <button class="primary" type="submit">{text::site::SAVE}</button>
            <a class="button" href=person>{text::site::CANCEL}</a>
        </div>
    };
    card(user, text::edit::EDIT_PERSON, alert, rest)
}

/// The form with the values of a user, in a card under a link to their page.
fn card<A: IntoView, R: IntoView>(user: User, heading: &'static str, alert: A, rest: R) -> impl IntoView + use<A, R> {
    let person = format!("/users/{}", user.id);
    let User { profile, .. } = user;
    let name = profile.name.clone();
    view! {
        <Title text=text::edit::edit(&name)/>
        <Breadcrumb href=person text=name/>
        <section class="sheet card">
            <h1>{heading}</h1>
            {person_form(&profile.into(), None, alert, rest)}
        </section>
    }
}
