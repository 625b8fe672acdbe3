mod chunks;
mod columns;
mod forms;
mod hostile;
mod rows;

use super::*;
use crate::domain::{FileField, RowError};

/// The result of reading a file.
struct Outcome {
    reader: Reader,
    /// The line and the person of each row; `rejected` has the text of each row as a rejected one.
    rows: Vec<(u64, Result<FilePerson, Vec<RowError>>)>,
    rejected: Vec<String>,
    result: Result<(), FileError>,
}

impl Outcome {
    fn of(bytes: &[u8], size: usize, reader: Reader) -> Self {
        let (mut reader, mut rows, mut rejected) = (reader, Vec::new(), Vec::new());
        let mut on_row = |row: Row<'_>| {
            rejected.push(row.rejected("no, \"never\""));
            rows.push((row.line, row.person));
        };
        let result = bytes.chunks(size).try_for_each(|chunk| reader.read(chunk, &mut on_row));
        let result = result.and_then(|()| reader.finish(&mut on_row));
        Self { reader, rows, rejected, result }
    }

    /// `name <email> line` for each valid row, `line: column "value" message` for each error.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (line, person) in &self.rows {
            match person {
                Ok(person) => {
                    problems.push(format!("{} <{}> {line}", person.user.profile().name, person.user.profile().email));
                }
                Err(errors) => problems.extend(
                    errors.iter().map(|error| format!("{line}: {} {:?} {}", error.column, error.value, error.message)),
                ),
            }
        }
        problems.extend(self.result.as_ref().err().map(ToString::to_string));
        problems
    }

    fn columns(&self) -> Vec<String> {
        let field = |column: &FileColumn| column.field.map_or("-", FileField::as_str);
        self.reader.columns().iter().map(|column| format!("{}={}", column.heading, field(column))).collect()
    }

    fn format(&self) -> (FileKind, &str, Option<char>) {
        let format = self.reader.format().unwrap();
        (format.kind, format.encoding.as_str(), format.delimiter)
    }

    fn reread_rejected(&self) -> Self {
        let file = self.reader.rejected_heading().unwrap_or_default() + &self.rejected.concat();
        read(file)
    }
}

fn everything() -> Reader {
    Reader::new(ChosenColumns::default(), AllowedFields::Everything)
}

fn read(bytes: impl AsRef<[u8]>) -> Outcome {
    Outcome::of(bytes.as_ref(), usize::MAX, everything())
}

fn chosen(bytes: &str, chosen: &[(FileField, &str)]) -> Outcome {
    let chosen = chosen.iter().map(|(field, heading)| (*field, (*heading).to_owned())).collect();
    Outcome::of(bytes.as_bytes(), 7, Reader::new(ChosenColumns(chosen), AllowedFields::Everything))
}

fn people(outcome: &Outcome) -> Vec<Option<&FilePerson>> {
    outcome.rows.iter().map(|(_, person)| person.as_ref().ok()).collect()
}
