//! JSON request bodies of imports.

use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use crate::{
    domain::{AppError, ApplyImport, ChosenColumns, FieldErrors, FileField, Import, NewImport},
    server::http::rest::{
        fields::{Fields, unknown, whole},
        json::{JSON, MERGE_PATCH, object},
    },
};

/// The announcement of a file.
pub struct NewImportBody(pub NewImport);

impl<S: Sync> FromRequest<S> for NewImportBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        Ok(Self(new_import(Fields::of(object(request, JSON).await?))?))
    }
}

/// The chosen columns, if they change.
pub struct ColumnsBody(pub Option<ChosenColumns>);

impl<S: Sync> FromRequest<S> for ColumnsBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        let mut fields = Fields::of(object(request, MERGE_PATCH).await?);
        let chosen = fields.columns();
        fields.end(&unknown(&["columns"]))?;
        Ok(Self(chosen))
    }
}

/// The options for applying an import.
pub struct ApplyBody(pub ApplyImport);

impl<S: Sync> FromRequest<S> for ApplyBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        let mut fields = Fields::of(object(request, JSON).await?);
        let mode = fields.required("mode", "must be a string", |value| value.as_str().map(str::to_owned));
        let mode = mode.and_then(|mode| fields.errors.take(mode.parse()));
        let skip_invalid = fields.optional("skip_invalid", "must be true or false", Value::as_bool);
        let errors = fields.end(&unknown(&["mode", "skip_invalid"]));
        match (mode, errors) {
            (Some(mode), Ok(())) => Ok(Self(ApplyImport { mode, skip_invalid: skip_invalid.unwrap_or(false) })),
            (_, errors) => Err(errors.err().unwrap_or_default().into()),
        }
    }
}

fn new_import(mut fields: Fields) -> Result<NewImport, FieldErrors> {
    const WHOLE: &str = "must be a whole number";
    let number = |value: &Value| whole::<u64>(value.as_number()?);
    let file = fields.required("file", "must be a string", |value| value.as_str().map(str::to_owned));
    let size = fields.required("size", WHOLE, number);
    let part_size = fields.optional("part_size", WHOLE, number);
    // A number that does not fit is above the limit anyway.
    let part_size = part_size.map_or(Import::MAX_PART, |size| u32::try_from(size).unwrap_or(u32::MAX));
    let columns = fields.columns().unwrap_or_default();
    let new = NewImport { file: file.unwrap_or_default(), size: size.unwrap_or_default(), part_size, columns };
    if let Err(invalid) = new.check() {
        // Other invalid values are reported too, so that one try shows all errors.
        let unseen =
            invalid.0.into_iter().filter(|error| fields.errors.0.iter().all(|known| known.field != error.field));
        let unseen: Vec<_> = unseen.collect();
        fields.errors.0.extend(unseen);
    }
    fields.end(&unknown(&["file", "size", "part_size", "columns"]))?;
    Ok(new)
}

impl Fields {
    /// The column of each field. A field that is null or left out is matched by name.
    fn columns(&mut self) -> Option<ChosenColumns> {
        let chosen = match self.object.remove("columns")? {
            Value::Object(chosen) => chosen,
            Value::Null => Map::new(),
            _ => {
                self.errors.push("columns", "invalid", "must be an object");
                return None;
            }
        };
        let mut columns = ChosenColumns::default();
        for (field, heading) in chosen {
            let within = format!("columns.{field}");
            match (field.parse(), heading) {
                (Err(_), _) => {
                    let fields: Vec<_> = FileField::ALL.iter().map(|field| field.as_str()).collect();
                    self.errors.push(within, "unknown", unknown(&fields));
                }
                (Ok(field), Value::String(heading)) => columns.0.push((field, heading)),
                (Ok(_), Value::Null) => {}
                (Ok(_), _) => self.errors.push(within, "invalid", "must be the name of a column"),
            }
        }
        Some(columns)
    }
}
