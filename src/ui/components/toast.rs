use leptos::{either::EitherOf4, prelude::*};

use crate::{
    domain::User,
    ui::{
        flash::{Deed, Flash},
        text,
    },
};

/// What has just been done, at the bottom of the page for ten seconds (`style/toast.css` counts
/// them). `action` is the way to take it back.
pub fn toast(news: impl IntoView, action: impl IntoView) -> impl IntoView {
    view! {
        <div class="toast" role="status">
            <p>{news}</p>
            {action}
        </div>
    }
}

/// What was done in the form that led to this page. It stands at the beginning of the document, so
/// that it is read first and the way back is a key away, and is shown at the bottom.
#[component]
pub fn FlashToast() -> impl IntoView {
    use_context::<Flash>().map(|Flash { deed, user, here }| {
        let undo = user.as_ref().filter(|_| deed == Deed::Deleted).map(|user| undo(user, here));
        toast(news(deed, user), undo)
    })
}

fn news(deed: Deed, user: Option<User>) -> impl IntoView {
    let name = view! { <bdi>{user.map_or_else(|| text::site::THIS_PERSON.to_owned(), |user| user.profile.name)}</bdi> };
    match deed {
        Deed::Created => EitherOf4::A(view! { {name}{text::site::AFTER_NAME_CREATED} }),
        Deed::Deleted => EitherOf4::B(view! { {name}{text::site::AFTER_NAME_DELETED} }),
        Deed::Restored => EitherOf4::C(view! { {name}{text::site::AFTER_NAME_RESTORED} }),
        Deed::ManyDeleted => EitherOf4::D(text::site::MANY_DELETED),
        Deed::ManyRestored => EitherOf4::D(text::site::MANY_RESTORED),
        Deed::Edited => EitherOf4::D(text::site::EDITED),
        Deed::Role => EitherOf4::D(text::site::ROLE_SAVED),
        Deed::Erased => EitherOf4::D(text::site::ERASED),
    }
}

fn undo(user: &User, here: String) -> impl IntoView + use<> {
    view! {
        <form method="post" action=format!("/users/{}", user.id)>
            <input type="hidden" name="action" value="restore"/>
            <input type="hidden" name="back" value=here/>
            <button type="submit">{text::site::UNDO}</button>
        </form>
    }
}
