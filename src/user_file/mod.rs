//! People as a file: one that somebody else wrote, bytes in, rows out, however the bytes are cut; and
//! one of our own.
//!
//! Compiles for the server and for the browser: no I/O, no `cfg`. Memory stays bounded whatever
//! comes, and nothing here panics.

mod cells;
mod columns;
mod csv;
mod elements;
mod encoding;
mod formula;
mod head;
mod lines;
mod object;
mod person;
mod row;
mod write;

use std::fmt;

use crate::domain::{ChosenColumns, FileColumn, FileFormat, FileKind};
use columns::Columns;
use csv::Csv;
use encoding::Decoder;
use head::{Head, Shape};
use object::Objects;

pub use formula::{guard, unguard};
pub use person::FilePerson;
pub use row::Row;
pub use write::Writer;

/// The longest row, in bytes of UTF-8.
pub const MAX_ROW: usize = 1024 * 1024;
/// The most columns, or different keys of all objects.
pub const MAX_COLUMNS: usize = 1_000;

/// So many bytes are decoded at once.
const PIECE: usize = 64 * 1024;

/// Who is told of each row.
type Each<'a> = dyn FnMut(Row<'_>) + 'a;

/// What is taken from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// What anybody may set who may add people.
    Profile,
    /// Ids, times and versions, too: for an admin or the command line.
    Everything,
}

/// The file as a whole cannot be read.
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

/// One file being read: CSV (RFC 4180), JSON Lines or a JSON array (RFC 8259), as it turns out.
#[derive(Debug)]
pub struct Reader {
    decoder: Decoder,
    /// What the file is taken for; may change from UTF-8 to Windows-1252.
    encoding: &'static str,
    source: Source,
    columns: Columns,
    format: Option<FileFormat>,
    failed: Option<FileError>,
}

#[derive(Debug)]
enum Source {
    /// What it is, is not known yet.
    Unknown(Head),
    Csv(Box<Csv>),
    Json(Box<Objects>),
}

impl Reader {
    #[must_use]
    pub fn new(chosen: ChosenColumns, takes: Takes) -> Self {
        Self {
            decoder: Decoder::default(),
            encoding: "utf-8",
            source: Source::Unknown(Head::default()),
            columns: Columns::new(chosen, takes),
            format: None,
            failed: None,
        }
    }

    /// Takes the next bytes of the file, however they are cut, and calls `each` for every row that
    /// is complete.
    ///
    /// # Errors
    /// When the file as a whole cannot be read; from then on the same error again.
    pub fn read(&mut self, bytes: &[u8], each: &mut dyn FnMut(Row<'_>)) -> Result<(), FileError> {
        bytes.chunks(PIECE).try_for_each(|piece| self.attempt(|reader| reader.piece(piece, each)))
    }

    /// The file has ended: what was left of it.
    ///
    /// # Errors
    /// Like [`Self::read`], and when the file ends too early.
    pub fn finish(&mut self, each: &mut dyn FnMut(Row<'_>)) -> Result<(), FileError> {
        self.attempt(|reader| reader.end(each))
    }

    /// As soon as it is known. Until a character beyond ASCII stands in the file, it is UTF-8.
    #[must_use]
    pub fn format(&self) -> Option<&FileFormat> {
        self.format.as_ref()
    }

    /// As soon as the heading was read, even when it cannot be used; of objects the keys so far.
    #[must_use]
    pub fn columns(&self) -> &[FileColumn] {
        self.columns.list()
    }

    /// What stands before the lines of [`Row::refused`]: of CSV the heading with `problem` behind it.
    #[must_use]
    pub fn refused_heading(&self) -> Option<String> {
        match &self.source {
            Source::Csv(csv) if !self.columns.list().is_empty() => Some(csv.refused_heading(&self.columns)),
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

    fn piece(&mut self, piece: &[u8], each: &mut Each) -> Result<(), FileError> {
        let mut decoder = std::mem::take(&mut self.decoder);
        let (text, encoding) = decoder.decode(piece);
        self.encoding = encoding;
        let result = self.text(text, each);
        self.decoder = decoder;
        result
    }

    fn end(&mut self, each: &mut Each) -> Result<(), FileError> {
        let mut decoder = std::mem::take(&mut self.decoder);
        let (text, encoding) = decoder.finish();
        self.encoding = encoding;
        self.text(text, each)?;
        if let Source::Unknown(head) = &mut self.source {
            let shape = head.finish()?;
            self.begin(shape, each)?;
        }
        match &mut self.source {
            Source::Unknown(_) => Ok(()),
            Source::Csv(csv) => csv.finish(&mut self.columns, each),
            Source::Json(objects) => objects.finish(&mut self.columns, each),
        }
    }

    fn text(&mut self, text: &[u8], each: &mut Each) -> Result<(), FileError> {
        match &mut self.source {
            Source::Unknown(head) => {
                let (taken, shape) = head.read(text)?;
                let Some(shape) = shape else { return Ok(()) };
                self.begin(shape, each)?;
                self.text(&text[taken..], each)
            }
            Source::Csv(csv) => csv.read(text, &mut self.columns, each),
            Source::Json(objects) => objects.read(text, &mut self.columns, each),
        }
    }

    /// Goes on as what the file turned out to be, with what was kept of its heading.
    fn begin(&mut self, shape: Shape, each: &mut Each) -> Result<(), FileError> {
        let (kind, delimiter) = match shape {
            Shape::Csv { delimiter, .. } => (FileKind::Csv, Some(char::from(delimiter))),
            Shape::Json { kind, .. } => (kind, None),
        };
        self.format = Some(FileFormat { kind, encoding: self.encoding.to_owned(), delimiter });
        match shape {
            Shape::Csv { delimiter, lines, heading } => {
                self.source = Source::Csv(Box::new(Csv::new(delimiter, self.encoding, lines)));
                self.text(&heading, each)
            }
            Shape::Json { kind, lines } => {
                self.source = Source::Json(Box::new(Objects::new(kind, self.encoding, lines)));
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
