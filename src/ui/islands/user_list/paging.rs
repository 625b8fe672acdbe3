use leptos::prelude::*;

use super::{ListNavigation, navigation::ListLink, state::range};
use crate::{
    domain::{ListUsers, ListedUser, Page},
    ui::text,
};

/// The offered page sizes.
const SIZES: [u32; 3] = [20, 50, 100];

/// The position in the list, the page sizes, and links to the next and previous page.
pub fn paging(list: &ListUsers, page: &Page<ListedUser>, go: ListNavigation) -> impl IntoView + use<> {
    let range = range(page);
    // By page number as far as those are allowed, because they show the position; then by cursor (keyset pagination).
    let next = page.next.as_ref().map(|cursor| list.next().unwrap_or_else(|| list.at_cursor(cursor)));
    let previous = list.previous().or_else(|| page.previous.as_ref().map(|cursor| list.at_cursor(cursor)));
    let size = |size: u32| {
        let current = list.per_page == size;
        let to = Some(ListUsers { per_page: size, ..list.at_page(1) });
        view! { <ListLink to go class="size" label=text::people::rows_a_page(size) current text=size.to_string()/> }
    };
    let export = format!("/export?{}", list.whole());
    let several = page.next.is_some() || page.previous.is_some() || list.per_page != SIZES[0];
    view! {
        <nav class="paging" aria-label=text::site::PAGES>
            <p>{range}</p>
            {several.then(|| view! { <p class="sizes"><span aria-hidden="true">{text::people::ROWS}</span>{SIZES.map(size)}</p> })}
            <a class="quiet" href=export>{text::people::EXPORT}</a>
            <ListLink to=previous go class="button" rel="prev" text=text::people::PREVIOUS/>
            <ListLink to=next go class="button" rel="next" text=text::people::NEXT/>
        </nav>
    }
}
