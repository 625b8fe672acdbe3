//! Reads and validates a file in the browser.

use leptos::web_sys::{Blob, File};
use wasm_bindgen_futures::{JsFuture, js_sys::Uint8Array, wasm_bindgen::JsValue};

use crate::{
    domain::{ChosenColumns, FileColumn, FileFormat, Profile, RowError},
    ui::{components::control::sentence, text},
    user_file::{AllowedFields, FileError, Reader, Row},
};

/// The number of bytes read at once. Between slices the browser handles other events.
const SLICE: u32 = 256 * 1024;

/// The maximum number of rows shown of each kind.
const BAD_SHOWN: usize = 20;
const GOOD_SHOWN: usize = 5;

/// The progress in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
    /// The number of rows read.
    pub rows: u64,
}

/// The result of reading a file.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub file: String,
    pub format: Option<FileFormat>,
    pub columns: Vec<FileColumn>,
    pub good: u64,
    pub bad: u64,
    /// The first good rows: line and profile.
    pub first_good: Vec<(u64, Profile)>,
    pub first_bad: Vec<(u64, Vec<RowError>)>,
    /// Why it could not be read completely or uploaded.
    pub problem: Option<String>,
    /// Whether it was read completely.
    pub is_whole: bool,
}

/// Reads a file. Returns `None` if `on` returned false, which cancels.
pub async fn read(
    file: &File,
    chosen: ChosenColumns,
    allowed: AllowedFields,
    on: impl Fn(Progress) -> bool,
) -> Option<Found> {
    let mut found = Found { file: file.name(), ..Found::default() };
    let mut reader = Reader::new(chosen, allowed);
    let total = size(file);
    let mut done = 0;
    let mut result = Ok(());
    while done < total && result.is_ok() {
        let end = total.min(done + u64::from(SLICE));
        let Ok(bytes) = slice(file, done, end).await else {
            found.problem = Some(text::import_file::UNREADABLE.to_owned());
            return on(Progress::default()).then_some(found);
        };
        result = reader.read(&bytes, &mut |row| found.count(row));
        done = end;
        if !on(Progress { done, total, rows: found.good + found.bad }) {
            return None;
        }
    }
    let result = result.and_then(|()| reader.finish(&mut |row| found.count(row)));
    found.end(&reader, result);
    Some(found)
}

impl Found {
    fn count(&mut self, row: Row<'_>) {
        match row.person {
            Ok(person) => {
                self.good += 1;
                if self.first_good.len() < GOOD_SHOWN {
                    self.first_good.push((row.line, person.user.profile().clone()));
                }
            }
            Err(errors) => {
                self.bad += 1;
                if self.first_bad.len() < BAD_SHOWN {
                    self.first_bad.push((row.line, errors));
                }
            }
        }
    }

    fn end(&mut self, reader: &Reader, result: Result<(), FileError>) {
        self.format = reader.format().cloned();
        self.columns = reader.columns().to_vec();
        self.is_whole = result.is_ok();
        self.problem = result.err().map(|error| sentence(&error.to_string()));
    }
}

/// The size of a file in bytes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a non-negative integer")]
pub fn size(file: &Blob) -> u64 {
    file.size() as u64
}

/// A range of bytes of a file.
#[expect(clippy::cast_precision_loss, reason = "exact up to 8 PiB")]
pub fn part(file: &File, from: u64, to: u64) -> Result<Blob, JsValue> {
    file.slice_with_f64_and_f64(from as f64, to as f64)
}

async fn slice(file: &File, from: u64, to: u64) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(part(file, from, to)?.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
