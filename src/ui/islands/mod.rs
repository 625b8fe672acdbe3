//! Islands: components that hydrate in the browser. They cannot use the router, so each handles its data, its links and
//! the browser's history itself. They use no `Resource`, whose scripts would enlarge every page.

mod browser;
pub mod bulk;
pub mod form_guard;
pub mod import_file;
pub mod palette;
pub mod user_list;
