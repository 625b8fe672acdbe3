//! The domain model: users, roles, sessions, tokens, imports, audit events, queries and errors.
//!
//! Compiles for the server and for the browser: no I/O, no `cfg`, no dependency on the rest of Rollcall.

#[macro_use]
mod text_enum;

mod account;
mod api_token;
mod bulk;
mod change;
mod email;
mod error;
mod event;
mod folding;
mod import;
mod invisible;
mod list_events;
mod list_users;
mod listing;
mod name;
mod page;
mod profile;
mod rfc3339;
mod role;
mod timestamp;
mod user;
mod user_sort;
mod user_status;

pub use account::{Access, AccountStatus, Invitation, Member, OwnAccount, Session};
pub use api_token::{ApiToken, Scope, Scopes, TokenId};
pub use bulk::{BulkAction, BulkReport, Refusal};
pub use change::{Change, diff, revert};
pub use email::Email;
pub use error::{AppError, Cause, FieldError, FieldErrors};
pub use event::{Action, ActorKind, Event, EventActor, EventSubject, EventUser, SubjectKind, Trail};
pub use folding::{FOLDING, email_keys, fold, marks, needles, outdated, search_text};
pub use import::{
    ApplyImport, ChosenColumns, FileColumn, FileField, FileFormat, FileKind, Import, ImportCounts, ImportId,
    ImportMode, ImportProgress, ImportRow, ImportState, ListImportRows, NewImport, RowError, RowOutcome,
};
pub use list_events::ListEvents;
pub use list_users::ListUsers;
pub use listing::{Deletion, ListedUser, Listing, Person, TrashDetails};
pub use name::Name;
pub use page::{Cursor, Page, Total};
pub use profile::{Profile, ProfileField};
pub use role::Role;
pub use timestamp::Timestamp;
pub use user::{NewUser, User, UserForm, UserId, UserPatch};
pub use user_sort::{SortField, UserSort};
pub use user_status::UserStatus;
