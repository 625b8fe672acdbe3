//! Splits JSON into elements: the lines of JSON Lines, or the elements of an array (RFC 8259).
//!
//! The scanner tracks only strings and bracket depth, without a stack; each element is validated later.

use super::{FileError, MAX_ROW, lines::Lines};
use crate::domain::FileKind;

#[derive(Debug)]
pub struct Elements {
    lines: Lines,
    state: ScanState,
    kind: FileKind,
    /// The beginning of an element that continues in the next chunk.
    pending: Vec<u8>,
    /// The line on which the element begins.
    line: u64,
    /// The number reported for the last element.
    last: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScanState {
    /// Before the array, or between lines.
    Outside,
    /// After `[`.
    First,
    /// After a comma.
    Next,
    /// After an element.
    Behind,
    /// After `]`.
    End,
    Line,
    Element {
        depth: u32,
        string: bool,
        escaped: bool,
    },
}

/// The effect of a byte on the current element.
enum Step {
    Between,
    Begins,
    Continues,
    /// The byte is the last one of the element.
    EndsWith,
    /// The byte follows the element.
    EndsBefore,
}

/// Receives an element and its number: the line on which it begins, or the next free number if an earlier element has
/// that one. Numbers are unique.
type Take<'a> = dyn FnMut(u64, &[u8]) -> Result<(), FileError> + 'a;

impl Elements {
    pub fn new(kind: FileKind, lines: Lines) -> Self {
        Self { lines, state: ScanState::Outside, kind, pending: Vec::new(), line: 1, last: 0 }
    }

    /// The current line of the text.
    pub fn line(&self) -> u64 {
        self.lines.line
    }

    pub fn read(&mut self, text: &[u8], take: &mut Take) -> Result<(), FileError> {
        let mut start = 0;
        let mut index = 0;
        while let Some(&byte) = text.get(index) {
            match self.step(byte)? {
                Step::Begins => {
                    start = index;
                    self.line = self.lines.line;
                }
                Step::EndsWith => self.complete(&text[start..=index], take)?,
                Step::EndsBefore => {
                    self.complete(&text[start..index], take)?;
                    // The byte is processed again as part of what follows.
                    continue;
                }
                Step::Between | Step::Continues => {}
            }
            self.lines.count(&[byte]);
            index += 1;
        }
        if self.is_within() { self.keep(&text[start..]) } else { Ok(()) }
    }

    /// # Errors
    /// If the array is not closed. For JSON Lines, the caller must have passed a final line end to `read`.
    pub fn finish(&self, line: u64) -> Result<(), FileError> {
        match self.state {
            ScanState::Outside | ScanState::End => Ok(()),
            _ => Err(FileError::new(line, "the file ends within the array: the closing ] is missing")),
        }
    }

    fn is_within(&self) -> bool {
        matches!(self.state, ScanState::Line | ScanState::Element { .. })
    }

    fn keep(&mut self, text: &[u8]) -> Result<(), FileError> {
        if self.pending.len() + text.len() > MAX_ROW {
            let what = if self.kind == FileKind::Json { "element" } else { "line" };
            return Err(FileError::new(
                self.line,
                format!("this {what} has more than 1 MiB: is a string never closed?"),
            ));
        }
        self.pending.extend_from_slice(text);
        Ok(())
    }

    fn complete(&mut self, text: &[u8], take: &mut Take) -> Result<(), FileError> {
        self.state = if self.kind == FileKind::Json { ScanState::Behind } else { ScanState::Outside };
        self.last = self.line.max(self.last + 1);
        if self.pending.is_empty() && text.len() <= MAX_ROW {
            return take(self.last, text);
        }
        self.keep(text)?;
        let mut pending = std::mem::take(&mut self.pending);
        let result = take(self.last, &pending);
        pending.clear();
        self.pending = pending;
        result
    }

    fn step(&mut self, byte: u8) -> Result<Step, FileError> {
        match self.state {
            ScanState::Line if matches!(byte, b'\r' | b'\n') => Ok(Step::EndsBefore),
            ScanState::Line => Ok(Step::Continues),
            ScanState::Element { depth, string, escaped } => Ok(self.within(byte, depth, string, escaped)),
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => Ok(Step::Between),
            ScanState::Outside if self.kind == FileKind::Json => {
                self.state = ScanState::First;
                Ok(Step::Between)
            }
            ScanState::Outside => {
                self.state = ScanState::Line;
                Ok(Step::Begins)
            }
            ScanState::First | ScanState::Behind if byte == b']' => {
                self.state = ScanState::End;
                Ok(Step::Between)
            }
            ScanState::Behind if byte == b',' => {
                self.state = ScanState::Next;
                Ok(Step::Between)
            }
            ScanState::First | ScanState::Next if !matches!(byte, b',' | b']' | b'}' | b':') => {
                self.state = ScanState::Element { depth: 0, string: false, escaped: false };
                let _ = self.within(byte, 0, false, false);
                Ok(Step::Begins)
            }
            state => Err(self.unexpected(byte, state)),
        }
    }

    fn within(&mut self, byte: u8, depth: u32, string: bool, escaped: bool) -> Step {
        let (depth, string, escaped) = match byte {
            _ if escaped => (depth, string, false),
            b'\\' if string => (depth, string, true),
            b'"' => (depth, !string, false),
            _ if string => (depth, string, false),
            b'{' | b'[' => (depth + 1, false, false),
            b'}' | b']' if depth > 0 => (depth - 1, false, false),
            b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Step::EndsBefore,
            _ => (depth, false, false),
        };
        self.state = ScanState::Element { depth, string, escaped };
        let ends = depth == 0 && !string && matches!(byte, b'}' | b']' | b'"');
        if ends { Step::EndsWith } else { Step::Continues }
    }

    fn unexpected(&self, byte: u8, state: ScanState) -> FileError {
        let (expected, place) = match state {
            ScanState::Behind => ("a comma or ]", "after an element of the array"),
            ScanState::End => ("nothing", "after the array"),
            _ => ("an element", "in the array"),
        };
        let found = byte.escape_ascii();
        FileError::new(self.lines.line, format!("the JSON is invalid: expected {expected} {place}, found {found}"))
    }
}
