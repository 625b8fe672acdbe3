use leptos::{either::Either, prelude::*};

use super::{Go, ListLink};
use crate::{
    domain::{ListUsers, Page, SortField, User, UserSort, UserStatus},
    ui::components::{avatar::avatar_of, date::Day},
};

/// The people of a page as a table, and the way to the next.
#[component]
pub fn Rows(list: ListUsers, page: Page<User>, go: Go) -> impl IntoView {
    if page.items.is_empty() {
        return Either::Left(view! { <Nobody list go/> });
    }
    let range = range(&page);
    // By number as deep as numbers go, which tells where one is; then by cursor.
    let next = page.next.as_ref().map(|cursor| list.next().unwrap_or_else(|| list.at_cursor(cursor)));
    let previous = list.previous().or_else(|| page.previous.as_ref().map(|cursor| list.at_cursor(cursor)));
    // The roles are said again because the table is laid out as a grid on a phone.
    Either::Right(view! {
        <table role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <Heading field=SortField::Name text="Name" list=list.clone() go/>
                    <Heading field=SortField::Email text="E-mail" list=list.clone() go/>
                    <Heading field=SortField::CreatedAt text="Joined" list go/>
                </tr>
            </thead>
            <tbody role="rowgroup">{page.items.into_iter().map(row).collect_view()}</tbody>
        </table>
        <nav class="paging" aria-label="Pages">
            <p>{range}</p>
            <ListLink to=previous go class="button" rel="prev" text="Previous"/>
            <ListLink to=next go class="button" rel="next" text="Next"/>
        </nav>
    })
}

/// `21–40 of about 1,000,000`; what of it is known.
fn range(page: &Page<User>) -> String {
    let rows = page.offset.map(|offset| format!("{}–{}", offset + 1, offset as usize + page.items.len()));
    match (rows, page.total) {
        (Some(rows), Some(total)) => format!("{rows} of {total}"),
        (Some(rows), None) => rows,
        (None, Some(total)) => format!("{} of {total}", page.items.len()),
        (None, None) => String::new(),
    }
}

fn row(user: User) -> impl IntoView {
    let person = format!("/users/{}", user.id);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                {avatar_of(&user)}
                <a class="person-link" dir="auto" href=person>{user.name}</a>
            </th>
            <td role="cell" class="email">{user.email}</td>
            <td role="cell" class="joined"><Day at=user.created_at/></td>
        </tr>
    }
}

/// A column's heading: a link that sorts by it, or turns the order round.
#[component]
fn Heading(field: SortField, text: &'static str, list: ListUsers, go: Go) -> impl IntoView {
    let current = list.sort.field == field;
    let sort =
        if current { list.sort.reversed() } else { UserSort { field, descending: field == SortField::CreatedAt } };
    let order = if list.sort.descending { "descending" } else { "ascending" };
    let to = Some(ListUsers { sort, page: 1, ..list });
    view! {
        <th role="columnheader" scope="col" aria-sort=current.then_some(order)>
            <ListLink to go class="sort" text/>
        </th>
    }
}

/// Why there is nobody to show, and what to do about it.
#[component]
fn Nobody(list: ListUsers, go: Go) -> impl IntoView {
    let everybody = Some(ListUsers { q: None, page: 1, ..list.clone() });
    let (title, text) = match (&list.q, list.page) {
        (Some(q), 1) => (
            format!("Nobody matches “{q}”"),
            "Try fewer words or another spelling. Accents and capitals make no difference.",
        ),
        (_, 2..) => ("No more people".to_owned(), "The list ends before this page."),
        (None, _) if list.status == UserStatus::Deleted => {
            ("Nobody is deleted".to_owned(), "Who is deleted can be found here and restored.")
        }
        _ => ("Nobody is here yet".to_owned(), "Bring people in with the command: rollcall import FILE.csv"),
    };
    let lost = list.q.is_some() || list.page > 1;
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <p>{text}</p>
            {lost.then(|| view! {
                <p class="panel-actions"><ListLink to=everybody go class="button" text="Show everybody"/></p>
            })}
        </section>
    }
}
