//! The bodies of `POST /users/batch`. The request is described here and read by `batch` field by field, so that every
//! error can be named.
#![expect(dead_code, reason = "most types only describe the request")]

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{User, UserForm, UserId, UserPatch},
    server::http::openapi::parameters::EntityTags,
};

/// Many operations.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Done in this order; each sees the results of those before it.
    #[schema(min_items = 1, max_items = 1000)]
    operations: Vec<BatchOperation>,
}

/// An operation of a batch.
#[derive(ToSchema)]
#[serde(untagged)]
enum BatchOperation {
    Create(CreateOperation),
    Update(UpdateOperation),
    Delete(DeleteOperation),
    Restore(RestoreOperation),
}

/// Adds a user.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateOperation {
    #[schema(inline)]
    op: Create,
    body: UserForm,
}

/// Changes fields of a user.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateOperation {
    #[schema(inline)]
    op: Update,
    /// The id of the user.
    id: UserId,
    /// The version that was read.
    if_match: Version,
    body: UserPatch,
}

/// Deletes a user, who can be restored.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct DeleteOperation {
    #[schema(inline)]
    op: Delete,
    /// The id of the user.
    id: UserId,
    /// The version that was read; any version when left out.
    if_match: Option<Version>,
}

/// Restores a deleted user.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreOperation {
    #[schema(inline)]
    op: Restore,
    /// The id of the user.
    id: UserId,
    /// The version that was read; any version when left out.
    if_match: Option<Version>,
}

/// A version of a user: a number, or as `If-Match` has it.
#[derive(ToSchema)]
#[serde(untagged)]
enum Version {
    Number(i64),
    Tags(#[schema(inline)] EntityTags),
}

/// Each operation is told by the only word of its `op`.
macro_rules! word {
    ($($word:ident)+) => {
        $(
            #[derive(ToSchema)]
            #[serde(rename_all = "lowercase")]
            enum $word {
                $word,
            }
        )+
    };
}

word! { Create Update Delete Restore }

/// The results of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchDone {
    /// One result for each operation, in the same order.
    #[schema(max_items = 1000)]
    pub results: Vec<OperationDone>,
}

/// The answer of the operation by itself.
#[derive(Serialize, ToSchema)]
pub struct OperationDone {
    /// The position of the operation, from 0.
    #[schema(value_type = u64)]
    pub index: usize,
    /// The HTTP status: 200, 201 or 204.
    #[schema(minimum = 200, maximum = 299)]
    pub status: u16,
    /// The user after the operation; null when deleted.
    #[schema(required)]
    pub user: Option<User>,
}
