//! What hydrates in the browser. An island knows no router: it owns its data, its links and the
//! browser's history. It has no `Resource`: pages come without the scripts that would bring its data.

mod browser;
pub mod bulk;
pub mod form_guard;
pub mod import_file;
pub mod palette;
pub mod user_list;
