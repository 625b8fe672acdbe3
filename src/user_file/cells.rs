//! The cells of one CSV row.

use std::{borrow::Cow, ops::Range};

use super::{
    columns::{Columns, is_problem},
    formula::escape_formula,
    person::{RawValue, Values, cut},
};
use crate::domain::{FileField, RowError};

/// The cells of a row: their joined text and the offset at which each ends.
#[derive(Debug)]
pub struct Cells<'a> {
    text: Cow<'a, str>,
    ends: Cow<'a, [usize]>,
    /// The indexes of cells that are not valid UTF-8.
    malformed: Vec<usize>,
}

impl<'a> Cells<'a> {
    pub fn new(text: &'a [u8], ends: &'a [usize]) -> Self {
        // The bytes of one character split across two cells are valid in the joined text, but not in either cell.
        match std::str::from_utf8(text) {
            Ok(text) if ends.iter().all(|end| text.is_char_boundary(*end)) => {
                Self { text: text.into(), ends: ends.into(), malformed: Vec::new() }
            }
            _ => Self::lossy(text, ends),
        }
    }

    fn lossy(bytes: &[u8], old: &[usize]) -> Self {
        let (mut text, mut ends, mut malformed) = (String::new(), Vec::new(), Vec::new());
        for index in 0..old.len() {
            let cell = String::from_utf8_lossy(&bytes[range(old, index)]);
            if matches!(cell, Cow::Owned(_)) {
                malformed.push(index);
            }
            text.push_str(&cell);
            ends.push(text.len());
        }
        Self { text: text.into(), ends: ends.into(), malformed }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, index: usize) -> &str {
        &self.text[range(&self.ends, index)]
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub fn values(&self, columns: &Columns) -> Values<'_> {
        let mut values = Values::default();
        for field in FileField::ALL {
            if let Some(index) = columns.index_of(field) {
                values.set(field, RawValue::Cell(self.get(index)));
            }
        }
        values
    }

    /// One error for each malformed cell.
    pub fn errors(&self, columns: &Columns, encoding: &str) -> Vec<RowError> {
        let error = |index: &usize| RowError {
            column: columns.list()[*index].heading.clone(),
            value: cut(self.get(*index)),
            message: format!("is not {}", encoding.to_uppercase()),
        };
        self.malformed.iter().map(error).collect()
    }

    /// The row as a CSV line, with its old `problem` cell removed and the given one appended.
    pub fn rejected(&self, problem: &str, delimiter: u8, columns: &Columns) -> String {
        let old = columns.list().iter().position(is_problem);
        // If the number of cells is wrong, only the position of the last cell is reliable.
        let old = old.map(|index| if self.len() == columns.list().len() { index } else { self.len() - 1 });
        let kept = (0..self.len()).filter(|index| Some(*index) != old).map(|index| self.kept(index));
        let cells: Vec<Cow<str>> = kept.chain([escape_formula(problem)]).collect();
        write_row(cells.iter().map(|cell| &**cell), delimiter)
    }

    /// A cell to be written again. U+FFFD would make a malformed cell valid when the file is imported again, so it
    /// becomes SUBSTITUTE, a control character, which every field refuses.
    fn kept(&self, index: usize) -> Cow<'_, str> {
        let cell = self.get(index);
        if self.malformed.contains(&index) { cell.replace('\u{fffd}', "\u{1a}").into() } else { cell.into() }
    }
}

fn range(ends: &[usize], index: usize) -> Range<usize> {
    let start = if index == 0 { 0 } else { ends[index - 1] };
    start..ends[index]
}

/// One CSV record, terminated by CRLF.
pub fn write_row<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8) -> String {
    let mut row = String::new();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            row.push(char::from(delimiter));
        }
        // A bracket could be mistaken for the beginning of JSON.
        if cell.contains(['"', ',', ';', '\t', '|', '\r', '\n', '[', '{']) {
            row.push('"');
            row.push_str(&cell.replace('"', "\"\""));
            row.push('"');
        } else {
            row.push_str(cell);
        }
    }
    row + "\r\n"
}
