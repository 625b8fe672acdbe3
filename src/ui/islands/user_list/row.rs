use leptos::{either::Either, prelude::*};

use crate::{
    domain::{Listed, Trashed},
    ui::{
        components::{
            avatar::avatar_of,
            date::{Ago, Day},
        },
        text,
    },
};

/// One person.
pub fn row(listed: Listed, may_write: bool) -> impl IntoView {
    let Listed { user, name_marks, email_marks, trashed } = listed;
    let id = user.id.to_string();
    let person = format!("/users/{id}");
    let select = may_write.then(|| {
        let label = text::people::select(&user.name);
        view! {
            <td role="cell" class="select">
                <input type="checkbox" name="id" value=id autocomplete="off" aria-label=label/>
            </td>
        }
    });
    view! {
        <tr role="row">
            {select}
            <th role="rowheader" scope="row">
                {avatar_of(&user)}
                <a class="person-link" dir="auto" href=person>{marked(&user.name, &name_marks)}</a>
            </th>
            <td role="cell" class="email">{marked(&user.email, &email_marks)}</td>
            {match (user.deleted_at, trashed) {
                (Some(at), Some(trashed)) => Either::Left(view! {
                    <td role="cell" class="joined">
                        <Day at/>
                        {by(&trashed)}
                        <span class="purge">{text::people::BEFORE_PURGE_DAY}<Day at=trashed.purge_at/></span>
                    </td>
                }),
                _ => Either::Right(view! { <td role="cell" class="joined"><Ago at=user.created_at/></td> }),
            }}
        </tr>
    }
}

fn by(trashed: &Trashed) -> impl IntoView + use<> {
    trashed.by.clone().map(|by| view! { <span class="by">{text::people::BEFORE_DELETER}<bdi>{by}</bdi></span> })
}

/// A text with what a search found of it.
fn marked(whole: &str, marks: &[(u32, u32)]) -> impl IntoView + use<> {
    let mut pieces = Vec::with_capacity(2 * marks.len() + 1);
    let mut end = 0;
    for (from, to) in marks {
        let (from, to) = (*from as usize, *to as usize);
        let (Some(before), Some(mark)) = (whole.get(end..from), whole.get(from..to)) else { break };
        if !before.is_empty() {
            pieces.push(Either::Left(before.to_owned()));
        }
        pieces.push(Either::Right(view! { <mark>{mark.to_owned()}</mark> }));
        end = to;
    }
    if let Some(rest) = whole.get(end..).filter(|rest| !rest.is_empty()) {
        pieces.push(Either::Left(rest.to_owned()));
    }
    pieces
}
