use leptos::{either::Either, prelude::*};

use crate::{
    domain::{ApiToken, Scope, Timestamp},
    ui::{
        components::{post_form::ActionButton, table::StackedTable, values::Date},
        context::RenderedAt,
        text,
    },
};

const COLUMNS: &[&str] = &[
    text::fields::NAME,
    text::tokens::SCOPES,
    text::tokens::CREATED,
    text::tokens::EXPIRES,
    text::tokens::LAST_USED,
    text::tokens::STATE,
];

/// The tokens as a table.
#[component]
pub fn Rows(tokens: Vec<ApiToken>) -> impl IntoView {
    if tokens.is_empty() {
        return Either::Left(view! { <p class="lead">{text::tokens::NONE_YET}</p> });
    }
    let now = RenderedAt::get();
    Either::Right(view! {
        <StackedTable class="tokens" columns=COLUMNS>
            {tokens.into_iter().map(|token| row(token, now)).collect_view()}
        </StackedTable>
    })
}

fn row(token: ApiToken, now: Option<Timestamp>) -> impl IntoView {
    let over = token.revoked_at.is_some() || now.is_some_and(|now| !token.is_valid_at(now));
    let scopes = Scope::ALL.into_iter().filter(|scope| token.scopes.has(*scope));
    let owner = token.owner.clone().unwrap_or_else(|| text::tokens::COMMAND_LINE.to_owned());
    view! {
        <tr role="row" class:over=over>
            <th role="rowheader" scope="row"><span dir="auto">{token.name.clone()}</span></th>
            <td role="cell" data-label=text::tokens::SCOPES>
                {scopes.map(|scope| view! { <code>{scope.as_str()}</code>" " }).collect_view()}
            </td>
            <td role="cell" data-label=text::tokens::CREATED><Date at=token.created_at/>{text::tokens::BEFORE_OWNER}<span dir="auto">{owner}</span></td>
            <td role="cell" data-label=text::tokens::EXPIRES>{day_or_never(token.expires_at)}</td>
            <td role="cell" data-label=text::tokens::LAST_USED>{day_or_never(token.last_used_at)}</td>
            <td role="cell" class="state">{state(token, over)}</td>
        </tr>
    }
}

fn day_or_never(at: Option<Timestamp>) -> impl IntoView {
    match at {
        Some(at) => Either::Left(view! { <Date at/> }),
        None => Either::Right(text::tokens::NEVER_USED),
    }
}

/// The state of a token, and the button that revokes it.
fn state(token: ApiToken, over: bool) -> impl IntoView {
    if over {
        let end = if token.revoked_at.is_some() { text::tokens::REVOKED } else { text::tokens::EXPIRED };
        return Either::Left(view! { <p class="badge">{end}</p> });
    }
    let to = ("token", token.id.to_string());
    let label = text::tokens::revoke(&token.name);
    Either::Right(view! {
        <p class="badge live">{text::tokens::ACTIVE}</p>
        <ActionButton action="revoke" text=text::tokens::REVOKE label to class="danger"/>
    })
}
