//! Imports.
#![expect(dead_code, reason = "most of these types only describe JSON")]

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema, Type,
        schema::{ArrayBuilder, SchemaType},
    },
};

use super::{
    closed,
    events::{Change, EventActor},
    integer, object, of, string, string_or_null, uuid,
};
use crate::domain::{ChosenColumns, FileField, FileKind, ImportMode, ImportRow, ImportState, ProfileField, RowOutcome};

/// An import of people from a file.
#[derive(ToSchema)]
pub struct Import {
    /// A UUID, version 7.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    /// The file name.
    file: String,
    /// The size of the file in bytes.
    size: u64,
    /// The number of bytes received so far.
    received: u64,
    /// The size of each part except the last, in bytes.
    #[schema(minimum = 1)]
    part_size: u64,
    /// The number of parts to upload.
    parts: u64,
    #[schema(inline)]
    state: ImportState,
    /// The progress while the import is being checked, applied or undone.
    progress: Option<ImportProgress>,
    /// The reason why it failed or was not applied, as a sentence.
    problem: Option<String>,
    /// The detected format.
    format: Option<FileFormat>,
    /// The columns of the file; empty until they are known.
    columns: Vec<FileColumn>,
    /// The predicted outcomes of the rows, or the actual ones once applied.
    counts: Option<ImportCounts>,
    #[schema(schema_with = applied_mode)]
    mode: Option<ImportMode>,
    created_by: EventActor,
    /// When the import was created.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    created_at: String,
    /// When it was applied.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    applied_at: Option<String>,
    /// When it was undone.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    undone_at: Option<String>,
    /// The longest time another writer waited while it was applied, in milliseconds.
    longest_wait_ms: Option<u64>,
    /// The number of users that an undo left unchanged, because they had changed since the import.
    kept: Option<u64>,
}

/// Bytes while a file is checked, rows while it is applied or undone.
#[derive(ToSchema)]
struct ImportProgress {
    /// The amount done.
    done: u64,
    /// The total amount.
    total: u64,
    /// The average per second; 0 if another instance does the work.
    rate: u64,
}

/// The number of rows per outcome.
#[derive(ToSchema)]
struct ImportCounts {
    /// Rows that create a user.
    new: u64,
    /// Rows that update an existing user, matched by address; rejected in mode `insert`.
    changed: u64,
    /// Rows that equal an existing user.
    unchanged: u64,
    /// Rows with an invalid value.
    invalid: u64,
    /// Rows with the address or id of an earlier row.
    duplicate: u64,
    /// Rows that conflict with another user of the directory.
    taken: u64,
}

/// The detected format of a file.
#[derive(ToSchema)]
struct FileFormat {
    #[schema(inline)]
    kind: FileKind,
    #[schema(schema_with = encoding)]
    encoding: String,
    /// The delimiter of a CSV file.
    delimiter: Option<char>,
}

/// A column of a file.
#[derive(ToSchema)]
struct FileColumn {
    /// The heading of the column.
    heading: String,
    #[schema(schema_with = used_field)]
    field: Option<FileField>,
}

/// An invalid value.
#[derive(ToSchema)]
pub struct RowError {
    /// The heading of the column; empty if the row as a whole is invalid.
    column: String,
    /// The invalid value, truncated to 200 characters.
    value: String,
    /// The allowed values; follows the column’s name in a sentence.
    message: String,
}

/// A new import, whose file is uploaded next.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The file name.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
        examples("people.csv")
    )]
    file: String,
    /// The size of the file in bytes: at most 10,000 parts.
    #[schema(minimum = 1, maximum = 83_886_080_000_u64)]
    size: u64,
    /// The size of each part except the last, in bytes.
    #[schema(minimum = 65_536, maximum = 8_388_608, default = 8_388_608, required = false)]
    part_size: u64,
    #[schema(schema_with = columns)]
    columns: Option<ChosenColumns>,
}

/// A JSON merge patch of an import (RFC 7396).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPatch {
    #[schema(schema_with = columns)]
    columns: Option<ChosenColumns>,
}

/// The options for applying an import.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyImport {
    #[schema(inline)]
    mode: ImportMode,
    /// Skip rejected rows; otherwise one rejected row prevents the whole import.
    #[schema(default = false, required = false)]
    skip_invalid: bool,
}

fn applied_mode() -> ObjectBuilder {
    let modes = ImportMode::ALL.iter().map(|mode| Some(mode.as_str()));
    string_or_null("The mode in which it was applied.").enum_values(Some(modes.chain([None])))
}

fn used_field() -> ObjectBuilder {
    let fields = FileField::ALL.iter().map(|field| Some(field.as_str()));
    string_or_null("The field that the column is mapped to; null if it is ignored.")
        .enum_values(Some(fields.chain([None])))
}

fn encoding() -> ObjectBuilder {
    let encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"];
    string("The character encoding, by its WHATWG name.").enum_values(Some(encodings))
}

/// The name of a column for each field.
fn columns() -> ObjectBuilder {
    let columns = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("The heading of the column for each field; other fields are matched by heading."));
    let columns = FileField::ALL
        .iter()
        .fold(columns, |columns, field| columns.property(field.as_str(), string_or_null("The heading of a column.")));
    closed(columns)
}

impl ToSchema for ImportRow {}

/// The fields of a profile are among those of the row.
impl PartialSchema for ImportRow {
    fn schema() -> RefOr<Schema> {
        let user = uuid("The user that the row updates or conflicts with.");
        let user = user.schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let changes = ArrayBuilder::new().items(of::<Change>());
        let errors = ArrayBuilder::new().items(of::<RowError>()).description(Some("The validation errors of the row."));
        let line = "The line on which the row begins; array elements that share a line get consecutive numbers.";
        let duplicate_of = integer("The earlier line with the same address or id.", 1);
        let about = [("line", integer(line, 1).into()), ("outcome", RowOutcome::schema())];
        let profile = ProfileField::NAMES.map(|field| {
            (field, string_or_null("The value in the file; null if the row has an invalid value.").into())
        });
        let fields = [
            ("user", user.into()),
            ("changes", changes.description(Some("The changes, from the stored values to those in the file.")).into()),
            ("errors", errors.into()),
            ("duplicate_of", duplicate_of.schema_type(SchemaType::from_iter([Type::Integer, Type::Null])).into()),
        ];
        let fields = about.into_iter().chain(profile).chain(fields);
        object("A row of a file, compared with the directory.", fields).into()
    }
}
