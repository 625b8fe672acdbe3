//! Output of `rollcall users`, as tables or as JSON.

use std::{io, iter};

use anstyle::Style;
use serde_json::{Value, json};

use crate::{
    domain::{Change, Event, Page, ProfileField, Timestamp, Trail, User, UserId, UserStatus},
    server::commands::terminal::{Column, DIM, print, print_json, sanitized, styled, table},
    ui::text::fields::label,
};

/// The output format.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub json: bool,
}

impl Output {
    pub fn people(self, page: &Page<User>, status: UserStatus) -> io::Result<()> {
        if self.json {
            print_json(&page.items)?;
        } else {
            print(people(&page.items, status))?;
        }
        // On standard error, so that standard output has only the list.
        if let Some(total) = &page.total {
            eprintln!("{total} in total");
        }
        if let Some(next) = &page.next {
            eprintln!("Next page: --cursor {}", next.as_str());
        }
        Ok(())
    }

    pub fn person(self, user: &User) -> io::Result<()> {
        if self.json { print_json(user) } else { print(person(user)) }
    }

    pub fn history(self, trail: &Trail) -> io::Result<()> {
        if self.json {
            print_json(&trail.events)?;
        } else {
            print(history(&trail.events))?;
        }
        if let Some(next) = trail.next {
            eprintln!("Earlier changes: --before {next}");
        }
        Ok(())
    }

    pub fn deleted(self, ids: &[UserId]) -> io::Result<()> {
        if self.json {
            return print_json(&ids.iter().map(|id| json!({"id": id, "deleted": true})).collect::<Vec<Value>>());
        }
        print(ids.iter().map(|id| format!("Deleted {id}.")))
    }

    pub fn restored(self, users: &[User]) -> io::Result<()> {
        if self.json {
            return print_json(&users);
        }
        print(users.iter().map(|user| format!("Restored {}, {}.", user.id, sanitized(&user.profile.name))))
    }

    pub fn erased(self, id: UserId) -> io::Result<()> {
        if self.json { print_json(&json!({"id": id, "erased": true})) } else { print(["Erased.".to_owned()]) }
    }
}

fn people(users: &[User], status: UserStatus) -> Vec<String> {
    let mut columns =
        vec![Column::Whole("ID"), Column::Truncated("NAME"), Column::Truncated("E-MAIL"), Column::Whole("CREATED")];
    let shows_deleted = status != UserStatus::Active;
    if shows_deleted {
        columns.push(Column::Whole("DELETED"));
    }
    let rows = users.iter().map(|user| {
        let mut row =
            vec![user.id.to_string(), user.profile.name.clone(), user.profile.email.clone(), day(user.created_at)];
        if shows_deleted {
            row.push(user.deleted_at.map(day).unwrap_or_default());
        }
        (if user.deleted_at.is_some() { DIM } else { Style::new() }, row)
    });
    table(&columns, rows)
}

fn person(user: &User) -> Vec<String> {
    let id = ("id".to_owned(), Some(user.id.to_string()));
    let profile = ProfileField::ALL.iter().map(|field| (*field, user.profile.get(*field)));
    let profile = profile.filter(|(_, text)| !text.is_empty());
    let profile = profile.map(|(field, text)| (label(field).to_lowercase(), Some(sanitized(text))));
    let fields = [
        ("version", Some(user.version.to_string())),
        ("created", Some(user.created_at.to_string())),
        ("updated", Some(user.updated_at.to_string())),
        ("deleted", user.deleted_at.map(|at| at.to_string())),
    ];
    let fields = fields.map(|(field, value)| (field.to_owned(), value));
    let line =
        |(field, value): (String, Option<String>)| Some(format!("{} {}", styled(DIM, &format!("{field:<7}")), value?));
    iter::once(id).chain(profile).chain(fields).filter_map(line).collect()
}

fn history(events: &[Event]) -> Vec<String> {
    let columns = [Column::Whole("WHEN"), Column::Whole("WHAT"), Column::Truncated("BY"), Column::Truncated("CHANGES")];
    let rows = events.iter().map(|event| {
        let changes = event.changes.iter().map(change).collect::<Vec<_>>().join("; ");
        let row = vec![second(event.at), event.action.title().to_owned(), event.actor.title(), changes];
        (Style::new(), row)
    });
    table(&columns, rows)
}

fn change(change: &Change) -> String {
    let Change { field, from, to } = change;
    match (from, to) {
        (Some(from), Some(to)) => format!("{field}: {from} → {to}"),
        (None, Some(value)) => format!("{field}: {value}"),
        (Some(value), None) => format!("{field}: {value} →"),
        (None, None) => field.clone(),
    }
}

/// `2024-05-31`
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// `2024-05-31T14:30:00Z`
fn second(at: Timestamp) -> String {
    at.to_string().chars().take(19).chain(['Z']).collect()
}
