//! Uploads a file in parts, with retries.

use std::{cell::RefCell, time::Duration};

use leptos::{
    prelude::window,
    wasm_bindgen::JsCast,
    web_sys::{AbortController, File, Headers, RequestInit, Response},
};
use serde_json::{Value, json};
use wasm_bindgen_futures::{JsFuture, js_sys::Promise, spawn_local, wasm_bindgen::JsValue};

use super::read::{part, size};
use crate::{
    domain::{ChosenColumns, Import},
    ui::text,
};

/// The size of a part in bytes, unless that would make too many parts.
const PART_SIZE: u32 = 1024 * 1024;

/// The number of retries for a failed request.
const RETRIES: u32 = 3;

thread_local! {
    /// Aborts the current request.
    static ABORT: RefCell<Option<AbortController>> = const { RefCell::new(None) };
}

/// Uploads a file in parts. Returns the address of the import's page, or `None` if `on` returned false, which cancels
/// and deletes the import on the server.
///
/// # Errors
/// The reason, as a sentence for the reader.
pub async fn send(file: &File, chosen: &ChosenColumns, on: impl Fn(u64) -> bool) -> Result<Option<String>, String> {
    let total = size(file);
    let part_size = u32::try_from(total.div_ceil(Import::MAX_PARTS.into())).unwrap_or(Import::MAX_PART);
    let part_size = part_size.clamp(PART_SIZE, Import::MAX_PART);
    let columns = chosen.0.iter().map(|(field, heading)| (field.to_string(), Value::from(heading.as_str())));
    let columns: serde_json::Map<_, _> = columns.collect();
    let new = json!({ "file": file.name(), "size": total, "part_size": part_size, "columns": columns }).to_string();
    let new = JsValue::from(&new);
    let begun = with_retries(|| ask("POST", "/api/v1/imports", Some((&new, "application/json")))).await?;
    let id = begun["id"].as_str().ok_or(text::import_file::NOT_SENT)?;
    match parts(file, id, part_size, on).await {
        Ok(true) => Ok(Some(format!("/imports/{id}"))),
        other => {
            forget(id);
            other.map(|_| None)
        }
    }
}

/// Returns false if `on` cancelled the upload.
async fn parts(file: &File, id: &str, part_size: u32, on: impl Fn(u64) -> bool) -> Result<bool, String> {
    let total = size(file);
    let (mut done, mut number) = (0, 1);
    while on(done) && done < total {
        let end = total.min(done + u64::from(part_size));
        let bytes = part(file, done, end).map_err(|_| text::import_file::UNREADABLE)?;
        let bytes = JsValue::from(bytes);
        let address = format!("/api/v1/imports/{id}/parts/{number}");
        with_retries(|| ask("PUT", &address, Some((&bytes, "application/octet-stream")))).await?;
        (done, number) = (end, number + 1);
    }
    Ok(done >= total && on(total))
}

/// Aborts the current request.
pub fn abort() {
    if let Some(request) = ABORT.take() {
        request.abort();
    }
}

/// Deletes a partly uploaded import.
fn forget(id: &str) {
    let address = format!("/api/v1/imports/{id}");
    spawn_local(async move {
        // If this fails, the server deletes the import later.
        let _ = ask("DELETE", &address, None).await;
    });
}

/// The reason that a request failed.
enum Failure {
    /// A retry may succeed.
    Lost,
    Refused(String),
    Aborted,
}

/// Retries with exponential backoff if the connection or the server failed.
async fn with_retries<F>(request: impl Fn() -> F) -> Result<Value, String>
where
    F: Future<Output = Result<Value, Failure>>,
{
    for attempt in 0..=RETRIES {
        match request().await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Refused(problem)) => return Err(problem),
            Err(Failure::Aborted) => break,
            Err(Failure::Lost) if attempt < RETRIES => sleep(Duration::from_secs(1 << attempt)).await,
            Err(Failure::Lost) => {}
        }
    }
    Err(text::import_file::NOT_SENT.to_owned())
}

async fn ask(method: &str, address: &str, body: Option<(&JsValue, &str)>) -> Result<Value, Failure> {
    let lost = |_: JsValue| Failure::Lost;
    let controller = AbortController::new().map_err(lost)?;
    let request = RequestInit::new();
    request.set_method(method);
    request.set_signal(Some(&controller.signal()));
    if let Some((body, media_type)) = body {
        let headers = Headers::new().map_err(lost)?;
        headers.set("content-type", media_type).map_err(lost)?;
        request.set_headers(&headers);
        request.set_body(body);
    }
    ABORT.set(Some(controller));
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &request)).await;
    let response: Response = match answer {
        Ok(answer) => answer.unchecked_into(),
        // `abort` takes the controller.
        Err(_) if ABORT.take().is_none() => return Err(Failure::Aborted),
        Err(_) => return Err(Failure::Lost),
    };
    let body = JsFuture::from(response.text().map_err(lost)?).await.map_err(lost)?;
    let body: Value = serde_json::from_str(&body.as_string().unwrap_or_default()).unwrap_or_default();
    match response.status() {
        200..300 => Ok(body),
        401 => Err(Failure::Refused(text::import_file::SIGNED_OUT.to_owned())),
        408 | 429 | 500.. => Err(Failure::Lost),
        _ => Err(Failure::Refused(body["detail"].as_str().unwrap_or(text::import_file::NOT_SENT).to_owned())),
    }
}

async fn sleep(duration: Duration) {
    let promise = Promise::new(&mut |resolve, _| {
        let wait = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
        // Cannot fail in a window; otherwise there is no delay.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, wait);
    });
    let _ = JsFuture::from(promise).await;
}
