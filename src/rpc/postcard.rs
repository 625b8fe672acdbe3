//! The encoding of data between server and browser.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// Postcard: values only, without names or types. Its decoder adds a fraction of what a JSON parser would add to the
/// WASM bundle. Both sides come from one build, so the format needs no schema.
#[derive(Debug)]
pub struct Postcard;

/// The response encoding of a server function.
pub type PostcardBody = Post<Postcard>;

impl ContentType for Postcard {
    const CONTENT_TYPE: &'static str = "application/x-postcard";
}

impl FormatType for Postcard {
    const FORMAT_TYPE: Format = Format::Binary;
}

impl<T: Serialize> Encodes<T> for Postcard {
    type Error = postcard::Error;

    fn encode(value: &T) -> Result<Bytes, postcard::Error> {
        postcard::to_allocvec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Postcard {
    type Error = postcard::Error;

    fn decode(bytes: Bytes) -> Result<T, postcard::Error> {
        postcard::from_bytes(&bytes)
    }
}

/// As text in an HTML attribute: base64 (RFC 4648 section 4).
impl Postcard {
    /// # Errors
    /// A value that cannot be serialized; Rollcall sends none.
    pub fn to_attribute<T: Serialize>(value: &T) -> Result<String, postcard::Error> {
        postcard::to_allocvec(value).map(|bytes| STANDARD.encode(bytes))
    }

    /// # Errors
    /// A text that `to_attribute` did not produce.
    pub fn from_attribute<T: DeserializeOwned>(text: &str) -> Result<T, postcard::Error> {
        let bytes = STANDARD.decode(text).map_err(|_| postcard::Error::DeserializeBadEncoding)?;
        postcard::from_bytes(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AppError, Cause, FieldErrors};
    use proptest::prelude::*;

    fn round_trip(error: AppError) -> AppError {
        <Postcard as Decodes<_>>::decode(<Postcard as Encodes<_>>::encode(&error).unwrap()).unwrap()
    }

    #[test]
    fn an_error_survives_the_round_trip_without_its_cause() {
        let fields = FieldErrors::one("email", "taken", "belongs to someone else");
        for error in [
            AppError::Stale,
            AppError::NotFound("There is nothing here.".into()),
            AppError::TooManyRequests(90),
            AppError::TooLarge(10_485_760),
            AppError::Conflict(fields.clone()),
            AppError::Batch(Box::new(AppError::Invalid(FieldErrors::default())), fields),
        ] {
            assert_eq!(format!("{:?}", round_trip(error.clone())), format!("{error:?}"));
        }
        let unavailable = round_trip(AppError::Unavailable(Cause::new("the password is hunter2")));
        assert!(matches!(unavailable, AppError::Unavailable(_)) && unavailable.cause().is_none());
    }

    proptest! {
        #[test]
        fn any_value_survives_an_attribute_without_escaping(bytes: Vec<u8>, text: String) {
            let written = Postcard::to_attribute(&(&bytes, &text)).unwrap();
            prop_assert_eq!(Postcard::from_attribute::<(Vec<u8>, String)>(&written).unwrap(), (bytes, text));
            prop_assert_eq!(html_escape::encode_double_quoted_attribute(&written), written.as_str());
        }
    }
}
