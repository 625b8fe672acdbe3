//! The enumerations of the domain, each with its description.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::string;
use crate::domain::{Action, ActorKind, FileKind, ImportMode, ImportState, RowOutcome, SubjectKind};

macro_rules! words {
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

words! {
    Action: "What happened.",
    ActorKind: "`operator` is the command line.",
    SubjectKind: "The kind of the record.",
    FileKind: "`jsonl` has one object a line.",
    ImportMode: "`insert` refuses whoever is there with other values, `update` gives them those of the file.",
    ImportState: "Parts are missing (`receiving`); `checking`, `applying` and `undoing` go on by themselves; what is \
        `checked` can be applied, what is `applied` undone; of what has `failed`, `problem` says why.",
    RowOutcome: "What becomes of it.",
}
