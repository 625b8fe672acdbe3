use leptos::prelude::*;

use super::Specimen;
use crate::{
    domain::{AppError, Cause, Timestamp},
    ui::{
        components::{
            error_panel::error_panel,
            values::{Date, DateTime, RelativeTime},
        },
        context::RenderedAt,
    },
};

/// Messages, people, times and errors.
#[component]
pub fn Words() -> impl IntoView {
    let offline = view! { <h3>"You are offline"</h3> };
    let broken = AppError::Unavailable(Cause::new("shown only here"));
    view! {
        <Specimen title="Messages">
            <p class="notice">"The changes are saved."</p>
            <p class="alert">"Another person has this address."</p>
            <p><span class="badge">"Expired"</span>" "<span class="badge live">"Active"</span></p>
        </Specimen>
        <Specimen title="Avatars"><p class="avatars">{(0..12).map(avatar).collect_view()}</p></Specimen>
        <Specimen title="Times">{RenderedAt::get().map(times)}</Specimen>
        <Specimen title="Rows">
            <table>
                <thead><tr><th scope="col" aria-sort="ascending">"Name"</th><th scope="col">"E-mail"</th></tr></thead>
                <tbody>
                    <tr><th scope="row">"Ada Lovelace"</th><td>"ada@example.org"</td></tr>
                    <tr><th scope="row">"Grace Hopper"</th><td>"grace@example.org"</td></tr>
                </tbody>
            </table>
        </Specimen>
        <Specimen title="Empty list">
            <section class="panel">
                <h3>"No matches for “zzz”"</h3>
                <p>"Try fewer words or another spelling."</p>
                <p class="panel-actions"><a class="button" href="/">"Show all people"</a></p>
            </section>
        </Specimen>
        <Specimen title="Errors">
            {error_panel(&AppError::Unauthorized, view! { <h3>"Sign in to see this"</h3> }, ())}
            {error_panel(&broken, offline, view! { <button type="button">"Try again"</button> })}
        </Specimen>
    }
}

fn avatar(hue: u8) -> impl IntoView {
    view! { <span class=format!("avatar hue-{hue}") aria-hidden="true">{format!("{hue}")}</span> }
}

fn times(now: Timestamp) -> impl IntoView {
    use chrono::TimeDelta;
    let ago = |seconds: i64| view! { <li><RelativeTime at=now.minus(TimeDelta::seconds(seconds))/></li> };
    view! {
        <ul>
            {[5, 600, 7200, 90_000, 1_000_000, 9_000_000, 90_000_000].map(ago).collect_view()}
            <li><Date at=now/></li>
            <li><DateTime at=now/></li>
        </ul>
    }
}
