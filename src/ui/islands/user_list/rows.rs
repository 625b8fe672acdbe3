use leptos::{either::Either, prelude::*};

use super::{ListNavigation, empty::empty_list, navigation::ListLink, paging::paging, row::row};
use crate::{
    domain::{ListUsers, Listing, SortField, Total, UserSort, UserStatus},
    ui::text,
};

/// A page of people as a table, with pagination.
pub fn rows(list: &ListUsers, listing: &Listing, go: ListNavigation) -> impl IntoView + use<> {
    let (page, may_write) = (&listing.page, listing.may_write);
    if page.items.is_empty() {
        return Either::Left(empty_list(list, may_write, go));
    }
    // Set only if the list is longer than the page.
    let rows = page.items.len() as u64;
    let beyond = page.total.filter(|total| !matches!(total, Total::Exactly(count) if *count <= rows));
    let beyond = beyond.map(|total| total.to_string());
    let trash = list.status == UserStatus::Deleted;
    let (at, time) = if trash {
        (SortField::UpdatedAt, text::people::DELETED_AT)
    } else {
        (SortField::CreatedAt, text::people::JOINED_AT)
    };
    let rows = page.items.iter().map(|listed| row(listed, may_write)).collect_view();
    // Explicit roles: a table laid out as a grid on phones loses its implicit ones.
    Either::Right(view! {
        <form id="rows" method="post" data-beyond=beyond>
            <table role="table" class:selectable=may_write>
                <thead role="rowgroup">
                    <tr role="row">
                        {may_write.then(|| view! {
                            <td role="cell" class="select">
                                <input type="checkbox" autocomplete="off" aria-label=text::people::SELECT_ALL_ON_PAGE data-all/>
                            </td>
                        })}
                        {heading(SortField::Name, text::fields::NAME, list, go)}
                        {heading(SortField::Email, text::fields::EMAIL, list, go)}
                        {heading(at, time, list, go)}
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </form>
        {paging(list, page, go)}
    })
}

/// A column heading: a link that sorts by the column, or reverses the order.
fn heading(field: SortField, text: &'static str, list: &ListUsers, go: ListNavigation) -> impl IntoView + use<> {
    let current = list.sort.field == field;
    let by_time = matches!(field, SortField::CreatedAt | SortField::UpdatedAt);
    let sort = if current { list.sort.reversed() } else { UserSort { field, descending: by_time } };
    let order = if list.sort.descending { "descending" } else { "ascending" };
    let to = Some(ListUsers { sort, ..list.at_page(1) });
    view! {
        <th role="columnheader" scope="col" aria-sort=current.then_some(order)>
            <ListLink to go class="sort" text/>
        </th>
    }
}
