//! The recognised format and columns of an imported file.

use std::iter;

use leptos::prelude::*;

use crate::{
    domain::{FileColumn, FileField, FileFormat},
    ui::text,
};

/// The recognised format of a file, and which of its columns are used.
#[component]
pub fn FileFacts(format: FileFormat, columns: Vec<FileColumn>) -> impl IntoView {
    let FileFormat { kind, encoding, delimiter } = format;
    let used = columns.iter().filter_map(|column| Some((column.field?, column.heading.clone())));
    let used = used.map(|(field, heading)| {
        view! { <li><bdi>{heading}</bdi><span class="arrow" aria-hidden="true">{text::import_file::ARROW}</span>{text::import_file::field(field)}</li> }
    });
    let used = used.collect_view();
    let unused = columns.iter().enumerate().filter(|(_, column)| column.field.is_none());
    let unused: Vec<_> = unused.map(|(index, column)| heading_or_number(&column.heading, index)).collect();
    let unused = if unused.is_empty() { text::import_file::ALL_USED.to_owned() } else { unused.join(", ") };
    view! {
        <dl class="facts">
            <div>
                <dt>{text::import_file::KIND}</dt>
                <dd>
                    {text::import_file::kind(kind)}", "{text::import_file::encoding(&encoding)}
                    {delimiter.map(|delimiter| view! { ", "{text::import_file::separated(delimiter)} })}
                </dd>
            </div>
            <div><dt>{text::import_file::COLUMNS}</dt><dd><ul>{used}</ul></dd></div>
            <div><dt>{text::import_file::NOT_USED}</dt><dd class="unused" dir="auto">{unused}</dd></div>
        </dl>
    }
}

/// The fields that the user may map a column to: only admins may map ids, times and versions.
fn offered(chosen: Option<FileField>, administer: bool) -> impl Iterator<Item = Option<FileField>> {
    let for_all = |field: &FileField| matches!(field, FileField::Profile(_));
    let offers = move |field: &FileField| administer || for_all(field) || chosen == Some(*field);
    let fields = FileField::ALL.into_iter().filter(offers);
    iter::once(None).chain(fields.map(Some))
}

/// The offered fields as `<option>`s.
pub fn field_options(chosen: Option<FileField>, administer: bool) -> impl IntoView {
    let option = |field: Option<FileField>| {
        let (value, title) =
            field.map_or(("", text::import_file::NOT_USED), |field| (field.as_str(), text::import_file::field(field)));
        view! { <option value=value selected=field == chosen>{title}</option> }
    };
    offered(chosen, administer).map(option).collect_view()
}

/// The heading of a column, or its number if it has none.
pub fn heading_or_number(heading: &str, index: usize) -> String {
    if heading.is_empty() { text::import_file::unnamed(index + 1) } else { heading.to_owned() }
}
