use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema, Type,
        schema::{AdditionalProperties, ArrayBuilder, SchemaType},
    },
};

use super::{closed, integer, moment, object, of, or_null, string, string_or_null, uuid};
use crate::domain::{
    ApplyImport, Change, EventActor, FileColumn, FileField, FileFormat, FileKind, Import, ImportCounts, ImportMode,
    ImportProgress, ImportRow, ImportState, NewImport, ProfileField, RowError, RowOutcome,
};

/// The mapping of columns to fields.
#[derive(Debug)]
pub struct ImportPatch;

impl ToSchema for Import {}

impl PartialSchema for Import {
    fn schema() -> RefOr<Schema> {
        let columns = ArrayBuilder::new().items(of::<FileColumn>()).description(Some("As soon as they are known."));
        let progress = or_null::<ImportProgress>().description(Some("While something is done with it."));
        let counts =
            or_null::<ImportCounts>().description(Some("What would become of its rows, or what became of them."));
        let wait = "The longest that somebody waited to write while it was applied, in milliseconds.";
        let fields = [
            ("id", uuid("A UUID, version 7.").into()),
            ("file", string("What the file is called.").into()),
            ("size", integer("Of the file, in bytes.", 0).into()),
            ("received", integer("So many bytes of it are there.", 0).into()),
            ("part_size", integer("Of each part but the last, in bytes.", 1).into()),
            ("parts", integer("In how many parts it is to be sent.", 0).into()),
            ("state", string(STATE).enum_values(Some(ImportState::ALL.iter().map(|state| state.as_str()))).into()),
            ("progress", progress.into()),
            ("problem", string_or_null("Why it failed, or was not applied, as a sentence.").into()),
            ("format", or_null::<FileFormat>().description(Some("What the file was recognised as.")).into()),
            ("columns", columns.into()),
            ("counts", counts.into()),
            (
                "mode",
                words_or_null(
                    "How it was applied.",
                    &ImportMode::ALL.iter().map(|mode| mode.as_str()).collect::<Vec<_>>(),
                )
                .into(),
            ),
            ("created_by", of::<EventActor>()),
            ("created_at", moment("When its file was announced.").into()),
            ("applied_at", moment_or_null("When it was applied.").into()),
            ("undone_at", moment_or_null("When it was undone.").into()),
            ("longest_wait_ms", number_or_null(integer(wait, 0)).into()),
            (
                "kept",
                number_or_null(integer("So many people an undo left as they were: they have changed since.", 0)).into(),
            ),
        ];
        object("People from a file.", fields).into()
    }
}

const STATE: &str = "Parts are missing (`receiving`); `checking`, `applying` and `undoing` go on by themselves; what is \
    `checked` can be applied, what is `applied` undone; of what has `failed`, `problem` says why.";

/// A number, or null.
fn number_or_null(schema: ObjectBuilder) -> ObjectBuilder {
    schema.schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
}

fn moment_or_null(description: &str) -> ObjectBuilder {
    moment(description).schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

fn words_or_null(description: &str, words: &[&str]) -> ObjectBuilder {
    let words = words.iter().map(|word| Some(*word)).chain([None]);
    string_or_null(description).enum_values(Some(words))
}

impl ToSchema for ImportProgress {}

impl PartialSchema for ImportProgress {
    fn schema() -> RefOr<Schema> {
        let fields = [
            ("done", integer("So much of it.", 0).into()),
            ("total", integer("The whole.", 0).into()),
            ("rate", integer("So much a second; 0 when another instance does it.", 0).into()),
        ];
        object("Bytes while a file is checked, rows while it is applied or undone.", fields).into()
    }
}

impl ToSchema for ImportCounts {}

impl PartialSchema for ImportCounts {
    fn schema() -> RefOr<Schema> {
        let fields = [
            ("new", integer("Are added.", 0).into()),
            ("changed", integer("Change somebody who is there, by address; refused when only inserting.", 0).into()),
            ("unchanged", integer("Are there as they are.", 0).into()),
            ("invalid", integer("Hold a value that is not allowed.", 0).into()),
            ("duplicate", integer("Have the address or id of an earlier row.", 0).into()),
            ("taken", integer("Have somebody of the directory in their way.", 0).into()),
        ];
        object("How many rows have which outcome.", fields).into()
    }
}

impl ToSchema for FileColumn {}

impl PartialSchema for FileColumn {
    fn schema() -> RefOr<Schema> {
        let field = words_or_null("What it is taken for; null when it is not used.", &field_names());
        object("A column of a file.", [("heading", string("Its name.").into()), ("field", field.into())]).into()
    }
}

impl ToSchema for FileFormat {}

impl PartialSchema for FileFormat {
    fn schema() -> RefOr<Schema> {
        let kinds = FileKind::ALL.iter().map(|kind| kind.as_str());
        let encodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252"];
        let fields = [
            ("kind", string("`jsonl` has one object a line.").enum_values(Some(kinds)).into()),
            ("encoding", string("As the WHATWG calls it.").enum_values(Some(encodings)).into()),
            ("delimiter", string_or_null("Between the values of a CSV file.").into()),
        ];
        object("What a file was recognised as.", fields).into()
    }
}

impl ToSchema for ImportRow {}

impl PartialSchema for ImportRow {
    fn schema() -> RefOr<Schema> {
        let outcomes = RowOutcome::ALL.iter().map(|outcome| outcome.as_str());
        let user = uuid("Whom it changes, or who stands in its way.");
        let user = user.schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let changes = ArrayBuilder::new().items(of::<Change>());
        let errors = ArrayBuilder::new().items(of::<RowError>()).description(Some("What is wrong with it."));
        let line = "The line that it begins on; elements of an array that begin on one line are counted on.";
        let about = [
            ("line", integer(line, 1).into()),
            ("outcome", string("What becomes of it.").enum_values(Some(outcomes)).into()),
        ];
        let profile = ProfileField::NAMES.map(|field| (field, string_or_null("As far as it could be read.").into()));
        let fields = [
            ("user", user.into()),
            ("changes", changes.description(Some("From what is there to what the file says.")).into()),
            ("errors", errors.into()),
            ("duplicate_of", number_or_null(integer("The earlier line with the same address or id.", 1)).into()),
        ];
        let fields = about.into_iter().chain(profile).chain(fields);
        object("A row of a file beside the directory.", fields).into()
    }
}

impl ToSchema for RowError {}

impl PartialSchema for RowError {
    fn schema() -> RefOr<Schema> {
        let fields = [
            ("column", string("As the file calls it; empty when the row itself is wrong.").into()),
            ("value", string("What stands there, cut after 200 characters.").into()),
            ("message", string("What is allowed; follows the column’s name in a sentence.").into()),
        ];
        object("A value that is not allowed.", fields).into()
    }
}

impl ToSchema for NewImport {}

impl PartialSchema for NewImport {
    fn schema() -> RefOr<Schema> {
        let most = u64::from(Import::MAX_PART) * u64::from(Import::MAX_PARTS);
        let file = string("What the file is called.").min_length(Some(1)).max_length(Some(NewImport::MAX_NAME_CHARS));
        let part_size = integer("Of each part but the last, in bytes.", Import::MIN_PART.into());
        let part_size = part_size.maximum(Some(Import::MAX_PART)).default(Some(Import::MAX_PART.into()));
        let size = format!("Of the file, in bytes: at most {} parts.", Import::MAX_PARTS);
        let required = [
            (
                "file",
                file.pattern(Some(
                    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
                ))
                .examples(["people.csv"])
                .into(),
            ),
            ("size", integer(&size, 1).maximum(Some(most)).into()),
        ];
        let new = object("A file about to be sent.", required);
        closed(new.property("part_size", part_size).property("columns", columns())).into()
    }
}

impl ToSchema for ImportPatch {}

impl PartialSchema for ImportPatch {
    fn schema() -> RefOr<Schema> {
        let patch = ObjectBuilder::new().schema_type(Type::Object).description(Some("What is to change (RFC 7396)."));
        closed(patch.property("columns", columns())).into()
    }
}

/// The name of a column for each field.
fn columns() -> ObjectBuilder {
    let columns = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("By field the name of its column; what is not named is matched by name."));
    let columns =
        field_names().into_iter().fold(columns, |columns, field| columns.property(field, string_or_null("A column.")));
    columns.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
}

fn field_names() -> Vec<&'static str> {
    FileField::ALL.iter().map(|field| field.as_str()).collect()
}

impl ToSchema for ApplyImport {}

impl PartialSchema for ApplyImport {
    fn schema() -> RefOr<Schema> {
        let modes = ImportMode::ALL.iter().map(|mode| mode.as_str());
        let mode =
            string("`insert` refuses whoever is there with other values, `update` gives them those of the file.");
        let skip = ObjectBuilder::new()
            .schema_type(Type::Boolean)
            .default(Some(false.into()))
            .description(Some("Leave out the rows that are refused; else nothing is imported while there are any."));
        let how = object("How an import is to be applied.", [("mode", mode.enum_values(Some(modes)).into())]);
        closed(how.property("skip_invalid", skip)).into()
    }
}
