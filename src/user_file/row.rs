//! A parsed row, and its text for the file of rejected rows.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    FilePerson,
    cells::Cells,
    columns::{Columns, PROBLEM},
};
use crate::domain::RowError;

/// A person from the file, or the errors of the row.
#[derive(Debug)]
pub struct Row<'a> {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// Either the person or all validation errors at once.
    pub person: Result<FilePerson, Vec<RowError>>,
    pub(super) record: Record<'a>,
}

#[derive(Debug)]
pub enum Record<'a> {
    Csv {
        cells: &'a Cells<'a>,
        delimiter: u8,
        columns: &'a Columns,
    },
    /// An object, and whether it already has a `problem` key.
    Object {
        text: &'a str,
        problem: bool,
    },
    /// An element that is not an object.
    Other(Cow<'a, str>),
}

impl Row<'_> {
    /// The column with the reason why a row was rejected; it is never imported.
    pub const PROBLEM: &'static str = PROBLEM;

    /// The row as a line of the file of rejected rows, which can be corrected and imported again: CSV keeps its form,
    /// everything else becomes JSON Lines, in UTF-8, with a `problem` after its values.
    #[must_use]
    pub fn rejected(&self, problem: &str) -> String {
        match &self.record {
            Record::Csv { cells, delimiter, columns } => cells.rejected(problem, *delimiter, columns),
            Record::Object { text, problem: false } => with_problem(text, problem),
            Record::Object { text, problem: true } => with_another_problem(text, problem),
            Record::Other(text) => wrapped(text, problem),
        }
    }
}

/// Appends the key to the original text, so that numbers keep their spelling.
fn with_problem(object: &str, problem: &str) -> String {
    let open = object.trim();
    let open = open.strip_suffix('}').unwrap_or(open).trim_end();
    let comma = if open == "{" { "" } else { "," };
    // Line ends can only be white space between values, because JSON strings cannot contain them.
    let open = open.replace(['\r', '\n'], " ");
    format!("{open}{comma}\"{}\":{}}}\n", Row::PROBLEM, Value::from(problem))
}

fn with_another_problem(object: &str, problem: &str) -> String {
    match serde_json::from_str::<Map<String, Value>>(object) {
        Ok(mut object) => {
            object.remove(Row::PROBLEM);
            object.insert(Row::PROBLEM.to_owned(), problem.into());
            format!("{}\n", Value::Object(object))
        }
        Err(_) => wrapped(object, problem),
    }
}

/// Wraps the text in an object, so that the file remains valid JSON Lines.
fn wrapped(text: &str, problem: &str) -> String {
    format!("{}\n", serde_json::json!({ "text": text, Row::PROBLEM: problem }))
}
