//! Tables.

use leptos::prelude::*;

/// A table that is laid out as a list on phones. It loses its implicit roles there, so all elements have explicit ones,
/// also those of the rows.
#[component]
pub fn StackedTable(
    class: &'static str,
    /// The headings of the columns.
    columns: &'static [&'static str],
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heading = |title: &&'static str| view! { <th role="columnheader" scope="col">{*title}</th> };
    view! {
        <table class=class role="table">
            <thead role="rowgroup">
                <tr role="row">{columns.iter().map(heading).collect_view()}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}
