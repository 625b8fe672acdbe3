use html_escape::encode_text_to_string;
use leptos::{either::Either, prelude::*};

use crate::{
    domain::{ListedUser, TrashDetails},
    ui::{
        components::{
            avatar::avatar_of,
            values::{Date, RelativeTime},
        },
        text,
    },
};

/// The row of a person.
pub fn row(listed: &ListedUser, may_write: bool) -> impl IntoView + use<> {
    let ListedUser { user, name_marks, email_marks, trashed } = listed;
    let id = user.id.to_string();
    let person = format!("/users/{id}");
    let select = may_write.then(|| {
        let label = text::people::select(&user.profile.name);
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
                {avatar_of(user)}
                <a class="person-link" dir="auto" href=person inner_html=marked(&user.profile.name, name_marks)></a>
            </th>
            <td role="cell" class="email" inner_html=marked(&user.profile.email, email_marks)></td>
            {match (user.deleted_at, trashed) {
                (Some(at), Some(trashed)) => Either::Left(view! {
                    <td role="cell" class="joined">
                        <Date at/>
                        {by(trashed)}
                        <span class="erase-day">{text::people::BEFORE_ERASE_DAY}<Date at=trashed.erase_at/></span>
                    </td>
                }),
                _ => Either::Right(view! { <td role="cell" class="joined"><RelativeTime at=user.created_at/></td> }),
            }}
        </tr>
    }
}

fn by(trashed: &TrashDetails) -> impl IntoView + use<> {
    trashed.by.clone().map(|by| view! { <span class="by">{text::people::BEFORE_DELETER}<bdi>{by}</bdi></span> })
}

/// A text with its matches marked, as HTML: a single string is cheaper than a view of many nodes.
fn marked(whole: &str, marks: &[(u32, u32)]) -> String {
    let mut html = String::with_capacity(whole.len());
    let mut end = 0;
    for (from, to) in marks {
        let (from, to) = (*from as usize, *to as usize);
        let (Some(before), Some(mark)) = (whole.get(end..from), whole.get(from..to)) else { break };
        encode_text_to_string(before, &mut html);
        html.push_str("<mark>");
        encode_text_to_string(mark, &mut html);
        html.push_str("</mark>");
        end = to;
    }
    encode_text_to_string(whole.get(end..).unwrap_or_default(), &mut html);
    html
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn matches_are_marked_and_everything_else_is_escaped() {
        assert_eq!(marked("<b>Zoë & Co", &[(3, 7), (10, 12)]), "&lt;b&gt;<mark>Zoë</mark> &amp; <mark>Co</mark>");
        assert_eq!(marked("a<b", &[(1, 2)]), "a<mark>&lt;</mark>b");
        assert_eq!(marked("Ada", &[]), "Ada");
    }

    #[test]
    fn an_invalid_range_ends_the_marking() {
        for marks in [&[(1, 2)][..], &[(3, 2)], &[(0, 99)]] {
            assert_eq!(marked("ëa", marks), "ëa", "{marks:?}");
        }
    }
}
