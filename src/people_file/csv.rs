//! Rows of CSV (RFC 4180), with any of four delimiters; CRLF, LF and CR each end a row.

use std::{borrow::Cow, ops::Range};

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::{
    Each, FileError, MAX_COLUMNS, MAX_ROW, Row,
    columns::Columns,
    formula::guard,
    lines::Lines,
    person::{Given, Parser, Values, cut},
    row::{Record, problem_of},
};
use crate::domain::{FileField, RowError};

#[derive(Debug)]
pub struct Csv {
    parser: csv_core::Reader,
    delimiter: u8,
    /// For those who wonder what a value is not.
    encoding: &'static str,
    lines: Lines,
    /// The row that is being read.
    row: Option<Begun>,
    /// Its values one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    people: Parser,
}

/// How much of a row was read.
#[derive(Debug, Clone, Copy)]
struct Begun {
    line: u64,
    taken: usize,
    filled: usize,
    fields: usize,
}

impl Csv {
    pub fn new(delimiter: u8, encoding: &'static str, lines: Lines) -> Self {
        Self {
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            encoding,
            lines,
            row: None,
            text: vec![0; 4096],
            ends: vec![0; MAX_COLUMNS],
            people: Parser::default(),
        }
    }

    pub fn read(&mut self, mut text: &[u8], columns: &mut Columns, each: &mut Each) -> Result<(), FileError> {
        while !text.is_empty() {
            let row = if let Some(row) = self.row {
                row
            } else {
                let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                self.lines.count(&text[..blank]);
                text = &text[blank..];
                Begun { line: self.lines.line, taken: 0, filled: 0, fields: 0 }
            };
            if !text.is_empty() {
                text = self.step(row, text, columns, each)?;
            }
        }
        Ok(())
    }

    pub fn finish(&mut self, columns: &mut Columns, each: &mut Each) -> Result<(), FileError> {
        let Some(row) = self.row else { return Ok(()) };
        // A line end closes every row but one within quotes.
        self.read(b"\n", columns, each)?;
        match self.row {
            Some(_) => Err(FileError::new(row.line, "a quote is opened in this row and never closed")),
            None => Ok(()),
        }
    }

    /// Reads to the end of the row or of the text, and answers what is left of the text.
    fn step<'t>(
        &mut self,
        mut row: Begun,
        text: &'t [u8],
        columns: &mut Columns,
        each: &mut Each,
    ) -> Result<&'t [u8], FileError> {
        let (result, read, written, ended) =
            self.parser.read_record(text, &mut self.text[row.filled..], &mut self.ends[row.fields..]);
        self.lines.count(&text[..read]);
        row.taken += read;
        row.filled += written;
        row.fields += ended;
        if row.taken > MAX_ROW {
            return Err(FileError::new(row.line, "this row has more than 1 MiB: is a quote never closed?"));
        }
        self.row = Some(row);
        match result {
            ReadRecordResult::Record => {
                self.row = None;
                self.complete(row, columns, each)?;
            }
            ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
            ReadRecordResult::OutputEndsFull => {
                return Err(FileError::new(row.line, format!("this row has more than {MAX_COLUMNS} columns")));
            }
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
        }
        Ok(&text[read..])
    }

    fn complete(&mut self, row: Begun, columns: &mut Columns, each: &mut Each) -> Result<(), FileError> {
        let cells = Cells::new(&self.text[..row.filled], &self.ends[..row.fields]);
        if cells.len() == 1 && cells.get(0).trim().is_empty() {
            return Ok(());
        }
        if columns.list().is_empty() {
            return columns.read_heading(row.line, cells.iter());
        }
        let person = if cells.len() == columns.list().len() {
            let values = cells.values(columns);
            let errors = cells.errors(columns, self.encoding);
            self.people.parse(&values, columns, errors)
        } else {
            let message = format!("has {} fields, the heading has {}", cells.len(), columns.list().len());
            Err(vec![RowError { column: String::new(), value: String::new(), message }])
        };
        let record = Record::Csv { cells: &cells, delimiter: self.delimiter, columns };
        each(Row { line: row.line, person, record });
        Ok(())
    }

    pub fn refused_heading(&self, columns: &Columns) -> String {
        let names = columns.list().iter().map(|column| column.heading.as_str());
        let places = columns.list().iter().map(problem_of);
        let kept = names.zip(places).filter(|(_, problem)| !problem).map(|(name, _)| name);
        write_row(kept.chain([Row::PROBLEM]), self.delimiter)
    }
}

/// The values of a row.
#[derive(Debug)]
pub struct Cells<'a> {
    text: Cow<'a, str>,
    ends: Cow<'a, [usize]>,
    /// The places of those that were not UTF-8.
    malformed: Vec<usize>,
}

impl<'a> Cells<'a> {
    fn new(text: &'a [u8], ends: &'a [usize]) -> Self {
        // Two halves of a character in neighbouring values are no character.
        match std::str::from_utf8(text) {
            Ok(text) if ends.iter().all(|end| text.is_char_boundary(*end)) => {
                Self { text: text.into(), ends: ends.into(), malformed: Vec::new() }
            }
            _ => Self::mended(text, ends),
        }
    }

    fn mended(bytes: &[u8], old: &[usize]) -> Self {
        let (mut text, mut ends, mut malformed) = (String::new(), Vec::new(), Vec::new());
        for place in 0..old.len() {
            let cell = String::from_utf8_lossy(&bytes[range(old, place)]);
            if matches!(cell, Cow::Owned(_)) {
                malformed.push(place);
            }
            text.push_str(&cell);
            ends.push(text.len());
        }
        Self { text: text.into(), ends: ends.into(), malformed }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, place: usize) -> &str {
        &self.text[range(&self.ends, place)]
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.get(place))
    }

    fn values(&self, columns: &Columns) -> Values<'_> {
        let mut values = Values::default();
        for &field in FileField::ALL {
            if let Some(place) = columns.place(field) {
                values.set(field, Given::Cell(self.get(place)));
            }
        }
        values
    }

    /// What was malformed, column by column.
    fn errors(&self, columns: &Columns, encoding: &str) -> Vec<RowError> {
        let error = |place: &usize| RowError {
            column: columns.list()[*place].heading.clone(),
            value: cut(self.get(*place)),
            message: format!("is not {}", encoding.to_uppercase()),
        };
        self.malformed.iter().map(error).collect()
    }

    /// The row as a line, without what `columns` has for the problem, and with this problem.
    pub fn refused(&self, problem: &str, delimiter: u8, columns: &Columns) -> String {
        let old = columns.list().iter().position(problem_of);
        // In a row of another length nothing stands where it should but the last.
        let old = old.map(|place| if self.len() == columns.list().len() { place } else { self.len() - 1 });
        let kept = (0..self.len()).filter(|place| Some(*place) != old).map(|place| self.kept(place));
        let cells: Vec<Cow<str>> = kept.chain([guard(problem)]).collect();
        write_row(cells.iter().map(|cell| &**cell), delimiter)
    }

    /// A value to be written again. What was malformed must not be taken for a character, or it
    /// would be fine the next time: SUBSTITUTE is a control character, which no field takes.
    fn kept(&self, place: usize) -> Cow<'_, str> {
        let cell = self.get(place);
        if self.malformed.contains(&place) { cell.replace('\u{fffd}', "\u{1a}").into() } else { cell.into() }
    }
}

fn range(ends: &[usize], place: usize) -> Range<usize> {
    let start = if place == 0 { 0 } else { ends[place - 1] };
    start..ends[place]
}

/// A line of CSV, ending in CRLF.
fn write_row<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8) -> String {
    let mut row = String::new();
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            row.push(char::from(delimiter));
        }
        // A bracket could be taken for JSON.
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
