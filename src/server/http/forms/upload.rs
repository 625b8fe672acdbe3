//! Forms with a file (`multipart/form-data`, RFC 7578).

use std::fmt;

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::header::CONTENT_DISPOSITION,
};

use super::post::Post;
use crate::{
    domain::AppError,
    server::{foundation::limits::BODY_LIMIT, http::state::AppState},
};

/// A posted file and its form.
pub struct Upload {
    pub post: Post,
    /// The name and content of the file, if one was chosen.
    pub file: Option<(String, Bytes)>,
}

impl FromRequest<AppState> for Upload {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        let (mut parts, body) = request.into_parts();
        let post = Post::empty(&mut parts, state).await?;
        // Checked before the body is read.
        post.actor.may_write()?;
        let form = Multipart::from_request(Request::from_parts(parts, body), state).await;
        let mut form = form.map_err(|_| AppError::UnsupportedMediaType("multipart/form-data".to_owned()))?;
        let mut file = None;
        while let Some(field) = form.next_field().await.map_err(unread)? {
            if field.name() != Some("file") {
                continue;
            }
            let name = file_name(&field);
            let bytes = field.bytes().await.map_err(unread)?;
            file = Some((name, bytes)).filter(|(name, _)| !name.is_empty());
        }
        Ok(Self { post, file })
    }
}

/// The name of the file; empty if none was chosen. In a name that is not UTF-8, the invalid bytes are replaced.
fn file_name(field: &Field<'_>) -> String {
    if let Some(name) = field.file_name() {
        return name.to_owned();
    }
    let header = field.headers().get(CONTENT_DISPOSITION).map(|header| String::from_utf8_lossy(header.as_bytes()));
    let header = header.unwrap_or_default();
    let quoted = header.split_once("filename=\"").and_then(|(_, rest)| rest.split_once('"'));
    quoted.map(|(name, _)| name.to_owned()).unwrap_or_default()
}

fn unread(error: axum::extract::multipart::MultipartError) -> AppError {
    if error.status().as_u16() == 413 {
        return AppError::TooLarge(BODY_LIMIT);
    }
    AppError::Malformed("The form could not be read.".to_owned())
}

/// Hides the content, which is personal data.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").finish_non_exhaustive()
    }
}
