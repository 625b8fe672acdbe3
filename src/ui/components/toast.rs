//! Toasts: short messages at the bottom of the page.

use leptos::{either::EitherOf4, prelude::*};

use crate::{
    domain::User,
    ui::{
        flash::{Flash, FlashKind},
        text,
    },
};

/// A message at the bottom of the page, shown for ten seconds (`style/toast.css`). `action` can undo what it reports.
pub fn toast(message: impl IntoView, action: impl IntoView) -> impl IntoView {
    view! {
        <div class="toast" role="status">
            <p>{message}</p>
            {action}
        </div>
    }
}

/// The flash message. It is first in the document, so that it is read out first and undo is one Tab away; the style
/// sheet shows it at the bottom.
#[component]
pub fn FlashToast() -> impl IntoView {
    use_context::<Flash>().map(|Flash { kind, user, here }| {
        let undo = user.as_ref().filter(|_| kind == FlashKind::Deleted).map(|user| undo(user, here));
        toast(message(kind, user), undo)
    })
}

fn message(kind: FlashKind, user: Option<User>) -> impl IntoView {
    let name = view! { <bdi>{user.map_or_else(|| text::site::THIS_PERSON.to_owned(), |user| user.profile.name)}</bdi> };
    match kind {
        FlashKind::Created => EitherOf4::A(view! { {name}{text::site::AFTER_NAME_CREATED} }),
        FlashKind::Deleted => EitherOf4::B(view! { {name}{text::site::AFTER_NAME_DELETED} }),
        FlashKind::Restored => EitherOf4::C(view! { {name}{text::site::AFTER_NAME_RESTORED} }),
        FlashKind::ManyDeleted => EitherOf4::D(text::site::MANY_DELETED),
        FlashKind::ManyRestored => EitherOf4::D(text::site::MANY_RESTORED),
        FlashKind::Edited => EitherOf4::D(text::site::EDITED),
        FlashKind::Role => EitherOf4::D(text::site::ROLE_SAVED),
        FlashKind::Erased => EitherOf4::D(text::site::ERASED),
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
