//! Rows in the text format of `copy`:
//! <https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS>.

use std::fmt::{Display, Write};

use crate::{
    domain::FOLDING,
    server::store::{ProfileColumns, StagedRow, imports::errors_json},
};

#[derive(Debug, Default)]
pub struct CopyText(pub String);

impl CopyText {
    pub fn row(&mut self, import: i64, row: &StagedRow) {
        self.value(import);
        self.value(row.line);
        match &row.person {
            Ok(person) => {
                self.value(person.id);
                self.value(person.has_id);
                person.columns.texts().for_each(|text| self.text(text));
                self.or_null(person.version);
                for moment in [person.created_at, person.updated_at, person.deleted_at] {
                    self.or_null(moment);
                }
                self.null();
            }
            Err(errors) => {
                self.null();
                self.value(false);
                // The profile, the version and the three times.
                for _ in 0..ProfileColumns::COUNT + 4 {
                    self.null();
                }
                self.text(&errors_json(errors));
            }
        }
        self.value(FOLDING);
        // Replaces the last tab.
        self.0.pop();
        self.0.push('\n');
    }

    /// A value that needs no escaping.
    fn value(&mut self, value: impl Display) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{value}\t");
    }

    fn or_null(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.value(value),
            None => self.null(),
        }
    }

    fn null(&mut self) {
        self.0.push_str("\\N\t");
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                // PostgreSQL's text cannot contain it; only error messages can.
                '\0' => self.0.push('\u{fffd}'),
                letter => self.0.push(letter),
            }
        }
        self.0.push('\t');
    }
}
