use leptos::{either::Either, prelude::*};

use crate::{
    domain::Session,
    ui::components::{agent::browser_name, alert::FormAlert, date::Minute, post_form::ActionButton},
};

/// Where somebody is signed in, and the ways out.
#[component]
pub fn Sessions(sessions: Vec<Session>) -> impl IntoView {
    view! {
        <FormAlert form="end-session"/>
        <ul class="sessions">{sessions.into_iter().map(session).collect_view()}</ul>
        <div class="form-actions">
            <form method="post" action="/sign-out">
                <button type="submit">"Sign out"</button>
            </form>
            <form method="post" action="/sign-out">
                <input type="hidden" name="everywhere" value="1"/>
                <button type="submit" class="danger">"Sign out everywhere"</button>
            </form>
        </div>
    }
}

fn session(session: Session) -> impl IntoView {
    let browser = browser_name(session.agent.as_deref());
    let end = if session.current {
        Either::Left(view! { <p class="badge">"This one"</p> })
    } else {
        let label = format!("Sign out {browser}");
        let to = ("session", session.id.to_string());
        Either::Right(view! { <ActionButton action="end-session" text="Sign out" label to/> })
    };
    view! {
        <li>
            <div>
                <p class="browser" title=session.agent>{browser}</p>
                <p class="hint">
                    {session.address.map(|address| format!("{address}, "))}
                    "last seen "<Minute at=session.seen_at/>", signed in "<Minute at=session.signed_in_at/>
                </p>
            </div>
            {end}
        </li>
    }
}
