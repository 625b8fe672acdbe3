//! The enumerations of the domain, each with its description.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::string;
use crate::domain::{Action, ActorKind, FileKind, ImportMode, ImportState, RowOutcome, SubjectKind};

macro_rules! text_schemas {
    ($($name:ident: $description:literal,)+) => {
        $(
            impl ToSchema for $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    string($description).enum_values(Some(Self::ALL.iter().map(|word| word.as_str()))).into()
                }
            }
        )+
    };
}

text_schemas! {
    Action: "The recorded action.",
    ActorKind: "The kind of actor; `operator` is the command line.",
    SubjectKind: "The kind of the record.",
    FileKind: "The file format; `jsonl` has one object per line.",
    ImportMode: "`insert` rejects rows of existing users with other values, `update` overwrites these users.",
    ImportState: "`receiving` lacks parts; `checking`, `applying` and `undoing` run in the background; a \
        `checked` import can be applied, an `applied` one undone; of a `failed` one, `problem` says why.",
    RowOutcome: "The outcome of the row.",
}
