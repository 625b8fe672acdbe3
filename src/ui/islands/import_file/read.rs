use leptos::web_sys::{Blob, File};
use wasm_bindgen_futures::{JsFuture, js_sys::Uint8Array, wasm_bindgen::JsValue};

use super::found::{Found, Progress};
use crate::{
    domain::ChosenColumns,
    ui::{components::control::sentence, text},
    user_file::{FileError, Reader, Row, Takes},
};

/// So many bytes are read at once: between two slices the browser does what else there is to do.
const SLICE: u32 = 256 * 1024;

/// So many of the rows are shown.
const BAD_SHOWN: usize = 20;
const GOOD_SHOWN: usize = 5;

/// Reads a file to its end. `None` when `on` says that nobody wants it any more.
pub async fn read(file: &File, chosen: ChosenColumns, takes: Takes, on: impl Fn(Progress) -> bool) -> Option<Found> {
    let mut found = Found { file: file.name(), ..Found::default() };
    let mut reader = Reader::new(chosen, takes);
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

/// Of a file, in bytes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of at least nothing")]
pub fn size(file: &Blob) -> u64 {
    file.size() as u64
}

/// A stretch of a file, from a byte up to another.
#[expect(clippy::cast_precision_loss, reason = "exact up to 8 PiB")]
pub fn part(file: &File, from: u64, to: u64) -> Result<Blob, JsValue> {
    file.slice_with_f64_and_f64(from as f64, to as f64)
}

async fn slice(file: &File, from: u64, to: u64) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(part(file, from, to)?.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
