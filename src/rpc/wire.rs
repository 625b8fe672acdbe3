//! The form in which data goes from the server to the browser.

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// Postcard: nothing but the values, whose reader is a fraction of what the browser would be sent to
/// read JSON. Both halves are of one build, so nobody has to guess what the values are.
#[derive(Debug)]
pub struct Wire;

/// What a server function answers with.
pub type Answer = Post<Wire>;

impl ContentType for Wire {
    const CONTENT_TYPE: &'static str = "application/x-postcard";
}

impl FormatType for Wire {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl<T: Serialize> Encodes<T> for Wire {
    type Error = postcard::Error;

    fn encode(value: &T) -> Result<Bytes, postcard::Error> {
        postcard::to_allocvec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = postcard::Error;

    fn decode(bytes: Bytes) -> Result<T, postcard::Error> {
        postcard::from_bytes(&bytes)
    }
}

/// Within a page, in an attribute: a byte is the low byte of a character. What ASCII can show stands for
/// itself, so that names and addresses compress with the same in the HTML; the rest goes to letters that
/// nobody has to escape, and so does what HTML would.
impl Wire {
    /// # Errors
    /// What cannot be written, which is nothing that Rollcall sends.
    pub fn write<T: Serialize>(value: &T) -> Result<String, postcard::Error> {
        let letter = |byte: u8| match byte {
            b' '..=b'~' if !b"\"&<>".contains(&byte) => char::from(byte),
            _ => char::from_u32(0x100 + u32::from(byte)).unwrap_or_default(),
        };
        Ok(postcard::to_allocvec(value)?.into_iter().map(letter).collect())
    }

    /// # Errors
    /// A text that `write` did not make.
    pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, postcard::Error> {
        let bytes: Vec<u8> = text.chars().map(|letter| u32::from(letter).to_le_bytes()[0]).collect();
        postcard::from_bytes(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AppError, Cause, FieldErrors};
    use proptest::prelude::*;

    fn there_and_back(error: AppError) -> AppError {
        <Wire as Decodes<_>>::decode(<Wire as Encodes<_>>::encode(&error).unwrap()).unwrap()
    }

    #[test]
    fn an_error_arrives_as_it_was_but_for_its_cause() {
        let fields = FieldErrors::one("email", "taken", "belongs to somebody else");
        for error in [
            AppError::Stale,
            AppError::NotFound("There is nothing here.".into()),
            AppError::TooManyRequests(90),
            AppError::TooLarge(10_485_760),
            AppError::Conflict(fields.clone()),
            AppError::Batch(Box::new(AppError::Invalid(FieldErrors::default())), fields),
        ] {
            assert_eq!(format!("{:?}", there_and_back(error.clone())), format!("{error:?}"));
        }
        let unavailable = there_and_back(AppError::Unavailable(Cause::new("the password is hunter2")));
        assert!(matches!(unavailable, AppError::Unavailable(_)) && unavailable.cause().is_none());
    }

    proptest! {
        #[test]
        fn a_page_holds_any_bytes_and_none_is_escaped(bytes: Vec<u8>, text: String) {
            let written = Wire::write(&(&bytes, &text)).unwrap();
            prop_assert_eq!(Wire::read::<(Vec<u8>, String)>(&written).unwrap(), (bytes, text));
            prop_assert_eq!(html_escape::encode_double_quoted_attribute(&written), written.as_str());
        }
    }
}
