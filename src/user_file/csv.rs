//! Parses CSV (RFC 4180) with one of four delimiters; CRLF, LF or CR ends a row.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::{
    FileError, MAX_COLUMNS, MAX_ROW, OnRow, Row,
    cells::{Cells, write_row},
    columns::{Columns, PROBLEM, is_problem},
    lines::Lines,
    person::PersonParser,
    row::Record,
};
use crate::domain::RowError;

#[derive(Debug)]
pub struct Csv {
    parser: csv_core::Reader,
    delimiter: u8,
    /// Named in errors about malformed cells.
    encoding: &'static str,
    lines: Lines,
    /// The row that is being parsed.
    row: Option<PartialRow>,
    /// The joined cells of the row; `ends` has the offset at which each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    people: PersonParser,
}

/// The progress within a row.
#[derive(Debug, Clone, Copy)]
struct PartialRow {
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
            people: PersonParser::default(),
        }
    }

    pub fn read(&mut self, mut text: &[u8], columns: &mut Columns, on_row: &mut OnRow) -> Result<(), FileError> {
        while !text.is_empty() {
            let row = if let Some(row) = self.row {
                row
            } else {
                let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                self.lines.count(&text[..blank]);
                text = &text[blank..];
                PartialRow { line: self.lines.line, taken: 0, filled: 0, fields: 0 }
            };
            if !text.is_empty() {
                text = self.step(row, text, columns, on_row)?;
            }
        }
        Ok(())
    }

    pub fn finish(&mut self, columns: &mut Columns, on_row: &mut OnRow) -> Result<(), FileError> {
        let Some(row) = self.row else { return Ok(()) };
        // A line end terminates every row except inside quotes.
        self.read(b"\n", columns, on_row)?;
        match self.row {
            Some(_) => Err(FileError::new(row.line, "a quote is opened in this row and never closed")),
            None => Ok(()),
        }
    }

    /// Parses up to the end of the row or of the text, and returns the rest of the text.
    fn step<'t>(
        &mut self,
        mut row: PartialRow,
        text: &'t [u8],
        columns: &mut Columns,
        on_row: &mut OnRow,
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
                self.complete(row, columns, on_row)?;
            }
            ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
            ReadRecordResult::OutputEndsFull => {
                return Err(FileError::new(row.line, format!("this row has more than {MAX_COLUMNS} columns")));
            }
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
        }
        Ok(&text[read..])
    }

    fn complete(&mut self, row: PartialRow, columns: &mut Columns, on_row: &mut OnRow) -> Result<(), FileError> {
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
            let fields = if cells.len() == 1 { "1 field".to_owned() } else { format!("{} fields", cells.len()) };
            let message = format!("has {fields}, but the heading has {}", columns.list().len());
            Err(vec![RowError { column: String::new(), value: String::new(), message }])
        };
        let record = Record::Csv { cells: &cells, delimiter: self.delimiter, columns };
        on_row(Row { line: row.line, person, record });
        Ok(())
    }

    pub fn rejected_heading(&self, columns: &Columns) -> String {
        let names = columns.list().iter().map(|column| column.heading.as_str());
        let flags = columns.list().iter().map(is_problem);
        let kept = names.zip(flags).filter(|(_, problem)| !problem).map(|(name, _)| name);
        write_row(kept.chain([PROBLEM]), self.delimiter)
    }
}
