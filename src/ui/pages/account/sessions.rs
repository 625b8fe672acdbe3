use leptos::{either::Either, prelude::*};

use crate::{
    domain::Session,
    ui::{
        components::{agent::browser_name, notice::FormAlert, post_form::ActionButton, values::DateTime},
        text,
    },
};

/// The active sessions, and the buttons that sign out.
#[component]
pub fn Sessions(sessions: Vec<Session>) -> impl IntoView {
    view! {
        <FormAlert form="end-session"/>
        <ul class="sessions">{sessions.into_iter().map(session).collect_view()}</ul>
        <div class="form-actions">
            <form method="post" action="/sign-out">
                <button type="submit">{text::site::SIGN_OUT}</button>
            </form>
            <form method="post" action="/sign-out">
                <input type="hidden" name="everywhere" value="1"/>
                <button type="submit" class="danger">{text::account::SIGN_OUT_EVERYWHERE}</button>
            </form>
        </div>
    }
}

fn session(session: Session) -> impl IntoView {
    let browser = browser_name(session.agent.as_deref());
    let end = if session.current {
        Either::Left(view! { <p class="badge">{text::account::THIS_SESSION}</p> })
    } else {
        let label = text::account::sign_out_of(&browser);
        let to = ("session", session.id.to_string());
        Either::Right(view! { <ActionButton action="end-session" text=text::site::SIGN_OUT label to/> })
    };
    view! {
        <li>
            <div>
                <p class="browser" title=session.agent>{browser}</p>
                <p class="hint">
                    {session.address.map(|address| text::account::before_seen(&address))}
                    {text::account::BEFORE_SEEN}<DateTime at=session.seen_at/>{text::account::BEFORE_SIGNED_IN}<DateTime at=session.signed_in_at/>
                </p>
            </div>
            {end}
        </li>
    }
}
