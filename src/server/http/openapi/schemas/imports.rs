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

/// People from a file.
#[derive(ToSchema)]
pub struct Import {
    /// A UUID, version 7.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    /// What the file is called.
    file: String,
    /// Of the file, in bytes.
    size: u64,
    /// So many bytes of it are there.
    received: u64,
    /// Of each part but the last, in bytes.
    #[schema(minimum = 1)]
    part_size: u64,
    /// In how many parts it is to be sent.
    parts: u64,
    #[schema(inline)]
    state: ImportState,
    /// While something is done with it.
    progress: Option<ImportProgress>,
    /// Why it failed, or was not applied, as a sentence.
    problem: Option<String>,
    /// What the file was recognised as.
    format: Option<FileFormat>,
    /// As soon as they are known.
    columns: Vec<FileColumn>,
    /// What would become of its rows, or what became of them.
    counts: Option<ImportCounts>,
    #[schema(schema_with = applied_mode)]
    mode: Option<ImportMode>,
    created_by: EventActor,
    /// When its file was announced.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    created_at: String,
    /// When it was applied.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    applied_at: Option<String>,
    /// When it was undone.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    undone_at: Option<String>,
    /// The longest that somebody waited to write while it was applied, in milliseconds.
    longest_wait_ms: Option<u64>,
    /// So many people an undo left as they were: they have changed since.
    kept: Option<u64>,
}

/// Bytes while a file is checked, rows while it is applied or undone.
#[derive(ToSchema)]
struct ImportProgress {
    /// So much of it.
    done: u64,
    /// The whole.
    total: u64,
    /// So much a second; 0 when another instance does it.
    rate: u64,
}

/// How many rows have which outcome.
#[derive(ToSchema)]
struct ImportCounts {
    /// Are added.
    new: u64,
    /// Change somebody who is there, by address; refused when only inserting.
    changed: u64,
    /// Are there as they are.
    unchanged: u64,
    /// Hold a value that is not allowed.
    invalid: u64,
    /// Have the address or id of an earlier row.
    duplicate: u64,
    /// Have somebody of the directory in their way.
    taken: u64,
}

/// What a file was recognised as.
#[derive(ToSchema)]
struct FileFormat {
    #[schema(inline)]
    kind: FileKind,
    #[schema(schema_with = encoding)]
    encoding: String,
    /// Between the values of a CSV file.
    delimiter: Option<char>,
}

/// A column of a file.
#[derive(ToSchema)]
struct FileColumn {
    /// Its name.
    heading: String,
    #[schema(schema_with = used_field)]
    field: Option<FileField>,
}

/// A value that is not allowed.
#[derive(ToSchema)]
pub struct RowError {
    /// As the file calls it; empty when the row itself is wrong.
    column: String,
    /// What stands there, cut after 200 characters.
    value: String,
    /// What is allowed; follows the column’s name in a sentence.
    message: String,
}

/// A file about to be sent.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// What the file is called.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
        examples("people.csv")
    )]
    file: String,
    /// Of the file, in bytes: at most 10000 parts.
    #[schema(minimum = 1, maximum = 83_886_080_000_u64)]
    size: u64,
    /// Of each part but the last, in bytes.
    #[schema(minimum = 65_536, maximum = 8_388_608, default = 8_388_608, required = false)]
    part_size: u64,
    #[schema(schema_with = columns)]
    columns: Option<ChosenColumns>,
}

/// What is to change (RFC 7396).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPatch {
    #[schema(schema_with = columns)]
    columns: Option<ChosenColumns>,
}

/// How an import is to be applied.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyImport {
    #[schema(inline)]
    mode: ImportMode,
    /// Leave out the rows that are refused; else nothing is imported while there are any.
    #[schema(default = false, required = false)]
    skip_invalid: bool,
}

fn applied_mode() -> ObjectBuilder {
    let modes = ImportMode::ALL.iter().map(|mode| Some(mode.as_str()));
    string_or_null("How it was applied.").enum_values(Some(modes.chain([None])))
}

fn used_field() -> ObjectBuilder {
    let fields = FileField::ALL.iter().map(|field| Some(field.as_str()));
    string_or_null("What it is taken for; null when it is not used.").enum_values(Some(fields.chain([None])))
}

fn encoding() -> ObjectBuilder {
    let encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"];
    string("As the WHATWG calls it.").enum_values(Some(encodings))
}

/// The name of a column for each field.
fn columns() -> ObjectBuilder {
    let columns = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("By field the name of its column; what is not named is matched by name."));
    let columns = FileField::ALL
        .iter()
        .fold(columns, |columns, field| columns.property(field.as_str(), string_or_null("A column.")));
    closed(columns)
}

impl ToSchema for ImportRow {}

/// The fields of a profile are among those of the row.
impl PartialSchema for ImportRow {
    fn schema() -> RefOr<Schema> {
        let user = uuid("Whom it changes, or who stands in its way.");
        let user = user.schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let changes = ArrayBuilder::new().items(of::<Change>());
        let errors = ArrayBuilder::new().items(of::<RowError>()).description(Some("What is wrong with it."));
        let line = "The line that it begins on; elements of an array that begin on one line are counted on.";
        let duplicate_of = integer("The earlier line with the same address or id.", 1);
        let about = [("line", integer(line, 1).into()), ("outcome", RowOutcome::schema())];
        let profile = ProfileField::NAMES.map(|field| (field, string_or_null("As far as it could be read.").into()));
        let fields = [
            ("user", user.into()),
            ("changes", changes.description(Some("From what is there to what the file says.")).into()),
            ("errors", errors.into()),
            ("duplicate_of", duplicate_of.schema_type(SchemaType::from_iter([Type::Integer, Type::Null])).into()),
        ];
        let fields = about.into_iter().chain(profile).chain(fields);
        object("A row of a file beside the directory.", fields).into()
    }
}
