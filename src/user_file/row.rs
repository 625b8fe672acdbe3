//! A row that was read, and how it is written again when it was refused.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    FilePerson,
    cells::Cells,
    columns::{Columns, PROBLEM},
};
use crate::domain::RowError;

/// A person of the file, or what is wrong with the row.
#[derive(Debug)]
pub struct Row<'a> {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// All that is wrong with it at once.
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
    /// An object, and whether it has a problem already.
    Object {
        text: &'a str,
        problem: bool,
    },
    /// What should have been an object.
    Other(Cow<'a, str>),
}

impl Row<'_> {
    /// The column that says why a row was refused: never read.
    pub const PROBLEM: &'static str = PROBLEM;

    /// The row as a line of a file of those refused, to be mended and fed again: CSV as it was,
    /// everything else as JSON Lines, in UTF-8, with a `problem` behind its values.
    #[must_use]
    pub fn refused(&self, problem: &str) -> String {
        match &self.record {
            Record::Csv { cells, delimiter, columns } => cells.refused(problem, *delimiter, columns),
            Record::Object { text, problem: false } => with_problem(text, problem),
            Record::Object { text, problem: true } => with_another_problem(text, problem),
            Record::Other(text) => wrapped(text, problem),
        }
    }
}

/// In the object's own words: numbers stay as they were written.
fn with_problem(object: &str, problem: &str) -> String {
    let open = object.trim();
    let open = open.strip_suffix('}').unwrap_or(open).trim_end();
    let comma = if open == "{" { "" } else { "," };
    // A line end stands between values: within a string it would be no JSON.
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

/// As an object, so that the file stays one of JSON Lines.
fn wrapped(text: &str, problem: &str) -> String {
    format!("{}\n", serde_json::json!({ "text": text, Row::PROBLEM: problem }))
}
