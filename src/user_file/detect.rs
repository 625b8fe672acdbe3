//! Detects the format of a file by its beginning.

use super::{FileError, MAX_ROW, lines::Lines};
use crate::domain::FileKind;

/// The most frequent of these in the heading is the delimiter.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// The detected format and the line counter at the beginning of the content.
pub enum DetectedFormat {
    /// `heading` is the heading line as far as it has been read.
    Csv { delimiter: u8, lines: Lines, heading: Vec<u8> },
    /// The content begins with its first `{` or `[`.
    Json { kind: FileKind, lines: Lines },
}

/// The beginning of a file: blank lines, then a heading, an object or an array.
#[derive(Debug, Default)]
pub struct FormatDetector {
    lines: Lines,
    /// The first non-blank line so far, including leading blanks.
    line: Vec<u8>,
    heading: Option<Heading>,
}

impl FormatDetector {
    /// Returns the number of bytes consumed, and the format as soon as it is known.
    pub fn read(&mut self, text: &[u8]) -> Result<(usize, Option<DetectedFormat>), FileError> {
        for (index, &byte) in text.iter().enumerate() {
            if let Some(format) = self.step(byte)? {
                return Ok((index, Some(format)));
            }
        }
        Ok((text.len(), None))
    }

    /// Handles a file that ends within its heading line.
    pub fn finish(&mut self) -> Result<DetectedFormat, FileError> {
        match self.heading.take() {
            Some(heading) => Ok(self.csv(&heading)),
            None => Err(FileError::new(1, "the file is empty: a heading with the columns name and email is missing")),
        }
    }

    /// Returns the format once it is known; the byte then belongs to the content that follows.
    fn step(&mut self, byte: u8) -> Result<Option<DetectedFormat>, FileError> {
        if let Some(mut heading) = self.heading.take() {
            if heading.ends_before(byte) {
                return Ok(Some(self.csv(&heading)));
            }
            self.heading = Some(heading);
        } else {
            match byte {
                b'[' => return Ok(Some(DetectedFormat::Json { kind: FileKind::Json, lines: self.lines })),
                b'{' => return Ok(Some(DetectedFormat::Json { kind: FileKind::JsonLines, lines: self.lines })),
                b'\r' | b'\n' => {
                    self.lines.count(&[byte]);
                    self.line.clear();
                    return Ok(None);
                }
                b' ' | b'\t' => self.lines.count(&[byte]),
                _ => self.heading = Some(Heading::begun(&self.line, byte)),
            }
        }
        if self.line.len() == MAX_ROW {
            return Err(FileError::new(self.lines.line, "the heading has more than 1 MiB: is a quote never closed?"));
        }
        self.line.push(byte);
        Ok(None)
    }

    fn csv(&mut self, heading: &Heading) -> DetectedFormat {
        DetectedFormat::Csv {
            delimiter: heading.delimiter(),
            lines: self.lines,
            heading: std::mem::take(&mut self.line),
        }
    }
}

/// The parser state within a heading whose delimiter is not known yet.
#[derive(Debug)]
struct Heading {
    state: QuoteState,
    counts: [usize; DELIMITERS.len()],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuoteState {
    Start,
    Bare,
    Quoted,
    /// After a quote that either closes the value or is the first of an escaped pair.
    Closed,
}

impl Heading {
    fn begun(blanks: &[u8], byte: u8) -> Self {
        let mut heading = Self { state: QuoteState::Start, counts: [0; DELIMITERS.len()] };
        for &byte in blanks.iter().chain([&byte]) {
            heading.ends_before(byte);
        }
        heading
    }

    fn ends_before(&mut self, byte: u8) -> bool {
        let delimiter = DELIMITERS.iter().position(|delimiter| *delimiter == byte);
        self.state = match (self.state, byte, delimiter) {
            (QuoteState::Quoted, b'"', _) => QuoteState::Closed,
            (QuoteState::Start | QuoteState::Closed, b'"', _) | (QuoteState::Quoted, ..) => QuoteState::Quoted,
            (_, b'\r' | b'\n', _) => return true,
            (_, _, Some(delimiter)) => {
                self.counts[delimiter] += 1;
                QuoteState::Start
            }
            _ => QuoteState::Bare,
        };
        false
    }

    /// The most frequent delimiter; the first one wins a tie, so it is a comma if there is none at all.
    fn delimiter(&self) -> u8 {
        let most = self.counts.iter().max();
        let index = self.counts.iter().position(|count| Some(count) == most);
        index.map_or(b',', |index| DELIMITERS[index])
    }
}
