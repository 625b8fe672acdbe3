//! The language of the project: what a user is, what may be asked, what can go wrong.
//!
//! Compiles for the server and for the browser: no I/O, no `cfg`, nothing of the rest of Rollcall.

mod email;
mod error;
mod list_users;
mod name;
mod page;
mod search;
mod timestamp;
mod user;
mod user_sort;

pub use email::Email;
pub use error::{AppError, Cause, FieldError, FieldErrors};
pub use list_users::ListUsers;
pub use name::Name;
pub use page::Page;
pub use search::{fold, needles, search_text};
pub use timestamp::Timestamp;
pub use user::{NewUser, User, UserForm, UserId};
pub use user_sort::{SortField, UserSort};
