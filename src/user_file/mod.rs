//! Import and export files of users: an incremental [`Reader`] for CSV and JSON files of any origin, and a [`Writer`]
//! for exports.
//!
//! Compiles for the server and for the browser: no I/O, no `cfg`. Memory is bounded for any input, and nothing here
//! panics.

mod cells;
mod columns;
mod csv;
mod detect;
mod elements;
mod encoding;
mod formula;
mod lines;
mod object;
mod person;
mod row;
mod write;

use std::fmt;

use crate::domain::{ChosenColumns, FileColumn, FileFormat, FileKind};
use columns::Columns;
use csv::Csv;
use detect::{DetectedFormat, FormatDetector};
use encoding::Decoder;
use object::Objects;

pub use formula::{escape_formula, unescape_formula};
pub use person::FilePerson;
pub use row::Row;
pub use write::Writer;

/// The maximum length of a row, in bytes of UTF-8.
pub const MAX_ROW: usize = 1024 * 1024;
/// The maximum number of columns, or of different keys in all objects.
pub const MAX_COLUMNS: usize = 1_000;

/// The number of bytes decoded at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// The callback for each complete row.
type OnRow<'a> = dyn FnMut(Row<'_>) + 'a;

/// The fields to read from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedFields {
    /// The fields that any user who can add people may set.
    Profile,
    /// Also ids, times and versions: for admins and the command line.
    Everything,
}

/// An error that makes the whole file unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// From 1.
    pub line: u64,
    pub message: String,
}

impl FileError {
    fn new(line: u64, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for FileError {}

/// An incremental parser that detects the format: CSV (RFC 4180), JSON Lines or a JSON array (RFC 8259).
#[derive(Debug)]
pub struct Reader {
    decoder: Decoder,
    /// The detected encoding; it can change from UTF-8 to Windows-1252.
    encoding: &'static str,
    source: Source,
    columns: Columns,
    format: Option<FileFormat>,
    failed: Option<FileError>,
}

#[derive(Debug)]
enum Source {
    /// The format is not known yet.
    Unknown(FormatDetector),
    Csv(Box<Csv>),
    Json(Box<Objects>),
}

impl Reader {
    #[must_use]
    pub fn new(chosen: ChosenColumns, allowed: AllowedFields) -> Self {
        Self {
            decoder: Decoder::default(),
            encoding: "utf-8",
            source: Source::Unknown(FormatDetector::default()),
            columns: Columns::new(chosen, allowed),
            format: None,
            failed: None,
        }
    }

    /// Parses the next bytes of the file, independently of chunk boundaries, and calls `on_row` for every complete row.
    ///
    /// # Errors
    /// If the file as a whole cannot be parsed; every later call returns the same error.
    pub fn read(&mut self, bytes: &[u8], on_row: &mut dyn FnMut(Row<'_>)) -> Result<(), FileError> {
        bytes.chunks(CHUNK_BYTES).try_for_each(|chunk| self.attempt(|reader| reader.chunk(chunk, on_row)))
    }

    /// Ends the file and parses what remains of it.
    ///
    /// # Errors
    /// Like [`Self::read`], and if the file is incomplete.
    pub fn finish(&mut self, on_row: &mut dyn FnMut(Row<'_>)) -> Result<(), FileError> {
        self.attempt(|reader| reader.end(on_row))
    }

    /// The format, as soon as it is known. The encoding is UTF-8 until a non-ASCII character is read.
    #[must_use]
    pub fn format(&self) -> Option<&FileFormat> {
        self.format.as_ref()
    }

    /// The columns as soon as the heading has been read, even if it is unusable; for JSON, the keys so far.
    #[must_use]
    pub fn columns(&self) -> &[FileColumn] {
        self.columns.list()
    }

    /// The first line of a file of [`Row::rejected`] lines: for CSV, the heading followed by `problem`.
    #[must_use]
    pub fn rejected_heading(&self) -> Option<String> {
        match &self.source {
            Source::Csv(csv) if !self.columns.list().is_empty() => Some(csv.rejected_heading(&self.columns)),
            _ => None,
        }
    }

    fn attempt(&mut self, step: impl FnOnce(&mut Self) -> Result<(), FileError>) -> Result<(), FileError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = step(self);
        self.failed = result.as_ref().err().cloned();
        if let Some(format) = &mut self.format {
            self.encoding.clone_into(&mut format.encoding);
        }
        result
    }

    fn chunk(&mut self, chunk: &[u8], on_row: &mut OnRow) -> Result<(), FileError> {
        let mut decoder = std::mem::take(&mut self.decoder);
        let (text, encoding) = decoder.decode(chunk);
        self.encoding = encoding;
        let result = self.text(text, on_row);
        self.decoder = decoder;
        result
    }

    fn end(&mut self, on_row: &mut OnRow) -> Result<(), FileError> {
        let mut decoder = std::mem::take(&mut self.decoder);
        let (text, encoding) = decoder.finish();
        self.encoding = encoding;
        self.text(text, on_row)?;
        if let Source::Unknown(detector) = &mut self.source {
            let format = detector.finish()?;
            self.begin(format, on_row)?;
        }
        match &mut self.source {
            Source::Unknown(_) => Ok(()),
            Source::Csv(csv) => csv.finish(&mut self.columns, on_row),
            Source::Json(objects) => objects.finish(&mut self.columns, on_row),
        }
    }

    fn text(&mut self, text: &[u8], on_row: &mut OnRow) -> Result<(), FileError> {
        match &mut self.source {
            Source::Unknown(detector) => {
                let (taken, format) = detector.read(text)?;
                let Some(format) = format else { return Ok(()) };
                self.begin(format, on_row)?;
                self.text(&text[taken..], on_row)
            }
            Source::Csv(csv) => csv.read(text, &mut self.columns, on_row),
            Source::Json(objects) => objects.read(text, &mut self.columns, on_row),
        }
    }

    /// Continues with the parser for the detected format, starting with the buffered heading.
    fn begin(&mut self, format: DetectedFormat, on_row: &mut OnRow) -> Result<(), FileError> {
        let (kind, delimiter) = match format {
            DetectedFormat::Csv { delimiter, .. } => (FileKind::Csv, Some(char::from(delimiter))),
            DetectedFormat::Json { kind, .. } => (kind, None),
        };
        self.format = Some(FileFormat { kind, encoding: self.encoding.to_owned(), delimiter });
        match format {
            DetectedFormat::Csv { delimiter, lines, heading } => {
                self.source = Source::Csv(Box::new(Csv::new(delimiter, self.encoding, lines)));
                self.text(&heading, on_row)
            }
            DetectedFormat::Json { kind, lines } => {
                self.source = Source::Json(Box::new(Objects::new(kind, self.encoding, lines)));
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
